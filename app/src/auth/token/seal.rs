//! Encryption of the private keys at rest, under a key derived from `AUTH_SECRET`.

use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Seals under the secret of today, opens also what the one before has sealed.
#[derive(Clone)]
pub struct Sealer {
    current: XChaCha20Poly1305,
    previous: Option<XChaCha20Poly1305>,
}

/// What was opened, and whether it ought to be sealed anew.
#[derive(Debug)]
pub struct Opened {
    pub plain: Vec<u8>,
    pub by_previous: bool,
}

impl Sealer {
    pub fn new(secret: &str, previous: Option<&str>) -> Self {
        Self {
            current: cipher(secret),
            previous: previous.map(cipher),
        }
    }

    pub fn seal(&self, id: Uuid, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("BUG: the system has no randomness");
        let payload = Payload {
            msg: plain,
            aad: &context(id),
        };
        let sealed = self
            .current
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("BUG: a key is short");
        [&[VERSION], &nonce[..], &sealed].concat()
    }

    /// None if neither secret sealed it, or if it was sealed for another id.
    pub fn open(&self, id: Uuid, sealed: &[u8]) -> Option<Opened> {
        let (&version, rest) = sealed.split_first()?;
        if version != VERSION || rest.len() < NONCE {
            return None;
        }
        let (nonce, sealed) = rest.split_at(NONCE);
        let open = |cipher: &XChaCha20Poly1305| {
            let payload = Payload {
                msg: sealed,
                aad: &context(id),
            };
            cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
        };
        let opened = |plain, by_previous| Opened { plain, by_previous };
        open(&self.current)
            .map(|plain| opened(plain, false))
            .or_else(|| {
                let previous = self.previous.as_ref()?;
                open(previous).map(|plain| opened(plain, true))
            })
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sealer(…)")
    }
}

fn cipher(secret: &str) -> XChaCha20Poly1305 {
    let mut key = Key::default();
    Hkdf::<Sha256>::new(None, secret.as_bytes())
        .expand(b"donewell signing keys", &mut key)
        .expect("BUG: 32 bytes are not too many");
    XChaCha20Poly1305::new(&key)
}

/// Bound into the ciphertext, so that a key cannot be passed off as another one or as another version's.
fn context(id: Uuid) -> Vec<u8> {
    [b"donewell signing key", &[VERSION][..], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "the old secret, which is 32 bytes";
    const NEW: &str = "the new secret, which is 32 bytes";

    #[test]
    fn what_was_sealed_opens_for_its_own_id_and_secret_only() {
        let (sealer, id) = (Sealer::new(NEW, None), Uuid::now_v7());
        let locked = sealer.seal(id, b"private");
        assert_eq!(
            sealer.open(id, &locked).expect("it opens").plain,
            b"private"
        );
        assert!(sealer.open(Uuid::now_v7(), &locked).is_none());
        assert!(Sealer::new(OLD, None).open(id, &locked).is_none());
        assert!(!locked.windows(7).any(|window| window == b"private"));
    }

    #[test]
    fn the_previous_secret_opens_too_and_says_so() {
        let id = Uuid::now_v7();
        let locked = Sealer::new(OLD, None).seal(id, b"private");
        let opened = Sealer::new(NEW, Some(OLD))
            .open(id, &locked)
            .expect("it opens");
        assert!(opened.by_previous);
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let (sealer, id) = (Sealer::new(NEW, None), Uuid::now_v7());
        let locked = sealer.seal(id, b"private");
        for place in 0..locked.len() {
            let mut changed = locked.clone();
            changed[place] ^= 1;
            assert!(sealer.open(id, &changed).is_none(), "byte {place}");
        }
        for length in 0..locked.len() {
            assert!(
                sealer.open(id, &locked[..length]).is_none(),
                "{length} bytes"
            );
        }
    }
}
