//! Sessions: how long they last, how they are listed and ended.

use axum::{body::Body, http::Method};
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

use super::people::{Browser, PASSWORD, sign_up};
use crate::site::{self, Server};

#[sqlx::test(migrations = "../migrations")]
async fn a_session_in_use_is_extended_daily_but_not_for_ever(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    for day in 1..=89 {
        server.clock.advance(Duration::days(1));
        assert!(ada.browser.is_signed_in(&server).await, "day {day}");
    }
    server.clock.advance(Duration::days(1));
    assert!(
        !ada.browser.is_signed_in(&server).await,
        "its longest life is over"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_is_not_used_ends_after_a_week(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    server.clock.advance(Duration::days(7) - Duration::SECOND);
    let answer = ada
        .browser
        .get(&server, "/api/auth/get-session?disableRefresh=true")
        .await;
    assert_ne!(answer.body, "null");
    server.clock.advance(Duration::SECOND);
    assert!(!ada.browser.is_signed_in(&server).await);
    assert_eq!(ada.browser.cookie, None, "the browser is told to forget it");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_ends_with_the_browser_lasts_a_day_and_is_not_extended(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let mut browser = Browser::default();
    let body = json!({ "email": ada.email, "password": PASSWORD, "rememberMe": false });
    browser.post(&server, "/api/auth/sign-in/email", body).await;
    server.clock.advance(Duration::hours(23));
    assert!(browser.is_signed_in(&server).await);
    server.clock.advance(Duration::hours(1));
    assert!(!browser.is_signed_in(&server).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn no_cache_keeps_an_answer_that_extends_a_cookie(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    for (name, path) in [
        ("Ada", "/api/docs"),
        ("Bea", "/api/openapi.json"),
        ("Eve", "/api/auth/jwks"),
    ] {
        let mut ada = sign_up(&server, name).await;
        let public = ada.browser.get(&server, path).await;
        assert!(
            public.header("cache-control").starts_with("public"),
            "{path}"
        );
        server.clock.advance(Duration::days(2));
        let answer = ada.browser.get(&server, path).await;
        assert_ne!(answer.header("set-cookie"), "", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_extended_session_has_its_cookie_extended_too(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let same_day = ada.browser.get(&server, "/api/auth/get-session").await;
    assert_eq!(same_day.header("set-cookie"), "");
    server.clock.advance(Duration::days(2));
    let cookie = ada.browser.cookie.clone();
    let later = ada.browser.get(&server, "/api/auth/get-session").await;
    assert!(
        later.header("set-cookie").contains("Max-Age=604800"),
        "{:?}",
        later.headers
    );
    assert_eq!(ada.browser.cookie, cookie, "the same secret");
}

#[sqlx::test(migrations = "../migrations")]
async fn sessions_are_listed_by_handles_that_open_nothing(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let mut phone = Browser::default();
    phone.sign_in(&server, &ada.email, PASSWORD).await;
    let list = ada
        .browser
        .get(&server, "/api/auth/list-sessions")
        .await
        .json();
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), 2);
    for session in list {
        let handle = session["token"].as_str().expect("a handle");
        let mut thief = Browser {
            cookie: Some(format!("donewell_session={handle}")),
            ..Browser::default()
        };
        assert!(!thief.is_signed_in(&server).await);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn one_session_the_others_or_all_can_be_ended(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let mut others = [Browser::default(), Browser::default(), Browser::default()];
    for other in &mut others {
        other.sign_in(&server, &ada.email, PASSWORD).await;
    }
    let [phone, tablet, laptop] = &mut others;
    let handle =
        phone.get(&server, "/api/auth/get-session").await.json()["session"]["token"].clone();

    let body = json!({ "token": handle });
    let mut stranger = sign_up(&server, "Grace").await.browser;
    stranger
        .post(&server, "/api/auth/revoke-session", body.clone())
        .await;
    assert!(
        phone.is_signed_in(&server).await,
        "another's session is not theirs to end"
    );
    ada.browser
        .post(&server, "/api/auth/revoke-session", body)
        .await;
    assert!(!phone.is_signed_in(&server).await);
    assert!(tablet.is_signed_in(&server).await);

    ada.browser
        .post(&server, "/api/auth/revoke-other-sessions", json!({}))
        .await;
    assert!(!tablet.is_signed_in(&server).await && !laptop.is_signed_in(&server).await);
    assert!(ada.browser.is_signed_in(&server).await);
    ada.browser
        .post(&server, "/api/auth/revoke-sessions", json!({}))
        .await;
    assert!(!ada.browser.is_signed_in(&server).await);
    assert!(
        stranger.is_signed_in(&server).await,
        "others are not concerned"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_address_or_a_deletion_wants_a_young_session_or_the_password(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    server.clock.advance(Duration::days(1));
    let change = json!({ "newEmail": "countess@example.org" });
    let stale = ada
        .browser
        .post(&server, "/api/auth/change-email", change.clone())
        .await;
    assert_eq!(
        (stale.status.as_u16(), stale.code().as_str()),
        (403, "SESSION_NOT_FRESH")
    );
    let stale = ada
        .browser
        .post(&server, "/api/auth/delete-user", json!({}))
        .await;
    assert_eq!(
        (stale.status.as_u16(), stale.code().as_str()),
        (400, "SESSION_EXPIRED")
    );

    let mut change = change;
    change["password"] = json!("not this one");
    let wrong = ada
        .browser
        .post(&server, "/api/auth/change-email", change.clone())
        .await;
    assert_eq!(wrong.code(), "INVALID_PASSWORD");
    change["password"] = json!(PASSWORD);
    assert_eq!(
        ada.browser
            .post(&server, "/api/auth/change-email", change)
            .await
            .status,
        200
    );
    let body = json!({ "password": PASSWORD });
    let deleted = ada
        .browser
        .post(&server, "/api/auth/delete-user", body)
        .await;
    assert_eq!(
        deleted.json(),
        json!({ "success": true, "message": "User deleted" })
    );
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, PASSWORD)
            .await
            .status,
        401
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_needs_a_session_is_401_without_one(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let valid = json!({
        "token": "x", "name": "x", "newPassword": PASSWORD, "currentPassword": PASSWORD, "newEmail": "a@example.org",
    });
    for path in [
        "revoke-session",
        "revoke-sessions",
        "revoke-other-sessions",
        "update-user",
        "change-password",
        "change-email",
    ] {
        let mut nobody = Browser {
            cookie: Some("donewell_session=made-up".into()),
            ..Browser::default()
        };
        let answer = nobody
            .post(&server, &format!("/api/auth/{path}"), valid.clone())
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "UNAUTHORIZED"),
            "{path}"
        );
        let mut nobody = Browser::default();
        let empty = nobody
            .post(&server, &format!("/api/auth/{path}"), valid.clone())
            .await;
        assert_eq!(empty.status, 401, "{path}");
    }
    for path in ["token", "list-sessions"] {
        let answer = Browser::default()
            .get(&server, &format!("/api/auth/{path}"))
            .await;
        assert_eq!(answer.status, 401, "{path}");
    }
}

/// A browser whose session is over, and that does not know yet.
async fn left_behind(server: &Server) -> Browser {
    let mut ada = sign_up(server, "Ada").await.browser;
    let late = ada.clone();
    ada.post(server, "/api/auth/sign-out", json!({})).await;
    late
}

#[sqlx::test(migrations = "../migrations")]
async fn a_dead_cookie_is_taken_away_by_pages_and_by_asking_for_the_session(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let late = left_behind(&server).await;
    for path in [
        "/",
        "/settings",
        "/no-such-page",
        "/account/data.json",
        "/api/auth/get-session",
    ] {
        let mut browser = late.clone();
        let answer = browser.get(&server, path).await;
        assert_eq!(browser.cookie, None, "{path}: {:?}", answer.headers);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_that_comes_late_takes_no_cookie_away(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let late = left_behind(&server).await;
    for path in ["/api/auth/token", "/api/auth/list-sessions"] {
        let answer = late.clone().get(&server, path).await;
        let found = (answer.status.as_u16(), answer.header("set-cookie"));
        assert_eq!(found, (401, ""), "{path}");
    }
    for (path, body) in [
        ("/api/auth/update-user", json!({ "name": "Countess" })),
        ("/api/auth/revoke-other-sessions", json!({})),
        (
            "/api/auth/sign-in/email",
            json!({ "email": "ada@example.org", "password": "not it" }),
        ),
        ("/api/auth/no-such-route", json!({})),
    ] {
        let answer = late.clone().post(&server, path, body).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    let answer = late.clone().call(&server, "/fn/auth/get-user", "").await;
    assert_eq!(answer.header("set-cookie"), "", "a server function");
    let fetched = late
        .request(Method::GET, "/settings")
        .header("sec-fetch-mode", "cors")
        .body(Body::empty())
        .expect("a request");
    let answer = late.clone().send(&server, fetched).await;
    assert_eq!(
        answer.header("set-cookie"),
        "",
        "a page that a script fetches"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_of_the_profile_does_not_bring_a_cookie_back(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let body = json!({ "name": "Countess" });
    let path = "/api/auth/update-user";
    let changed = ada.browser.post(&server, path, body.clone()).await;
    assert_eq!(
        (changed.status.as_u16(), changed.header("set-cookie")),
        (200, "")
    );
    server.clock.advance(Duration::days(2));
    let changed = ada.browser.post(&server, path, body).await;
    assert!(
        changed.header("set-cookie").contains("Max-Age=604800"),
        "but use extends the session: {:?}",
        changed.headers
    );
}
