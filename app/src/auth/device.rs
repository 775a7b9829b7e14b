//! What a browser is called, from what it says of itself.

use woothee::parser::Parser;

/// "Firefox on Linux", or None for what nobody knows.
pub fn name(user_agent: &str) -> Option<String> {
    let parsed = Parser::new().parse(user_agent)?;
    let browser = match parsed.name {
        "UNKNOWN" | "" => return None,
        "Internet Explorer" => "Internet Explorer",
        name => name,
    };
    let system = match parsed.os {
        "UNKNOWN" | "" => return Some(browser.to_owned()),
        "Mac OSX" => "macOS",
        "iPhone" | "iPod" => "iPhone",
        os if os.starts_with("Windows") => "Windows",
        os => os,
    };
    Some(format!("{browser} on {system}"))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_usual_browsers_are_known() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
        ] {
            assert_eq!(name(agent).as_deref(), Some(expected), "{agent}");
        }
    }

    #[test]
    fn what_nobody_knows_has_no_name() {
        for agent in ["", "<script>alert(1)</script>", "\u{0}"] {
            assert_eq!(name(agent), None, "{agent}");
        }
    }
}
