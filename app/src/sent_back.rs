//! What was typed into a plain form that is sent back with an error, so that it need not be typed again.
//!
//! It travels in a cookie and not in the address, which would stand in logs, in the history and in whatever is
//! shared: for a minute, to that page only, out of reach of scripts. Names, addresses and titles only, never a password.

use http::{HeaderMap, HeaderValue};
use url::form_urlencoded::{Serializer, parse};

use crate::context::find_cookie;

/// The fields that do no harm. Others are typed again.
const HARMLESS: [&str; 3] = ["name", "email", "title"];
/// More than any name, address or title that would be taken.
const LONGEST: usize = 256;
const LIFETIME_SECONDS: u32 = 60;

/// What came back for one form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentBack(Vec<(String, String)>);

impl SentBack {
    /// From the body that the form was sent with.
    pub fn from_body(body: &[u8]) -> Self {
        let is_harmless = |(name, value): &(String, String)| {
            HARMLESS.contains(&name.as_str())
                && !value.is_empty()
                && value.chars().count() <= LONGEST
        };
        let mut fields: Vec<_> = parse(body)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .filter(is_harmless)
            .collect();
        fields.truncate(HARMLESS.len());
        Self(fields)
    }

    /// From the cookie of a request, if it is for the form that is sent to `form`.
    pub fn read(headers: &HeaderMap, is_https: bool, form: &str) -> Option<Self> {
        let value = find_cookie(headers, name(is_https))?;
        let (sent_to, body) = value.split_once('&')?;
        let is_for = parse(sent_to.as_bytes()).any(|(key, value)| key == "form" && value == form);
        is_for.then(|| Self::from_body(body.as_bytes()))
    }

    /// The cookie that brings it to the page at `page`; None if there is nothing to bring, or no way to say where to.
    pub fn cookie(&self, is_https: bool, page: &str, form: &str) -> Option<HeaderValue> {
        if self.0.is_empty() {
            return None;
        }
        let mut value = Serializer::new(String::new());
        value.append_pair("form", form).extend_pairs(&self.0);
        header(is_https, &value.finish(), page, LIFETIME_SECONDS)
    }

    pub fn get(&self, field: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        fields
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.as_str())
    }
}

/// Has the browser forget it: it has been shown.
pub fn forget(is_https: bool, page: &str) -> Option<HeaderValue> {
    header(is_https, "", page, 0)
}

fn name(is_https: bool) -> &'static str {
    if is_https {
        "__Secure-donewell_typed"
    } else {
        "donewell_typed"
    }
}

fn header(is_https: bool, value: &str, page: &str, seconds: u32) -> Option<HeaderValue> {
    // Nothing that could end the attribute.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%".contains(&byte);
    if !page.starts_with('/') || !page.bytes().all(is_plain) {
        return None;
    }
    let secure = if is_https { "; Secure" } else { "" };
    let name = name(is_https);
    let text = format!(
        "{name}={value}; Path={page}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "/fn/auth/sign-up";

    fn back_and_forth(sent: &SentBack, form: &str) -> Option<SentBack> {
        let cookie = sent.cookie(true, "/signup", FORM)?;
        let cookie = cookie
            .to_str()
            .expect("ASCII")
            .split(';')
            .next()?
            .to_owned();
        let headers = [(http::header::COOKIE, cookie.parse().expect("a value"))];
        SentBack::read(&headers.into_iter().collect(), true, form)
    }

    #[test]
    fn names_and_addresses_come_back_whatever_stands_in_them() {
        for name in [
            "Ada",
            "Ada; Path=/",
            "\"><script>\r\nx: y",
            "Ädä 漢字 &=%+",
            "\u{0}",
        ] {
            let body = Serializer::new(String::new())
                .append_pair("name", name)
                .append_pair("password", "seven violet ladders")
                .append_pair("email", "ada@example.org")
                .finish();
            let sent = SentBack::from_body(body.as_bytes());
            let found = back_and_forth(&sent, FORM).expect("a cookie");
            assert_eq!(found.get("name"), Some(name));
            assert_eq!(found.get("email"), Some("ada@example.org"));
            assert_eq!(found.get("password"), None);
            assert_eq!(
                back_and_forth(&sent, "/fn/auth/sign-in"),
                None,
                "another form"
            );
        }
    }

    #[test]
    fn nothing_harmless_is_no_cookie() {
        for body in [
            "",
            "password=secret",
            "name=",
            &format!("name={}", "x".repeat(257)),
        ] {
            let sent = SentBack::from_body(body.as_bytes());
            assert_eq!(sent.cookie(false, "/login", FORM), None, "{body}");
        }
    }

    #[test]
    fn a_path_cannot_add_attributes() {
        let sent = SentBack::from_body(b"name=Ada");
        for page in ["/a;Domain=example.org", "login", "/a,b", "/a b"] {
            assert_eq!(sent.cookie(false, page, FORM), None, "{page}");
        }
    }
}
