//! Other sites that the operator trusts may call the API from browsers, with the cookie. A browser that asks first is
//! answered before anybody is asked who they are.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::{
        HeaderName, Method,
        header::{
            ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH,
            IF_NONE_MATCH, LINK, LOCATION, RETRY_AFTER,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use donewell_app::auth::accounts::Accounts;
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::record::REQUEST_ID;

const PREFLIGHT_KEPT: Duration = Duration::from_mins(10);
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");
const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// What they may send, and which headers of the answers their scripts may read.
pub fn layer(accounts: &Accounts) -> CorsLayer {
    let origins = accounts
        .trusted_origins
        .iter()
        .filter_map(|origin| origin.parse().ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            IDEMPOTENCY_KEY,
        ])
        .expose_headers([
            SET_AUTH_JWT,
            X_RETRY_AFTER,
            RETRY_AFTER,
            ETAG,
            LINK,
            LOCATION,
            IDEMPOTENCY_REPLAYED,
            REQUEST_ID,
        ])
        .max_age(PREFLIGHT_KEPT)
}

/// For everything under `/api`; pages and files are nobody else's to read.
pub async fn answer(State(cors): State<CorsLayer>, request: Request, next: Next) -> Response {
    let asks_first = request
        .headers()
        .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    // To other OPTIONS the router answers.
    let is_plain = request.method() == Method::OPTIONS && !asks_first;
    if is_plain || !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    cors.layer(next).oneshot(request).await.into_response()
}
