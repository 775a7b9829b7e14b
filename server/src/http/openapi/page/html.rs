//! Text as HTML.

pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// What stands between backticks is code; an empty line begins a paragraph.
pub fn prose(text: &str) -> String {
    let mut html = String::new();
    for (number, part) in text.split('`').enumerate() {
        let part = escape(part);
        if number % 2 == 1 {
            html.extend([format!("<code>{part}</code>")]);
        } else {
            html += &part.replace("\n\n", "<br>");
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_code_is_code() {
        assert_eq!(
            prose("a < `b & \"c\"`"),
            "a &lt; <code>b &amp; &quot;c&quot;</code>"
        );
        assert_eq!(prose("a\n\nb"), "a<br>b");
    }
}
