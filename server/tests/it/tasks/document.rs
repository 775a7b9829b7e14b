//! The document of the API, and the page that shows it.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use sqlx::PgPool;

use crate::{
    requests::{get, send},
    site,
};

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "MADE-UP"];

#[sqlx::test(migrations = "../migrations")]
async fn the_document_names_what_the_router_knows_and_nothing_else(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let answer = get(&server.router, "/api/openapi.json").await;
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 5);
    for (path, operations) in paths {
        let address = path.replace("{user_id}", "x").replace("{id}", "y");
        for method in METHODS {
            let request = Request::builder()
                .method(method)
                .uri(&address)
                .body(Body::empty())
                .expect("a request");
            let answer = send(&server.router, request).await;
            let is_there = operations.get(method.to_lowercase()).is_some();
            assert_eq!(
                answer.status != 405,
                is_there,
                "{method} {path}: {}",
                answer.body
            );
            assert_ne!(answer.status, 404, "{method} {path}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_failure_is_a_problem_and_says_what_comes_with_it(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let document = get(&server.router, "/api/openapi.json").await.json();
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        if !path.contains("{user_id}") {
            continue;
        }
        for (method, operation) in methods.as_object().expect("methods") {
            operations += 1;
            let answers = operation["responses"].as_object().expect("answers");
            for status in ["400", "401", "403", "429", "503"] {
                assert!(answers.contains_key(status), "{method} {path}: {status}");
            }
            assert_eq!(answers.contains_key("404"), path.contains("{id}"));
            assert_eq!(
                answers.contains_key("422"),
                operation.get("requestBody").is_some()
            );
            for (status, answer) in answers {
                let kinds = answer["content"].as_object();
                if status.starts_with('4') || status.starts_with('5') {
                    let schema =
                        &kinds.expect("a body")["application/problem+json"]["schema"]["$ref"];
                    assert_eq!(
                        schema, "#/components/schemas/Problem",
                        "{method} {path} {status}"
                    );
                }
                let header = match status.as_str() {
                    "401" => "WWW-Authenticate",
                    "429" | "503" => "Retry-After",
                    "201" => "Location",
                    "200" if !path.ends_with("/tasks") => "ETag",
                    _ => continue,
                };
                assert!(
                    answer["headers"].get(header).is_some(),
                    "{method} {path} {status}: {header}"
                );
            }
            assert_eq!(
                operation["security"],
                serde_json::json!([{ "bearer": [] }, { "cookie": [] }])
            );
        }
    }
    assert_eq!(operations, 7);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_document_may_be_kept_for_a_while(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let answer = get(&server.router, "/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let tag = answer.header("etag").to_owned();
    let request = Request::get("/api/openapi.json").header(header::IF_NONE_MATCH, tag);
    let again = send(
        &server.router,
        request.body(Body::empty()).expect("a request"),
    )
    .await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_shows_every_operation_and_every_code_without_a_script(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let page = get(&server.router, "/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'; style-src 'self'")
    );
    assert!(!page.body.contains("<script") && !page.body.contains("style="));
    assert!(page.body.contains("/pkg/donewell.0123456789abcdef.css"));
    let document = get(&server.router, "/api/openapi.json").await.json();
    for methods in document["paths"].as_object().expect("paths").values() {
        for operation in methods.as_object().expect("methods").values() {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(page.body.contains(&format!("<h3 id=\"{id}\">")), "{id}");
        }
    }
    for code in donewell_server::http::problem::Code::ALL {
        let anchor = format!("<dt id=\"{}\">", code.as_str());
        assert!(page.body.contains(&anchor), "{anchor}");
    }
    assert!(page.body.contains(site::ORIGIN) && page.body.contains("curl"));
}

#[sqlx::test(migrations = "../migrations")]
async fn trusted_sites_read_the_api_across_origins_and_others_do_not(pool: PgPool) {
    let server = site::server(pool, &[("TRUSTED_ORIGINS", "https://app.example.org")]).await;
    for path in [
        "/api/x/tasks",
        "/api/x/tasks/y/complete",
        "/api/openapi.json",
    ] {
        for (origin, allowed) in [
            ("https://app.example.org", true),
            ("https://evil.example", false),
        ] {
            let request = |method: Method| {
                Request::builder()
                    .method(method)
                    .uri(path)
                    .header(header::ORIGIN, origin)
            };
            let preflight = request(Method::OPTIONS)
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PATCH")
                .header(
                    header::ACCESS_CONTROL_REQUEST_HEADERS,
                    "authorization,content-type,if-match",
                )
                .body(Body::empty());
            let asked = send(&server.router, preflight.expect("a request")).await;
            let expected = if allowed { origin } else { "" };
            assert_eq!(
                asked.header("access-control-allow-origin"),
                expected,
                "{path}"
            );
            assert_eq!(asked.status, 200, "nobody is asked who they are");
            for method in ["PUT", "PATCH", "DELETE"] {
                assert!(
                    asked
                        .header("access-control-allow-methods")
                        .contains(method)
                );
            }
            for name in [
                "authorization",
                "content-type",
                "if-match",
                "if-none-match",
                "idempotency-key",
            ] {
                assert!(
                    asked.header("access-control-allow-headers").contains(name),
                    "{name}"
                );
            }
            // Refusals can be read too.
            let get = send(
                &server.router,
                request(Method::GET).body(Body::empty()).expect("a request"),
            )
            .await;
            assert_eq!(
                get.header("access-control-allow-origin"),
                expected,
                "{path}: {}",
                get.status
            );
            assert_eq!(get.header("access-control-allow-credentials"), "true");
            for name in [
                "link",
                "etag",
                "location",
                "set-auth-jwt",
                "retry-after",
                "x-request-id",
            ] {
                assert!(
                    get.header("access-control-expose-headers").contains(name),
                    "{name}"
                );
            }
        }
    }
    let page = get(&server.router, "/login").await;
    assert_eq!(
        page.header("access-control-expose-headers"),
        "",
        "pages are nobody else's"
    );
}
