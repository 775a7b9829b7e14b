//! `Idempotency-Key`: a POST that says that it may be the same one again.

use axum::http::{HeaderMap, HeaderName};
use donewell_app::tasks::store::{Idempotency, NewTask};
use sha2::{Digest, Sha256};

use crate::http::problem::Problem;

pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST: usize = 255;

/// The key of a request, if it has one.
pub fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let is_fine = (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && values.next().is_none();
    if is_fine {
        Ok(Some(text))
    } else {
        Err(Problem::bad_request(
            "The header `Idempotency-Key` must be 1 to 255 visible ASCII characters, once",
        ))
    }
}

/// What makes two requests the same: what they mean, not how they are spelled. A client that tries again may write its
/// JSON anew, and in another order.
pub fn identify<'a>(key: &'a str, new: &NewTask) -> Idempotency<'a> {
    let mut hash = Sha256::new();
    // An id is always 16 bytes, and what follows always 32.
    if let Some(id) = new.id {
        hash.update(id.0.as_bytes());
    }
    hash.update(new.digest());
    Idempotency {
        key,
        body_hash: hash.finalize().into(),
    }
}
