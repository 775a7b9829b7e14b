//! Conditional requests.

use serde_json::json;
use sqlx::PgPool;

use super::client::{Account, assert_problem};
use crate::site;

const STALE: &str = "The task has changed since";

#[sqlx::test(migrations = "../migrations")]
async fn a_copy_that_is_still_good_is_not_sent_again(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let rest = format!("/{}", client.add("A").await);
    for tags in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
        let answer = client
            .send("GET", &rest, &[("if-none-match", tags)], "")
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (304, ""),
            "{tags}"
        );
        assert_eq!(answer.header("etag"), "\"1\"");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
    }
    for tags in ["\"2\"", "\"01\"", "\"\""] {
        let answer = client
            .send("GET", &rest, &[("if-none-match", tags)], "")
            .await;
        assert_eq!(answer.status, 200, "{tags}");
    }
    let malformed = client
        .send("GET", &rest, &[("if-none-match", "1")], "")
        .await;
    assert_eq!(malformed.code(), "BAD_REQUEST");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_that_was_made_for_another_version_is_refused(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let one = format!("/{id}");
    let complete = format!("/{id}/complete");
    let title = json!({ "title": "B" });
    client.patch(&id, title.clone()).await;
    for tags in ["\"1\"", "W/\"2\"", "\"3\", \"1\"", "\"x\""] {
        let tags = [("if-match", tags)];
        for answer in [
            client.send_json("PUT", &one, &tags, &title).await,
            client.send_json("PATCH", &one, &tags, &title).await,
            client.send_json("PATCH", &one, &tags, &json!({})).await,
            client.send("PATCH", &complete, &tags, "").await,
            client.send("DELETE", &one, &tags, "").await,
        ] {
            assert_problem(&answer, 412, "PRECONDITION_FAILED", STALE);
        }
        let wrong = client
            .send_json("PATCH", &one, &tags, &json!({ "title": 1 }))
            .await;
        assert_eq!(wrong.status, 422, "that comes first");
    }
    let tag = |number: u32| format!("\"{number}\"");
    let (two, three, four) = (tag(2), format!("{}, {}", tag(1), tag(3)), tag(4));
    for (answer, version) in [
        (
            client
                .send_json("PUT", &one, &[("if-match", &two)], &title)
                .await,
            3,
        ),
        (
            client
                .send_json("PATCH", &one, &[("if-match", &three)], &title)
                .await,
            4,
        ),
        (
            client
                .send("PATCH", &complete, &[("if-match", &four)], "")
                .await,
            5,
        ),
        (
            client
                .send("PATCH", &complete, &[("if-match", "*")], "")
                .await,
            6,
        ),
    ] {
        assert_eq!(
            (answer.status.as_u16(), answer.header("etag")),
            (200, tag(version).as_str()),
            "{}",
            answer.body
        );
    }
    let deleted = client
        .send("DELETE", &one, &[("if-match", &tag(6))], "")
        .await;
    assert_eq!(deleted.status, 204);
    let gone = client.send("DELETE", &one, &[("if-match", "*")], "").await;
    assert_eq!(gone.code(), "TASK_NOT_FOUND");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_has_a_strong_tag_is_sent_byte_for_byte(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let made = client
        .post(json!({ "title": "A", "description": "x".repeat(1000) }))
        .await;
    let rest = format!("/{}", made.json()["id"].as_str().expect("an id"));
    let encodings = [("accept-encoding", "gzip, br")];
    let one = client.send("GET", &rest, &encodings, "").await;
    assert_eq!(
        (one.header("content-encoding"), one.header("etag")),
        ("", "\"1\"")
    );
    let list = client.send("GET", "", &encodings, "").await;
    assert_eq!(list.header("content-encoding"), "br");
}
