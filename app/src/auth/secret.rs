//! Random values that prove something to whoever shows them: a session's cookie, a link in a mail. Only their
//! hash is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

const BYTES: usize = 32;

/// 256 random bits. Neither logged nor shown by `Debug`.
#[derive(Clone)]
pub struct Secret([u8; BYTES]);

/// What is stored of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl Secret {
    pub fn random() -> Self {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).expect("BUG: the system has no randomness");
        Self(bytes)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// To be given to the one whom it is for.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// A plain hash is enough: there is nothing to guess in 256 random bits.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0).into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl SecretHash {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_read_back_from_what_it_reveals_and_from_nothing_else() {
        let secret = Secret::random();
        let shown = secret.reveal();
        assert_eq!(shown.len(), 43);
        let read = Secret::parse(&shown).expect("it is one");
        assert_eq!(read.hash(), secret.hash());
        for text in [
            "",
            "short",
            &shown[1..],
            &format!("{shown}A"),
            &format!("{shown}="),
        ] {
            assert!(Secret::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn debug_output_tells_nothing() {
        let secret = Secret::random();
        assert!(!format!("{secret:?}").contains(&secret.reveal()));
    }
}
