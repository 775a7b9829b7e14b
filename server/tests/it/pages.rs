//! Pages, called at the router, each on a database of its own.

use std::io::Read;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use sqlx::PgPool;
use tower::ServiceExt;

use crate::{
    requests::{SET_EXAMPLE, form, get, send},
    site,
};

#[sqlx::test(migrations = "../migrations")]
async fn the_landing_page_is_whole_in_the_html(pool: PgPool) {
    let router = site::router(pool).await;
    let page = get(&router, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("content-length"), page.body.len().to_string());
    assert!(page.body.contains("<h1"), "{}", page.body);
    assert!(page.body.contains("name=\"done\""), "the example is a form");
    assert!(page.body.contains("/pkg/donewell.0123456789abcdef.js"));
}

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_carries_the_security_headers(pool: PgPool) {
    let router = site::router(pool).await;
    let script = "/pkg/donewell.0123456789abcdef.js";
    for path in [
        "/",
        "/nope",
        "/health/live",
        script,
        "/robots.txt",
        "/pkg/nope.js",
        SET_EXAMPLE,
    ] {
        let answer = get(&router, path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        assert!(
            answer
                .header("permissions-policy")
                .contains("geolocation=()"),
            "{path}"
        );
        let policy = answer.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(directive), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn each_page_has_a_nonce_of_its_own_and_its_scripts_carry_it(pool: PgPool) {
    let router = site::router(pool).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let page = get(&router, "/").await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("object-src 'none'") && policy.contains("form-action 'self'"));
        let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
        let nonce = rest.split_once('\'').expect("its end").0.to_owned();
        let scripts = page.body.matches("<script").count();
        let with_nonce = page
            .body
            .split("<script")
            .skip(1)
            .filter(|rest| {
                rest.split('>')
                    .next()
                    .is_some_and(|tag| tag.contains(&nonce))
            })
            .count();
        assert!(scripts > 0 && scripts == with_nonce, "{}", page.body);
        assert!(
            !page.body.contains(" style=\""),
            "a style attribute: the policy forbids it"
        );
        assert!(!seen.contains(&nonce), "a nonce was used twice");
        seen.push(nonce);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn by_https_transport_is_strict_and_cookies_are_secure(pool: PgPool) {
    let router = site::router_at(pool, "https://todo.example.org").await;
    let page = get(&router, "/").await;
    assert!(
        page.header("strict-transport-security")
            .starts_with("max-age=63072000")
    );
    let answer = send(&router, form("/fn/theme/set", "theme=dark")).await;
    assert!(
        answer.header("set-cookie").ends_with("; Secure"),
        "{}",
        answer.header("set-cookie")
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn pages_come_compressed_to_those_who_can_read_that(pool: PgPool) {
    let router = site::router(pool).await;
    let ask = |method: Method, path, accepted: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_ENCODING, accepted)
            .body(Body::empty())
            .expect("a request")
    };
    for (accepted, encoding) in [
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("BR ; q=0.1", "br"),
        ("gzip;q=1, br;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;Q=0.0, gzip", "gzip"),
        ("gzip", "gzip"),
        ("brotli, sbr, xbr;q=1", ""),
        ("br;q=0", ""),
        ("", ""),
        ("identity", ""),
    ] {
        for path in ["/", "/nowhere"] {
            let page = send(&router, ask(Method::GET, path, accepted)).await;
            assert_eq!(page.header("content-encoding"), encoding, "{accepted}");
            let varies: Vec<_> = page.headers.get_all(header::VARY).iter().collect();
            assert_eq!(varies, ["accept-encoding"], "{accepted}");
            let whole = encoding != "gzip";
            assert_eq!(
                !page.header("content-length").is_empty(),
                whole,
                "{accepted}"
            );
        }
    }
    let answer = router.clone().oneshot(ask(Method::GET, "/", "br")).await;
    let body = answer.expect("infallible").into_body();
    let compressed = body.collect().await.expect("a whole body").to_bytes();
    let mut read = String::new();
    brotli::Decompressor::new(&*compressed, 4096)
        .read_to_string(&mut read)
        .expect("it is brotli, and text");
    let plain = get(&router, "/").await.body;
    // The nonces are each page's own, and so is the time at its end.
    let shown = |page: &str| {
        let (page, _) = page.split_once("__RESOLVED").expect("its end");
        let parts = page.split("nonce=\"");
        let parts = parts.map(|part| part.split_once("\">").map_or(part, |(_, rest)| rest));
        parts.collect::<String>()
    };
    assert!(shown(&read) == shown(&plain), "{read}");
    assert!(compressed.len() * 2 < read.len());
    // Whoever asks what it is like hears of the very page.
    for path in ["/", "/nowhere"] {
        for accepted in ["br", "gzip", "identity"] {
            let [head, page] =
                [Method::HEAD, Method::GET].map(|method| ask(method, path, accepted));
            let (head, page) = (send(&router, head).await, send(&router, page).await);
            assert_eq!((head.status, &*head.body), (page.status, ""), "{path}");
            for name in ["content-type", "content-encoding", "vary"] {
                assert_eq!(head.header(name), page.header(name), "{path}: {name}");
            }
            // It differs by the nonces in it, if at all.
            let lengths = [head, page].map(|answer| answer.header("content-length").len());
            assert_eq!(lengths[0], lengths[1], "{path}, {accepted}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_address_is_a_page_with_404_and_a_way_home(pool: PgPool) {
    let router = site::router(pool).await;
    for path in ["/nope", "/nope/deeper?x=1", "/%F0%9F%98%80", "/fn/nope"] {
        let page = get(&router, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("href=\"/\""), "{path}");
        assert_eq!(page.header("cache-control"), "no-store");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_cannot_put_words_on_our_pages(pool: PgPool) {
    use base64::Engine;
    let made_up =
        r#"{"code":"INTERNAL","request_id":"<b>Call 555-0100</b>","message":"Call 555-0100"}"#;
    let error = base64::engine::general_purpose::URL_SAFE.encode(made_up);
    let router = site::router(pool).await;
    let page = get(&router, &format!("/?__path={SET_EXAMPLE}&__err={error}")).await;
    assert!(!page.body.contains("<b>Call"), "it is not even escaped");
    assert!(!page.body.contains("Call 555-0100"), "{}", page.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_id_is_ours_and_not_the_callers(pool: PgPool) {
    let request = Request::get("/health/live")
        .header("x-request-id", "made-up")
        .body(Body::empty())
        .expect("a request");
    let answer = send(&site::router(pool).await, request).await;
    assert_eq!(answer.header("x-request-id").len(), 36);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_without_our_tables_is_not_ready(pool: PgPool) {
    let router = site::router(pool.clone()).await;
    sqlx::raw_sql("DROP SCHEMA public CASCADE")
        .execute(&pool)
        .await
        .expect("dropped");
    assert_eq!(
        get(&router, "/health/ready").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(get(&router, "/health/live").await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_fault_of_ours_is_500_and_tells_nothing(pool: PgPool) {
    let router = site::router(pool.clone()).await;
    sqlx::raw_sql("DROP TABLE landing_example")
        .execute(&pool)
        .await
        .expect("dropped");
    let answer = send(&router, form(SET_EXAMPLE, "done=true")).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let id = answer.header("x-request-id");
    assert_eq!(
        answer.body,
        format!(r#"{{"code":"INTERNAL","request_id":"{id}"}}"#)
    );
}
