//! What `jsonwebtoken` signs and verifies with. Our tokens are signed with Ed25519; of other issuers we take P-256 and
//! RSA too. What none of them needs is not here and cannot be asked for: no shared secrets, no signing with RSA.

use std::sync::Once;

use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
    signature::{Error, Signer, Verifier},
};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

type Verdict<T> = std::result::Result<T, Error>;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| signer(*algorithm, key),
    verifier_factory: |algorithm, key| verifier(*algorithm, key),
    // For making key sets of private keys: ours is made of the public ones.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Once for the process, before the first token.
pub fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        PROVIDER
            .install_default()
            .expect("BUG: something else was to sign tokens");
    });
}

/// What signs by this seed of an Ed25519 key.
pub fn signing_key(seed: &[u8; 32]) -> EncodingKey {
    install();
    EncodingKey::from_ed_der(seed)
}

fn signer(algorithm: Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if algorithm != Algorithm::EdDSA || key.family() != algorithm.family() {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let seed = key
        .as_bytes()
        .try_into()
        .map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(Ed25519Signer(SigningKey::from_bytes(seed))))
}

fn verifier(algorithm: Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    if key.family() != algorithm.family() {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(match (algorithm, key.kind()) {
        (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(public)) => {
            let key = VerifyingKey::try_from(public.as_slice());
            Box::new(Ed25519Verifier(
                key.map_err(|_| ErrorKind::InvalidEddsaKey)?,
            ))
        }
        (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => {
            Box::new(P256Verifier(point.clone()))
        }
        (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) => Box::new(RsaVerifier {
            n: n.clone(),
            e: e.clone(),
        }),
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    })
}

struct Ed25519Signer(SigningKey);

impl Signer<Vec<u8>> for Ed25519Signer {
    fn try_sign(&self, message: &[u8]) -> Verdict<Vec<u8>> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

impl JwtSigner for Ed25519Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct Ed25519Verifier(VerifyingKey);

impl Verifier<Vec<u8>> for Ed25519Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Verdict<()> {
        self.0.verify(message, &Signature::from_slice(signature)?)
    }
}

impl JwtVerifier for Ed25519Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

/// By an uncompressed point.
struct P256Verifier(Vec<u8>);

impl Verifier<Vec<u8>> for P256Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Verdict<()> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signature)
            .map_err(|_| Error::new())
    }
}

impl JwtVerifier for P256Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

struct RsaVerifier {
    n: Vec<u8>,
    e: Vec<u8>,
}

impl Verifier<Vec<u8>> for RsaVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Verdict<()> {
        let Self { n, e } = self;
        RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .map_err(|_| Error::new())
    }
}

impl JwtVerifier for RsaVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}
