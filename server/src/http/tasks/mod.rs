//! `/api/{user_id}/tasks`: the tasks for other programs, over the same `store` as the pages' server functions.
//!
//! Every handler begins with `Access`, which decides 401, 403 and 429 before anything else is looked at. Then come
//! 400, 404, 422, and last 409 and 412.

mod access;
pub mod answer;
mod body;
mod conditions;
mod idempotency;
pub mod query;
pub mod read;
pub mod schema;
pub mod write;

use std::sync::Arc;

use axum::{Router, extract::FromRef, routing::get, routing::patch};
use donewell_app::{auth::accounts::Accounts, tasks::store::Reader};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Accounts>: FromRef<S>,
    Reader: FromRef<S>,
{
    Router::new()
        .route("/api/{user_id}/tasks", get(read::list).post(write::create))
        .route(
            "/api/{user_id}/tasks/{id}",
            get(read::get)
                .put(write::replace)
                .patch(write::change)
                .delete(write::delete),
        )
        .route("/api/{user_id}/tasks/{id}/complete", patch(write::complete))
}
