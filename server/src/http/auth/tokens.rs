//! Tokens for other services, and the keys that they verify them by.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::header, response::IntoResponse};
use donewell_app::auth::{accounts::Accounts, identity::Identity, service};
use serde_json::{Value, json};

use super::{Failure, require};

pub async fn token(
    State(accounts): State<Arc<Accounts>>,
    identity: Extension<Identity>,
) -> Result<Json<Value>, Failure> {
    let signed_in = require(identity)?;
    let token = service::mint(&accounts, &signed_in.user, &signed_in.session)?;
    Ok(Json(json!({ "token": token })))
}

/// Kept by others for a short while only: after a rotation they need the new key soon.
pub async fn jwks(State(accounts): State<Arc<Accounts>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
        // Public keys may be read by any page.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, accounts.keys.jwks().to_string())
}
