//! The page to go on to after signing in: one of ours, whatever the address says.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, location::Location};

use super::HOME;

/// The page that the address of this one asks for.
pub fn wanted() -> String {
    let asked = use_query_map().with_untracked(|query| query.get("next"));
    asked
        .filter(|path| is_ours(path))
        .unwrap_or_else(|| HOME.to_owned())
}

/// The page that is shown now, to come back to.
pub fn here(location: &Location) -> String {
    let (mut path, query) = (
        location.pathname.get_untracked(),
        location.search.get_untracked(),
    );
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query);
    }
    path
}

/// The page to sign in on, and come back from.
pub fn sign_in_page(next: &str) -> String {
    format!("/login?next={}", encoded(next))
}

/// A link to another page for people without a session that keeps where they wanted to go.
pub fn link(path: &str, next: &str) -> String {
    if next == HOME {
        path.to_owned()
    } else {
        format!("{path}?next={}", encoded(next))
    }
}

/// Whether it is a path on this server for every browser: some take "//" and "/\" for another server, and
/// skip control characters.
fn is_ours(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(is_plain)
}

fn encoded(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push(HEX[usize::from(byte >> 4)].into());
            encoded.push(HEX[usize::from(byte & 15)].into());
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{is_ours, sign_in_page};

    #[test]
    fn a_path_of_ours_is_gone_to() {
        for path in [
            "/",
            "/tasks",
            "/tasks?filter=open&sort=due",
            "/settings#email",
            "/a%20b",
        ] {
            assert!(is_ours(path), "{path}");
        }
    }

    #[test]
    fn nothing_leads_to_another_server() {
        for path in [
            "",
            "tasks",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            " /tasks",
            "/tasks\r\nX: y",
            "/ü",
        ] {
            assert!(!is_ours(path), "{path:?}");
        }
    }

    #[test]
    fn a_page_is_kept_with_its_query() {
        let page = sign_in_page("/tasks?filter=open&q=a%20b#x");
        assert_eq!(page, "/login?next=/tasks%3Ffilter%3Dopen%26q%3Da%2520b%23x");
    }
}
