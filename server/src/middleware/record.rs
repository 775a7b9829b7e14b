//! A request's id, its line in the log and its share of the metrics.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, Method},
    middleware::Next,
    response::Response,
};
use metrics::histogram;
use tracing::{Span, info_span};

use crate::metrics::DURATION;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Forgets an id that the caller has made up: ours are what people quote and operators search for.
pub async fn forget_foreign_id(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(REQUEST_ID);
    next.run(request).await
}

/// The span that everything logged for this request stands in. Without the query: it may hold a token.
pub fn span<B>(request: &axum::http::Request<B>) -> Span {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    info_span!("request", id, method = %request.method(), path = loggable(request.uri().path()))
}

/// The one path that has a secret in it, without it.
fn loggable(path: &str) -> &str {
    const WITH_TOKEN: &str = "/api/auth/reset-password/";
    if path.starts_with(WITH_TOKEN) {
        WITH_TOKEN
    } else {
        path
    }
}

/// Methods, too, can be made up.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times by route, so that no caller can make up labels.
pub async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = known(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    histogram!(DURATION, "method" => method, "route" => route, "status" => status)
        .record(start.elapsed().as_secs_f64());
    response
}
