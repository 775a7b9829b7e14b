//! What happened to an account is written down, and cannot be rewritten.

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
