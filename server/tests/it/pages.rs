//! Pages, files and server functions, called at the router, each on a database of its own.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use crate::{
    requests::{SET_EXAMPLE, form, get, plain_form, send},
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
async fn pages_come_compressed_to_those_who_can_read_that(pool: PgPool) {
    let request = Request::get("/")
        .header(header::ACCEPT_ENCODING, "br")
        .body(Body::empty())
        .expect("a request");
    let page = send(&site::router(pool).await, request).await;
    assert_eq!(page.header("content-encoding"), "br");
    assert_eq!(page.header("vary"), "accept-encoding");
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
async fn a_tick_is_counted_and_can_be_taken_back_but_not_below_none(pool: PgPool) {
    let router = site::router(pool).await;
    for (fields, expected) in [
        ("done=true", 1),
        ("done=true", 2),
        ("done=false", 1),
        ("done=false", 0),
        ("done=false", 0),
    ] {
        let answer = send(&router, form(SET_EXAMPLE, fields)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body, format!(r#"{{"done_by":{expected}}}"#));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_plain_form_is_answered_with_the_page_to_show_next(pool: PgPool) {
    let router = site::router(pool).await;
    let answer = send(&router, plain_form(SET_EXAMPLE, "done=true")).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.header("location"), "/?done=true#try");
    let page = get(&router, "/?done=true").await;
    assert!(page.body.contains("aria-checked=\"true\""), "{}", page.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_plain_form_that_fails_comes_back_to_our_page_with_the_error(pool: PgPool) {
    let router = site::router(pool).await;
    let mut request = plain_form(SET_EXAMPLE, "done=perhaps");
    let host = "localhost:3000".parse().expect("a value");
    request.headers_mut().insert(header::HOST, host);
    let answer = send(&router, request).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.header("location");
    assert!(location.starts_with("/?__path="), "{location}");
    assert!(location.contains("__err="), "{location}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_plain_form_is_never_sent_to_another_site(pool: PgPool) {
    let router = site::router(pool).await;
    let elsewhere = [
        "https://evil.example/x",
        "//evil.example/x",
        "data:,x",
        "mailto:a@example.org",
        "https://localhost:3000.evil.example/",
        "http://localhost:3000//evil.example",
    ];
    for referer in elsewhere {
        for (path, fields) in [
            (SET_EXAMPLE, "done=perhaps"),
            ("/fn/theme/set", "theme=dark"),
        ] {
            let mut request = plain_form(path, fields);
            let headers = request.headers_mut();
            headers.insert(header::HOST, "localhost:3000".parse().expect("a value"));
            headers.insert(header::REFERER, referer.parse().expect("a value"));
            let answer = send(&router, request).await;
            let location = answer.header("location");
            assert!(
                location.starts_with('/') && !location.starts_with("//"),
                "{referer}: {location}"
            );
        }
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

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_answer_to_the_question_is_400(pool: PgPool) {
    let router = site::router(pool).await;
    for fields in [
        "",
        "done=perhaps",
        "done=1",
        "other=true",
        "done=%FF",
        "done[x]=true",
        "\u{0}",
    ] {
        let answer = send(&router, form(SET_EXAMPLE, fields)).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{fields}: {}",
            answer.body
        );
        assert_eq!(answer.body, r#"{"code":"BAD_REQUEST"}"#, "{fields}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_is_changed_by_get(pool: PgPool) {
    let answer = get(
        &site::router(pool).await,
        &format!("{SET_EXAMPLE}?done=true"),
    )
    .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_that_is_too_large_is_refused(pool: PgPool) {
    let body = format!("done=true&x={}", "x".repeat(160 * 1024));
    let answer = send(&site::router(pool).await, form(SET_EXAMPLE, &body)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_theme_is_kept_in_a_cookie_and_is_there_in_the_first_byte(pool: PgPool) {
    let router = site::router(pool).await;
    let answer = send(&router, form("/fn/theme/set", "theme=dark")).await;
    assert_eq!(
        answer.header("set-cookie"),
        "theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    );
    let with_cookie = |cookie: &str| {
        let request = Request::get("/").header(header::COOKIE, cookie);
        request.body(Body::empty()).expect("a request")
    };
    let page = send(&router, with_cookie("theme=dark")).await;
    assert!(page.body.contains("<html lang=\"en\" data-theme=\"dark\">"));
    let page = send(&router, with_cookie("theme=\"><script>alert(1)</script>")).await;
    assert!(
        page.body.contains("<html lang=\"en\">"),
        "an unknown theme follows the system"
    );
    assert!(!page.body.contains("alert(1)"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_theme_that_is_none_is_400(pool: PgPool) {
    let answer = send(
        &site::router(pool).await,
        form("/fn/theme/set", "theme=pink"),
    )
    .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.header("set-cookie"), "");
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
