//! An e-mail address, compared without regard to case.

use serde::{Deserialize, Serialize};

/// An address in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct EmailError;

const LONGEST: usize = 254;

impl Email {
    /// Takes what Better Auth takes, and so the same people: no quoting, no spaces, no bare host names.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        if text.len() <= LONGEST && is_local_part(local) && is_domain(domain) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(EmailError)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local_part(text: &str) -> bool {
    let is_known = |c: u8| c.is_ascii_alphanumeric() || b"_'+-".contains(&c);
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_known);
    text.split('.').all(is_atom) && !text.ends_with('\'')
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.starts_with('-')
            && !label.is_empty()
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    text.rsplit_once('.').is_some_and(|(labels, top)| {
        labels.split('.').all(is_label)
            && top.len() >= 2
            && top.bytes().all(|c| c.is_ascii_alphabetic())
    })
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Email;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let email = Email::parse("Ada.O'Neil+todo@Example.ORG").expect("it is an address");
        assert_eq!(email.as_str(), "ada.o'neil+todo@example.org");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for text in [
            "",
            "@",
            "a@",
            "@b.cd",
            "a@b",
            "a@b.c",
            "a b@c.de",
            " a@b.cd",
            "a@b.cd ",
            "a@b.cd.",
            "a..b@c.de",
            ".a@b.cd",
            "a.@b.cd",
            "a@-b.cd",
            "a@b..cd",
            "a@@b.cd",
            "a@b@c.de",
            "a'@b.cd",
            "a@b.c1",
            "a\n@b.cd",
            "a@b.cd\nBcc: x@y.zz",
            "<a@b.cd>",
            "\"a\"@b.cd",
            "a@[127.0.0.1]",
            "ä@b.cd",
            "a@bücher.de",
            &long,
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_carries_a_control_character_through(text in "\\PC*|.*@.*\\..*") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.as_str().is_ascii());
                prop_assert!(!email.as_str().contains(|c: char| c.is_control() || c.is_whitespace()));
            }
        }
    }
}
