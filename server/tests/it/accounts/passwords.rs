//! Changing a password, setting one anew, and what wrong ones cost.

use serde_json::json;
use sqlx::PgPool;
use time::Duration;

use super::{
    letters::{letters, wait_for_letter},
    people::{Browser, PASSWORD, is_accepted, sign_up},
};
use crate::site;

const NEW: &str = "another quiet evening";

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_password_begins_a_new_session_and_may_end_the_others(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let (mut former, token) = (ada.browser.clone(), ada.token.clone());
    let mut phone = Browser::default();
    phone.sign_in(&server, &ada.email, PASSWORD).await;

    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    let changed = ada
        .browser
        .post(&server, "/api/auth/change-password", body)
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert!(ada.browser.is_signed_in(&server).await && phone.is_signed_in(&server).await);
    assert!(!former.is_signed_in(&server).await && !is_accepted(&server, &token).await);

    let body =
        json!({ "currentPassword": NEW, "newPassword": PASSWORD, "revokeOtherSessions": true });
    let changed = ada
        .browser
        .post(&server, "/api/auth/change-password", body)
        .await;
    assert!(is_accepted(&server, changed.json()["token"].as_str().expect("a token")).await);
    assert!(ada.browser.is_signed_in(&server).await);
    assert!(!phone.is_signed_in(&server).await);
    wait_for_letter(&server, &ada.email, "Your password was changed").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_current_password_changes_nothing(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    for (current, new, code) in [
        ("not this one", NEW, "INVALID_PASSWORD"),
        (PASSWORD, "short", "PASSWORD_TOO_SHORT"),
        (PASSWORD, "iloveyou1", "PASSWORD_COMPROMISED"),
        ("not this one", "short", "PASSWORD_TOO_SHORT"),
    ] {
        let body = json!({ "currentPassword": current, "newPassword": new });
        let answer = ada
            .browser
            .post(&server, "/api/auth/change-password", body)
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, code)
        );
    }
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, PASSWORD)
            .await
            .status,
        200
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_forgotten_password_is_set_anew_once_and_ends_every_session(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let ask = json!({ "email": "ADA@example.org" });
    let known = Browser::default()
        .post(&server, "/api/auth/request-password-reset", ask)
        .await;
    let ask = json!({ "email": "nobody@example.org" });
    let unknown = Browser::default()
        .post(&server, "/api/auth/request-password-reset", ask)
        .await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));

    let letter = wait_for_letter(&server, &ada.email, "Set a new password").await;
    let token = letter.token();
    let mut reset = Browser::default();
    let short = json!({ "token": token, "newPassword": "short" });
    let refused = reset.post(&server, "/api/auth/reset-password", short).await;
    assert_eq!(
        refused.code(),
        "PASSWORD_TOO_SHORT",
        "the link is not used up by this"
    );
    let body = json!({ "token": token, "newPassword": NEW });
    let done = reset
        .post(&server, "/api/auth/reset-password", body.clone())
        .await;
    assert_eq!(
        (done.status.as_u16(), done.json()),
        (200, json!({ "status": true }))
    );
    let again = reset.post(&server, "/api/auth/reset-password", body).await;
    assert_eq!(
        (again.status.as_u16(), again.code().as_str()),
        (400, "INVALID_TOKEN")
    );

    assert!(!ada.browser.is_signed_in(&server).await && !is_accepted(&server, &ada.token).await);
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, PASSWORD)
            .await
            .status,
        401
    );
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, NEW)
            .await
            .status,
        200
    );
    assert!(letters(&server, "nobody@example.org").is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_reset_link_is_good_for_an_hour_and_for_one_of_two_at_once(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let ask = json!({ "email": ada.email });
    Browser::default()
        .post(&server, "/api/auth/request-password-reset", ask.clone())
        .await;
    let token = wait_for_letter(&server, &ada.email, "Set a new password")
        .await
        .token();
    server.clock.advance(Duration::hours(1));
    let body = json!({ "token": token, "newPassword": NEW });
    let late = Browser::default()
        .post(&server, "/api/auth/reset-password", body)
        .await;
    assert_eq!(late.code(), "INVALID_TOKEN");

    Browser::default()
        .post(&server, "/api/auth/request-password-reset", ask)
        .await;
    let token = super::letters::wait_for_newest(&server, &ada.email, 2)
        .await
        .token();
    let try_one = |new: &'static str| {
        let (server, token) = (&server, token.clone());
        async move {
            let body = json!({ "token": token, "newPassword": new });
            Browser::default()
                .post(server, "/api/auth/reset-password", body)
                .await
                .status
                .as_u16()
        }
    };
    let (one, two) = tokio::join!(
        try_one("the first of these two"),
        try_one("the second of these two")
    );
    let mut both = [one, two];
    both.sort_unstable();
    assert_eq!(both, [200, 400]);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_old_hash_is_made_anew_at_the_next_sign_in(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let cheap = cheap_hash();
    sqlx::query("UPDATE account SET password_hash = $1")
        .bind(&cheap)
        .execute(&pool)
        .await
        .expect("set");
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, PASSWORD)
            .await
            .status,
        200
    );
    let stored: String = sqlx::query_scalar("SELECT password_hash FROM account")
        .fetch_one(&pool)
        .await
        .expect("a hash");
    assert!(
        stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{stored}"
    );
    assert_eq!(
        Browser::default()
            .sign_in(&server, &ada.email, PASSWORD)
            .await
            .status,
        200
    );
}

/// As somebody may have made it on a smaller machine, long ago.
fn cheap_hash() -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(8, 1, 1, None).expect("valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(PASSWORD.as_bytes())
        .expect("hashed")
        .to_string()
}

#[sqlx::test(migrations = "../migrations")]
async fn everything_else_stays_answered_while_passwords_queue(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    sign_up(&server, "Ada").await;
    let storm = (0..200).map(|_| async {
        let mut browser = Browser::default();
        browser
            .sign_in(&server, "ada@example.org", "not this one")
            .await
    });
    let mut storm = std::pin::pin!(futures_util::future::join_all(storm));
    let mut jwks =
        std::pin::pin!(async { Browser::default().get(&server, "/api/auth/jwks").await });
    // Whichever ends first: the storm takes seconds, the other must not wait for it.
    tokio::select! {
        biased;
        _ = &mut storm => panic!("the storm was over first"),
        answer = &mut jwks => assert_eq!(answer.status, 200),
    }
    let answers = storm.await;
    let busy = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(busy > 0, "the queue is bounded");
    for answer in answers.iter().filter(|answer| answer.status == 503) {
        assert_ne!(answer.header("retry-after"), "");
        assert_eq!(answer.code(), "UNAVAILABLE");
    }
    assert!(
        answers
            .iter()
            .all(|answer| [401, 503].contains(&answer.status.as_u16()))
    );
}
