//! Every door, tried by everybody who may not go through it. The doors are read from the document and from the registry
//! of server functions: one without its case fails.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::Value;
use sqlx::PgPool;

use super::client::Account;
use crate::{
    accounts::people::{Person, sign_up},
    requests::{Answer, get, send},
    site::{self, Server},
};

/// What is asked of a server function, with the id of a task in place of `{id}`.
const FIELDS: [(&str, &str); 8] = [
    ("/fn/tasks/list", "status=all&sort=created&search="),
    (
        "/fn/tasks/list-more",
        "status=pending&sort=created&search=&after={cursor}",
    ),
    ("/fn/tasks/get", "id={id}"),
    ("/fn/tasks/add", "title=A"),
    ("/fn/tasks/edit", "id={id}&title=B"),
    ("/fn/tasks/set-completed", "id={id}&completed=true"),
    ("/fn/tasks/delete", "id={id}"),
    ("/fn/tasks/restore", "id={id}"),
];

/// A request that would be right, if it came from the right one.
struct Door {
    method: String,
    path: String,
    kind: &'static str,
    body: String,
}

impl Door {
    fn names_a_task(&self) -> bool {
        self.path.contains("{id}") || self.body.contains("{id}")
    }

    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    async fn knock(&self, router: &Router, token: Option<&str>, user: &str, task: &str) -> Answer {
        let path = self.path.replace("{user_id}", user).replace("{id}", task);
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(path)
            .header(header::CONTENT_TYPE, self.kind)
            .header(header::ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = self
            .body
            .replace("{id}", task)
            .replace("{cursor}", &cursor());
        send(router, request.body(Body::from(body)).expect("a request")).await
    }
}

fn cursor() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(r#"["created","desc",0,"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"]"#)
}

async fn doors(router: &Router) -> Vec<Door> {
    let document = get(router, "/api/openapi.json").await.json();
    let mut doors = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let is_protected = operation.get("security").is_some();
            assert_eq!(
                is_protected,
                path.contains("{user_id}") || path == "/api/auth/token",
                "{method} {path}"
            );
            if is_protected {
                doors.push(Door {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    kind: "application/json",
                    body: example(&document, operation),
                });
            }
        }
    }
    for (path, method) in server_fn_paths().filter(|(path, _)| path.starts_with("/fn/tasks/")) {
        let fields = FIELDS.iter().find(|(known, _)| *known == path);
        let (_, fields) = fields.unwrap_or_else(|| panic!("{path} has no case here"));
        doors.push(Door {
            method: method.to_string(),
            path: path.to_owned(),
            kind: "application/x-www-form-urlencoded",
            body: (*fields).to_owned(),
        });
    }
    assert_eq!(doors.len(), 7 + 1 + FIELDS.len());
    doors
}

/// The document's own example of a body.
fn example(document: &Value, operation: &Value) -> String {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let Some(name) = schema["$ref"].as_str() else {
        assert_eq!(operation.get("requestBody"), None);
        return String::new();
    };
    let schema = document
        .pointer(name.trim_start_matches('#'))
        .expect("it is there");
    let example = schema["example"].clone();
    assert!(example.is_object(), "{name} has no example");
    example.to_string()
}

