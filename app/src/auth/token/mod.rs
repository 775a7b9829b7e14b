//! Tokens: short-lived JWTs that any service can verify by our published keys.
//!
//! `keys` holds what signs and what is published, `seal` keeps the private halves unreadable at rest, `verify`
//! decides which tokens are good, `ended` knows which sessions are over, `outside` fetches another issuer's keys,
//! `crypto` has the algorithms.

mod claims;
mod crypto;
mod ended;
mod keys;
mod outside;
mod seal;
mod verify;

pub use claims::{Claims, LIFETIME};
pub use crypto::{install as install_crypto, signing_key};
pub use ended::EndedSessions;
pub use keys::{KeyError, KeyRing, rotate};
pub use outside::{OutsideIssuer, OutsideKeys};
pub use seal::Sealer;
pub use verify::{Bearer, Refusal, Verifier};
