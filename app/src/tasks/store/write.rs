//! One task: read, changed, deleted, restored.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::row::{Row, due_columns};
use crate::{
    auth::UserId,
    error::ErrorCode,
    pool::Pool,
    tasks::{Description, Due, Task, TaskId, Title},
};

/// What is to be changed; what is None stays.
#[derive(Clone, Debug, Default)]
pub struct TaskChange {
    pub title: Option<Title>,
    pub description: Option<Description>,
    /// Some(None) takes it away.
    pub due: Option<Option<Due>>,
    pub completed: Option<bool>,
}

impl TaskChange {
    pub const fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.description.is_none()
            && self.due.is_none()
            && self.completed.is_none()
    }
}

/// Which versions of the task the change was made for. None is any.
pub type Precondition = Option<Vec<i64>>;

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    Done(Task),
    NotFound,
    /// The task has changed since.
    Stale,
}

impl Written {
    pub fn into_result(self) -> Result<Task, ErrorCode> {
        match self {
            Self::Done(task) => Ok(task),
            Self::NotFound => Err(ErrorCode::TaskNotFound),
            Self::Stale => Err(ErrorCode::PreconditionFailed),
        }
    }
}

pub async fn find(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    id: TaskId,
) -> sqlx::Result<Option<Task>> {
    let mut rows = sqlx::query_as!(
        Row,
        "SELECT id, title, description, completed_at, due_date, due_at, created_at, updated_at, version
         FROM task WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL",
        owner.0,
        id.0
    )
    // To the end of the answer: what is left of one has to be read before the connection is somebody else's.
    .fetch_all(executor)
    .await?;
    Ok(rows.pop().map(Into::into))
}

/// Everything, deleted tasks apart: for those who take their data with them.
pub async fn find_all(pool: &Pool, owner: UserId) -> sqlx::Result<Vec<Task>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, title, description, completed_at, due_date, due_at, created_at, updated_at, version
         FROM task WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY created_at, id",
        owner.0
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub async fn update(
    pool: &Pool,
    owner: UserId,
    id: TaskId,
    change: &TaskChange,
    precondition: &Precondition,
    now: OffsetDateTime,
) -> sqlx::Result<Written> {
    let (due_date, due_at) = due_columns(change.due.flatten());
    let row = sqlx::query_as!(
        Row,
        "UPDATE task
         SET title = coalesce($3, title), description = coalesce($4, description),
             due_date = CASE WHEN $5 THEN $6 ELSE due_date END, due_at = CASE WHEN $5 THEN $7 ELSE due_at END,
             completed_at = CASE WHEN $8::boolean IS NULL THEN completed_at WHEN $8 THEN coalesce(completed_at, $9) END,
             updated_at = $9, version = version + 1
         WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND ($10::bigint[] IS NULL OR version = ANY ($10))
         RETURNING id, title, description, completed_at, due_date, due_at, created_at, updated_at, version",
        owner.0,
        id.0,
        change.title.as_ref().map(Title::as_str),
        change.description.as_ref().map(Description::as_str),
        change.due.is_some(),
        due_date,
        due_at,
        change.completed,
        now,
        precondition.as_deref()
    )
    .fetch_optional(pool)
    .await?;
    written(pool, owner, id, precondition, row).await
}

/// To the given state, else to the other one. What is so already stays as it is, its version too.
pub async fn set_completed(
    pool: &Pool,
    owner: UserId,
    id: TaskId,
    completed: Option<bool>,
    precondition: &Precondition,
    now: OffsetDateTime,
) -> sqlx::Result<Written> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE task
         SET completed_at = CASE WHEN coalesce($3, NOT done) THEN coalesce(completed_at, $4) END,
             updated_at = CASE WHEN done = $3 THEN updated_at ELSE $4 END,
             version = version + CASE WHEN done = $3 THEN 0 ELSE 1 END
         WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND ($5::bigint[] IS NULL OR version = ANY ($5))
         RETURNING id, title, description, completed_at, due_date, due_at, created_at, updated_at, version",
        owner.0,
        id.0,
        completed,
        now,
        precondition.as_deref()
    )
    .fetch_optional(pool)
    .await?;
    written(pool, owner, id, precondition, row).await
}

pub async fn delete(
    pool: &Pool,
    owner: UserId,
    id: TaskId,
    precondition: &Precondition,
    now: OffsetDateTime,
) -> sqlx::Result<Written> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE task SET deleted_at = $3, version = version + 1
         WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL AND ($4::bigint[] IS NULL OR version = ANY ($4))
         RETURNING id, title, description, completed_at, due_date, due_at, created_at, updated_at, version",
        owner.0,
        id.0,
        now,
        precondition.as_deref()
    )
    .fetch_optional(pool)
    .await?;
    written(pool, owner, id, precondition, row).await
}

/// Takes a deletion back. A task that is not deleted stays as it is.
pub async fn restore(
    pool: &Pool,
    owner: UserId,
    id: TaskId,
    now: OffsetDateTime,
) -> sqlx::Result<Option<Task>> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE task SET deleted_at = NULL, version = version + CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END
         WHERE owner_id = $1 AND id = $2 AND (deleted_at IS NULL OR deleted_at >= $3)
         RETURNING id, title, description, completed_at, due_date, due_at, created_at, updated_at, version",
        owner.0,
        id.0,
        now - super::RESTORABLE
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(Into::into))
}

/// Nothing was changed: is there no such task, or another version of it?
async fn written(
    pool: &Pool,
    owner: UserId,
    id: TaskId,
    precondition: &Precondition,
    row: Option<Row>,
) -> sqlx::Result<Written> {
    Ok(match row {
        Some(row) => Written::Done(row.into()),
        None if precondition.is_some() && find(pool, owner, id).await?.is_some() => Written::Stale,
        None => Written::NotFound,
    })
}
