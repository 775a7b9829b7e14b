//! Which address a request is said to come from.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Method},
};
use sqlx::PgPool;

use super::people::{PASSWORD, sign_up};
use crate::site;

#[sqlx::test(migrations = "../migrations")]
async fn an_unreadable_hop_ends_the_search_at_the_proxy_that_sent_it(pool: PgPool) {
    let server = site::server(pool, &[("TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    let ada = sign_up(&server, "Ada").await;
    for (connection, forwarded, expected) in [
        ("10.0.0.1", &b"192.0.2.7"[..], "192.0.2.7"),
        ("10.0.0.1", b"192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", b"192.0.2.7, \xff\xfe, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", b"192.0.2.7, \xff\xfe", "10.0.0.1"),
        ("10.0.0.1", b"192.0.2.7, unknown", "10.0.0.1"),
        ("198.51.100.9", b"192.0.2.7", "198.51.100.9"),
    ] {
        let mut browser = ada.browser.clone();
        let body = serde_json::json!({ "email": ada.email, "password": PASSWORD });
        let mut request = super::people::Browser::default()
            .request(Method::POST, "/api/auth/sign-in/email")
            .header("content-type", "application/json")
            .header(
                "x-forwarded-for",
                HeaderValue::from_bytes(forwarded).expect("a value"),
            )
            .body(Body::from(body.to_string()))
            .expect("a request");
        let connection: SocketAddr = format!("{connection}:4711").parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(connection));
        assert_eq!(browser.send(&server, request).await.status, 200);
        let session = browser.get(&server, "/api/auth/get-session").await.json();
        assert_eq!(
            session["session"]["ipAddress"],
            expected,
            "{connection}, {}",
            String::from_utf8_lossy(forwarded)
        );
    }
}
