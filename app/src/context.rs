//! Reads what the server puts into the reactive context of a request.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context, with_context};
use leptos_axum::ResponseOptions;

use crate::{
    auth::{
        accounts::Accounts,
        caller::Caller,
        identity::{Identity, Owner, SignedIn},
        service::{self, Begun},
    },
    error::{AppError, ErrorCode, RequestId},
    pool::Pool,
    shell::Assets,
    tasks::store::Reader,
    zone,
};

/// What server functions and pages need to know of the running server.
#[derive(Clone, Debug)]
pub struct Backend {
    pub accounts: Arc<Accounts>,
    pub reader: Reader,
    pub assets: Arc<Assets>,
}

/// What has kept a request from its page: this is said in its place.
#[derive(Clone, Debug)]
pub struct Stopped(pub AppError);

/// The database.
pub fn pool() -> Result<Pool, AppError> {
    accounts().map(|accounts| accounts.pool.clone())
}

/// What the use cases of accounts work with.
pub fn accounts() -> Result<Arc<Accounts>, AppError> {
    of_backend(|backend| Arc::clone(&backend.accounts))
}

/// What reads tasks.
pub fn reader() -> Result<Reader, AppError> {
    of_backend(|backend| backend.reader.clone())
}

/// Who this request speaks for, as the server's middleware has found out.
pub fn identity() -> Identity {
    extension().unwrap_or_default()
}

/// Who sent this request.
pub fn caller() -> Caller {
    extension().unwrap_or_default()
}

/// What a middleware has left with the request.
pub fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    of_request(|parts| parts.extensions.get::<T>().cloned())
}

/// Only what is asked for is copied.
fn of_backend<T>(read: impl FnOnce(&Backend) -> T) -> Result<T, AppError> {
    with_context(read).ok_or_else(|| ErrorCode::Internal.into())
}

/// Reads the request where it stands: `use_context` would make a copy of all of it.
fn of_request<T>(read: impl FnOnce(&Parts) -> Option<T>) -> Option<T> {
    with_context(read).flatten()
}

/// Whoever is signed in. Every server function that is not public begins with it.
pub fn require_user() -> Result<Owner, AppError> {
    identity()
        .owner()
        .ok_or_else(|| ErrorCode::Unauthorized.into())
}

/// The session of whoever is signed in, for what concerns the account itself. A token does not suffice: it is shown
/// to other services too, and none of them is to take an account over. Beside one the cookie must be the same
/// session's.
pub async fn require_session() -> Result<Arc<SignedIn>, AppError> {
    match identity() {
        Identity::Cookie(signed_in) => Ok(signed_in),
        Identity::Token(bearer) => {
            let accounts = accounts()?;
            let secret = of_request(|parts| accounts.cookie.read(&parts.headers));
            let secret = secret.ok_or(ErrorCode::Unauthorized)?;
            let found = service::find(&accounts, &secret, false).await?;
            found
                .map(|found| Arc::new(found.signed_in))
                .filter(|signed_in| Some(signed_in.session.id) == bearer.session)
                .ok_or_else(|| ErrorCode::Unauthorized.into())
        }
        Identity::Nobody | Identity::Refused => Err(ErrorCode::Unauthorized.into()),
    }
}

/// Has the browser keep the session that has just begun.
pub fn keep_session(begun: &Begun) -> Result<(), AppError> {
    let cookie = accounts()?
        .cookie
        .keep(&begun.secret, begun.session.remembered);
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    Ok(())
}

/// Has the browser forget its session.
pub fn forget_session() -> Result<(), AppError> {
    let cookie = accounts()?.cookie.forget();
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    Ok(())
}

/// The value of a cookie that the request carries.
pub fn cookie(name: &str) -> Option<String> {
    of_request(|parts| find_cookie(&parts.headers, name))
}

/// The id under which this request is logged.
fn request_id() -> Option<RequestId> {
    of_request(|parts| {
        let id = parts.headers.get("x-request-id")?;
        id.to_str().ok()?.to_owned().try_into().ok()
    })
}

/// Has the browser keep a cookie for a year that only the server reads.
pub fn keep_cookie(name: &str, value: &str) {
    let is_https = accounts().is_ok_and(|accounts| accounts.cookie.https);
    let secure = if is_https { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = cookie.parse() {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, value);
    }
}

/// How many minutes the clocks of whoever asks are ahead of UTC; the browser keeps it in a cookie.
pub fn utc_offset() -> i32 {
    cookie(zone::COOKIE).map_or(0, |text| zone::parse(&text))
}

/// Whether the request is a form sent by a page whose wasm does not run (yet): it wants a page for an answer.
pub fn is_plain_form() -> bool {
    with_context(|parts: &Parts| {
        let mut accepted = parts.headers.get_all(header::ACCEPT).iter();
        accepted.any(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
    })
    .unwrap_or_default()
}

/// Answers the page being rendered with this error's status.
pub fn answer_with(error: &AppError) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    response.set_status(
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    );
    if let Some(seconds) = error.retry_after() {
        response.insert_header(header::RETRY_AFTER, seconds.into());
    }
}

/// Whether a later try may well succeed: a lost connection (08), nothing left (53), a lock or a query that took
/// too long (55P03, 57014), two that waited for each other (40P01, 40001), a server that starts or stops (57P), a standby after a failover (25006).
fn passes_by_itself(code: &str) -> bool {
    ["08", "53", "57P"]
        .iter()
        .any(|class| code.starts_with(class))
        || ["55P03", "57014", "25006", "40P01", "40001"].contains(&code)
}

pub(crate) fn find_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&sqlx::Error> for AppError {
    /// Logs what the database said, once for each caller, and keeps it from them.
    fn from(error: &sqlx::Error) -> Self {
        let code = match error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => ErrorCode::Unavailable,
            sqlx::Error::Database(database)
                if database.code().is_some_and(|code| passes_by_itself(&code)) =>
            {
                ErrorCode::Unavailable
            }
            _ => ErrorCode::Internal,
        };
        tracing::error!(error = %error, "the database did not answer as it should");
        Self {
            code,
            request_id: request_id(),
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        cookies
            .iter()
            .map(|value| (header::COOKIE, value.parse().expect("a header value")))
            .collect()
    }

    #[test]
    fn a_cookie_is_found_among_others_and_in_any_header() {
        let headers = headers(&["a=1; theme=dark", "b=2"]);
        assert_eq!(find_cookie(&headers, "theme").as_deref(), Some("dark"));
        assert_eq!(find_cookie(&headers, "b").as_deref(), Some("2"));
    }

    #[test]
    fn a_cookie_whose_name_merely_ends_alike_is_another() {
        let headers = headers(&["xtheme=dark"]);
        assert_eq!(find_cookie(&headers, "theme"), None);
    }
}
