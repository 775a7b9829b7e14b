//! Tokens that are not what they claim. Each is refused with 401, and none upsets the server.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use ring::hmac;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::people::{Person, is_accepted, opens_account, sign_up};
use crate::site::{self, ORIGIN, SECRET, Server};
use donewell_app::auth::token::{Sealer, signing_key};

/// Somebody who has our signing key: to change one thing at a time, all else being right.
struct Forger {
    key: EncodingKey,
    kid: String,
    claims: Value,
}

impl Forger {
    async fn new(pool: &PgPool, person: &Person) -> Self {
        let (id, sealed): (uuid::Uuid, Vec<u8>) =
            sqlx::query_as("SELECT id, private_key FROM signing_key")
                .fetch_one(pool)
                .await
                .expect("a key");
        let seed = Sealer::new(SECRET, None)
            .open(id, &sealed)
            .expect("it opens")
            .plain;
        Self {
            key: signing_key(&seed.try_into().expect("32 bytes")),
            kid: id.to_string(),
            claims: payload(&person.token),
        }
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        header
    }

    fn sign(&self, claims: &Value) -> String {
        encode(&self.header(), claims, &self.key).expect("it signs")
    }

    /// With one claim changed, or left out where the value is null.
    fn with(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        if value.is_null() {
            claims.as_object_mut().expect("claims").remove(name);
        } else {
            claims[name] = value;
        }
        self.sign(&claims)
    }
}

fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn refused(server: &Server, what: &str, token: &str) {
    assert!(!is_accepted(server, token).await, "{what}: {token}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_without_a_signature_is_refused_in_every_spelling(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let claims = ada.token.split('.').nth(1).expect("claims");
    let signature = ada.token.split('.').nth(2).expect("a signature");
    for alg in ["none", "None", "NONE", "nOnE", "", "null"] {
        for kid in [json!(null), json!("x")] {
            let header = part(&json!({ "alg": alg, "typ": "JWT", "kid": kid }));
            for signature in ["", signature] {
                refused(&server, alg, &format!("{header}.{claims}.{signature}")).await;
            }
            refused(&server, alg, &format!("{header}.{claims}")).await;
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_public_key_is_no_secret_to_sign_with(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let forger = Forger::new(&pool, &ada).await;
    let public: Vec<u8> = sqlx::query_scalar("SELECT public_key FROM signing_key")
        .fetch_one(&pool)
        .await
        .expect("a key");
    let x = URL_SAFE_NO_PAD.encode(&public);
    for secret in [public.as_slice(), x.as_bytes()] {
        for (name, algorithm) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let header = part(&json!({ "alg": name, "typ": "JWT", "kid": forger.kid }));
            let message = format!("{header}.{}", part(&forger.claims));
            let tag = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
            refused(&server, "HS with the public key", &token).await;
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_that_a_token_brings_along_is_not_used(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let forger = Forger::new(&pool, &ada).await;
    let own = signing_key(&[7; 32]);
    let x = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": forger.kid, "alg": "EdDSA" });
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("http://127.0.0.1:9/jwks")),
        ("x5u", json!("http://127.0.0.1:9/cert")),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = part(&json!({ "alg": "EdDSA", "typ": "JWT", "kid": forger.kid, name: value }));
        let message = format!("{header}.{}", part(&forger.claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &own, Algorithm::EdDSA)
            .expect("it signs");
        refused(&server, name, &format!("{message}.{signature}")).await;
    }
    // Another issuer's key under our name.
    let token = encode(&forger.header(), &forger.claims, &own).expect("it signs");
    refused(&server, "another key under our kid", &token).await;
    assert!(
        is_accepted(&server, &forger.sign(&forger.claims)).await,
        "the forger can sign rightly"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_id_is_a_name_and_nothing_else(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let forger = Forger::new(&pool, &ada).await;
    let long = "a".repeat(5000);
    for kid in [
        "",
        "' OR 1=1 --",
        "../../etc/passwd",
        "/dev/null",
        "\u{0}",
        "http://127.0.0.1:9/",
        &long,
        "00000000-0000-0000-0000-000000000000",
    ] {
        let mut header = forger.header();
        header.kid = Some(kid.to_owned());
        let token = encode(&header, &forger.claims, &forger.key).expect("it signs");
        refused(&server, "kid", &token).await;
    }
    let mut header = forger.header();
    header.kid = None;
    let token = encode(&header, &forger.claims, &forger.key).expect("it signs");
    refused(&server, "no kid", &token).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn every_claim_that_counts_must_be_there_and_right(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let grace = sign_up(&server, "Grace").await;
    let forger = Forger::new(&pool, &ada).await;
    let now = server.clock.now().unix_timestamp();
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(null)),
        ("iss", json!([ORIGIN])),
        ("iss", json!(format!("{ORIGIN}/"))),
        ("aud", json!("https://evil.example")),
        ("aud", json!(null)),
        ("aud", json!([])),
        ("aud", json!(7)),
        ("sub", json!(null)),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("' OR 1=1 --")),
        ("sid", json!(null)),
        ("sid", json!("nothing")),
        ("exp", json!(null)),
        ("exp", json!((now + 900).to_string())),
        ("exp", json!(now - 31)),
        ("exp", json!(-1)),
        ("exp", json!({})),
        ("exp", json!(0)),
        ("nbf", json!(now + 60)),
        ("nbf", json!("soon")),
    ] {
        refused(
            &server,
            &format!("{name}: {value}"),
            &forger.with(name, value),
        )
        .await;
    }
    // Only our own key can say this. The account asks the database about it; tasks are asked for without a query.
    for (name, value) in [("sub", json!(grace.id)), ("sid", json!(uuid::Uuid::nil()))] {
        let token = forger.with(name, value);
        assert!(!opens_account(&server, &token).await, "{name}");
    }
    for (name, value) in [
        ("exp", json!(now - 20)),
        ("nbf", json!(now + 20)),
        ("nbf", json!(now - 60)),
    ] {
        let token = forger.with(name, value.clone());
        assert!(
            is_accepted(&server, &token).await,
            "within the leeway: {name}: {value}"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_good_for_fifteen_minutes_and_the_leeway(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    assert!(is_accepted(&server, &ada.token).await);
    server.clock.advance(time::Duration::seconds(15 * 60 + 29));
    assert!(is_accepted(&server, &ada.token).await);
    server.clock.advance(time::Duration::seconds(3));
    refused(&server, "one that is remembered as good", &ada.token).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_cut_glued_or_swollen_is_refused(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let (ada, grace) = (
        sign_up(&server, "Ada").await,
        sign_up(&server, "Grace").await,
    );
    let forger = Forger::new(&pool, &ada).await;
    for length in (0..ada.token.len()).step_by(7) {
        refused(&server, "cut", &ada.token[..length]).await;
    }
    let parts: Vec<_> = ada.token.split('.').collect();
    let others: Vec<_> = grace.token.split('.').collect();
    refused(
        &server,
        "another's claims",
        &[parts[0], others[1], parts[2]].join("."),
    )
    .await;
    refused(
        &server,
        "another's signature",
        &[parts[0], parts[1], others[2]].join("."),
    )
    .await;
    refused(
        &server,
        "four parts",
        &format!("{}.{}", ada.token, parts[2]),
    )
    .await;
    refused(&server, "padded", &format!("{}==", ada.token)).await;
    refused(&server, "twice", &format!("{0} {0}", ada.token)).await;
    let header = part(&json!({ "alg": "ES256", "typ": "JWT", "kid": forger.kid }));
    refused(
        &server,
        "another algorithm",
        &[header.as_str(), parts[1], parts[2]].join("."),
    )
    .await;
    refused(
        &server,
        "large",
        &forger.with("name", json!("x".repeat(9000))),
    )
    .await;
    refused(&server, "larger", &"A".repeat(60_000)).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn ten_thousand_mutations_of_a_good_token_are_all_refused(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let good = ada.token.clone().into_bytes();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    let mutation = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0..3_u8,
    );
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let mut count = 0;
    while count < 10_000 {
        let (place, with, how) = mutation
            .new_tree(&mut runner)
            .expect("a mutation")
            .current();
        let mut bytes = good.clone();
        let at = place.index(bytes.len());
        let byte = alphabet.as_bytes()[with.index(alphabet.len())];
        match how {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => drop(bytes.remove(at)),
        }
        if bytes == good {
            continue;
        }
        count += 1;
        let token = String::from_utf8(bytes).expect("ASCII");
        let verdict = server.accounts.verifier.verify(&token).await;
        assert!(verdict.is_err(), "{token}");
    }
}
