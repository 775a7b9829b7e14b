//! Refusals by the middlewares, in the form that belongs to the path: Better Auth's for the account routes, problems
//! for the API, our own for server functions and pages.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use donewell_app::error::{AppError, ErrorCode};

use super::{Problem, is_api};
use crate::{http::auth::Failure, middleware::authenticate::ACCOUNT_ROUTES};

/// The answer to a request that a middleware stops.
pub fn refused(path: &str, code: ErrorCode) -> Response {
    if path.starts_with(ACCOUNT_ROUTES) {
        return Failure::from(AppError::from(code)).into_response();
    }
    if is_api(path) {
        return Problem::from(AppError::from(code)).into_response();
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN);
    (status, Json(AppError::from(code))).into_response()
}

/// The answer when it cannot even be found out who asks.
pub fn unavailable(path: &str, error: AppError) -> Response {
    if path.starts_with(ACCOUNT_ROUTES) {
        return Failure::from(error).into_response();
    }
    if is_api(path) {
        return Problem::from(error).into_response();
    }
    let status =
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let retry_after = error.retry_after();
    let mut response = (status, Json(error)).into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
