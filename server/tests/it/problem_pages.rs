//! What has kept somebody from their page is said by a page.

use std::{io, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use donewell_server::router;
use futures_util::{StreamExt, stream};
use sqlx::PgPool;

use crate::{
    accounts::people::sign_up,
    requests::{Answer, plain_form, send},
    site,
};

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

fn assert_page(answer: &Answer, status: u16, title: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(
        answer
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
    assert!(answer.body.contains(title), "{}", answer.body);
    assert!(answer.body.contains("<h1"), "{}", answer.body);
    assert!(answer.body.contains("href=\"/\""), "a way home");
    assert!(
        !answer.body.contains("import("),
        "in the browser it would be another page"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_form_of_another_site_gets_a_page_that_says_so(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    for path in ["/fn/tasks/add", "/fn/auth/set-name", "/fn/auth/sign-in"] {
        let mut request = plain_form(path, "title=Stolen&name=Stolen");
        let headers = request.headers_mut();
        headers.insert(
            header::ORIGIN,
            "https://evil.example".parse().expect("a value"),
        );
        let cookie = ada.browser.cookie.as_deref().expect("a session");
        headers.insert(header::COOKIE, cookie.parse().expect("a value"));
        let answer = send(&server.router, request).await;
        assert_page(&answer, 403, "You don't have permission");
        assert!(!answer.body.contains("Stolen"));
        assert!(
            !answer.body.contains("ada@example.org"),
            "it speaks to nobody in particular"
        );
        assert!(!answer.body.contains("Try again"), "that would not help");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn without_its_database_every_page_says_that_we_shall_be_back(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    server.accounts.pool.close().await;
    let open = |path: &str, accept: &str| {
        let request = ada.browser.request(Method::GET, path);
        let request = request.header(header::ACCEPT, accept);
        request.body(Body::empty()).expect("a request")
    };
    for path in ["/tasks?status=completed", "/settings", "/login", "/nowhere"] {
        let answer = send(&server.router, open(path, PAGE)).await;
        assert_page(&answer, 503, "We'll be right back");
        assert_eq!(answer.header("retry-after"), "2");
        assert!(
            answer.body.contains(&format!("href=\"{path}\"")),
            "{}",
            answer.body
        );
    }
    // Programs are answered in their own form, whatever they say that they accept.
    let api = format!("/api/{}/tasks", ada.id);
    for (path, kind) in [
        (api.as_str(), "application/problem+json"),
        ("/api/auth/get-session", "application/json"),
    ] {
        let answer = send(&server.router, open(path, PAGE)).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("content-type"), kind, "{path}");
    }
    let answer = send(&server.router, open("/tasks", "*/*")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (503, "UNAVAILABLE")
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_the_page_repeats_does_no_harm(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    server.accounts.pool.close().await;
    let path = "/tasks?search=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let request = ada.browser.request(Method::GET, path);
    let request = request.header(header::ACCEPT, PAGE);
    let request = request.body(Body::empty()).expect("a request");
    assert_page(
        &send(&server.router, request).await,
        503,
        "We'll be right back",
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_form_that_is_too_large_gets_a_page_that_says_so(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let fields = format!("title={}", "a".repeat(200 * 1024));
    for says_its_length in [true, false] {
        let mut request = plain_form("/fn/tasks/add", &fields);
        let cookie = ada.browser.cookie.as_deref().expect("a session");
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, cookie.parse().expect("a value"));
        if says_its_length {
            headers.insert(header::CONTENT_LENGTH, fields.len().into());
        }
        let answer = send(&server.router, request).await;
        assert_page(&answer, 413, "That was too much");
        assert!(!answer.body.contains("aaaaaaaa"));
    }
}

fn form_that_never_ends() -> Request<Body> {
    let begun = stream::iter([Ok::<_, io::Error>("theme=da")]);
    let mut request = plain_form("/fn/theme/set", "");
    *request.body_mut() = Body::from_stream(begun.chain(stream::pending()));
    request
}

#[sqlx::test(migrations = "../migrations")]
async fn a_form_that_never_ends_gets_a_page_that_says_so(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let impatient = server.state.with_longest_request(Duration::from_millis(50));
    let router = router::build(impatient);
    let answer = send(&router, form_that_never_ends()).await;
    assert_page(&answer, 503, "We'll be right back");
    let mut request = form_that_never_ends();
    let accept = "*/*".parse().expect("a value");
    request.headers_mut().insert(header::ACCEPT, accept);
    let answer = send(&router, request).await;
    assert_eq!(answer.status, 503);
    assert!(!answer.body.contains("<html"), "{}", answer.body);
}
