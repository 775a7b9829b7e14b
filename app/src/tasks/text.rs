//! What a task says. Both types parse, so that whoever holds one need not check again.

/// One line of 1 to 200 characters, without spaces around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TitleError {
    #[error("a title is needed")]
    Empty,
    #[error("at most {} characters", Title::LONGEST)]
    TooLong,
    #[error("one line without control characters")]
    ControlCharacter,
}

impl Title {
    pub const LONGEST: usize = 200;

    pub fn parse(text: &str) -> Result<Self, TitleError> {
        let text = text.trim();
        if text.is_empty() {
            Err(TitleError::Empty)
        } else if text.contains(is_no_part_of_a_line) {
            Err(TitleError::ControlCharacter)
        } else if text.chars().count() > Self::LONGEST {
            Err(TitleError::TooLong)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_no_part_of_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Up to 10,000 characters over as many lines as it takes. Line ends are `\n`, whatever was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    #[error("at most {} characters", Description::LONGEST)]
    TooLong,
    #[error("no control characters but line ends and tabs")]
    ControlCharacter,
}

impl Description {
    pub const LONGEST: usize = 10_000;

    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        // Forms send both characters.
        let text = text.replace("\r\n", "\n");
        if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            Err(DescriptionError::ControlCharacter)
        } else if text.chars().count() > Self::LONGEST {
            Err(DescriptionError::TooLong)
        } else {
            Ok(Self(text))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_around_a_title_are_no_part_of_it() {
        assert_eq!(
            Title::parse(" Buy milk\u{3000}").map(|title| title.0),
            Ok("Buy milk".into())
        );
    }

    #[test]
    fn a_title_is_counted_in_characters() {
        assert!(Title::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Title::parse(&"é".repeat(201)), Err(TitleError::TooLong));
        assert_eq!(Title::parse(" \t\n "), Err(TitleError::Empty));
    }

    #[test]
    fn a_title_is_one_line() {
        for text in ["a\nb", "a\0b", "a\tb", "a\u{2028}b", "a\u{7f}b", "a\u{85}b"] {
            assert_eq!(
                Title::parse(text),
                Err(TitleError::ControlCharacter),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_description_has_lines_and_tabs_and_nothing_else_that_controls() {
        assert_eq!(
            Description::parse("a\r\n\tb").map(|text| text.0),
            Ok("a\n\tb".into())
        );
        for text in ["a\0b", "a\rb", "a\u{1b}b", "a\u{7f}b"] {
            assert_eq!(
                Description::parse(text),
                Err(DescriptionError::ControlCharacter),
                "{text:?}"
            );
        }
        assert!(Description::parse(&"é".repeat(10_000)).is_ok());
        assert_eq!(
            Description::parse(&"é".repeat(10_001)),
            Err(DescriptionError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn what_is_taken_once_is_taken_again_unchanged(text in any::<String>()) {
            if let Ok(title) = Title::parse(&text) {
                prop_assert_eq!(Title::parse(title.as_str()), Ok(title.clone()));
                prop_assert!(!title.as_str().contains('\n'));
            }
            if let Ok(description) = Description::parse(&text) {
                prop_assert_eq!(Description::parse(description.as_str()), Ok(description.clone()));
            }
        }
    }
}
