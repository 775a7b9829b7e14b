//! Server functions of the task page: thin, over the same `store` as the REST API. Each begins with `require_user()`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Counts, Sort, Status, Task};
use crate::{client::SessionClient, error::AppError};

/// Some tasks of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskPage {
    pub tasks: Vec<Task>,
    /// To be sent back for those that come after them, if there are any.
    pub next: Option<String>,
}

/// What the task page shows at first: what is open above what is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskBoard {
    /// Which of the two were asked for.
    pub status: Status,
    pub open: TaskPage,
    pub done: TaskPage,
    pub counts: Counts,
}

/// The first tasks of both lists, or of the one that is asked for.
#[server(prefix = "/fn", endpoint = "tasks/list", client = SessionClient)]
pub async fn list_tasks(status: Status, sort: Sort, search: String) -> Result<TaskBoard, AppError> {
    super::server::board(status, sort, search).await
}

/// What comes after; `status` is one of the two lists.
#[server(prefix = "/fn", endpoint = "tasks/list-more", client = SessionClient)]
pub async fn list_more_tasks(
    status: Status,
    sort: Sort,
    search: String,
    after: String,
) -> Result<TaskPage, AppError> {
    super::server::more(status, sort, search, &after).await
}

#[server(prefix = "/fn", endpoint = "tasks/get", client = SessionClient)]
pub async fn get_task(id: String) -> Result<Task, AppError> {
    super::server::get(&id).await
}

/// With an `id` of the caller's choice it can be asked for again without harm.
#[server(prefix = "/fn", endpoint = "tasks/add", client = SessionClient)]
pub async fn add_task(
    id: Option<String>,
    title: String,
    description: Option<String>,
    due_date: Option<String>,
) -> Result<Task, AppError> {
    super::server::add(
        id.as_deref(),
        &title,
        description.as_deref(),
        due_date.as_deref(),
    )
    .await
}

/// Changes what is given. With a `version`, only if the task is still that one.
#[server(prefix = "/fn", endpoint = "tasks/edit", client = SessionClient)]
pub async fn edit_task(
    id: String,
    title: Option<String>,
    description: Option<String>,
    due_date: Option<String>,
    version: Option<i64>,
) -> Result<Task, AppError> {
    let change = super::server::Edit {
        title,
        description,
        due_date,
        version,
    };
    super::server::edit(&id, change).await
}

#[server(prefix = "/fn", endpoint = "tasks/set-completed", client = SessionClient)]
pub async fn set_task_completed(id: String, completed: bool) -> Result<Task, AppError> {
    super::server::set_completed(&id, completed).await
}

#[server(prefix = "/fn", endpoint = "tasks/delete", client = SessionClient)]
pub async fn delete_task(id: String) -> Result<(), AppError> {
    super::server::delete(&id).await
}

/// Takes a deletion back, for 30 days.
#[server(prefix = "/fn", endpoint = "tasks/restore", client = SessionClient)]
pub async fn restore_task(id: String) -> Result<Task, AppError> {
    super::server::restore(&id).await
}
