//! Who a request speaks for. A token, where one is shown, decides alone; else the session's cookie does. The
//! account routes know the cookie only: a token must not buy another one.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{AUTHORIZATION, CACHE_CONTROL, SET_COOKIE},
    },
    middleware::Next,
    response::Response,
};
use donewell_app::{
    auth::{accounts::Accounts, identity::Identity, service, token::Refusal},
    error::AppError,
    tasks::{
        ahead::{self, Ahead},
        store::Reader,
    },
};

use crate::http::problem::stopped;

/// Where the cookie alone counts.
pub const ACCOUNT_ROUTES: &str = "/api/auth/";
const CALLS: [&str; 2] = ["/api/", "/fn/"];
const GET_SESSION: &str = "/api/auth/get-session";

/// Finds out, tells the handlers, and keeps the browser's cookie in step.
pub async fn authenticate(
    State((accounts, reader)): State<(Arc<Accounts>, Reader)>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let token = bearer(request.headers()).filter(|_| !path.starts_with(ACCOUNT_ROUTES));
    let cookie = accounts.cookie;
    let (headers, query) = (request.headers(), request.uri().query().unwrap_or_default());
    let may_extend = !query.contains("disableRefresh=true");
    let looks_ahead = ahead::is_wanted(request.method(), request.uri());
    let found = match token {
        Some(token) => by_token(&accounts, token).await,
        None => {
            by_cookie(
                &accounts,
                headers,
                may_extend,
                looks_ahead.then_some(&reader),
            )
            .await
        }
    };
    let (identity, cookie_is, ahead) = match found {
        Ok(found) => found,
        Err(error) => return stopped(path, error),
    };
    let update = match (&identity, cookie_is) {
        (Identity::Cookie(signed_in), CookieIs::Extended) => cookie
            .read(headers)
            .map(|secret| cookie.keep(&secret, signed_in.session.remembered)),
        (_, CookieIs::Over) if may_forget(&request) => Some(cookie.forget()),
        _ => None,
    };
    request.extensions_mut().insert(identity);
    if let Some(ahead) = ahead {
        request.extensions_mut().insert(ahead);
    }
    let mut response = next.run(request).await;
    if let Some(update) = update
        && !cookie.is_set(response.headers())
    {
        response.headers_mut().append(SET_COOKIE, update);
        // Whatever the answer is: with somebody's cookie in it no cache may keep it.
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether the browser may be told to forget a cookie that opens nothing. Calls run in the background, also of
/// other tabs: their answers may come after another session has begun, and would take its cookie away.
fn may_forget(request: &Request) -> bool {
    let path = request.uri().path();
    let is_page = !CALLS.iter().any(|calls| path.starts_with(calls));
    let is_loaded = request
        .headers()
        .get("sec-fetch-mode")
        .is_none_or(|mode| mode == "navigate");
    let is_get = *request.method() == Method::GET;
    is_get && (is_page && is_loaded || path == GET_SESSION)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?;
    // What cannot be read was meant to be one all the same: it is refused, not ignored.
    let Ok(text) = value.to_str() else {
        return Some("");
    };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// What the browser should be told of its cookie.
#[derive(Clone, Copy)]
enum CookieIs {
    Fine,
    Extended,
    Over,
}

/// Who it is, what becomes of the cookie, and what has been read along with its session.
type Found = (Identity, CookieIs, Option<Ahead>);

async fn by_token(accounts: &Accounts, token: &str) -> Result<Found, AppError> {
    match accounts.verifier.verify(token).await {
        Ok(bearer) => Ok((Identity::Token(bearer), CookieIs::Fine, None)),
        Err(Refusal::Invalid) => Ok((Identity::Refused, CookieIs::Fine, None)),
        Err(Refusal::Failed(error)) => Err(error),
    }
}

async fn by_cookie(
    accounts: &Accounts,
    headers: &HeaderMap,
    may_extend: bool,
    ahead_by: Option<&Reader>,
) -> Result<Found, AppError> {
    if !accounts.cookie.is_sent(headers) {
        return Ok((Identity::Nobody, CookieIs::Fine, None));
    }
    let Some(secret) = accounts.cookie.read(headers) else {
        return Ok((Identity::Nobody, CookieIs::Over, None));
    };
    let (opened, ahead) = match ahead_by {
        Some(reader) => ahead::find(accounts, reader, &secret, may_extend).await?,
        None => (service::find(accounts, &secret, may_extend).await?, None),
    };
    let Some(opened) = opened else {
        return Ok((Identity::Nobody, CookieIs::Over, None));
    };
    let cookie_is = if opened.is_extended {
        CookieIs::Extended
    } else {
        CookieIs::Fine
    };
    let identity = Identity::Cookie(Arc::new(opened.signed_in));
    Ok((identity, cookie_is, ahead))
}
