//! What our tokens say.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::auth::store::{session::Session, user::User};

/// How long a token is good for.
pub const LIFETIME: Duration = Duration::minutes(15);

#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: String,
    pub sid: String,
    pub iat: i64,
    pub exp: i64,
    pub email: String,
    pub name: String,
}

impl Claims {
    /// Good for a quarter of an hour, and not beyond the session itself.
    pub fn new(origin: &str, user: &User, session: &Session, now: OffsetDateTime) -> Self {
        Self {
            iss: origin.to_owned(),
            aud: origin.to_owned(),
            sub: user.id.to_string(),
            sid: session.id.to_string(),
            iat: now.unix_timestamp(),
            exp: (now + LIFETIME).min(session.expires_at).unix_timestamp(),
            email: user.email.clone(),
            name: user.name.clone(),
        }
    }
}