#[track_caller]
fn assert_refused(door: &Door, who: &str, answer: &Answer, status: u16, code: &str) {
    let found = (answer.status.as_u16(), answer.code());
    assert_eq!(
        (found.0, found.1.as_str()),
        (status, code),
        "{} {} {who}: {}",
        door.method,
        door.path,
        answer.body
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn no_door_opens_for_whoever_may_not_go_through_it(pool: PgPool) {
    let server = site::server(pool, &[]).await;
    let router = &server.router;
    let owner = Account::new(&server, "Owner").await;
    let stranger = Account::new(&server, "Stranger").await;
    let deleted = deleted(&server).await;
    let task = owner.client(&server).add("A secret").await;
    let gone_task = owner.client(&server).add("A deleted secret").await;
    let deletion = format!("/{gone_task}");
    let answer = owner
        .client(&server)
        .send("DELETE", &deletion, &[], "")
        .await;
    assert_eq!(answer.status, 204);
    let before = owner.client(&server).get("").await.body;
    for door in doors(router).await {
        let anonymous = door.knock(router, None, &owner.id, &task).await;
        assert_refused(&door, "anonymous", &anonymous, 401, "UNAUTHORIZED");
        let gone = door
            .knock(router, Some(&deleted.token), &deleted.id, &task)
            .await;
        assert_refused(&door, "a deleted user", &gone, 401, "UNAUTHORIZED");
        if door.path == "/api/auth/token" {
            let by_token = door.knock(router, Some(&owner.token), "", "").await;
            assert_refused(&door, "a token", &by_token, 401, "UNAUTHORIZED");
            continue;
        }
        if door.is_api() {
            let elsewhere = door
                .knock(router, Some(&stranger.token), &owner.id, &task)
                .await;
            assert_refused(
                &door,
                "a stranger on the owner's path",
                &elsewhere,
                403,
                "FORBIDDEN",
            );
        }
        let own = door
            .knock(router, Some(&stranger.token), &stranger.id, &task)
            .await;
        if door.path == "/fn/tasks/restore" {
            let restored = door
                .knock(router, Some(&stranger.token), &stranger.id, &gone_task)
                .await;
            assert_refused(&door, "a stranger", &restored, 404, "TASK_NOT_FOUND");
        }
        if door.names_a_task() {
            assert_refused(
                &door,
                "a stranger with the owner's task",
                &own,
                404,
                "TASK_NOT_FOUND",
            );
        } else {
            assert!(own.status.is_success(), "{}: {}", door.path, own.body);
            assert!(
                !own.body.contains("A secret"),
                "{}: {}",
                door.path,
                own.body
            );
        }
    }
    assert_eq!(
        owner.client(&server).get("").await.body,
        before,
        "nothing has changed"
    );
    for door in doors(router)
        .await
        .iter()
        .filter(|door| door.path != "/api/auth/token")
    {
        // A task may have been deleted by one of the doors before.
        let task = owner.client(&server).add("Another").await;
        let answer = door
            .knock(router, Some(&owner.token), &owner.id, &task)
            .await;
        assert!(
            answer.status.is_success(),
            "{} {}: {}",
            door.method,
            door.path,
            answer.body
        );
    }
    let all = doors(router).await;
    server.clock.advance(time::Duration::minutes(16));
    for door in all {
        let expired = door
            .knock(router, Some(&owner.token), &owner.id, &task)
            .await;
        assert_refused(&door, "an expired token", &expired, 401, "UNAUTHORIZED");
    }
}

async fn deleted(server: &Server) -> Person {
    let mut person = sign_up(server, "Deleted").await;
    let body = serde_json::json!({ "password": crate::accounts::people::PASSWORD });
    let answer = person
        .browser
        .post(server, "/api/auth/delete-user", body)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    person
}

/// Should a node not have heard of the end of a session yet, the database knows.
#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_deleted_a_moment_ago_makes_no_task(pool: PgPool) {
    let server = site::server(pool.clone(), &[]).await;
    let ada = Account::new(&server, "Ada").await;
    sqlx::query("ALTER TABLE session DISABLE TRIGGER USER")
        .execute(&pool)
        .await
        .expect("nobody is told");
    sqlx::query("DELETE FROM app_user")
        .execute(&pool)
        .await
        .expect("she is deleted");
    let client = ada.client(&server);
    let task = serde_json::json!({ "title": "A" });
    let plain = client.post(task.clone()).await;
    let keyed = client
        .send_json("POST", "", &[("idempotency-key", "k")], &task)
        .await;
    for answer in [plain, keyed] {
        super::client::assert_problem(&answer, 401, "UNAUTHORIZED", "Sign in to continue");
    }
}
