//! Failures as the caller gets them: the status that belongs to a server function's error, a way back that is
//! ours, and an answer even when a handler panics.

use std::any::Any;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, HOST, LOCATION, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use donewell_app::{
    context::Stopped,
    error::{AppError, ErrorCode},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use url::Url;

use crate::http::problem::refused;

/// An `AppError` is a few dozen bytes.
const LARGEST_ERROR: usize = 16 * 1024;

/// Leptos sends a plain form back to whatever `Referer` names; this keeps it on this site, with the error that
/// the address may carry.
pub async fn stay_here(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/fn/") {
        return next.run(request).await;
    }
    let host = request.headers().get(HOST).cloned();
    let mut response = next.run(request).await;
    let Some(location) = response.headers().get(LOCATION) else {
        return response;
    };
    let host = host.as_ref().and_then(|host| host.to_str().ok());
    if let Some(here) = location.to_str().ok().and_then(|to| on_this_site(to, host)) {
        response.headers_mut().insert(LOCATION, here);
    }
    response
}

/// Path and query of an absolute address, or the start page with its error if the address is not ours, or none of a
/// page: what stopped a form may be shown at the form's own. None if it is relative already.
pub fn on_this_site(location: &str, host: Option<&str>) -> Option<HeaderValue> {
    if location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\") {
        return None;
    }
    let url = Url::parse(location).ok();
    let is_of_a_form = |url: &Url| url.path().trim_start_matches('/').starts_with("fn/");
    let is_ours = |url: &Url| host.is_some_and(|host| Some(host) == authority(url).as_deref());
    let path = match &url {
        Some(url) if is_ours(url) && !is_of_a_form(url) => url.path(),
        _ => "/",
    };
    let query = url.as_ref().and_then(Url::query).unwrap_or_default();
    let here = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    // A path that starts with two slashes would name a host.
    let here = format!("/{}", here.trim_start_matches('/'));
    HeaderValue::from_str(&here).ok()
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// Leptos answers 500 whenever a server function fails; this looks into the error for what it should be.
pub async fn set_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let failed = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !failed {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ERROR).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        parts.status =
            StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(seconds) = error.retry_after() {
            parts
                .headers
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// A body that says itself that it is too large is refused in bare text; this says it in the path's own form.
pub async fn too_large(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let is_bare = response.status() == StatusCode::PAYLOAD_TOO_LARGE
        && response
            .headers()
            .get(CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if is_bare {
        refused(&path, ErrorCode::TooLarge)
    } else {
        response
    }
}

/// The answer for a handler that panicked. The panic itself is in the log.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = message, "a handler panicked");
    let mut response = (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong on our side.\n",
    )
        .into_response();
    response
        .extensions_mut()
        .insert(Stopped(ErrorCode::Internal.into()));
    response
}
