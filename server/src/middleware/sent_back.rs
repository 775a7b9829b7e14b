//! Lets a plain form that is sent back with an error keep what was typed, as far as it does no harm.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, Method,
        header::{LOCATION, SET_COOKIE},
    },
    middleware::Next,
    response::Response,
};
use donewell_app::{
    error::{AppError, ErrorCode},
    sent_back::SentBack,
};
use leptos::server_fn::error::ServerFnUrlError;
use url::form_urlencoded;

use super::{headers::Https, problem_page::wants_a_page};
use crate::http::problem::refused;

/// Comes before whatever has made the address of the answer one of ours.
pub async fn keep(State(Https(https)): State<Https>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_plain_form = *request.method() == Method::POST
        && path.starts_with("/fn/")
        && wants_a_page(request.headers());
    if !is_plain_form {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // The router's limit bounds it.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return refused(&path, ErrorCode::TooLarge);
    };
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let mut response = next.run(request).await;
    let cookie = page_with_error(response.headers())
        .and_then(|page| SentBack::from_body(&body).cookie(https, &page, &path));
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The page that a form is sent back to with an error. Not where the session has ended: somebody else may be the
/// next to see that page.
fn page_with_error(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let (page, query) = location.split_once('?')?;
    let (_, error) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "__err")?;
    let error: AppError = ServerFnUrlError::<AppError>::decode_err(error.as_ref());
    (error.code != ErrorCode::Unauthorized).then(|| page.to_owned())
}
