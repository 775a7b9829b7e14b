//! The server functions of the pages, over the same use cases.

use axum::{
    body::Body,
    http::{Method, header},
};
use sqlx::PgPool;

use super::people::{Browser, PASSWORD, sign_up};
use crate::{
    requests::Answer,
    site::{self, Server},
};

async fn plain(browser: &mut Browser, server: &Server, path: &str, fields: &str) -> Answer {
    let request = browser
        .request(Method::POST, path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::REFERER, "http://localhost:3000/login")
        .header(header::HOST, "localhost:3000")
        .body(Body::from(fields.to_owned()))
        .expect("a request");
    browser.send(server, request).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_plain_form_signs_in_and_leads_on_to_pages_of_ours_only(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    sign_up(&server, "Ada").await;
    for (next, expected) in [
        ("", "/tasks"),
        ("%2Fsettings%3Fa%3Db", "/settings?a=b"),
        ("https%3A%2F%2Fevil.example", "/tasks"),
        ("%2F%2Fevil.example", "/tasks"),
        ("%2F%5Cevil.example", "/tasks"),
        ("javascript%3Aalert(1)", "/tasks"),
        ("%2F%C3%BC", "/tasks"),
        ("%2Fa%0D%0ASet-Cookie%3A+x%3Dy", "/tasks"),
    ] {
        let mut browser = Browser::default();
        let fields =
            format!("email=ada%40example.org&password={PASSWORD}&remember=true&next={next}")
                .replace(' ', "+");
        let answer = plain(&mut browser, &server, "/fn/auth/sign-in", &fields).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (302, expected),
            "{next}"
        );
        assert!(browser.is_signed_in(&server).await);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_needs_a_session_is_401_by_the_pages_door_too(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    for (function, fields) in [
        ("send-verification", ""),
        ("get-account", ""),
        ("set-name", "name=x"),
        ("change-email", "email=a%40example.org&password=x"),
        ("change-password", "current=x&new=y"),
        ("end-session", "id=00000000-0000-0000-0000-000000000000"),
        ("end-other-sessions", ""),
        ("delete-account", "password=x&confirmation=y"),
    ] {
        let path = format!("/fn/auth/{function}");
        let answer = Browser::default().call(&server, &path, fields).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "UNAUTHORIZED"),
            "{function}"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn deleting_the_account_wants_the_address_and_the_password(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    for (password, confirmation, code) in [
        (PASSWORD, "delete", "NOT_CONFIRMED"),
        ("", "ada%40example.org", "INVALID_PASSWORD"),
        ("not this one", "ada%40example.org", "INVALID_PASSWORD"),
    ] {
        let fields = format!("password={password}&confirmation={confirmation}").replace(' ', "+");
        let answer = ada
            .browser
            .call(&server, "/fn/auth/delete-account", &fields)
            .await;
        assert_eq!(answer.code(), code, "{}", answer.body);
    }
    let fields = format!("password={PASSWORD}&confirmation=Ada%40Example.org").replace(' ', "+");
    let answer = ada
        .browser
        .call(&server, "/fn/auth/delete-account", &fields)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM app_user) + (SELECT count(*) FROM session)",
    )
    .fetch_one(&pool)
    .await
    .expect("a count");
    assert_eq!(left, 0);
}

async fn get_account(server: &Server, browser: &mut Browser, token: &str) -> u16 {
    let request = browser
        .request(Method::POST, "/fn/auth/get-account")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .expect("a request");
    browser.send(server, request).await.status.as_u16()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_that_another_service_was_shown_opens_no_account(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let mut grace = sign_up(&server, "Grace").await;
    assert!(super::people::is_accepted(&server, &ada.token).await);
    let alone = get_account(&server, &mut Browser::default(), &ada.token).await;
    assert_eq!(alone, 401, "the token alone");
    assert_eq!(
        get_account(&server, &mut grace.browser, &ada.token).await,
        401,
        "beside another's cookie"
    );
    assert_eq!(
        get_account(&server, &mut ada.browser, "nonsense").await,
        401,
        "a good cookie excuses no token"
    );
    assert_eq!(
        get_account(&server, &mut ada.browser, &ada.token).await,
        200,
        "both of one session"
    );
}
