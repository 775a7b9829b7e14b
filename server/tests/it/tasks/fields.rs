//! Fields that are not acceptable: all of them are named at once.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::client::{Account, assert_problem};
use crate::site;

#[sqlx::test(migrations = "../migrations")]
async fn a_field_that_is_not_acceptable_is_named_in_words(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let due =
        "The due date must be a date like 2026-12-24, or a time like 2026-12-24T18:00:00+01:00";
    let text = "The title must be a text";
    let line = "The title must be one line without control characters";
    let long = "x".repeat(201);
    let cases = [
        ("title", json!(""), "The title must not be empty"),
        ("title", json!(" \n "), "The title must not be empty"),
        (
            "title",
            json!(long),
            "The title can be 200 characters at most",
        ),
        ("title", json!("a\nb"), line),
        ("title", json!("a\u{0}b"), line),
        ("title", json!("a\u{2028}b"), line),
        ("title", Value::Null, text),
        ("title", json!(1), text),
        ("title", json!(["A"]), text),
        (
            "description",
            json!("a\u{0}b"),
            "The description must not contain control characters but line ends and tabs",
        ),
        (
            "description",
            json!("é".repeat(10_001)),
            "The description can be 10,000 characters at most",
        ),
        ("description", json!({}), "The description must be a text"),
        ("due_date", json!(""), due),
        ("due_date", json!("tomorrow"), due),
        ("due_date", json!("2026-02-30"), due),
        ("due_date", json!("2026-12-24T18:00:00"), due),
        ("due_date", json!("0000-01-01"), due),
        ("due_date", json!(20_261_224), due),
    ];
    for (field, value, message) in cases {
        let mut body = json!({ "title": "A" });
        body[field] = value.clone();
        for answer in [
            client.post(body.clone()).await,
            client.put(&id, body.clone()).await,
            client.patch(&id, json!({ field: value })).await,
        ] {
            assert_problem(&answer, 422, "VALIDATION_ERROR", message);
            let errors = json!([{ "field": field, "message": message }]);
            assert_eq!(answer.json()["errors"], errors);
        }
    }
    for value in [
        json!("not-a-uuid"),
        json!(7),
        json!("0199d0a411c27aa09f310c5d2e7b9a44"),
        json!("{0199d0a4-11c2-7aa0-9f31-0c5d2e7b9a44}"),
    ] {
        let answer = client.post(json!({ "title": "A", "id": value })).await;
        assert_problem(&answer, 422, "VALIDATION_ERROR", "The id must be a UUID");
    }
    for answer in [
        client.post(json!({})).await,
        client.put(&id, json!({ "description": "x" })).await,
    ] {
        assert_problem(&answer, 422, "VALIDATION_ERROR", "A title is needed");
    }
    for value in [json!("true"), json!(1), Value::Null] {
        let message = "`completed` must be true or false";
        let patched = client.patch(&id, json!({ "completed": value })).await;
        assert_problem(&patched, 422, "VALIDATION_ERROR", message);
        let put = client
            .put(&id, json!({ "title": "A", "completed": value }))
            .await;
        assert_problem(&put, 422, "VALIDATION_ERROR", message);
    }
    assert_eq!(
        client.get(&format!("/{id}")).await.header("etag"),
        "\"1\"",
        "nothing has changed"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn all_wrong_fields_are_named_at_once(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let wrong =
        json!({ "id": 1, "title": 1, "description": 1, "due_date": 1, "completed": 1, "other": 1 });
    let names = |answer: crate::requests::Answer| -> Vec<String> {
        assert_eq!(answer.status, 422, "{}", answer.body);
        let errors = answer.json()["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        errors
            .iter()
            .filter_map(|error| error["field"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(
        names(client.post(wrong.clone()).await),
        ["id", "title", "description", "due_date"]
    );
    let changeable = ["title", "description", "due_date", "completed"];
    assert_eq!(names(client.put(&id, wrong.clone()).await), changeable);
    assert_eq!(names(client.patch(&id, wrong).await), changeable);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_just_acceptable_is_accepted(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let title = "\u{1f469}\u{200d}\u{1f4bb}".repeat(66) + "ab";
    let body = json!({
        "title": title, "description": "é\n\t".repeat(3333) + "!", "due_date": "9999-12-31T23:59:59.999Z",
        "id": null, "completed": "ignored here", "user_id": "somebody else", "version": 9,
    });
    let made = client.post(body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let task = made.json();
    assert_eq!(task["title"], body["title"]);
    assert_eq!(task["description"], body["description"]);
    assert_eq!(task["due_date"], body["due_date"]);
    assert_eq!(
        (&task["completed"], &task["user_id"]),
        (&json!(false), &json!(ada.id))
    );
    for due in ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z"] {
        let task = client.post(json!({ "title": "A", "due_date": due })).await;
        assert_eq!(task.status, 201, "{due}: {}", task.body);
    }
    for sort in ["due_date", "created", "title"] {
        for order in ["asc", "desc"] {
            let mut seen = 0;
            let mut rest = format!("?sort={sort}&order={order}&limit=1");
            loop {
                let page = client.get(&rest).await;
                assert_eq!(page.status, 200, "{}", page.body);
                seen += page.json().as_array().map_or(0, Vec::len);
                assert!(seen <= 4, "it goes round in circles");
                match super::lists::next(&page) {
                    Some(query) => rest = query,
                    None => break,
                }
            }
            assert_eq!(seen, 4, "{sort} {order}");
        }
    }
}
