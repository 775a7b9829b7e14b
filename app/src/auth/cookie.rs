//! The session's cookie: out of scripts' reach, sent to this host only, and not along with other sites' posts.

use http::{HeaderMap, HeaderValue, header};

use super::{secret::Secret, service::SESSION_LIFETIME};
use crate::context::find_cookie;

const NAME: &str = "donewell_session";
/// Browsers keep a cookie of such a name to https, to this host, and to the whole of it.
const NAME_ON_HTTPS: &str = "__Host-donewell_session";

/// How this installation writes it.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    pub https: bool,
}

impl SessionCookie {
    pub fn name(self) -> &'static str {
        if self.https { NAME_ON_HTTPS } else { NAME }
    }

    /// What the browser sent, whether or not it is one of ours.
    pub fn is_sent(self, headers: &HeaderMap) -> bool {
        find_cookie(headers, self.name()).is_some()
    }

    pub fn read(self, headers: &HeaderMap) -> Option<Secret> {
        Secret::parse(&find_cookie(headers, self.name())?)
    }

    /// Has the browser keep it: for a week, or until it is closed.
    pub fn keep(self, secret: &Secret, remembered: bool) -> HeaderValue {
        let lifetime = if remembered {
            format!("; Max-Age={}", SESSION_LIFETIME.whole_seconds())
        } else {
            String::new()
        };
        self.header(&secret.reveal(), &lifetime)
    }

    /// Has the browser forget it.
    pub fn forget(self) -> HeaderValue {
        self.header("", "; Max-Age=0")
    }

    /// Whether an answer already says something about it.
    pub fn is_set(self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split_once('='))
            .any(|(name, _)| name == self.name())
    }

    fn header(self, value: &str, lifetime: &str) -> HeaderValue {
        let secure = if self.https { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; Path=/{lifetime}; HttpOnly; SameSite=Lax{secure}",
            self.name()
        );
        let mut header =
            HeaderValue::try_from(text).expect("BUG: a cookie is made of printable ASCII");
        header.set_sensitive(true);
        header
    }
}
