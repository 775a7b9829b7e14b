//! Reads what the server puts into the reactive context of a request.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use sqlx::PgPool;

use crate::error::{AppError, ErrorCode, RequestId};

/// What server functions and pages need to know of the running server.
#[derive(Clone, Debug)]
pub struct Backend {
    pub pool: PgPool,
    /// Whether people reach us by https: cookies are Secure then.
    pub https: bool,
    pub assets: Arc<crate::shell::Assets>,
}

/// The database.
pub fn pool() -> Result<PgPool, AppError> {
    use_context::<Backend>()
        .map(|backend| backend.pool)
        .ok_or_else(|| ErrorCode::Internal.into())
}

/// The value of a cookie that the request carries.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    find_cookie(&parts.headers, name)
}

/// The id under which this request is logged.
fn request_id() -> Option<RequestId> {
    let parts = use_context::<Parts>()?;
    let id = parts.headers.get("x-request-id")?;
    id.to_str().ok()?.to_owned().try_into().ok()
}

/// Has the browser keep a cookie for a year that only the server reads.
pub fn keep_cookie(name: &str, value: &str) {
    let secure = match use_context::<Backend>() {
        Some(Backend { https: true, .. }) => "; Secure",
        _ => "",
    };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = cookie.parse() {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, value);
    }
}

/// Whether the request is a form sent by a page whose wasm does not run (yet): it wants a page for an answer.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get_all(header::ACCEPT)
            .iter()
            .any(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
    })
}

/// Answers the page being rendered with this error's status.
pub fn answer_with(error: &AppError) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    response.set_status(
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    );
    if let Some(seconds) = error.code.retry_after() {
        response.insert_header(header::RETRY_AFTER, seconds.into());
    }
}

/// Whether a later try may well succeed: a lost connection (08), nothing left (53), a lock or a query that took
/// too long (55P03, 57014), a server that starts or stops (57P), a standby after a failover (25006).
fn passes_by_itself(code: &str) -> bool {
    ["08", "53", "57P"]
        .iter()
        .any(|class| code.starts_with(class))
        || ["55P03", "57014", "25006"].contains(&code)
}

fn find_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
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
    /// Logs what the database said, once, and keeps it from the caller.
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
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
