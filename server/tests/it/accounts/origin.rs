//! Requests that another site has made up.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::json;
use sqlx::PgPool;

use super::people::{PASSWORD, sign_up};
use crate::{
    requests::{Answer, send},
    site::{self, ORIGIN, Server},
};

/// Everything that changes something on account of a cookie.
const ROUTES: [&str; 12] = [
    "/api/auth/sign-up/email",
    "/api/auth/sign-in/email",
    "/api/auth/sign-out",
    "/api/auth/revoke-session",
    "/api/auth/revoke-sessions",
    "/api/auth/revoke-other-sessions",
    "/api/auth/update-user",
    "/api/auth/change-password",
    "/api/auth/change-email",
    "/api/auth/delete-user",
    "/api/auth/request-password-reset",
    "/api/auth/send-verification-email",
];
const FUNCTIONS: [&str; 14] = [
    "sign-up",
    "sign-in",
    "sign-out",
    "request-password-reset",
    "reset-password",
    "verify-email",
    "send-verification",
    "set-name",
    "change-email",
    "change-password",
    "end-session",
    "end-other-sessions",
    "delete-account",
    "get-account",
];

async fn post(
    server: &Server,
    path: &str,
    cookie: Option<&str>,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(Method::POST).uri(path);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let is_function = path.starts_with("/fn/");
    let (kind, body) = if is_function {
        ("application/x-www-form-urlencoded", String::new())
    } else {
        (
            "application/json",
            json!({ "email": "ada@example.org", "password": PASSWORD }).to_string(),
        )
    };
    let request = request
        .header(header::CONTENT_TYPE, kind)
        .header(header::ACCEPT, "application/json")
        .body(Body::from(body))
        .expect("a request");
    send(&server.router, request).await
}

#[sqlx::test(migrations = "../migrations")]
async fn no_other_site_can_use_somebodys_cookie(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let cookie = ada.browser.cookie.clone().expect("a cookie");
    let functions = FUNCTIONS.map(|name| format!("/fn/auth/{name}"));
    let paths = ROUTES
        .iter()
        .copied()
        .chain(functions.iter().map(String::as_str));
    for path in paths {
        for headers in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "http://localhost:3000.evil.example")],
            &[("origin", "http://localhost:3001")],
            &[("origin", "https://localhost:3000")],
            &[("referer", "https://evil.example/http://localhost:3000/")],
            &[("sec-fetch-site", "cross-site")],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "http://other.localhost:3000"),
            ],
            &[("sec-fetch-site", "none")],
        ] {
            let answer = post(&server, path, Some(&cookie), headers).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}: {}", answer.body);
            assert_eq!(answer.code(), "INVALID_ORIGIN", "{path} {headers:?}");
        }
    }
    assert!(
        ada.browser.is_signed_in(&server).await,
        "nothing has happened"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn our_own_pages_and_trusted_sites_may(pool: PgPool) {
    let trusted = [("TRUSTED_ORIGINS", "https://app.example.org")];
    let server = site::server(pool, &trusted).await;
    let ada = sign_up(&server, "Ada").await;
    let cookie = ada.browser.cookie.clone().expect("a cookie");
    for headers in [
        &[("origin", ORIGIN)][..],
        &[("origin", "https://app.example.org")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("referer", "http://localhost:3000/settings")],
    ] {
        let answer = post(
            &server,
            "/api/auth/revoke-other-sessions",
            Some(&cookie),
            headers,
        )
        .await;
        assert_ne!(answer.status, 403, "{headers:?}: {}", answer.body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_signed_in_by_another_site(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    sign_up(&server, "Ada").await;
    for path in [
        "/api/auth/sign-in/email",
        "/api/auth/sign-up/email",
        "/fn/auth/sign-in",
        "/fn/auth/sign-up",
    ] {
        for headers in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
            ],
        ] {
            let answer = post(&server, path, None, headers).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (403, "INVALID_ORIGIN"),
                "{path}"
            );
        }
    }
    let program = post(
        &server,
        "/api/auth/sign-in/email",
        None,
        &[("sec-fetch-mode", "cors")],
    )
    .await;
    assert_eq!(
        program.status, 200,
        "a program says nothing of where it is: {}",
        program.body
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn trusted_sites_are_answered_across_origins_and_others_not(pool: PgPool) {
    let server = site::server(pool, &[("TRUSTED_ORIGINS", "https://app.example.org")]).await;
    for (origin, expected) in [
        ("https://app.example.org", "https://app.example.org"),
        ("https://evil.example", ""),
    ] {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri("/api/auth/sign-in/email")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
            .body(Body::empty())
            .expect("a request");
        let answer = send(&server.router, request).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            expected,
            "{origin}"
        );
    }
}
