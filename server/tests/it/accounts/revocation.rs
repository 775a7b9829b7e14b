//! A session that ends on one node ends on all, within a second and without a query per request.

use std::time::Duration;

use serde_json::json;
use sqlx::PgPool;
use tokio::time::{Instant, sleep};

use super::people::{Browser, PASSWORD, is_accepted, sign_up};
use crate::site::{self, Server};

async fn node(pool: &PgPool) -> Server {
    let server = site::server(pool.clone(), &[]).await;
    server.accounts.spawn_background();
    server
}

/// How long it takes until this node refuses the token.
async fn time_until_refused(server: &Server, token: &str) -> Duration {
    let start = Instant::now();
    while is_accepted_by_verifier(server, token).await {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it never hears of it"
        );
        sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}

async fn is_accepted_by_verifier(server: &Server, token: &str) -> bool {
    server.accounts.verifier.verify(token).await.is_ok()
}

async fn wait_until_in_touch(pool: &PgPool, nodes: i64) {
    let start = Instant::now();
    loop {
        let listening: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%ended_session WHERE ended_at%'",
        )
        .fetch_one(pool)
        .await
        .expect("a count");
        if listening >= nodes {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{listening} of {nodes} listen"
        );
        sleep(Duration::from_millis(20)).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_way_to_end_a_session_is_heard_on_the_other_node_within_a_second(pool: PgPool) {
    let (one, other) = (node(&pool).await, node(&pool).await);
    wait_until_in_touch(&pool, 2).await;
    let ada = sign_up(&one, "Ada").await;
    let ways = [
        ("sign-out", json!({})),
        ("revoke-sessions", json!({})),
        (
            "change-password",
            json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD }),
        ),
        ("delete-user", json!({ "password": PASSWORD })),
    ];
    for (way, body) in ways {
        let mut browser = Browser::default();
        browser.sign_in(&one, &ada.email, PASSWORD).await;
        let token = browser.token(&one).await;
        assert!(is_accepted(&other, &token).await, "{way}");
        let answer = browser.post(&one, &format!("/api/auth/{way}"), body).await;
        assert_eq!(answer.status, 200, "{way}: {}", answer.body);
        assert!(
            !is_accepted_by_verifier(&one, &token).await,
            "{way}: at once on its own node"
        );
        let time = time_until_refused(&other, &token).await;
        assert!(time < Duration::from_secs(1), "{way}: {time:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_node_that_has_lost_touch_lets_nobody_pass_who_is_out(pool: PgPool) {
    let (one, other) = (node(&pool).await, node(&pool).await);
    wait_until_in_touch(&pool, 2).await;
    let mut ada = sign_up(&one, "Ada").await;
    assert!(is_accepted(&other, &ada.token).await);
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(&pool)
    .await
    .expect("ended");
    // A connection that has just been used is taken to be alive; whoever gets a lost one has to ask again.
    let mut lost = one.accounts.pool.size();
    let answer = loop {
        let out = ada.browser.post(&one, "/api/auth/sign-out", json!({}));
        let answer = out.await;
        if answer.status != 503 || lost == 0 {
            break answer;
        }
        lost -= 1;
    };
    assert_eq!(answer.status, 200, "{}", answer.body);
    let time = time_until_refused(&other, &ada.token).await;
    assert!(time < Duration::from_secs(1), "{time:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_node_that_starts_later_knows_who_is_out(pool: PgPool) {
    let one = node(&pool).await;
    let mut ada = sign_up(&one, "Ada").await;
    ada.browser
        .post(&one, "/api/auth/sign-out", json!({}))
        .await;
    let late = node(&pool).await;
    assert!(
        !is_accepted(&late, &ada.token).await,
        "before it is in touch"
    );
    wait_until_in_touch(&pool, 2).await;
    assert!(!is_accepted(&late, &ada.token).await, "and after");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_verified_token_costs_no_query(pool: PgPool) {
    let server = node(&pool).await;
    wait_until_in_touch(&pool, 1).await;
    let ada = sign_up(&server, "Ada").await;
    assert!(is_accepted_by_verifier(&server, &ada.token).await);
    // With all connections taken, whoever asks waits.
    let mut taken = Vec::new();
    while let Ok(Ok(connection)) =
        tokio::time::timeout(Duration::from_millis(500), server.accounts.pool.acquire()).await
    {
        taken.push(connection);
    }
    let verdict = tokio::time::timeout(
        Duration::from_secs(1),
        is_accepted_by_verifier(&server, &ada.token),
    );
    assert_eq!(verdict.await, Ok(true));
}

/// As if the session had ended so long ago, and nobody had been told.
async fn note_end(pool: &PgPool, token: &str, ago: &str) {
    let id = session_of(token);
    sqlx::query("INSERT INTO ended_session VALUES ($1::uuid, now() - $2::interval)")
        .bind(&id)
        .bind(ago)
        .execute(pool)
        .await
        .expect("written");
}

/// The `sid` of a token.
fn session_of(token: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let claims = token.split('.').nth(1).expect("claims");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
    claims["sid"].as_str().expect("a session").to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn only_what_is_new_is_read_again_and_what_was_written_late_is_found(pool: PgPool) {
    let server = node(&pool).await;
    wait_until_in_touch(&pool, 1).await;
    let (old, late) = (
        sign_up(&server, "Ada").await,
        sign_up(&server, "Grace").await,
    );
    let mut newest = sign_up(&server, "Edith").await;
    let answer = newest
        .browser
        .post(&server, "/api/auth/sign-out", json!({}))
        .await;
    assert_eq!(answer.status, 200);
    // The next round sees that end; the one after it begins there.
    let marker = sign_up(&server, "Mary").await;
    note_end(&pool, &marker.token, "0 seconds").await;
    time_until_refused(&server, &marker.token).await;

    note_end(&pool, &old.token, "10 minutes").await;
    note_end(&pool, &late.token, "30 seconds").await;
    let time = time_until_refused(&server, &late.token).await;
    assert!(time < Duration::from_secs(1), "{time:?}");
    assert!(
        is_accepted_by_verifier(&server, &old.token).await,
        "twenty minutes are not read in every round"
    );
    let fresh = node(&pool).await;
    assert!(!is_accepted(&fresh, &old.token).await, "but by who is new");
}
