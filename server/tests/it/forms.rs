//! Server functions that need no account, called at the router: by scripts and as plain forms.

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
async fn a_plain_form_of_a_problems_page_leads_to_a_page(pool: PgPool) {
    let router = site::router(pool).await;
    // Such a page stands at the address of the form that failed, which only takes what is sent to it.
    for referer in ["/fn/auth/sign-in", "//fn/auth/sign-in"] {
        let mut request = plain_form("/fn/theme/set", "theme=dark");
        let headers = request.headers_mut();
        headers.insert(header::HOST, "localhost:3000".parse().expect("a value"));
        let from = format!("http://localhost:3000{referer}");
        headers.insert(header::REFERER, from.parse().expect("a value"));
        let answer = send(&router, request).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{referer}");
        assert_eq!(answer.header("location"), "/", "{referer}");
    }
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
