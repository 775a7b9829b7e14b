//! The files beside the pages, called at the router.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use crate::{
    requests::{get, send},
    site,
};

#[sqlx::test(migrations = "../migrations")]
async fn hashed_files_are_kept_forever_and_come_compressed(pool: PgPool) {
    let router = site::router(pool).await;
    let path = "/pkg/donewell.0123456789abcdef.wasm";
    for (accepted, encoding, body) in [
        ("gzip, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("identity", "", "plain"),
    ] {
        let request = Request::get(path)
            .header(header::ACCEPT_ENCODING, accepted)
            .body(Body::empty())
            .expect("a request");
        let answer = send(&router, request).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(answer.header("content-type"), "application/wasm");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("content-encoding"), encoding);
        assert_eq!(answer.body, body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_hashed_file_that_is_gone_is_not_remembered_as_gone(pool: PgPool) {
    let answer = get(
        &site::router(pool).await,
        "/pkg/donewell.ffffffffffffffff.js",
    )
    .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_public_holds_is_served_at_the_root(pool: PgPool) {
    let answer = get(&site::router(pool).await, "/robots.txt").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
}

/// Such as one by which a search engine knows whose site it is.
#[sqlx::test(migrations = "../migrations")]
async fn a_page_that_public_holds_is_served_as_it_is(pool: PgPool) {
    let router = site::router(pool).await;
    for (path, accepted, encoding, body) in [
        ("/proof.html", "gzip, br", "br", "brotli"),
        ("/proof.html", "identity", "", "plain"),
        ("/more.html", "gzip, br", "", "more"),
    ] {
        let request = Request::get(path)
            .header(header::ACCEPT_ENCODING, accepted)
            .body(Body::empty())
            .expect("a request");
        let answer = send(&router, request).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "text/html");
        assert_eq!(answer.header("content-encoding"), encoding);
        assert_eq!(answer.header("content-length"), body.len().to_string());
        assert_eq!(answer.body, body);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_outside_the_site_is_served(pool: PgPool) {
    let router = site::router(pool).await;
    for path in [
        "/../hash.txt",
        "/%2e%2e/hash.txt",
        "/..%2fhash.txt",
        "/pkg/..%2f..%2fhash.txt",
        "/pkg/%2e%2e/%2e%2e/hash.txt",
        "/%00",
        "/pkg",
    ] {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("js: 0123456789abcdef"), "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_name_that_is_too_long_for_a_file_is_404(pool: PgPool) {
    let router = site::router(pool).await;
    for path in [
        format!("/{}", "a".repeat(300)),
        format!("/pkg/{}.js", "a".repeat(300)),
        format!("/{}", "%61".repeat(254)),
        format!("/{}", "a/".repeat(3000)),
    ] {
        assert_eq!(get(&router, &path).await.status, 404, "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_range_beyond_a_files_end_is_416(pool: PgPool) {
    let request = Request::get("/robots.txt")
        .header(header::RANGE, "bytes=99999-")
        .body(Body::empty())
        .expect("a request");
    let answer = send(&site::router(pool).await, request).await;
    assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE);
}
