//! Which tokens are good. The key is chosen by the issuer and the key id, and the algorithm by the key: nothing
//! that a token says about itself can widen the choice.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use quick_cache::sync::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{EndedSessions, KeyRing, OutsideIssuer, OutsideKeys};
use crate::{
    auth::{Name, SessionId, UserId, clock::Clock, store::user},
    error::AppError,
    pool::Pool,
};

/// Ours have some 700 bytes, others' perhaps a few thousand.
const LONGEST_TOKEN: usize = 8 * 1024;
const LONGEST_SUBJECT: usize = 255;
const LEEWAY: u64 = 30;
const REMEMBERED_TOKENS: usize = 10_000;
/// Other issuers may withdraw a key; theirs are looked at again after this long.
const REMEMBERED_FOR: i64 = 15 * 60;

/// Whom a good token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub user_id: UserId,
    /// The user's id as the issuer writes it, which is how it stands in the task API's paths.
    pub subject: Arc<str>,
    /// None with an outside issuer, whose sessions we know nothing of.
    pub session: Option<SessionId>,
    expires_at: i64,
    /// Until when its signature need not be looked at again.
    known_until: i64,
}

/// Why a token is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no good, whatever the reason.
    Invalid,
    /// It could not be found out.
    Failed(AppError),
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

/// Checks signatures, and remembers whose were good until they expire.
#[derive(Debug)]
pub struct Verifier {
    pool: Pool,
    clock: Clock,
    origin: String,
    keys: KeyRing,
    ended: EndedSessions,
    outside: Option<(OutsideIssuer, OutsideKeys)>,
    known: Cache<[u8; 32], Bearer>,
    /// When a key that this node didn't know last had it read the ring again.
    reread: Mutex<Option<OffsetDateTime>>,
}

#[derive(Deserialize)]
struct Issuer {
    iss: String,
}

#[derive(Deserialize)]
struct OurClaims {
    sub: Uuid,
    sid: Uuid,
    exp: i64,
}

#[derive(Deserialize)]
struct TheirClaims {
    sub: String,
    exp: f64,
    #[serde(default)]
    name: serde_json::Value,
}

impl Verifier {
    pub fn new(
        pool: Pool,
        clock: Clock,
        origin: &str,
        keys: KeyRing,
        ended: EndedSessions,
        outside: Option<OutsideIssuer>,
    ) -> Self {
        Self {
            pool,
            clock,
            origin: origin.to_owned(),
            keys,
            ended,
            outside: outside.map(|issuer| {
                let keys = OutsideKeys::new(&issuer.jwks_url);
                (issuer, keys)
            }),
            known: Cache::new(REMEMBERED_TOKENS),
            reread: Mutex::default(),
        }
    }

    pub async fn verify(&self, token: &str) -> Result<Bearer, Refusal> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refusal::Invalid);
        }
        let fingerprint: [u8; 32] = Sha256::digest(token).into();
        let now = self.clock.now().unix_timestamp();
        let known = self
            .known
            .get(&fingerprint)
            .filter(|known| now < known.known_until);
        let bearer = if let Some(bearer) = known {
            bearer
        } else {
            let bearer = self.check(token).await?;
            self.known.insert(fingerprint, bearer.clone());
            bearer
        };
        let leeway = i64::try_from(LEEWAY).unwrap_or_default();
        if bearer.expires_at.saturating_add(leeway) < now {
            self.known.remove(&fingerprint);
            return Err(Refusal::Invalid);
        }
        if let Some(session) = bearer.session
            && self.ended.contains(session).await?
        {
            return Err(Refusal::Invalid);
        }
        Ok(bearer)
    }

    async fn check(&self, token: &str) -> Result<Bearer, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::Invalid)?;
        // Extensions that must be understood: we know none.
        if header.crit.is_some() {
            return Err(Refusal::Invalid);
        }
        let kid = header.kid.ok_or(Refusal::Invalid)?;
        // Not believed, only used to choose whose keys to try: they decide whether it is true.
        let claimed: Issuer =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| Refusal::Invalid)?;
        if claimed.iss == self.origin {
            return self.check_ours(token, &kid).await;
        }
        match &self.outside {
            Some((issuer, keys)) if claimed.iss == issuer.issuer => {
                self.check_theirs(token, &kid, issuer, keys).await
            }
            _ => Err(Refusal::Invalid),
        }
    }

    async fn check_ours(&self, token: &str, kid: &str) -> Result<Bearer, Refusal> {
        let key = match self.keys.find(kid) {
            Some(key) => key,
            None => self.find_again(kid).await?,
        };
        let validation = validation(Algorithm::EdDSA, &self.origin, &self.origin);
        let claims = open::<OurClaims>(token, &key, &validation)?;
        let user_id = UserId(claims.sub);
        Ok(Bearer {
            user_id,
            subject: user_id.to_string().into(),
            session: Some(SessionId(claims.sid)),
            expires_at: claims.exp,
            known_until: i64::MAX,
        })
    }

    /// Another node may have made a key that we have not heard of. Once a second at most: names can be made up.
    async fn find_again(&self, kid: &str) -> Result<DecodingKey, Refusal> {
        if Uuid::try_parse(kid).is_err() {
            return Err(Refusal::Invalid);
        }
        let mut reread = self.reread.lock().await;
        let now = self.clock.now();
        if self.keys.find(kid).is_none()
            && reread.is_none_or(|at| now - at >= time::Duration::SECOND)
        {
            *reread = Some(now);
            if let Err(error) = self.keys.reload().await {
                tracing::error!(%error, "the signing keys could not be read again");
            }
        }
        self.keys.find(kid).ok_or(Refusal::Invalid)
    }

    async fn check_theirs(
        &self,
        token: &str,
        kid: &str,
        issuer: &OutsideIssuer,
        keys: &OutsideKeys,
    ) -> Result<Bearer, Refusal> {
        let (algorithm, key) = keys.find(kid).await.ok_or(Refusal::Invalid)?;
        let validation = validation(algorithm, &issuer.issuer, &issuer.audience);
        let claims = open::<TheirClaims>(token, &key, &validation)?;
        let length = claims.sub.chars().count();
        if length == 0 || length > LONGEST_SUBJECT || claims.sub.contains(char::is_control) {
            return Err(Refusal::Invalid);
        }
        let name = claims.name.as_str().and_then(|name| Name::parse(name).ok());
        let name = name.as_ref().map_or("Guest", Name::as_str);
        let user_id = user::find_or_insert_outside(
            &self.pool,
            &issuer.issuer,
            &claims.sub,
            name,
            self.clock.now(),
        )
        .await
        .map_err(AppError::from)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole seconds; what is too large saturates"
        )]
        let expires_at = claims.exp as i64;
        Ok(Bearer {
            user_id,
            subject: claims.sub.into(),
            session: None,
            expires_at,
            known_until: self.clock.now().unix_timestamp() + REMEMBERED_FOR,
        })
    }
}

fn validation(algorithm: Algorithm, issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation
}

fn open<T: serde::de::DeserializeOwned>(
    token: &str,
    key: &DecodingKey,
    validation: &Validation,
) -> Result<T, Refusal> {
    decode(token, key, validation)
        .map(|data| data.claims)
        .map_err(|_| Refusal::Invalid)
}
