//! What was typed into a form of a page whose wasm does not run, when the form is sent back with an error.

use axum::http::{Request, header};
use sqlx::PgPool;
use url::form_urlencoded::Serializer;

use super::people::sign_up;
use crate::{
    requests::{Answer, form, plain_form, send},
    site::{self, Server},
};

const SIGN_UP: &str = "/fn/auth/sign-up";
const HOSTILE: &str = "\"><script>alert(1)</script>; Path=/\r\nX: y";

fn fields(name: &str, password: &str) -> String {
    Serializer::new(String::new())
        .extend_pairs([
            ("name", name),
            ("email", "ada@example.org"),
            ("password", password),
            ("next", "/tasks?secret=1"),
        ])
        .finish()
}

fn from_page(mut request: Request<axum::body::Body>, page: &str) -> Request<axum::body::Body> {
    let referer = format!("http://localhost:3000{page}");
    let headers = request.headers_mut();
    headers.insert(header::HOST, "localhost:3000".parse().expect("a value"));
    headers.insert(header::REFERER, referer.parse().expect("a value"));
    request
}

fn cookie(answer: &Answer) -> Option<String> {
    let all = answer.headers.get_all(header::SET_COOKIE).iter();
    all.filter_map(|value| value.to_str().ok())
        .find(|value| value.contains("donewell_typed="))
        .map(str::to_owned)
}

async fn show(server: &Server, location: &str, cookie: &str) -> Answer {
    let pair = cookie.split(';').next().unwrap_or_default();
    let request = Request::get(location)
        .header(header::COOKIE, pair)
        .body(axum::body::Body::empty())
        .expect("a request");
    send(&server.router, request).await
}

#[sqlx::test(migrations = "../migrations")]
async fn name_and_address_come_back_as_text_and_for_once(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let request = from_page(
        plain_form(SIGN_UP, &fields(HOSTILE, "short")),
        "/signup?a=1",
    );
    let answer = send(&server.router, request).await;
    assert_eq!(answer.status, 302, "{}", answer.body);
    let location = answer.header("location");
    assert!(location.starts_with("/signup?"), "{location}");
    assert!(!location.contains("example.org"), "{location}");
    let cookie = cookie(&answer).expect("a cookie");
    for part in [
        "; Path=/signup;",
        "; Max-Age=60;",
        "; HttpOnly",
        "; SameSite=Strict",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("short") && !cookie.contains("secret"),
        "{cookie}"
    );

    let page = show(&server, location, &cookie).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("value=\"ada@example.org\""),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("&lt;script&gt;alert(1)") || page.body.contains("&quot;>&lt;script"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    let forgotten = page.header("set-cookie");
    assert!(
        forgotten.starts_with("donewell_typed=; Path=/signup; Max-Age=0"),
        "{forgotten}"
    );

    let (_, error) = location.split_once("&__err=").expect("an error");
    for other in [
        "/signup".to_owned(),
        format!("/login?__path=%2Ffn%2Fauth%2Fsign-in&__err={error}"),
    ] {
        let page = show(&server, &other, &cookie).await;
        assert!(!page.body.contains("ada@example.org"), "{other}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_is_kept_where_nothing_comes_back(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let wasm = form(SIGN_UP, &fields("Ada", "short"));
    let done = plain_form(SIGN_UP, &fields("Ada", super::people::PASSWORD));
    let no_session = plain_form("/fn/auth/set-name", "name=Ada");
    for (what, request) in [("wasm", wasm), ("done", done), ("no session", no_session)] {
        let answer = send(&server.router, from_page(request, "/signup")).await;
        assert_eq!(cookie(&answer), None, "{what}: {:?}", answer.headers);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn on_https_it_is_for_https_only(pool: PgPool) {
    let server = site::server(pool, &[("PUBLIC_URL", "https://todo.example.org")]).await;
    let mut request = plain_form(SIGN_UP, &fields("Ada", "short"));
    let headers = request.headers_mut();
    headers.insert(header::HOST, "todo.example.org".parse().expect("a value"));
    let page = "https://todo.example.org/signup".parse().expect("a value");
    headers.insert(header::REFERER, page);
    let answer = send(&server.router, request).await;
    let cookie = cookie(&answer).expect("a cookie");
    assert!(cookie.starts_with("__Secure-donewell_typed="), "{cookie}");
    assert!(cookie.ends_with("; Secure"), "{cookie}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_name_that_is_refused_stands_in_its_field_again(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = sign_up(&server, "Ada").await;
    let session = ada.browser.cookie.clone().expect("a cookie");
    let typed = "x".repeat(101);
    let mut request = from_page(
        plain_form("/fn/auth/set-name", &format!("name={typed}")),
        "/settings",
    );
    let headers = request.headers_mut();
    headers.insert(header::COOKIE, session.parse().expect("a value"));
    headers.insert(header::ORIGIN, site::ORIGIN.parse().expect("a value"));
    let answer = send(&server.router, request).await;
    let cookie = cookie(&answer).unwrap_or_else(|| panic!("{:?}", answer.headers));
    let pair = cookie.split(';').next().unwrap_or_default();
    let request = Request::get(answer.header("location"))
        .header(header::COOKIE, format!("{session}; {pair}"))
        .body(axum::body::Body::empty())
        .expect("a request");
    let page = send(&server.router, request).await;
    assert!(
        page.body.contains(&format!("value=\"{typed}\"")),
        "{}",
        page.body
    );
}
