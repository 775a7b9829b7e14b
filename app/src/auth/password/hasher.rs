//! argon2id, away from the threads that serve requests, on as many threads as there are cores. Whoever comes when
//! the queue is full is turned away at once, so that a storm of sign-ins takes neither memory nor time from others.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use super::Password;
use crate::error::{AppError, ErrorCode};

/// OWASP's second choice: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Compared where there is no account, so that it takes the same time. Its salt and its hash are words: whatever is
/// hashed comes out as something else.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzLg$YW5kIG5vIHBhc3N3b3JkIGNvbWVzIG91dCBhcyBpdC4";

/// How many may wait. At some forty hashes per core and second the last one waits about a second.
const LONGEST_QUEUE: usize = 64;

/// Whether a password is right, and whether its hash is of today's cost.
#[derive(Debug)]
pub struct Matches {
    pub is_right: bool,
    pub needs_rehash: bool,
}

/// The one place where passwords are hashed.
#[derive(Clone, Debug)]
pub struct Hasher {
    queue: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Hasher {
    pub fn new() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            queue: Arc::new(Semaphore::new(LONGEST_QUEUE + cores)),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    pub async fn hash(&self, password: Password) -> Result<String, AppError> {
        self.run(move || hash(password.as_bytes())).await
    }

    /// Compares with a hash, or with nobody's.
    pub async fn verify(
        &self,
        password: Password,
        hash: Option<String>,
    ) -> Result<Matches, AppError> {
        self.run(move || {
            if let Some(hash) = hash {
                return verify(password.as_bytes(), &hash);
            }
            verify(password.as_bytes(), NOBODYS);
            Matches {
                is_right: false,
                needs_rehash: false,
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let _place = self
            .queue
            .clone()
            .try_acquire_owned()
            .map_err(|_| ErrorCode::Unavailable)?;
        let core = self
            .cores
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| ErrorCode::Unavailable)?;
        tokio::task::spawn_blocking(move || {
            // Held by the work itself: whoever asked may be gone before it is done.
            let _core = core;
            work()
        })
        .await
        .map_err(|_| ErrorCode::Internal.into())
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("BUG: the parameters are fixed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &[u8]) -> String {
    argon2()
        .hash_password(password)
        .expect("BUG: the parameters are fixed and the length is bounded")
        .to_string()
}

fn verify(password: &[u8], hash: &str) -> Matches {
    let Ok(hash) = PasswordHash::new(hash) else {
        tracing::error!("a stored password hash cannot be read");
        return Matches {
            is_right: false,
            needs_rehash: false,
        };
    };
    Matches {
        is_right: argon2().verify_password(password, &hash).is_ok(),
        needs_rehash: is_cheap(&hash),
    }
}

fn is_cheap(hash: &PasswordHash) -> bool {
    let Ok(params) = Params::try_from(hash) else {
        return true;
    };
    hash.algorithm.as_str() != "argon2id"
        || params.m_cost() < MEMORY_KIB
        || params.t_cost() < PASSES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse_given(text).expect("a password")
    }

    #[test]
    fn nobodys_hash_costs_what_everybodys_does() {
        let nobodys = PasswordHash::new(NOBODYS).expect("a hash");
        let somebodys = hash(b"seven violet ladders");
        let somebodys = PasswordHash::new(&somebodys).expect("a hash");
        assert_eq!(nobodys.algorithm, somebodys.algorithm);
        assert_eq!(nobodys.params, somebodys.params);
        let lengths = |hash: &PasswordHash| {
            let salt = hash.salt.as_ref().map(|salt| salt.as_ref().len());
            (salt, hash.hash.as_ref().map(|hash| hash.as_ref().len()))
        };
        assert_eq!(lengths(&nobodys), lengths(&somebodys));
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::new();
        let hash = hasher.hash(password("right one")).await.expect("hashed");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        for (text, is_right) in [("right one", true), ("wrong one", false), ("", false)] {
            let matches = hasher
                .verify(password(text), Some(hash.clone()))
                .await
                .expect("compared");
            assert_eq!(matches.is_right, is_right, "{text}");
            assert!(!matches.needs_rehash);
        }
    }

    #[tokio::test]
    async fn a_cheap_or_unreadable_hash_is_known_as_such() {
        let hasher = Hasher::new();
        let cheap = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8, 1, 1, None).expect("valid"),
        )
        .hash_password(b"old one")
        .expect("hashed")
        .to_string();
        let matches = hasher
            .verify(password("old one"), Some(cheap))
            .await
            .expect("compared");
        assert!(matches.is_right && matches.needs_rehash);
        let matches = hasher
            .verify(password("old one"), Some("$1$junk".into()))
            .await
            .expect("compared");
        assert!(!matches.is_right);
    }

    #[tokio::test]
    async fn whoever_comes_when_the_queue_is_full_is_turned_away_at_once() {
        let hasher = Hasher::new();
        let all = hasher.queue.available_permits();
        let _places = hasher
            .queue
            .try_acquire_many(u32::try_from(all).expect("few"))
            .expect("free");
        let refused = hasher
            .hash(password("anything"))
            .await
            .expect_err("refused");
        assert_eq!(refused.code, ErrorCode::Unavailable);
    }
}
