//! Refusals by the middlewares, in the form that belongs to the path: Better Auth's for the account routes, problems
//! for the API, our own for server functions and pages.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use donewell_app::{
    context::Stopped,
    error::{AppError, ErrorCode},
};

use super::{Problem, is_api};
use crate::{http::auth::Failure, middleware::authenticate::ACCOUNT_ROUTES};

/// The answer to a request that a middleware stops.
pub fn refused(path: &str, code: ErrorCode) -> Response {
    stopped(path, code.into())
}

/// The answer where something has gone wrong. Whoever waits for a page gets one instead, see `middleware::problem_page`.
pub fn stopped(path: &str, error: AppError) -> Response {
    if path.starts_with(ACCOUNT_ROUTES) {
        return Failure::from(error).into_response();
    }
    if is_api(path) {
        return Problem::from(error).into_response();
    }
    let status =
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(error.clone())).into_response();
    if let Some(seconds) = error.retry_after() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(Stopped(error));
    response
}
