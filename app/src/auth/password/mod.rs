//! Passwords: which are taken, and how they are hashed. Server side only; nothing here is ever logged.

mod hasher;
mod strength;

pub use hasher::{Hasher, Matches};

use unicode_normalization::UnicodeNormalization;

use super::{Email, LONGEST_PASSWORD, SHORTEST_PASSWORD};
use crate::error::ErrorCode;

/// A password as it was typed, in the one form that Unicode has for it: the same on every keyboard.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// One to be set: long enough, and not what everybody tries first.
    pub fn parse_new(text: &str, email: &Email, name: &str) -> Result<Self, ErrorCode> {
        let password = Self::parse_length(text)?;
        if strength::is_guessed_first(&password.0, email, name) {
            return Err(ErrorCode::PasswordCompromised);
        }
        Ok(password)
    }

    /// Only the length of one to be set: whose it will be is not known yet.
    pub fn parse_length(text: &str) -> Result<Self, ErrorCode> {
        let password = Self::parse_given(text)?;
        if password.0.chars().count() < SHORTEST_PASSWORD {
            return Err(ErrorCode::PasswordTooShort);
        }
        Ok(password)
    }

    /// One to be compared: any that could have been set.
    pub fn parse_given(text: &str) -> Result<Self, ErrorCode> {
        let text: String = text.nfkc().take(LONGEST_PASSWORD + 1).collect();
        if text.chars().count() > LONGEST_PASSWORD {
            return Err(ErrorCode::PasswordTooLong);
        }
        Ok(Self(text))
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Email, ErrorCode, Password};

    fn parse(text: &str) -> Result<Password, ErrorCode> {
        let email = Email::parse("ada.lovelace@example.org").expect("an address");
        Password::parse_new(text, &email, "Ada Lovelace")
    }

    #[test]
    fn length_is_counted_in_characters_of_the_normal_form() {
        assert_eq!(parse("sieben7").err(), Some(ErrorCode::PasswordTooShort));
        assert!(parse("acht8888x").is_ok());
        // One character that stands for eighteen.
        assert!(parse("\u{fdfa}").is_ok());
        assert!(parse(&"äß".repeat(64)).is_ok());
        assert_eq!(
            parse(&"x".repeat(129)).err(),
            Some(ErrorCode::PasswordTooLong)
        );
    }

    #[test]
    fn the_same_password_from_two_keyboards_is_the_same() {
        let composed = parse("caf\u{e9} au lait").expect("a password");
        let combined = parse("cafe\u{301} au lait").expect("a password");
        assert_eq!(composed.as_bytes(), combined.as_bytes());
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for text in [
            "password",
            "PassWord1",
            "12345678",
            "qwertyuiop",
            "iloveyou1",
            "ada.lovelace@example.org",
            "ADA.LOVELACE",
            "ada lovelace",
            "AdaLovelace",
            "aaaaaaaaaa",
            "DoneWell",
        ] {
            assert_eq!(
                parse(text).err(),
                Some(ErrorCode::PasswordCompromised),
                "{text}"
            );
        }
        assert!(parse("correct horse battery staple").is_ok());
    }

    #[test]
    fn debug_output_tells_nothing() {
        let password = parse("a secret phrase").expect("a password");
        assert!(!format!("{password:?}").contains("secret"));
    }
}
