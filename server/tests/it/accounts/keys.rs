//! The key ring: made once, rotated, published, and unreadable without its secret.

use serde_json::Value;
use sqlx::PgPool;
use time::Duration;

use super::people::{Browser, is_accepted, sign_up};
use crate::site::{self, SECRET, Server};
use donewell_app::auth::{
    accounts::{Accounts, Settings},
    clock::Clock,
    limits::LimitSettings,
    service::maintenance,
    token::{self, KeyError, KeyRing, Sealer},
};

async fn published(server: &Server) -> Vec<String> {
    let answer = Browser::default().get(server, "/api/auth/jwks").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    let keys = answer.json()["keys"].as_array().expect("keys").clone();
    for key in &keys {
        for (name, value) in [
            ("kty", "OKP"),
            ("crv", "Ed25519"),
            ("alg", "EdDSA"),
            ("use", "sig"),
        ] {
            assert_eq!(key[name], value, "{key}");
        }
        assert_eq!(
            key.as_object().expect("a key").len(),
            6,
            "nothing else, least of all d: {key}"
        );
    }
    keys.iter()
        .map(|key| key["kid"].as_str().expect("a kid").to_owned())
        .collect()
}

fn kid(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).expect("a header");
    assert_eq!(header.typ.as_deref(), Some("JWT"));
    header.kid.expect("a kid")
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_nodes_that_start_together_one_makes_the_key(pool: PgPool) {
    let nodes = (0..8).map(|_| {
        KeyRing::open(
            site::connections(&pool),
            Sealer::new(SECRET, None),
            Clock::default(),
        )
    });
    let rings = futures_util::future::join_all(nodes).await;
    let sets: std::collections::HashSet<_> = rings
        .into_iter()
        .map(|ring| ring.expect("it opens").jwks())
        .collect();
    assert_eq!(sets.len(), 1);
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM signing_key")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(count, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn after_a_rotation_another_key_signs_and_the_former_is_good_through_the_grace_period(
    pool: PgPool,
) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let former = kid(&ada.token);
    token::rotate(
        &server.accounts.pool,
        &Sealer::new(SECRET, None),
        &server.clock,
    )
    .await
    .expect("rotated");
    server.accounts.keys.reload().await.expect("read again");
    let token = ada.browser.token(&server).await;
    assert_ne!(kid(&token), former);
    assert_eq!(published(&server).await, [former.clone(), kid(&token)]);
    assert!(is_accepted(&server, &ada.token).await && is_accepted(&server, &token).await);
    let private: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT private_key FROM signing_key WHERE id::text = $1")
            .bind(&former)
            .fetch_one(&pool)
            .await
            .expect("a row");
    assert_eq!(private, None, "what has retired can sign no more");
    server.clock.advance(Duration::hours(1));
    maintenance::once(&server.accounts).await;
    assert_eq!(published(&server).await, [kid(&token)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_node_that_has_not_heard_of_a_rotation_accepts_the_new_key_all_the_same(pool: PgPool) {
    let one = site::server(pool.clone(), &[]).await;
    let other = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&one, "Ada").await;
    token::rotate(&one.accounts.pool, &Sealer::new(SECRET, None), &one.clock)
        .await
        .expect("rotated");
    one.accounts.keys.reload().await.expect("read again");
    let token = ada.browser.token(&one).await;
    assert!(is_accepted(&other, &token).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_signs_for_thirty_days(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let first = kid(&ada.token);
    server.clock.advance(Duration::days(30) - Duration::MINUTE);
    maintenance::once(&server.accounts).await;
    ada.browser
        .sign_in(&server, &ada.email, super::people::PASSWORD)
        .await;
    assert_eq!(kid(&ada.browser.token(&server).await), first);
    server.clock.advance(Duration::MINUTE);
    maintenance::once(&server.accounts).await;
    assert_ne!(kid(&ada.browser.token(&server).await), first);
}

#[sqlx::test(migrations = "../migrations")]
async fn another_secret_opens_nothing_unless_the_former_is_named(pool: PgPool) {
    const NEW: &str = "another secret that is long enough too";
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let open = |sealer| KeyRing::open(site::connections(&pool), sealer, Clock::default());
    let refused = open(Sealer::new(NEW, None))
        .await
        .expect_err("it does not open");
    assert!(matches!(refused, KeyError::WrongSecret));
    assert!(
        refused.to_string().starts_with("AUTH_SECRET: "),
        "{refused}"
    );
    assert!(!refused.to_string().contains(NEW), "{refused}");
    open(Sealer::new(NEW, Some(SECRET)))
        .await
        .expect("it opens, and is sealed anew");
    open(Sealer::new(NEW, None))
        .await
        .expect("it opens without the former");
    let after = site::server(pool.clone(), &[("AUTH_SECRET", NEW)]).await;
    assert!(is_accepted(&after, &ada.token).await, "the key is the same");
    open(Sealer::new(SECRET, None))
        .await
        .expect_err("the former is no longer good");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_private_half_is_not_in_the_database(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let keys: Value = serde_json::from_str(&server.accounts.keys.jwks()).expect("JSON");
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1));
    let (id, sealed): (uuid::Uuid, Vec<u8>) =
        sqlx::query_as("SELECT id, private_key FROM signing_key")
            .fetch_one(&pool)
            .await
            .expect("a key");
    let seed = Sealer::new(SECRET, None)
        .open(id, &sealed)
        .expect("it opens")
        .plain;
    assert_eq!(seed.len(), 32);
    assert!(!sealed.windows(32).any(|window| window == seed));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_server_does_not_start_half_working_with_a_wrong_secret(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    drop(server);
    let settings = |sealer| Settings {
        origin: site::ORIGIN.into(),
        trusted_origins: Vec::new(),
        require_verification: false,
        limits: LimitSettings::default(),
        outside: None,
        sealer,
        smtp_url: None,
        mail_from: "Donewell <todo@example.org>".into(),
        mail_directory: std::env::temp_dir(),
    };
    let wrong = settings(Sealer::new("a wrong secret, of thirty-two bytes", None));
    Accounts::open(site::connections(&pool), wrong, Clock::default())
        .await
        .expect_err("it does not open");
}
