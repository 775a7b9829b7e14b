//! The keys of another issuer, such as a Better Auth instance: fetched when first needed, again when a key is
//! unknown, and kept while the issuer cannot be reached.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use tokio::sync::Mutex;

/// Another issuer, as configured.
#[derive(Clone, Debug)]
pub struct OutsideIssuer {
    pub jwks_url: String,
    pub issuer: String,
    pub audience: String,
}

/// Names of keys can be made up: this often they have us ask, and no oftener.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(30);
/// After this long the set is fetched again even if the key is known.
const FRESH: Duration = Duration::from_mins(15);
const PATIENCE: Duration = Duration::from_secs(5);
const LARGEST_SET: u64 = 256 * 1024;
/// 2048 to 8192 bits.
const BYTES_OF_RSA: RangeInclusive<usize> = 256..=1024;

/// The set as it was last seen.
#[derive(Clone)]
pub struct OutsideKeys {
    url: Arc<str>,
    keys: Arc<RwLock<HashMap<String, (Algorithm, DecodingKey)>>>,
    fetched: Arc<RwLock<Option<Instant>>>,
    /// Held while asking, so that one asks for all.
    asked: Arc<Mutex<Asked>>,
}

#[derive(Debug, Default)]
enum Asked {
    /// The first answer is still to come.
    #[default]
    Never,
    /// What follows a first answer may be the other side's rotation: it is asked about at once.
    Once,
    At(Instant),
}

impl std::fmt::Debug for OutsideKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "OutsideKeys({})", self.url)
    }
}

impl OutsideKeys {
    pub fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            keys: Arc::default(),
            fetched: Arc::default(),
            asked: Arc::default(),
        }
    }

    /// The key of that name and the one algorithm it may be used with.
    pub async fn find(&self, kid: &str) -> Option<(Algorithm, DecodingKey)> {
        if let Some(known) = self.known(kid)
            && self.is_fresh()
        {
            return Some(known);
        }
        let mut asked = self.asked.lock().await;
        if let Some(known) = self.known(kid)
            && self.is_fresh()
        {
            return Some(known);
        }
        let next = match *asked {
            Asked::Never => Asked::Once,
            Asked::At(last) if last.elapsed() < BETWEEN_QUESTIONS => return self.known(kid),
            Asked::Once | Asked::At(_) => Asked::At(Instant::now()),
        };
        let was_fetched = self.fetch().await;
        *asked = if was_fetched {
            next
        } else {
            Asked::At(Instant::now())
        };
        self.known(kid)
    }

    /// Whether the set was fetched lately: keys may have been withdrawn since.
    fn is_fresh(&self) -> bool {
        let fetched = self.fetched.read().unwrap_or_else(PoisonError::into_inner);
        fetched.is_some_and(|at| at.elapsed() < FRESH)
    }

    fn known(&self, kid: &str) -> Option<(Algorithm, DecodingKey)> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(kid).cloned()
    }

    /// Says whether there is a set now.
    async fn fetch(&self) -> bool {
        let url = self.url.clone();
        let fetched = tokio::task::spawn_blocking(move || download(&url)).await;
        match fetched {
            Ok(Ok(keys)) if keys.is_empty() => {
                tracing::warn!(url = %self.url, "the key set of JWKS_URL has no key for us; keeping those we have");
                false
            }
            Ok(Ok(keys)) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
                *self.fetched.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Instant::now());
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(url = %self.url, %error, "the key set of JWKS_URL cannot be had; keeping those we have");
                false
            }
            Err(error) => {
                tracing::error!(%error, "fetching the key set of JWKS_URL ended early");
                false
            }
        }
    }
}

#[derive(Debug, serde::Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

type Keys = HashMap<String, (Algorithm, DecodingKey)>;

fn download(url: &str) -> Result<Keys, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .build()
        .into();
    let mut answer = agent.get(url).call()?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(LARGEST_SET)
        .read_to_string()?;
    let set: KeySet = serde_json::from_str(&text)
        .map_err(|error| ureq::Error::Io(std::io::Error::other(error)))?;
    // One key that we cannot use does not spoil the others.
    Ok(set.keys.into_iter().filter_map(usable).collect())
}

fn usable(value: serde_json::Value) -> Option<(String, (Algorithm, DecodingKey))> {
    let key: Jwk = serde_json::from_value(value).ok()?;
    let named = key.common.key_algorithm;
    if !matches!(
        key.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    ) {
        return None;
    }
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let algorithm_and_key = match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair)
            if pair.curve == EllipticCurve::Ed25519
                && bytes(&pair.x)?.len() == 32
                && matches!(named, None | Some(KeyAlgorithm::EdDSA)) =>
        {
            (Algorithm::EdDSA, DecodingKey::from_jwk(&key).ok()?)
        }
        AlgorithmParameters::EllipticCurve(point)
            if point.curve == EllipticCurve::P256
                && matches!(named, None | Some(KeyAlgorithm::ES256)) =>
        {
            (Algorithm::ES256, DecodingKey::from_jwk(&key).ok()?)
        }
        AlgorithmParameters::RSA(rsa) if matches!(named, None | Some(KeyAlgorithm::RS256)) => {
            let (n, e) = (without_zeros(bytes(&rsa.n)?), without_zeros(bytes(&rsa.e)?));
            if !BYTES_OF_RSA.contains(&n.len()) {
                return None;
            }
            (
                Algorithm::RS256,
                DecodingKey::from_rsa_raw_components(&n, &e),
            )
        }
        _ => return None,
    };
    Some((key.common.key_id?, algorithm_and_key))
}

/// Some issuers write a number with a zero before it, as if it had a sign.
fn without_zeros(mut number: Vec<u8>) -> Vec<u8> {
    let zeros = number.iter().take_while(|digit| **digit == 0).count();
    number.drain(..zeros);
    number
}
