//! Deleted tasks: for 30 days they can be restored. And what leaves with whoever leaves.

use donewell_app::auth::service::maintenance;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

use crate::{
    accounts::people::{PASSWORD, Person, sign_up},
    requests::Answer,
    site::{self, Server},
};

async fn call(server: &Server, person: &mut Person, name: &str, fields: &str) -> Answer {
    let path = format!("/fn/tasks/{name}");
    person.browser.call(server, &path, fields).await
}

async fn rows(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM task")
        .fetch_one(pool)
        .await
        .expect("a count")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_deleted_task_can_be_restored_for_thirty_days(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    let made = call(
        &server,
        &mut ada,
        "add",
        "title=A&description=B&due_date=2026-12-24",
    )
    .await
    .json();
    let by_id = format!("id={}", made["id"].as_str().expect("an id"));
    let path = format!(
        "/api/{}/tasks/{}",
        ada.id,
        made["id"].as_str().expect("an id")
    );
    assert_eq!(call(&server, &mut ada, "delete", &by_id).await.status, 200);
    assert_eq!(
        ada.browser.get(&server, &path).await.code(),
        "TASK_NOT_FOUND"
    );
    assert_eq!(call(&server, &mut ada, "get", &by_id).await.status, 404);
    let restored = call(&server, &mut ada, "restore", &by_id).await.json();
    for member in ["id", "title", "description", "due", "created_at"] {
        assert_eq!(restored[member], made[member], "{member}");
    }
    assert_eq!(
        ada.browser.get(&server, &path).await.header("etag"),
        "\"3\""
    );
    let again = call(&server, &mut ada, "restore", &by_id).await;
    assert_eq!(
        (again.status.as_u16(), again.json()["version"].clone()),
        (200, json!(3)),
        "it was not deleted"
    );

    assert_eq!(call(&server, &mut ada, "delete", &by_id).await.status, 200);
    server.clock.advance(Duration::days(30) - Duration::MINUTE);
    maintenance::once(&server.accounts).await;
    ada.browser.sign_in(&server, &ada.email, PASSWORD).await;
    assert_eq!(call(&server, &mut ada, "restore", &by_id).await.status, 200);
    assert_eq!(call(&server, &mut ada, "delete", &by_id).await.status, 200);
    server.clock.advance(Duration::days(30) + Duration::MINUTE);
    ada.browser.sign_in(&server, &ada.email, PASSWORD).await;
    assert_eq!(call(&server, &mut ada, "restore", &by_id).await.status, 404);
    assert_eq!(rows(&pool).await, 1);
    maintenance::once(&server.accounts).await;
    assert_eq!(rows(&pool).await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_takes_their_data_along_takes_their_tasks(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let (mut ada, mut eve) = (sign_up(&server, "Ada").await, sign_up(&server, "Eve").await);
    call(&server, &mut eve, "add", "title=hers").await;
    let gone = call(&server, &mut ada, "add", "title=gone").await.json();
    call(
        &server,
        &mut ada,
        "delete",
        &format!("id={}", gone["id"].as_str().expect("an id")),
    )
    .await;
    call(
        &server,
        &mut ada,
        "add",
        "title=A&description=B&due_date=2026-12-24",
    )
    .await;
    let data = ada.browser.get(&server, "/account/data.json").await.json();
    let tasks = data["tasks"].as_array().expect("a list");
    assert_eq!(tasks.len(), 1, "{data}");
    let task = &tasks[0];
    assert_eq!(
        (&task["title"], &task["description"], &task["due_date"]),
        (&json!("A"), &json!("B"), &json!("2026-12-24"))
    );
    assert_eq!(
        (&task["completed"], &task["completed_at"]),
        (&json!(false), &json!(null))
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn the_tasks_of_a_deleted_user_are_deleted(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let mut ada = sign_up(&server, "Ada").await;
    call(&server, &mut ada, "add", "title=A").await;
    ada.browser
        .post(
            &server,
            "/api/auth/delete-user",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!(rows(&pool).await, 0);
}
