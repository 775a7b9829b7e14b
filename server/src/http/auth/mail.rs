//! What begins or ends with a mail: a forgotten password, an address to be proved.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{FromRequestParts, Path, State, rejection::PathRejection},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Response},
};
use donewell_app::{
    auth::{
        accounts::Accounts,
        caller::Caller,
        identity::Identity,
        service::{self, Followed},
    },
    error::{AppError, ErrorCode},
};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{Failure, answer, body::Body, optional};

/// The same for every address.
const RESET_SENT: &str = "If this email exists in our system, check your email for the reset link";

pub async fn request_password_reset(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let mut fields = body.fields();
    let redirect_to = fields.target("redirectTo", &accounts, ErrorCode::InvalidRedirectUrl)?;
    let email = fields.text("email");
    fields.finish()?;
    service::request_password_reset(&accounts, &caller, &email, redirect_to.as_deref())
        .map_err(|error| Failure::from(error).with_email_field("email"))?;
    Ok(Json(json!({ "status": true, "message": RESET_SENT })))
}

/// What a link may say behind the `?`.
#[derive(Debug)]
pub struct LinkQuery {
    token: Option<String>,
    callback_url: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for LinkQuery {
    type Rejection = Failure;

    /// Axum's own reader refuses in bare text, which no client of Better Auth reads.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let find = |name: &str| {
            let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
            let first = found.next().map(|(_, value)| value.into_owned());
            match found.next() {
                // As Better Auth reads it.
                Some(_) => Err(Failure::validation(&format!(
                    "[query.{name}] Invalid input: expected string, received array"
                ))),
                None => Ok(first),
            }
        };
        Ok(Self {
            token: find("token")?,
            callback_url: find("callbackURL")?,
        })
    }
}

impl LinkQuery {
    fn callback_url(&self, accounts: &Accounts) -> Result<Option<&str>, Failure> {
        match self.callback_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) if !accounts.trusts_target(url) => {
                Err(AppError::from(ErrorCode::InvalidCallbackUrl).into())
            }
            url => Ok(url),
        }
    }
}

/// The link of a mail: on to the page that sets the new password. Does not use the link up.
pub async fn follow_reset_link(
    State(accounts): State<Arc<Accounts>>,
    token: Result<Path<String>, PathRejection>,
    query: LinkQuery,
) -> Result<Response, Failure> {
    let Path(token) =
        token.map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Bad request"))?;
    if query.callback_url.is_none() {
        return Err(Failure::validation(
            "[query.callbackURL] Invalid input: expected string, received undefined",
        ));
    }
    let target = query.callback_url(&accounts)?.unwrap_or("/reset-password");
    let is_good = service::is_reset_token_good(&accounts, &token).await?;
    let (name, value) = if is_good {
        ("token", token.as_str())
    } else {
        ("error", "INVALID_TOKEN")
    };
    let base = Url::parse(&accounts.origin).ok();
    let mut url = Url::options()
        .base_url(base.as_ref())
        .parse(target)
        .map_err(|_| AppError::from(ErrorCode::InvalidCallbackUrl))?;
    url.query_pairs_mut().append_pair(name, value);
    redirect(url.as_str())
}

pub async fn reset_password(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    query: LinkQuery,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let mut fields = body.fields();
    let new = fields.text("newPassword");
    let token = fields
        .text_if_any("token")
        .or(query.token)
        .unwrap_or_default();
    fields.finish()?;
    service::reset_password(&accounts, &caller, &token, &new).await?;
    Ok(answer::done())
}

pub async fn send_verification_email(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    Extension(identity): Extension<Identity>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let mut fields = body.fields();
    let callback_url = fields.target("callbackURL", &accounts, ErrorCode::InvalidCallbackUrl)?;
    let email = fields.text("email");
    fields.finish()?;
    let signed_in = optional(&identity);
    service::send_verification(
        &accounts,
        &caller,
        signed_in.as_deref(),
        &email,
        callback_url.as_deref(),
    )
    .map_err(|error| Failure::from(error).with_email_field("email"))?;
    Ok(answer::done())
}

/// Only GET: what merely looks whether a link is there must not use it up.
pub async fn verify_email(
    method: Method,
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    Extension(identity): Extension<Identity>,
    query: LinkQuery,
) -> Result<Response, Failure> {
    if method == Method::HEAD {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into_response());
    }
    let target = query.callback_url(&accounts)?;
    let Some(token) = &query.token else {
        return Err(Failure::validation(
            "[query.token] Invalid input: expected string, received undefined",
        ));
    };
    let signed_in = optional(&identity);
    let followed = service::verify_email(&accounts, &caller, signed_in.as_deref(), token).await;
    match (followed, target) {
        (Ok(_), Some(target)) => redirect(target),
        (Ok(followed), None) => {
            let user = match &followed {
                Followed::Verified => Value::Null,
                Followed::Changed(user) => answer::user(user),
            };
            Ok(Json(json!({ "status": true, "user": user })).into_response())
        }
        (Err(error), Some(target)) if !error.code.is_passing() => {
            redirect(&with_error(target, Failure::from(error).code()))
        }
        (Err(error), _) => {
            let is_token = error.code == ErrorCode::InvalidToken;
            let failure = Failure::from(error);
            let status = if is_token {
                StatusCode::UNAUTHORIZED
            } else {
                failure.status()
            };
            Err(failure.with_status(status))
        }
    }
}

/// `?error=` in a relative or absolute address, before its `#`.
fn with_error(target: &str, code: &str) -> String {
    let (address, fragment) = match target.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (target, String::new()),
    };
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}error={code}{fragment}")
}

fn redirect(location: &str) -> Result<Response, Failure> {
    let location = HeaderValue::try_from(location)
        .map_err(|_| AppError::from(ErrorCode::InvalidCallbackUrl))?;
    Ok((
        StatusCode::FOUND,
        AppendHeaders([(header::LOCATION, location)]),
    )
        .into_response())
}
