//! Signing up, in and out.

use serde_json::json;
use sqlx::PgPool;

use super::people::{Browser, PASSWORD, sign_up};
use crate::site;

const SIGN_UP: &str = "/api/auth/sign-up/email";
const SIGN_IN: &str = "/api/auth/sign-in/email";

#[sqlx::test(migrations = "../migrations")]
async fn whoever_signs_up_is_signed_in_and_only_hashes_are_stored(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    assert!(ada.browser.is_signed_in(&server).await);
    let cookie = ada.browser.cookie.clone().expect("a cookie");
    let secret = cookie.split('=').nth(1).expect("a value");
    let dump: String = sqlx::query_scalar(
        "SELECT string_agg(t, ' ') FROM (SELECT session::text AS t FROM session
         UNION ALL SELECT account::text FROM account UNION ALL SELECT app_user::text FROM app_user
         UNION ALL SELECT one_time_token::text FROM one_time_token) AS everything",
    )
    .fetch_one(&pool)
    .await
    .expect("rows");
    assert!(!dump.contains(secret) && !dump.contains(PASSWORD), "{dump}");
    assert!(dump.contains("$argon2id$"), "{dump}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sign_up_that_breaks_off_leaves_nothing_behind(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    // The last thing that it writes.
    sqlx::query("ALTER TABLE session ADD CONSTRAINT broken CHECK (false)")
        .execute(&pool)
        .await
        .expect("the table is empty");
    let body = json!({ "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
    let answer = Browser::default().post(&server, SIGN_UP, body).await;
    assert_eq!(answer.status, 500, "{}", answer.body);
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM app_user) + (SELECT count(*) FROM account)
              + (SELECT count(*) FROM audit_event WHERE kind = 'signed-up') + (SELECT count(*) FROM one_time_token)",
    )
    .fetch_one(&pool)
    .await
    .expect("a number");
    assert_eq!(left, 0);
    let mails = std::fs::read_dir(server.data.path().join("mail")).map_or(0, Iterator::count);
    assert_eq!(mails, 0, "a link was sent that opens nothing");

    sqlx::query("ALTER TABLE session DROP CONSTRAINT broken")
        .execute(&pool)
        .await
        .expect("it is there");
    let mut ada = sign_up(&server, "Ada").await;
    assert!(ada.browser.is_signed_in(&server).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
    let answer = Browser::default().post(&server, SIGN_UP, body).await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in [
        "donewell_session=",
        "; Path=/;",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Max-Age=604800",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );

    let https = site::server(pool, &[("PUBLIC_URL", "https://todo.example.org")]).await;
    let request = axum::http::Request::post(SIGN_IN)
        .header("content-type", "application/json")
        .body(
            json!({ "email": "ada@example.org", "password": PASSWORD, "rememberMe": false })
                .to_string()
                .into(),
        )
        .expect("a request");
    let answer = crate::requests::send(&https.router, request).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-donewell_session="), "{cookie}");
    assert!(
        cookie.contains("; Secure") && !cookie.contains("Max-Age"),
        "{cookie}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_taken_address_is_refused_in_any_case_also_to_two_at_once(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let sign_up = |email: &'static str| {
        let server = &server;
        async move {
            let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
            Browser::default().post(server, SIGN_UP, body).await
        }
    };
    let (one, two) = tokio::join!(sign_up("Ada@Example.org"), sign_up("ada@example.org"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{} {}", one.body, two.body);
    let again = sign_up("ADA@EXAMPLE.ORG").await;
    assert_eq!(again.status, 422);
    assert_eq!(again.code(), "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
}

#[sqlx::test(migrations = "../migrations")]
async fn each_field_of_a_sign_up_is_checked(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let whole = json!({ "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
    for (field, value, code) in [
        ("name", json!(""), "VALIDATION_ERROR"),
        ("name", json!("a\u{0}b"), "VALIDATION_ERROR"),
        ("name", json!("x".repeat(101)), "VALIDATION_ERROR"),
        ("name", json!(7), "VALIDATION_ERROR"),
        ("name", json!(null), "VALIDATION_ERROR"),
        ("email", json!("nobody"), "VALIDATION_ERROR"),
        ("email", json!("a@b.cd\r\nBcc: x@y.zz"), "VALIDATION_ERROR"),
        ("email", json!({ "$ne": "" }), "VALIDATION_ERROR"),
        ("password", json!("short77"), "PASSWORD_TOO_SHORT"),
        ("password", json!("x".repeat(129)), "PASSWORD_TOO_LONG"),
        ("password", json!("password123"), "PASSWORD_COMPROMISED"),
        ("password", json!("ada@example.org"), "PASSWORD_COMPROMISED"),
        ("image", json!("javascript:alert(1)"), "VALIDATION_ERROR"),
        (
            "image",
            json!("https://a.example/\u{0}"),
            "VALIDATION_ERROR",
        ),
        ("rememberMe", json!("yes"), "VALIDATION_ERROR"),
        (
            "callbackURL",
            json!("https://evil.example"),
            "INVALID_CALLBACK_URL",
        ),
        (
            "callbackURL",
            json!("//evil.example"),
            "INVALID_CALLBACK_URL",
        ),
        (
            "callbackURL",
            json!("/\\evil.example"),
            "INVALID_CALLBACK_URL",
        ),
    ] {
        let mut body = whole.clone();
        body[field] = value.clone();
        let answer = Browser::default().post(&server, SIGN_UP, body).await;
        assert_eq!(answer.code(), code, "{field} {value}: {}", answer.body);
        assert!(
            answer.status.is_client_error(),
            "{field} {value}: {}",
            answer.status
        );
        assert_eq!(answer.header("set-cookie"), "", "{field} {value}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    sign_up(&server, "Ada").await;
    let wrong = Browser::default()
        .sign_in(&server, "ada@example.org", "not this one")
        .await;
    let unknown = Browser::default()
        .sign_in(&server, "nobody@example.org", "not this one")
        .await;
    assert_eq!(wrong.status, 401);
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    let names = |answer: &crate::requests::Answer| {
        answer
            .headers
            .keys()
            .filter(|name| *name != "x-request-id")
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&wrong), names(&unknown));
    let right = Browser::default()
        .sign_in(&server, "ADA@example.org", PASSWORD)
        .await;
    assert_eq!(right.status, 200, "{}", right.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_begins_anew_with_every_sign_in(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let former = ada.browser.clone();
    ada.browser.sign_in(&server, &ada.email, PASSWORD).await;
    assert_ne!(ada.browser.cookie, former.cookie);
    assert!(ada.browser.is_signed_in(&server).await);
    assert!(
        !former.clone().is_signed_in(&server).await,
        "the former session is over"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_signs_out_is_out_with_cookie_and_token(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let (mut stolen, token) = (ada.browser.clone(), ada.browser.token(&server).await);
    assert!(super::people::is_accepted(&server, &token).await);
    let answer = ada
        .browser
        .post(&server, "/api/auth/sign-out", json!({}))
        .await;
    assert_eq!(answer.json(), json!({ "success": true }));
    assert_eq!(ada.browser.cookie, None, "the browser forgets it");
    assert!(!stolen.is_signed_in(&server).await);
    assert!(!super::people::is_accepted(&server, &token).await);
    let again = ada
        .browser
        .post(&server, "/api/auth/sign-out", json!({}))
        .await;
    assert_eq!(again.status, 200);
}

#[sqlx::test(migrations = "../migrations")]
async fn where_addresses_must_be_proved_a_taken_one_looks_like_a_new_one(pool: PgPool) {
    let server = site::server(pool, &[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
    let first = Browser::default()
        .post(&server, SIGN_UP, body.clone())
        .await;
    let second = Browser::default().post(&server, SIGN_UP, body).await;
    for answer in [&first, &second] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["token"], json!(null));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let keys = |answer: &crate::requests::Answer| {
        answer.json()["user"]
            .as_object()
            .expect("a user")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&first), keys(&second));
    let refused = Browser::default()
        .sign_in(&server, "ada@example.org", PASSWORD)
        .await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (403, "EMAIL_NOT_VERIFIED")
    );
    let wrong = Browser::default()
        .sign_in(&server, "ada@example.org", "another one")
        .await;
    assert_eq!(wrong.code(), "INVALID_EMAIL_OR_PASSWORD");
}
