//! Text within HTML that is written by hand.

use std::fmt::{Display, Formatter, Result, Write};

/// Says in HTML what stands in it, between tags and in a quoted attribute alike: nothing of it is markup.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, from) = rest.split_at(at);
            formatter.write_str(plain)?;
            let mut characters = from.chars();
            match characters.next() {
                Some('&') => formatter.write_str("&amp;")?,
                Some('<') => formatter.write_str("&lt;")?,
                Some('>') => formatter.write_str("&gt;")?,
                Some('"') => formatter.write_str("&quot;")?,
                Some('\'') => formatter.write_str("&#39;")?,
                other => other.map_or(Ok(()), |other| formatter.write_char(other))?,
            }
            rest = characters.as_str();
        }
        formatter.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn undone(text: &str) -> String {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    }

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            Escaped("<b a=\"x\" c='y'>&amp;</b>").to_string(),
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;"
        );
        assert_eq!(Escaped("").to_string(), "");
        assert_eq!(
            Escaped("Ädä 漢字 \u{202e}").to_string(),
            "Ädä 漢字 \u{202e}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_itself_again(text in "[&<>\"'a;#ü漢]{0,40}|\\PC{0,60}") {
            let escaped = Escaped(&text).to_string();
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            prop_assert_eq!(undone(&escaped), text);
        }
    }
}
