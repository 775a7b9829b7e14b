//! What is refused, in which order, and in which words.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::json;
use sqlx::PgPool;

use super::client::{Account, Client, assert_problem};
use crate::{
    requests::{get, send},
    site,
};

const SIGN_IN: &str = "Sign in to continue";

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_nobody_is_told_to_sign_in(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let nobody = Client {
        token: "",
        ..ada.client(&server)
    };
    let answer = nobody.get("").await;
    assert_problem(&answer, 401, "UNAUTHORIZED", SIGN_IN);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    for token in ["nonsense", "a.b.c", "ä"] {
        let answer = Client { token, ..nobody }.get("?limit=0").await;
        assert_problem(&answer, 401, "UNAUTHORIZED", SIGN_IN);
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
    }
    server.clock.advance(time::Duration::minutes(16));
    let expired = ada.client(&server).get("").await;
    assert_problem(&expired, 401, "UNAUTHORIZED", SIGN_IN);
    assert_eq!(
        expired.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn anothers_path_is_forbidden_whether_or_not_they_exist(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let (ada, eve) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Eve").await,
    );
    let upper = eve.id.to_uppercase();
    for id in [
        ada.id.as_str(),
        "0199d0a4-11c2-7aa0-9f31-0c5d2e7b9a44",
        "x",
        "%20",
        "auth2",
        "%zz",
        &upper,
    ] {
        let client = Client {
            id,
            ..eve.client(&server)
        };
        for rest in ["", "?limit=0", "/x"] {
            assert_problem(
                &client.get(rest).await,
                403,
                "FORBIDDEN",
                "You don't have permission",
            );
        }
        let post = client.send("POST", "", &[], "not even JSON").await;
        assert_problem(&post, 403, "FORBIDDEN", "You don't have permission");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn anothers_task_and_no_task_look_alike(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let (ada, eve) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Eve").await,
    );
    let hers = ada.client(&server).add("A secret").await;
    let eve = eve.client(&server);
    let simple = hers.replace('-', "");
    for id in [
        hers.as_str(),
        "0199d0a4-11c2-7aa0-9f31-0c5d2e7b9a44",
        "x",
        "%00",
        &simple,
        "..%2f",
    ] {
        let title = json!({ "title": "Mine" });
        for answer in [
            eve.get(&format!("/{id}")).await,
            eve.put(id, title.clone()).await,
            eve.put(id, json!({ "title": 1 })).await,
            eve.patch(id, title).await,
            eve.patch(id, json!({})).await,
            eve.patch(id, json!({ "completed": 1 })).await,
            eve.toggle(id).await,
            eve.delete(id).await,
            eve.send("DELETE", &format!("/{id}"), &[("if-match", "\"1\"")], "")
                .await,
        ] {
            assert_problem(&answer, 404, "TASK_NOT_FOUND", "Task not found");
        }
    }
    let ada = ada.client(&server);
    assert_eq!(ada.get(&format!("/{hers}")).await.header("etag"), "\"1\"");
    assert_eq!(
        ada.get(&format!("/{simple}")).await.status,
        404,
        "one address for each task"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_json_is_bad_and_another_kind_is_unsupported(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let one = format!("/{id}");
    let json = [("content-type", "application/json")];
    for (method, rest) in [("POST", ""), ("PUT", one.as_str()), ("PATCH", one.as_str())] {
        for body in ["", "{", "[]", "[\"A\"]", "null", "\"x\"", "\u{feff}{}"] {
            let answer = client.send(method, rest, &json, body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (400, "BAD_REQUEST"),
                "{method} {body}: {}",
                answer.body
            );
        }
        // Grammatical, though no program can hold it; where nobody asks for it, it does no harm.
        for body in [
            "{\"title\":\"\\ud800\",\"unknown\":1e999}",
            "{\"title\":1e999}",
        ] {
            let answer = client.send(method, rest, &json, body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (422, "VALIDATION_ERROR"),
                "{method} {body}: {}",
                answer.body
            );
        }
        let unknown = "{\"title\":\"A\",\"unknown\":1e999}";
        assert!(
            client
                .send(method, rest, &json, unknown)
                .await
                .status
                .is_success()
        );
        let deep = "[".repeat(60_000);
        assert_eq!(client.send(method, rest, &json, deep).await.status, 400);
        assert_eq!(
            client
                .send(method, rest, &json, vec![b'{', 0xff, b'}'])
                .await
                .status,
            400
        );
        assert_eq!(
            client.send(method, rest, &[], "").await.status,
            400,
            "{method}"
        );
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            let answer = client
                .send(method, rest, &[("content-type", kind)], "{\"title\":\"A\"}")
                .await;
            assert_problem(
                &answer,
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "The body must be application/json",
            );
        }
        let bare = client.send(method, rest, &[], "{\"title\":\"A\"}").await;
        assert_eq!(bare.status, 415);
        let large = format!("{{\"title\":\"{}\"}}", "x".repeat(64 * 1024));
        let answer = client.send(method, rest, &json, large.clone()).await;
        assert_problem(
            &answer,
            413,
            "TOO_LARGE",
            "The body must not be larger than 64 KiB",
        );
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(large)]);
        let answer = client
            .send(method, rest, &json, Body::from_stream(stream))
            .await;
        assert_eq!(answer.code(), "TOO_LARGE", "without a stated length");
    }
    let merge = [("content-type", "application/merge-patch+json")];
    assert_eq!(
        client
            .send("PUT", &one, &merge, "{\"title\":\"A\"}")
            .await
            .status,
        415
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_the_router_answers_by_itself_is_a_problem_too(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    for (method, rest, allow) in [
        ("DELETE", "", "GET,HEAD,POST"),
        ("POST", "/x", "GET,HEAD,PUT,PATCH,DELETE"),
        ("GET", "/x/complete", "PATCH"),
        ("TRACE", "", "GET,HEAD,POST"),
        ("OPTIONS", "", "GET,HEAD,POST"),
        ("MADE-UP", "", "GET,HEAD,POST"),
    ] {
        let answer = ada.client(&server).send(method, rest, &[], "").await;
        assert_problem(
            &answer,
            405,
            "METHOD_NOT_ALLOWED",
            "This method cannot be used here",
        );
        assert_eq!(answer.header("allow"), allow, "{method} {rest}");
    }
    for path in [
        "/api",
        "/api/",
        "/api/x",
        "/api/x/tasks/",
        "/api/x/tasks/y/z",
        "/api/%ff",
        "/api/x/tasks/y/complete/",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())
                .expect("a request");
            assert_problem(
                &send(&server.router, request).await,
                404,
                "NOT_FOUND",
                "There is nothing here",
            );
        }
    }
    let garbage = Client {
        id: "%ff",
        ..ada.client(&server)
    };
    assert_problem(
        &garbage.get("").await,
        403,
        "FORBIDDEN",
        "You don't have permission",
    );
    assert_problem(
        &ada.client(&server).get("/%ff").await,
        404,
        "TASK_NOT_FOUND",
        "Task not found",
    );
    assert_problem(
        &get(&server.router, "/api/%ff/tasks").await,
        401,
        "UNAUTHORIZED",
        SIGN_IN,
    );
    let account_route = get(&server.router, "/api/auth/nothing").await;
    assert_ne!(
        account_route.header("content-type"),
        "application/problem+json"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cookie_alone_changes_nothing_for_another_site(pool: PgPool) {
    let server = site::server(pool, &[("TRUSTED_ORIGINS", "https://app.example.org")]).await;
    let ada = crate::accounts::people::sign_up(&server, "Ada").await;
    let cookie = ada.browser.cookie.clone().expect("a cookie");
    let path = format!("/api/{}/tasks", ada.id);
    let post = async |origin: Option<&str>| {
        let mut request = Request::post(&path)
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let request = request
            .body(Body::from("{\"title\":\"A\"}"))
            .expect("a request");
        send(&server.router, request).await
    };
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let detail = "This request does not come from a page that is trusted";
        assert_problem(&post(origin).await, 403, "INVALID_ORIGIN", detail);
    }
    assert_eq!(post(Some("https://app.example.org")).await.status, 201);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_that_is_gone_is_unavailable(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    server.accounts.pool.close().await;
    let answer = ada.client(&server).get("").await;
    let detail = "There is too much to do, or the database cannot be reached. Try again later";
    assert_problem(&answer, 503, "UNAVAILABLE", detail);
    assert_eq!(answer.header("retry-after"), "2");
}

#[sqlx::test(migrations = "../migrations")]
async fn each_user_has_a_limit_and_whoever_is_nobody_shares_their_networks(pool: PgPool) {
    let server = site::server(pool, &[("API_RATE_LIMIT", "3/10s")]).await;
    let (ada, eve) = (
        Account::new(&server, "Ada").await,
        Account::new(&server, "Eve").await,
    );
    for _ in 0..3 {
        assert_eq!(ada.client(&server).get("").await.status, 200);
    }
    let refused = ada.client(&server).get("").await;
    assert_problem(&refused, 429, "TOO_MANY_REQUESTS", "Too many requests");
    let wait: u32 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=10).contains(&wait), "{wait}");
    assert_eq!(eve.client(&server).get("").await.status, 200);
    let stolen = Client {
        id: &eve.id,
        ..ada.client(&server)
    };
    assert_eq!(stolen.get("").await.status, 403, "that comes first");
    let nobody = Client {
        token: "",
        ..ada.client(&server)
    };
    for _ in 0..3 {
        assert_eq!(nobody.get("").await.status, 401);
    }
    assert_eq!(nobody.get("").await.status, 429);
    server.clock.advance(time::Duration::seconds(10));
    assert_eq!(ada.client(&server).get("").await.status, 200);
}
