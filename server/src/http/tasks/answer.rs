//! What goes out: a task as programs see it, and the headers that go with it.

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, ETAG, LOCATION},
    },
    response::{IntoResponse, Response},
};
use donewell_app::tasks::{Due, Moment, Task, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conditions::etag;

/// Something to do, or done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Task)]
pub struct TaskBody {
    #[schema(value_type = String, format = "uuid", example = "0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f")]
    id: TaskId,
    /// Whose it is: the id in the path.
    #[schema(example = "0199d0a4-11c2-7aa0-9f31-0c5d2e7b9a44")]
    user_id: String,
    #[schema(example = "Buy milk")]
    title: String,
    #[schema(example = "")]
    description: String,
    #[schema(example = false)]
    completed: bool,
    #[schema(format = DateTime, example = json!(null))]
    completed_at: Option<String>,
    /// A date, or a time in UTC.
    #[schema(example = "2026-12-24")]
    due_date: Option<String>,
    #[schema(format = DateTime, example = "2026-11-21T08:00:00.000Z")]
    created_at: String,
    #[schema(format = DateTime, example = "2026-11-21T08:00:00.000Z")]
    updated_at: String,
}

impl TaskBody {
    pub fn new(subject: &str, task: Task) -> Self {
        Self {
            id: task.id,
            user_id: subject.to_owned(),
            completed: task.is_done(),
            title: task.title,
            description: task.description,
            completed_at: task.completed_at.map(Moment::to_rfc3339),
            due_date: task.due.map(Due::to_text),
            created_at: task.created_at.to_rfc3339(),
            updated_at: task.updated_at.to_rfc3339(),
        }
    }
}

/// A task, and the tag by which the caller can ask whether it is still the same. It may be kept, and has to be asked
/// about each time.
pub fn task(subject: &str, task: Task) -> Response {
    let version = task.version;
    tagged(version, Json(TaskBody::new(subject, task)))
}

/// Word that the caller's copy is still good.
pub fn unchanged(version: i64) -> Response {
    tagged(version, StatusCode::NOT_MODIFIED)
}

fn tagged(version: i64, answer: impl IntoResponse) -> Response {
    let headers = [
        (ETAG, etag(version)),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    ];
    (headers, answer).into_response()
}

/// The answer to a POST, so that it can be given again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Creation {
    is_new: bool,
    version: i64,
    task: TaskBody,
}

impl Creation {
    pub fn new(subject: &str, task: &Task, is_new: bool) -> Self {
        Self {
            is_new,
            version: task.version,
            task: TaskBody::new(subject, task.clone()),
        }
    }
}

impl IntoResponse for Creation {
    fn into_response(self) -> Response {
        let address = format!("{}/{}", list_path(&self.task.user_id), self.task.id);
        let headers = [
            (ETAG, etag(self.version)),
            (
                LOCATION,
                HeaderValue::try_from(address).expect("BUG: it is encoded"),
            ),
        ];
        let status = if self.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        (status, headers, Json(self.task)).into_response()
    }
}

/// The path of somebody's tasks. Another issuer's ids may be any text.
pub fn list_path(subject: &str) -> String {
    let mut path = String::from("/api/");
    for byte in subject.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(byte.into());
        } else {
            use std::fmt::Write;
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path.push_str("/tasks");
    path
}
