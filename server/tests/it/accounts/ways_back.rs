//! Whoever was in and is put out keeps no way back: no request that was under way, no link that was sent.

use std::time::Duration;

use serde_json::json;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use super::{
    letters::wait_for_letter,
    people::{Browser, PASSWORD, Person, sign_up},
};
use crate::{
    requests::Answer,
    site::{self, Server},
};

const INTRUDERS: &str = "the intruder's password";
const OWNERS: &str = "what the owner set anew";

/// Waits until so many wait for a row that another transaction holds.
async fn wait_for_waiting(pool: &PgPool, count: i64) {
    let start = Instant::now();
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(pool)
        .await
        .expect("a count");
        if waiting >= count {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{waiting} of {count} wait"
        );
        sleep(Duration::from_millis(5)).await;
    }
}

/// Has `person` sent a link to set a new password, and gives its token.
async fn reset_token(server: &Server, person: &Person) -> String {
    let ask = json!({ "email": person.email });
    Browser::default()
        .post(server, "/api/auth/request-password-reset", ask)
        .await;
    wait_for_letter(server, &person.email, "Set a new password")
        .await
        .token()
}

/// Holds rows until the transaction ends.
async fn hold(pool: &PgPool, rows: &'static str) -> Transaction<'static, Postgres> {
    let mut holder = pool.begin().await.expect("a transaction");
    sqlx::query(rows).execute(&mut *holder).await.expect("held");
    holder
}

/// Has `request` check the old password while a reset that came first is about to be written.
async fn while_a_reset_is_written<F: Future<Output = Answer>>(
    pool: &PgPool,
    server: &Server,
    ada: &Person,
    request: F,
) -> Answer {
    let token = reset_token(server, ada).await;
    let holder = hold(pool, "SELECT 1 FROM account FOR UPDATE").await;
    let reset = async {
        let body = json!({ "token": token, "newPassword": OWNERS });
        Browser::default()
            .post(server, "/api/auth/reset-password", body)
            .await
    };
    // The reset waits for the row first, so it is written first; the other has seen the old password by then.
    let after_the_reset = async {
        wait_for_waiting(pool, 1).await;
        request.await
    };
    let let_go = async {
        wait_for_waiting(pool, 2).await;
        holder.commit().await.expect("let go");
    };
    let (reset, answer, ()) = tokio::join!(reset, after_the_reset, let_go);
    assert_eq!(reset.status, 200, "{}", reset.body);
    answer
}

async fn expect_only_the_owner(server: &Server, ada: &Person) {
    for (password, status) in [(INTRUDERS, 401), (PASSWORD, 401), (OWNERS, 200)] {
        let answer = Browser::default()
            .sign_in(server, &ada.email, password)
            .await;
        assert_eq!(answer.status, status, "{password}: {}", answer.body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_of_password_under_way_cannot_undo_a_reset(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let mut intruder = ada.browser.clone();
    let body = json!({ "currentPassword": PASSWORD, "newPassword": INTRUDERS });
    let change = intruder.post(&server, "/api/auth/change-password", body);
    let changed = while_a_reset_is_written(&pool, &server, &ada, change).await;
    assert_eq!(changed.status, 401, "{}", changed.body);
    assert_eq!(changed.header("set-cookie"), "");
    assert!(!intruder.is_signed_in(&server).await);
    expect_only_the_owner(&server, &ada).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sign_in_under_way_does_not_outlive_a_reset(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let mut intruder = Browser::default();
    let sign_in = intruder.sign_in(&server, &ada.email, PASSWORD);
    let answer = while_a_reset_is_written(&pool, &server, &ada, sign_in).await;
    assert_eq!(answer.code(), "INVALID_EMAIL_OR_PASSWORD");
    assert!(!intruder.is_signed_in(&server).await);
    expect_only_the_owner(&server, &ada).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_deletion_under_way_does_not_outlive_a_reset(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    for (name, body) in [
        ("Ada", json!({})),
        ("Grace", json!({ "password": PASSWORD })),
    ] {
        let owner = sign_up(&server, name).await;
        let mut intruder = owner.browser.clone();
        let delete = intruder.post(&server, "/api/auth/delete-user", body);
        let answer = while_a_reset_is_written(&pool, &server, &owner, delete).await;
        assert_eq!(answer.status, 401, "{}", answer.body);
        expect_only_the_owner(&server, &owner).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_deletion_waits_for_a_sign_in_under_way_and_takes_it_along(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let grace = sign_up(&server, "Grace").await;
    // Ada signs in where Grace was: held up where Grace's session ends, when her password has been found right.
    let mut holder = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT 1 FROM session WHERE user_id = $1::uuid FOR UPDATE")
        .bind(&grace.id)
        .execute(&mut *holder)
        .await
        .expect("held");
    let (mut shared, mut own) = (grace.browser.clone(), ada.browser.clone());
    let delete = async {
        wait_for_waiting(&pool, 1).await;
        own.post(&server, "/api/auth/delete-user", json!({})).await
    };
    let let_go = async {
        wait_for_waiting(&pool, 2).await;
        holder.commit().await.expect("let go");
    };
    let sign_in = shared.sign_in(&server, &ada.email, PASSWORD);
    let (sign_in, delete, ()) = tokio::join!(sign_in, delete, let_go);
    assert_eq!(sign_in.status, 200, "{}", sign_in.body);
    assert_eq!(delete.status, 200, "{}", delete.body);
    assert!(!shared.is_signed_in(&server).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_changes_of_password_at_once_one_is_made(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let holder = hold(&pool, "SELECT 1 FROM account FOR UPDATE").await;
    let change = async |new| {
        let body = json!({ "currentPassword": PASSWORD, "newPassword": new });
        let path = "/api/auth/change-password";
        ada.browser.clone().post(&server, path, body).await.status
    };
    let let_go = async {
        wait_for_waiting(&pool, 2).await;
        holder.commit().await.expect("let go");
    };
    let (one, other, ()) = tokio::join!(change(INTRUDERS), change(OWNERS), let_go);
    let found = [one.as_u16(), other.as_u16()];
    let (winner, loser) = match found {
        [200, 401] => (INTRUDERS, OWNERS),
        [401, 200] => (OWNERS, INTRUDERS),
        _ => panic!("{found:?}"),
    };
    for (password, status) in [(loser, 401), (PASSWORD, 401), (winner, 200)] {
        let answer = Browser::default()
            .sign_in(&server, &ada.email, password)
            .await;
        assert_eq!(answer.status, status, "{password}: {}", answer.body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_of_address_under_way_does_not_outlive_a_reset(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let bodies = [
        ("Ada", json!({ "newEmail": "mallory@example.org" })),
        (
            "Grace",
            json!({ "newEmail": "mallet@example.org", "password": PASSWORD }),
        ),
    ];
    for (name, body) in bodies {
        let owner = sign_up(&server, name).await;
        let token = reset_token(&server, &owner).await;
        // What is asked for waits for the user's row, which a reset does not need.
        let holder = hold(&pool, "SELECT 1 FROM app_user FOR UPDATE").await;
        let asked = owner
            .browser
            .clone()
            .post(&server, "/api/auth/change-email", body.clone())
            .await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        wait_for_waiting(&pool, 1).await;
        let is_reset = Notify::new();
        let reset = async {
            let body = json!({ "token": token, "newPassword": OWNERS });
            let answer = Browser::default()
                .post(&server, "/api/auth/reset-password", body)
                .await;
            is_reset.notify_one();
            answer
        };
        let let_go = async {
            tokio::select! {
                () = is_reset.notified() => {}
                () = wait_for_waiting(&pool, 2) => {}
            }
            holder.commit().await.expect("let go");
        };
        let (reset, ()) = tokio::join!(reset, let_go);
        assert_eq!(reset.status, 200, "{}", reset.body);
        let new = body["newEmail"].as_str().expect("an address");
        let letter = wait_for_letter(&server, new, "Confirm your new email address").await;
        let path = format!("/api/auth/verify-email?token={}", letter.token());
        let followed = Browser::default().get(&server, &path).await;
        let found = (followed.status.as_u16(), followed.code());
        assert_eq!(found, (401, "INVALID_TOKEN".to_owned()), "{name}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_links_followed_at_once_one_is_good(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let mut paths = Vec::new();
    for new in ["one@example.org", "other@example.org"] {
        let body = json!({ "newEmail": new });
        ada.browser
            .post(&server, "/api/auth/change-email", body)
            .await;
        let letter = wait_for_letter(&server, new, "Confirm your new email address").await;
        paths.push(format!("/api/auth/verify-email?token={}", letter.token()));
    }
    let holder = hold(&pool, "SELECT 1 FROM account FOR UPDATE").await;
    let follow = async |path: &str| Browser::default().get(&server, path).await.status;
    let let_go = async {
        wait_for_waiting(&pool, 2).await;
        holder.commit().await.expect("let go");
    };
    let (one, other, ()) = tokio::join!(follow(&paths[0]), follow(&paths[1]), let_go);
    let mut found = [one.as_u16(), other.as_u16()];
    found.sort_unstable();
    assert_eq!(found, [200, 401]);
}

#[sqlx::test(migrations = "../migrations")]
async fn putting_others_out_takes_back_the_links_that_would_change_the_address(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD });
    let ways = [
        ("revoke-other-sessions", json!({}), false),
        ("revoke-sessions", json!({}), false),
        // Of the one that asked.
        ("revoke-session", json!({}), false),
        ("change-password", change, false),
        // Who leaves by themselves is not put out.
        ("sign-out", json!({}), true),
    ];
    for (number, (way, mut body, is_good)) in ways.into_iter().enumerate() {
        let mut ada = sign_up(&server, &format!("Ada{number}")).await;
        let mut other = Browser::default();
        other.sign_in(&server, &ada.email, PASSWORD).await;
        let new = format!("other{number}@example.org");
        let asked = other
            .post(
                &server,
                "/api/auth/change-email",
                json!({ "newEmail": new }),
            )
            .await;
        assert_eq!(asked.status, 200, "{way}: {}", asked.body);
        let letter = wait_for_letter(&server, &new, "Confirm your new email address").await;
        if way == "revoke-session" {
            let asking = other.get(&server, "/api/auth/get-session").await.json();
            body["token"] = asking["session"]["token"].clone();
        }
        let path = format!("/api/auth/{way}");
        let done = ada.browser.post(&server, &path, body).await;
        assert_eq!(done.status, 200, "{way}: {}", done.body);
        let path = format!("/api/auth/verify-email?token={}", letter.token());
        let followed = Browser::default().get(&server, &path).await;
        if is_good {
            assert_eq!(followed.status, 200, "{way}: {}", followed.body);
        } else {
            let found = (followed.status.as_u16(), followed.code());
            assert_eq!(found, (401, "INVALID_TOKEN".to_owned()), "{way}");
        }
    }
}
