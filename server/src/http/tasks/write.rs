//! What changes something.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use donewell_app::{
    auth::accounts::Accounts,
    error::{AppError, ErrorCode},
    tasks::{
        Task, TaskId,
        store::{self, Created, NewTask, Once, TaskChange, Written},
    },
};

use super::{
    access::Access,
    answer::{self, Creation, TaskBody},
    body::Body,
    conditions, idempotency, schema,
};
use crate::http::{
    openapi,
    problem::{Code, FieldError, Problem},
};

/// A new task.
///
/// With an `id` of the client's choice the same request can be sent again: it is answered 200 with the task that stands.
/// With an `Idempotency-Key` the first answer is repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/{user_id}/tasks",
    operation_id = "create_task",
    tag = "tasks",
    params(schema::Owner, schema::IdempotencyKey),
    request_body = schema::NewTask,
    responses(
        (status = 201, description = "The task.", body = TaskBody,
         headers(("ETag" = String, description = "The task's version."), ("Location" = String, description = "Its path."),
                 ("Idempotency-Replayed" = String, description = "`true` where the first answer is repeated."))),
        (status = 200, description = "The same request had made it before: the task as it stands.", body = TaskBody,
         headers(("ETag" = String, description = "The task's version."), ("Location" = String, description = "Its path."))),
        openapi::Access,
        openapi::WithBody,
        openapi::Taken,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn create(
    access: Access,
    State(accounts): State<Arc<Accounts>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let fields = body.object()?;
    let key = idempotency::key(&headers)?;
    let new = fields.new_task().map_err(Problem::fields)?;
    if let Some(key) = key {
        return create_once(&access, &accounts, key, &new).await;
    }
    let now = accounts.clock.now();
    let created = store::insert(&accounts.pool, access.owner(), &new, now).await?;
    Ok(creation(&access, &created)?.into_response())
}

async fn create_once(
    access: &Access,
    accounts: &Accounts,
    key: &str,
    new: &NewTask,
) -> Result<Response, Problem> {
    let once = store::insert_once(
        &accounts.pool,
        access.owner(),
        new,
        idempotency::identify(key, new),
        accounts.clock.now(),
        |created| serde_json::to_value(creation(access, created).ok()?).ok(),
    )
    .await?;
    match once {
        Once::First(created) => Ok(creation(access, &created)?.into_response()),
        Once::Again(answer) => {
            let answer: Creation = serde_json::from_value(answer).map_err(|error| {
                tracing::error!(%error, "a kept answer cannot be read");
                Code::InternalServerError
            })?;
            let replayed = [(idempotency::REPLAYED, HeaderValue::from_static("true"))];
            Ok((replayed, answer).into_response())
        }
        Once::OtherBody => Err(Code::IdempotencyKeyReused.into()),
    }
}

fn creation(access: &Access, created: &Created) -> Result<Creation, Problem> {
    match created {
        Created::New(task) => Ok(Creation::new(access.subject(), task, true)),
        Created::Before(task) => Ok(Creation::new(access.subject(), task, false)),
        Created::Taken => Err(Code::Conflict.into()),
        // Deleted a moment ago.
        Created::NoOwner => Err(Problem::unauthorized(true)),
    }
}

/// The task anew: what is not given is cleared, but for whether it is done.
#[utoipa::path(
    put,
    path = "/api/{user_id}/tasks/{id}",
    operation_id = "replace_task",
    tag = "tasks",
    params(schema::One, schema::IfMatch),
    request_body = schema::ReplacedTask,
    responses(
        (status = 200, description = "The task.", body = TaskBody,
         headers(("ETag" = String, description = "The task's version."))),
        openapi::Access,
        openapi::Missing,
        openapi::WithBody,
        openapi::Conditional,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn replace(
    access: Access,
    State(accounts): State<Arc<Accounts>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let change = body.object()?.replacement();
    update(&access, &accounts, &headers, change).await
}

/// Changes what is given; null clears.
#[utoipa::path(
    patch,
    path = "/api/{user_id}/tasks/{id}",
    operation_id = "change_task",
    tag = "tasks",
    params(schema::One, schema::IfMatch),
    request_body(content((schema::ChangedTask = "application/json"), (schema::ChangedTask = "application/merge-patch+json"))),
    responses(
        (status = 200, description = "The task.", body = TaskBody,
         headers(("ETag" = String, description = "The task's version."))),
        openapi::Access,
        openapi::Missing,
        openapi::WithBody,
        openapi::Conditional,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn change(
    access: Access,
    State(accounts): State<Arc<Accounts>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let change = body.patch()?.change();
    update(&access, &accounts, &headers, change).await
}

async fn update(
    access: &Access,
    accounts: &Accounts,
    headers: &HeaderMap,
    change: Result<TaskChange, Vec<FieldError>>,
) -> Result<Response, Problem> {
    let precondition = conditions::if_match(headers)?;
    let id = access.task()?;
    let change = match change {
        Ok(change) => change,
        Err(errors) => return Err(wrong_fields(access, accounts, id, errors).await),
    };
    let (pool, owner) = (&accounts.pool, access.owner());
    if change.is_empty() {
        let task = store::find(pool, owner, id).await?;
        let task = task.ok_or(Code::TaskNotFound)?;
        let is_meant = precondition.is_none_or(|versions| versions.contains(&task.version));
        return is_meant
            .then(|| answer::task(access.subject(), task))
            .ok_or_else(|| Code::PreconditionFailed.into());
    }
    let now = accounts.clock.now();
    let written = store::update(pool, owner, id, &change, &precondition, now).await?;
    Ok(answer::task(access.subject(), done(written)?))
}

/// Turns round whether the task is done or, with a body, sets it.
#[utoipa::path(
    patch,
    path = "/api/{user_id}/tasks/{id}/complete",
    operation_id = "complete_task",
    tag = "tasks",
    params(schema::One, schema::IfMatch),
    request_body = schema::Completion,
    responses(
        (status = 200, description = "The task.", body = TaskBody,
         headers(("ETag" = String, description = "The task's version."))),
        openapi::Access,
        openapi::Missing,
        openapi::WithBody,
        openapi::Conditional,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn complete(
    access: Access,
    State(accounts): State<Arc<Accounts>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let completed = body.optional_patch()?.completed();
    let precondition = conditions::if_match(&headers)?;
    let id = access.task()?;
    let completed = match completed {
        Ok(completed) => completed,
        Err(errors) => return Err(wrong_fields(&access, &accounts, id, errors).await),
    };
    let written = store::set_completed(
        &accounts.pool,
        access.owner(),
        id,
        completed,
        &precondition,
        accounts.clock.now(),
    )
    .await?;
    Ok(answer::task(access.subject(), done(written)?))
}

/// Deletes the task. From the page it can be restored for 30 days.
#[utoipa::path(
    delete,
    path = "/api/{user_id}/tasks/{id}",
    operation_id = "delete_task",
    tag = "tasks",
    params(schema::One, schema::IfMatch),
    responses(
        (status = 204, description = "It is gone."),
        openapi::Access,
        openapi::Missing,
        openapi::Conditional,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn delete(
    access: Access,
    State(accounts): State<Arc<Accounts>>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let precondition = conditions::if_match(&headers)?;
    let id = access.task()?;
    let now = accounts.clock.now();
    let written = store::delete(&accounts.pool, access.owner(), id, &precondition, now).await?;
    done(written)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A task that is not there has no fields to be wrong.
async fn wrong_fields(
    access: &Access,
    accounts: &Accounts,
    id: TaskId,
    errors: Vec<FieldError>,
) -> Problem {
    match store::find(&accounts.pool, access.owner(), id).await {
        Ok(Some(_)) => Problem::fields(errors),
        Ok(None) => Code::TaskNotFound.into(),
        Err(error) => error.into(),
    }
}

fn done(written: Written) -> Result<Task, Problem> {
    written
        .into_result()
        .map_err(|code: ErrorCode| AppError::from(code).into())
}
