//! What a person wants to be called.

use serde::{Deserialize, Serialize};

/// One line of 1 to 100 characters, without spaces around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name is needed")]
    Empty,
    #[error("at most {} characters", Name::LONGEST)]
    TooLong,
    #[error("no control characters")]
    ControlCharacter,
}

impl Name {
    pub const LONGEST: usize = 100;

    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() {
            Err(NameError::Empty)
        } else if text.chars().count() > Self::LONGEST {
            Err(NameError::TooLong)
        } else if text.contains(is_deceptive) {
            Err(NameError::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line separators, and what turns the direction of the text around it.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, NameError};

    #[test]
    fn spaces_around_a_name_are_no_part_of_it() {
        assert_eq!(
            Name::parse("  Ada Lovelace ").expect("a name").as_str(),
            "Ada Lovelace"
        );
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(Name::parse(&"é".repeat(Name::LONGEST)).is_ok());
        assert_eq!(
            Name::parse(&"é".repeat(Name::LONGEST + 1)),
            Err(NameError::TooLong)
        );
    }

    #[test]
    fn nothing_and_what_could_deceive_is_refused() {
        assert_eq!(Name::parse(" \t "), Err(NameError::Empty));
        for text in ["a\0b", "a\nb", "a\u{202e}b", "a\u{2028}b", "a\u{7f}b"] {
            assert_eq!(
                Name::parse(text),
                Err(NameError::ControlCharacter),
                "{text:?}"
            );
        }
    }
}
