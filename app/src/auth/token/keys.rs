//! The key ring: one key signs, those that retired lately are still published. It lies in Postgres, so that all
//! nodes share it; each keeps a copy in memory and reads it again when it is told to, or meets a key it doesn't
//! know.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    Claims, Sealer,
    crypto::{self, signing_key},
};
use crate::auth::{
    caller::Caller,
    clock::Clock,
    store::{
        audit,
        key::{self, StoredKey},
    },
};

use crate::pool::Pool;

/// After how long another key signs.
const ROTATION: Duration = Duration::days(30);
/// How long a retired key is still published: longer than any token that it signed is good.
const GRACE: Duration = Duration::hours(1);

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "AUTH_SECRET: the signing key in the database was encrypted under another secret; set the former one as \
         AUTH_SECRET_PREVIOUS, or as AUTH_SECRET again"
    )]
    WrongSecret,
    #[error("a signing key in the database is damaged ({0})")]
    Damaged(Uuid),
    #[error("the signing keys could not be read: {0}")]
    Database(#[from] sqlx::Error),
}

impl KeyError {
    /// Whether the operator has to set a variable otherwise.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::WrongSecret)
    }
}

struct Ring {
    id: Uuid,
    since: OffsetDateTime,
    signing: EncodingKey,
    header: Header,
    public: HashMap<String, DecodingKey>,
    jwks: Arc<str>,
}

/// This node's copy.
#[derive(Clone)]
pub struct KeyRing {
    pool: Pool,
    sealer: Sealer,
    clock: Clock,
    ring: Arc<RwLock<Arc<Ring>>>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyRing(…)")
    }
}

impl KeyRing {
    /// Reads the keys, makes the first one, and seals anew what the previous secret had sealed.
    pub async fn open(pool: Pool, sealer: Sealer, clock: Clock) -> Result<Self, KeyError> {
        crypto::install();
        let ring = read_or_make(&pool, &sealer, clock.now()).await?;
        Ok(Self {
            pool,
            sealer,
            clock,
            ring: Arc::new(RwLock::new(Arc::new(ring))),
        })
    }

    pub async fn reload(&self) -> Result<(), KeyError> {
        let ring = read_or_make(&self.pool, &self.sealer, self.clock.now()).await?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    /// Has another key sign if this one has done so for long enough, and forgets what nobody needs any more.
    pub async fn maintain(&self) -> Result<(), KeyError> {
        let (ring, now) = (self.ring(), self.clock.now());
        if ring.since + ROTATION <= now {
            replace(&self.pool, &self.sealer, ring.id, &Caller::operator(), now).await?;
        }
        key::delete_retired(&self.pool, now - GRACE).await?;
        self.reload().await
    }

    pub fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        let ring = self.ring();
        jsonwebtoken::encode(&ring.header, claims, &ring.signing)
    }

    pub(super) fn find(&self, kid: &str) -> Option<DecodingKey> {
        self.ring().public.get(kid).cloned()
    }

    /// What is published for others to verify our tokens by.
    pub fn jwks(&self) -> Arc<str> {
        self.ring().jwks.clone()
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The `keys rotate` command: another key signs from now on.
pub async fn rotate(pool: &Pool, sealer: &Sealer, clock: &Clock) -> Result<(), KeyError> {
    let ring = read_or_make(pool, sealer, clock.now()).await?;
    replace(pool, sealer, ring.id, &Caller::operator(), clock.now()).await
}

/// Retires this key, unless somebody else has done so in the meantime.
async fn replace(
    pool: &Pool,
    sealer: &Sealer,
    former: Uuid,
    caller: &Caller,
    now: OffsetDateTime,
) -> Result<(), KeyError> {
    let mut transaction = pool.begin().await?;
    if key::retire(&mut transaction, former, now).await? {
        key::insert(&mut transaction, &make(sealer, now)).await?;
        audit::insert(
            &mut *transaction,
            audit::NOBODY,
            audit::Event::KeyRotated,
            caller,
            now,
        )
        .await?;
        key::announce(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn read_or_make(pool: &Pool, sealer: &Sealer, now: OffsetDateTime) -> Result<Ring, KeyError> {
    loop {
        let keys = key::list(pool, now - GRACE).await?;
        if let Some(signing) = keys.iter().find(|key| key.private_key.is_some()) {
            return unlock(pool, sealer, &keys, signing).await;
        }
        // Of all nodes that start at once, one makes the first key; the others find it the next time round.
        let mut connection = pool.acquire().await?;
        key::insert(&mut connection, &make(sealer, now)).await?;
    }
}

fn make(sealer: &Sealer, now: OffsetDateTime) -> StoredKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("BUG: the system has no randomness");
    let key = SigningKey::from_bytes(&seed);
    let id = Uuid::now_v7();
    StoredKey {
        id,
        public_key: key.verifying_key().to_bytes().to_vec(),
        private_key: Some(sealer.seal(id, &seed)),
        created_at: now,
    }
}

async fn unlock(
    pool: &Pool,
    sealer: &Sealer,
    keys: &[StoredKey],
    signing: &StoredKey,
) -> Result<Ring, KeyError> {
    let locked = signing.private_key.as_deref().unwrap_or_default();
    let opened = sealer
        .open(signing.id, locked)
        .ok_or(KeyError::WrongSecret)?;
    if opened.by_previous {
        key::reseal(
            pool,
            signing.id,
            locked,
            &sealer.seal(signing.id, &opened.plain),
        )
        .await?;
        tracing::info!("the signing key is encrypted under the new AUTH_SECRET from now on");
    }
    let damaged = || KeyError::Damaged(signing.id);
    let seed: [u8; 32] = opened.plain.try_into().map_err(|_| damaged())?;
    let private = SigningKey::from_bytes(&seed);
    if private.verifying_key().as_bytes()[..] != signing.public_key[..] {
        return Err(damaged());
    }
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(signing.id.to_string());
    let mut public = HashMap::new();
    let mut published = Vec::new();
    for key in keys {
        let x = URL_SAFE_NO_PAD.encode(&key.public_key);
        let decoding =
            DecodingKey::from_ed_components(&x).map_err(|_| KeyError::Damaged(key.id))?;
        public.insert(key.id.to_string(), decoding);
        published.push(serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.id.to_string(), "x": x,
        }));
    }
    Ok(Ring {
        id: signing.id,
        since: signing.created_at,
        signing: signing_key(&seed),
        header,
        public,
        jwks: serde_json::json!({ "keys": published }).to_string().into(),
    })
}
