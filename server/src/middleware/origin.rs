//! No other site may have a browser act in somebody's name. Whatever changes something and carries a cookie must say
//! where it comes from, and that must be us or a site that we trust. Signing in and up are checked without a cookie
//! too, if a browser asks: being signed in as somebody else without knowing it is no better.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, Method,
        header::{COOKIE, ORIGIN, REFERER},
    },
    middleware::Next,
    response::Response,
};
use donewell_app::{auth::accounts::Accounts, error::ErrorCode};
use url::Url;

use crate::http::problem::refused;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Signing in and up, by either door.
const ENTRANCES: [&str; 4] = [
    "/api/auth/sign-in/email",
    "/api/auth/sign-up/email",
    "/fn/auth/sign-in",
    "/fn/auth/sign-up",
];

/// Refuses what another site has made up.
pub async fn check(
    State(accounts): State<Arc<Accounts>>,
    request: Request,
    next: Next,
) -> Response {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    let path = request.uri().path();
    let is_fine = is_safe
        || if headers.contains_key(COOKIE) {
            comes_from_us(&accounts, headers).unwrap_or(false)
        } else if ENTRANCES.contains(&path) {
            // Programs say nothing at all.
            comes_from_us(&accounts, headers).unwrap_or(true)
        } else {
            true
        };
    if is_fine {
        next.run(request).await
    } else {
        refused(path, ErrorCode::InvalidOrigin)
    }
}

/// None if the request doesn't say.
fn comes_from_us(accounts: &Accounts, headers: &HeaderMap) -> Option<bool> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let site = text(FETCH_SITE);
    if site == Some("same-origin") {
        return Some(true);
    }
    if let Some(origin) = text(ORIGIN) {
        return Some(accounts.trusts_origin(origin));
    }
    if let Some(referer) = text(REFERER) {
        let origin = Url::parse(referer).map(|url| url.origin().ascii_serialization());
        return Some(origin.is_ok_and(|origin| accounts.trusts_origin(&origin)));
    }
    // A browser that hides where it comes from.
    site.filter(|site| *site != "none").map(|_| false)
}
