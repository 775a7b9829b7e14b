//! Tokens for other services, and the keys that they verify them by.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::header, response::IntoResponse};
use donewell_app::auth::{accounts::Accounts, identity::Identity, service};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Failure, require};

/// A token for the task API and for other services, good for fifteen minutes.
#[utoipa::path(
    get,
    path = "/api/auth/token",
    tag = "tokens",
    responses(
        (status = 200, description = "A fresh token.", body = Token),
        (status = 401, description = "There is no session.", body = Refusal),
    ),
    security(("cookie" = [])),
)]
pub async fn token(
    State(accounts): State<Arc<Accounts>>,
    identity: Extension<Identity>,
) -> Result<Json<Value>, Failure> {
    let signed_in = require(identity)?;
    let token = service::mint(&accounts, &signed_in.user, &signed_in.session)?;
    Ok(Json(json!({ "token": token })))
}

/// `GET /api/auth/token`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// A JWT. Its `sub` is the id in the paths of the tasks.
    pub token: String,
}

/// How the account routes refuse: in Better Auth's form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    #[schema(example = "UNAUTHORIZED")]
    pub code: String,
    pub message: String,
}

/// The keys by which tokens are verified (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct KeySet {
    pub keys: Vec<Value>,
}

/// The keys by which others verify our tokens.
///
/// Kept by others for a short while only: after a rotation they need the new key soon.
#[utoipa::path(
    get,
    path = "/api/auth/jwks",
    tag = "tokens",
    responses((status = 200, description = "The keys, those of the last weeks too.", body = KeySet)),
)]
pub async fn jwks(State(accounts): State<Arc<Accounts>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
        // Public keys may be read by any page.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, accounts.keys.jwks().to_string())
}
