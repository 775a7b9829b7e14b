//! What happened to an account is written down, and cannot be rewritten.

use donewell_app::auth::service::maintenance;
use serde_json::json;
use sqlx::PgPool;

use super::people::{Browser, PASSWORD, sign_up};
use crate::site;

#[sqlx::test(migrations = "../migrations")]
async fn what_happens_to_an_account_is_written_down_with_its_circumstances(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let mut phone = Browser {
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
        ..Browser::default()
    };
    phone.sign_in(&server, &ada.email, "not this one").await;
    phone.sign_in(&server, &ada.email, PASSWORD).await;
    phone
        .post(
            &server,
            "/api/auth/update-user",
            json!({ "name": "Countess" }),
        )
        .await;
    phone.post(&server, "/api/auth/sign-out", json!({})).await;
    ada.browser
        .post(&server, "/api/auth/revoke-other-sessions", json!({}))
        .await;
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT kind, user_agent FROM audit_event WHERE user_id::text = $1 ORDER BY id",
    )
    .bind(&ada.id)
    .fetch_all(&pool)
    .await
    .expect("rows");
    let kinds: Vec<_> = rows.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "signed-up",
            "sign-in-failed",
            "signed-in",
            "profile-changed",
            "signed-out",
            "other-sessions-revoked"
        ]
    );
    assert!(
        rows[1]
            .1
            .as_deref()
            .is_some_and(|agent| agent.contains("Firefox"))
    );

    let account = ada.browser.call(&server, "/fn/auth/get-account", "").await;
    let shown = &account.json()["events"];
    assert_eq!(shown[0]["kind"], "other-sessions-revoked", "{shown}");
    assert_eq!(shown[4]["device"], "Firefox on Linux", "{shown}");
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_can_rewrite_it(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    sign_up(&server, "Ada").await;
    for statement in [
        "UPDATE audit_event SET kind = 'nothing'",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE kind = 'signed-up'",
        "TRUNCATE audit_event",
    ] {
        let error = sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&pool)
            .await
            .expect_err("refused");
        assert!(
            error.to_string().contains("append-only"),
            "{statement}: {error}"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn one_sees_only_ones_own(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let grace = sign_up(&server, "Grace").await;
    let data = ada.browser.get(&server, "/account/data.json").await;
    assert_eq!(data.status, 200);
    assert!(data.header("content-disposition").starts_with("attachment"));
    assert!(
        data.body.contains(&ada.id) && !data.body.contains(&grace.id),
        "{}",
        data.body
    );
    assert!(!data.body.contains("argon2"), "{}", data.body);
    let anonymous = Browser::default().get(&server, "/account/data.json").await;
    assert_eq!(
        (anonymous.status.as_u16(), anonymous.header("location")),
        (302, "/login?next=%2Fsettings")
    );
}

/// So many of a kind, older than whatever has really happened.
async fn add(pool: &PgPool, owner: &str, kind: &str, count: i32, age: &str) {
    sqlx::query(
        "INSERT INTO audit_event (user_id, id, kind, created_at)
         SELECT $1::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, now() - $4::interval
         FROM generate_series(1, $3) AS n",
    )
    .bind(owner)
    .bind(kind)
    .bind(count)
    .bind(age)
    .execute(pool)
    .await
    .expect("added");
}

async fn count(pool: &PgPool, owner: &str, kind: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM audit_event WHERE user_id = $1::uuid AND kind = $2")
        .bind(owner)
        .bind(kind)
        .fetch_one(pool)
        .await
        .expect("a count")
}

#[sqlx::test(migrations = "../migrations")]
async fn events_are_kept_for_a_year_and_a_thousand_of_each_kind(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let grace = sign_up(&server, "Grace").await;
    add(&pool, &ada.id, "sign-in-failed", 1005, "1 minute").await;
    add(&pool, &grace.id, "sign-in-failed", 1000, "364 days").await;
    let nobody = uuid::Uuid::nil().to_string();
    add(&pool, &nobody, "key-rotated", 3, "366 days").await;
    maintenance::once(&server.accounts).await;
    assert_eq!(count(&pool, &ada.id, "sign-in-failed").await, 1000);
    assert_eq!(count(&pool, &ada.id, "signed-up").await, 1);
    assert_eq!(count(&pool, &grace.id, "sign-in-failed").await, 1000);
    assert_eq!(count(&pool, &nobody, "key-rotated").await, 0);
    let newest: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_event WHERE user_id = $1::uuid AND kind = 'sign-in-failed'
         AND id <= '00000000-0000-7000-8000-000000000005'",
    )
    .bind(&ada.id)
    .fetch_one(&pool)
    .await
    .expect("a count");
    assert_eq!(newest, 0, "the oldest are gone");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_takes_their_data_along_gets_every_event(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    add(&pool, &ada.id, "sign-in-failed", 1200, "1 minute").await;
    let data = ada.browser.get(&server, "/account/data.json").await;
    let events = data.json()["events"].as_array().map(Vec::len);
    assert_eq!(events, Some(1201));
}

#[sqlx::test(migrations = "../migrations")]
async fn whether_a_browser_is_known_is_looked_up_in_an_index(pool: PgPool) {
    let mut connection = pool.acquire().await.expect("a connection");
    sqlx::query("SET enable_seqscan = off")
        .execute(&mut *connection)
        .await
        .expect("set");
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT 1 FROM audit_event WHERE user_id = $1::uuid
         AND kind IN ('signed-up', 'signed-in') AND coalesce(user_agent, '') = $2",
    )
    .bind(uuid::Uuid::nil().to_string())
    .bind("Firefox")
    .fetch_all(&mut *connection)
    .await
    .expect("a plan");
    let plan = plan.join("\n");
    assert!(plan.contains("audit_event_agent_idx"), "{plan}");
}
