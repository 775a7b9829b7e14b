//! The list, and one task of it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header::LINK},
    response::{IntoResponse, Response},
};
use donewell_app::{auth::accounts::Accounts, tasks::store::Reader};

use super::{
    access::Access,
    answer::{self, TaskBody, list_path},
    conditions,
    query::Wanted,
    schema,
};
use crate::http::{
    openapi,
    problem::{Code, Problem},
};

/// The tasks, a page at a time.
///
/// `Link` names the next page, if there is one.
#[utoipa::path(
    get,
    path = "/api/{user_id}/tasks",
    operation_id = "list_tasks",
    tag = "tasks",
    params(schema::Owner, schema::List),
    responses(
        (status = 200, description = "A page of the list.", body = [TaskBody],
         headers(("Link" = String, description = "`<address>; rel=\"next\"`: the next page, if there is one."))),
        openapi::Access,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn list(
    access: Access,
    State(accounts): State<Arc<Accounts>>,
    State(reader): State<Reader>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wanted = Wanted::parse(query.as_deref().unwrap_or_default())?;
    let listed = reader
        .list(
            access.owner(),
            &wanted.query,
            wanted.after.as_ref(),
            wanted.limit,
        )
        .await?;
    let tasks = listed.tasks.into_iter();
    let tasks: Vec<_> = tasks
        .map(|task| TaskBody::new(access.subject(), task))
        .collect();
    let mut response = Json(tasks).into_response();
    if let Some(next) = listed.next {
        let address = format!(
            "<{}{}?{}>; rel=\"next\"",
            accounts.origin,
            list_path(access.subject()),
            wanted.to_query(&next)
        );
        let address = HeaderValue::try_from(address).expect("BUG: it is encoded");
        response.headers_mut().insert(LINK, address);
    }
    Ok(response)
}

/// One task.
#[utoipa::path(
    get,
    path = "/api/{user_id}/tasks/{id}",
    operation_id = "get_task",
    tag = "tasks",
    params(schema::One, schema::IfNoneMatch),
    responses(
        (status = 200, description = "The task.", body = TaskBody,
         headers(("ETag" = String, description = "The task's version, for `If-Match` and `If-None-Match`."))),
        (status = 304, description = "The caller's copy is still good."),
        openapi::Access,
        openapi::Missing,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn get(
    access: Access,
    State(reader): State<Reader>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = reader.find(access.owner(), access.task()?).await?;
    let task = found.ok_or(Code::TaskNotFound)?;
    if conditions::is_unchanged(&headers, &task)? {
        return Ok(answer::unchanged(task.version));
    }
    Ok(answer::task(access.subject(), task))
}
