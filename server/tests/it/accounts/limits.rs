//! How often one may try. The clock is the tests' own; nobody waits.

use serde_json::json;
use sqlx::PgPool;
use time::Duration;

use super::people::{Browser, PASSWORD, sign_up};
use crate::site::{self, Server};

async fn try_password(server: &Server, email: &str, password: &str) -> crate::requests::Answer {
    Browser::default().sign_in(server, email, password).await
}

#[sqlx::test(migrations = "../migrations")]
async fn the_fourth_try_within_ten_seconds_is_told_how_long_to_wait(pool: PgPool) {
    let server = site::server(pool, &[("AUTH_RATE_LIMIT", "3/10s")]).await;
    for email in ["ada@example.org", "nobody@example.org"] {
        for _ in 0..3 {
            assert_eq!(
                try_password(&server, email, "not this one").await.status,
                401
            );
        }
        let refused = try_password(
            &server,
            "Ada@example.org"
                .replace("Ada", &email[..email.len() - 12])
                .as_str(),
            "x",
        )
        .await;
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (429, "TOO_MANY_REQUESTS")
        );
        let wait: i64 = refused.header("retry-after").parse().expect("seconds");
        assert_eq!(
            refused.header("x-retry-after"),
            refused.header("retry-after")
        );
        assert!((1..=10).contains(&wait), "{wait}");
    }
    server.clock.advance(Duration::seconds(10));
    assert_eq!(
        try_password(&server, "ada@example.org", "not this one")
            .await
            .status,
        401
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn mail_is_limited_by_the_minute(pool: PgPool) {
    let server = site::server(pool, &[("MAIL_RATE_LIMIT", "3/60s")]).await;
    let ask = |path: &'static str| {
        let server = &server;
        async move {
            let body = json!({ "email": "ada@example.org" });
            Browser::default()
                .post(server, path, body)
                .await
                .status
                .as_u16()
        }
    };
    for path in [
        "/api/auth/request-password-reset",
        "/api/auth/send-verification-email",
        "/api/auth/request-password-reset",
    ] {
        assert_eq!(ask(path).await, 200);
    }
    assert_eq!(ask("/api/auth/request-password-reset").await, 429);
    server.clock.advance(Duration::seconds(60));
    assert_eq!(ask("/api/auth/request-password-reset").await, 200);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_mail_of_a_sign_up_is_counted_too(pool: PgPool) {
    let server = site::server(pool, &[("MAIL_RATE_LIMIT", "2/60s")]).await;
    let ask = |email: &'static str| {
        let server = &server;
        async move {
            let body = json!({ "email": email });
            Browser::default()
                .post(server, "/api/auth/request-password-reset", body)
                .await
                .status
                .as_u16()
        }
    };
    sign_up(&server, "Ada").await;
    assert_eq!(ask("ada@example.org").await, 200);
    assert_eq!(
        ask("ada@example.org").await,
        429,
        "the first was the welcome"
    );

    for _ in 0..2 {
        assert_eq!(ask("grace@example.org").await, 200);
    }
    let mut grace = sign_up(&server, "Grace").await;
    server
        .accounts
        .mailer
        .drain(std::time::Duration::from_secs(10))
        .await;
    assert!(
        super::letters::letters(&server, &grace.email).is_empty(),
        "signed up, but no more mail"
    );
    assert!(grace.browser.is_signed_in(&server).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_has_a_limit_for_all_accounts_together(pool: PgPool) {
    let server = site::server(pool, &[("ADDRESS_RATE_LIMIT", "5/10s")]).await;
    for number in 0..5 {
        let answer = try_password(&server, &format!("u{number}@example.org"), "not this one").await;
        assert_eq!(answer.status, 401);
    }
    assert_eq!(
        try_password(&server, "u9@example.org", "not this one")
            .await
            .status,
        429
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn ten_failures_lock_the_password_whatever_the_node_and_not_the_sessions(pool: PgPool) {
    let limits = [("ACCOUNT_LOCKOUT", "10/15m")];
    let (one, mut other) = (
        site::server(pool.clone(), &limits).await,
        site::server(pool, &limits).await,
    );
    other.clock = one.clock.clone();
    let mut ada = sign_up(&one, "Ada").await;
    for number in 0..10 {
        let server = if number % 2 == 0 { &one } else { &other };
        assert_eq!(
            try_password(server, &ada.email, "not this one")
                .await
                .status,
            401,
            "{number}"
        );
    }
    let locked = try_password(&one, &ada.email, PASSWORD).await;
    assert_eq!(
        (locked.status.as_u16(), locked.code().as_str()),
        (429, "TOO_MANY_REQUESTS")
    );
    let wait: i64 = locked.header("retry-after").parse().expect("seconds");
    assert!((800..=901).contains(&wait), "{wait}");
    assert!(ada.browser.is_signed_in(&one).await, "sessions go on");
    for number in 0..10 {
        let answer = try_password(&one, "nobody@example.org", "not this one").await;
        assert_eq!(answer.status, 401, "an unknown address, {number}");
    }
    assert_eq!(
        try_password(&one, "nobody@example.org", "x").await.status,
        429,
        "and is locked alike"
    );
    one.clock.advance(Duration::minutes(15));
    assert_eq!(try_password(&one, &ada.email, PASSWORD).await.status, 200);
}

#[sqlx::test(migrations = "../migrations")]
async fn many_tries_at_once_are_counted_too_and_right_ones_are_no_failures(pool: PgPool) {
    let server = site::server(pool, &[("ACCOUNT_LOCKOUT", "10/15m")]).await;
    let ada = sign_up(&server, "Ada").await;
    for _ in 0..15 {
        assert_eq!(
            try_password(&server, &ada.email, PASSWORD).await.status,
            200
        );
    }
    let tries = (0..30).map(|_| try_password(&server, &ada.email, "not this one"));
    let answers = futures_util::future::join_all(tries).await;
    let tried = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(tried, 10, "more were looked at than are allowed");
}

#[sqlx::test(migrations = "../migrations")]
async fn wrong_current_passwords_count_as_failures_and_a_reset_forgives_them(pool: PgPool) {
    let server = site::server(pool, &[("ACCOUNT_LOCKOUT", "3/15m")]).await;
    let mut ada = sign_up(&server, "Ada").await;
    for _ in 0..3 {
        let body =
            json!({ "currentPassword": "not this one", "newPassword": "another quiet evening" });
        let answer = ada
            .browser
            .post(&server, "/api/auth/change-password", body)
            .await;
        assert_eq!(answer.code(), "INVALID_PASSWORD");
    }
    assert_eq!(
        try_password(&server, &ada.email, PASSWORD).await.status,
        429
    );
    let ask = json!({ "email": ada.email });
    Browser::default()
        .post(&server, "/api/auth/request-password-reset", ask)
        .await;
    let token = super::letters::wait_for_letter(&server, &ada.email, "Set a new password")
        .await
        .token();
    let body = json!({ "token": token, "newPassword": "another quiet evening" });
    assert_eq!(
        Browser::default()
            .post(&server, "/api/auth/reset-password", body)
            .await
            .status,
        200
    );
    assert_eq!(
        try_password(&server, &ada.email, "another quiet evening")
            .await
            .status,
        200
    );
}
