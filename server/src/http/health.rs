//! Whether we live, and whether we can work.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::database::MIGRATIONS;

use donewell_app::pool::Pool;

/// What `/health/ready` answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    why_not: Option<&'static str>,
}

/// Whether the process runs.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "health",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain")),
)]
pub async fn live() -> &'static str {
    "alive\n"
}

/// Whether the database answers and all migrations are in.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses(
        (status = 200, description = "Requests can be answered.", body = Readiness),
        (status = 503, description = "They cannot, and why.", body = Readiness,
         headers(("Retry-After" = i32, description = "How many seconds to wait before the next try."))),
    ),
)]
pub async fn ready(State(pool): State<Pool>) -> (StatusCode, Json<Readiness>) {
    let why_not = match newest_migration(&pool).await {
        Ok(newest) if newest == wanted_migration() => None,
        Ok(_) => Some("the database is not migrated to this version"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Some("the database does not answer")
        }
    };
    let status = match why_not {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let ready = why_not.is_none();
    (status, Json(Readiness { ready, why_not }))
}

fn wanted_migration() -> Option<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).max()
}

/// Not by `query!`: the table is sqlx's own, and not there before the first migration.
async fn newest_migration(pool: &Pool) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(pool)
        .await
}
