//! The right way through: what each call answers.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::client::Account;
use crate::site;

#[sqlx::test(migrations = "../migrations")]
async fn a_task_is_made_read_changed_completed_and_deleted(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let made = client.post(json!({ "title": "  Buy milk " })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let task = made.json();
    let id = task["id"].as_str().expect("an id").to_owned();
    let created_at = task["created_at"].as_str().expect("a time").to_owned();
    assert!(
        created_at.ends_with('Z') && created_at.len() == 24,
        "{created_at}"
    );
    let expected = json!({
        "id": id, "user_id": ada.id, "title": "Buy milk", "description": "", "completed": false,
        "completed_at": null, "due_date": null, "created_at": created_at, "updated_at": created_at,
    });
    assert_eq!(task, expected);
    assert_eq!(made.header("location"), client.path(&format!("/{id}")));
    assert_eq!(made.header("etag"), "\"1\"");

    let read = client.get(&format!("/{id}")).await;
    assert_eq!((read.status.as_u16(), read.json()), (200, expected));
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.header("cache-control"), "private, no-cache");

    server.clock.advance(time::Duration::seconds(5));
    let change = json!({ "description": "Two litres", "due_date": "2026-12-24" });
    let changed = client.patch(&id, change).await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let task = changed.json();
    assert_eq!(task["title"], "Buy milk");
    assert_eq!(task["description"], "Two litres");
    assert_eq!(task["due_date"], "2026-12-24");
    assert_eq!(task["created_at"], created_at);
    assert_ne!(task["updated_at"], created_at);

    let done = client.toggle(&id).await.json();
    assert_eq!(done["completed"], true);
    assert_eq!(done["completed_at"], done["updated_at"]);
    let open = client.toggle(&id).await.json();
    assert_eq!(
        (&open["completed"], &open["completed_at"]),
        (&json!(false), &Value::Null)
    );

    let deleted = client.delete(&id).await;
    assert_eq!((deleted.status.as_u16(), deleted.body.as_str()), (204, ""));
    assert_eq!(client.get(&format!("/{id}")).await.code(), "TASK_NOT_FOUND");
    assert_eq!(client.get("").await.json(), json!([]));
}

#[sqlx::test(migrations = "../migrations")]
async fn put_replaces_all_but_whether_it_is_done(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let whole =
        json!({ "title": "A", "description": "B", "due_date": "2026-12-24T18:00:00+01:00" });
    let made = client.post(whole).await.json();
    assert_eq!(made["due_date"], "2026-12-24T17:00:00.000Z");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(client.toggle(id).await.json()["completed"], true);
    let put = client.put(id, json!({ "title": "C" })).await;
    assert_eq!(put.status, 200);
    assert_eq!(put.header("etag"), "\"3\"");
    let task = put.json();
    assert_eq!(
        (&task["title"], &task["description"]),
        (&json!("C"), &json!(""))
    );
    assert_eq!(
        (&task["due_date"], &task["completed"]),
        (&Value::Null, &json!(true))
    );
    let put = client
        .put(id, json!({ "title": "C", "completed": false }))
        .await;
    assert_eq!(put.json()["completed_at"], Value::Null);
}

#[sqlx::test(migrations = "../migrations")]
async fn patch_changes_what_is_given_and_null_clears(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let whole = json!({ "title": "A", "description": "B", "due_date": "2026-12-24" });
    let made = client.post(whole).await.json();
    let id = made["id"].as_str().expect("an id");
    let same = client.patch(id, json!({})).await;
    assert_eq!((same.status.as_u16(), same.json()), (200, made.clone()));
    assert_eq!(same.header("etag"), "\"1\"", "nothing was changed");
    let cleared = client
        .patch(
            id,
            json!({ "description": null, "due_date": null, "completed": true, "colour": 7 }),
        )
        .await
        .json();
    assert_eq!(cleared["title"], "A");
    assert_eq!(
        (&cleared["description"], &cleared["due_date"]),
        (&json!(""), &Value::Null)
    );
    assert_eq!(cleared["completed"], true);
    let merged = client
        .send(
            "PATCH",
            &format!("/{id}"),
            &[(
                "content-type",
                "application/merge-patch+json; charset=utf-8",
            )],
            r#"{"title":"M"}"#,
        )
        .await;
    assert_eq!(merged.json()["title"], "M");
}

#[sqlx::test(migrations = "../migrations")]
async fn complete_sets_what_is_said_and_turns_round_when_nothing_is(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let path = format!("/{id}/complete");
    let set = async |body: Value| client.send_json("PATCH", &path, &[], &body).await;
    let first = set(json!({ "completed": true })).await;
    assert_eq!(
        (first.json()["completed"].clone(), first.header("etag")),
        (json!(true), "\"2\"")
    );
    let again = set(json!({ "completed": true })).await;
    assert_eq!(again.header("etag"), "\"2\"", "it was so already");
    assert_eq!(again.json(), first.json());
    assert_eq!(
        set(json!({ "completed": false })).await.json()["completed"],
        false
    );
    assert_eq!(set(json!({})).await.json()["completed"], true);
    let wrong = set(json!({ "completed": null })).await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.code().as_str()),
        (422, "VALIDATION_ERROR")
    );
    // As many clients do, whether or not there is a body.
    let bare = client
        .send("PATCH", &path, &[("content-type", "application/json")], "")
        .await;
    assert_eq!(bare.json()["completed"], false);
}

#[sqlx::test(migrations = "../migrations")]
async fn head_is_get_without_the_body(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let ada = Account::new(&server, "Ada").await;
    let client = ada.client(&server);
    let id = client.add("A").await;
    let head = client.send("HEAD", &format!("/{id}"), &[], "").await;
    assert_eq!(
        (
            head.status.as_u16(),
            head.header("etag"),
            head.body.as_str()
        ),
        (200, "\"1\"", "")
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_of_ours_may_use_its_cookie(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let mut ada = crate::accounts::people::sign_up(&server, "Ada").await;
    let path = format!("/api/{}/tasks", ada.id);
    let made = ada
        .browser
        .post(&server, &path, json!({ "title": "A" }))
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        ada.browser
            .get(&server, &path)
            .await
            .json()
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}
