//! Signing up, in and out.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use donewell_app::{
    auth::{
        accounts::Accounts,
        caller::Caller,
        identity::Identity,
        service::{self, Begun, SignIn, SignUp, SignedUp},
    },
    error::ErrorCode,
};
use serde_json::{Value, json};

use super::{Failure, answer, body::Body, optional};

/// The cookie of a session that has just begun, as a header.
pub(super) fn cookie(
    accounts: &Accounts,
    begun: &Begun,
) -> AppendHeaders<[(header::HeaderName, HeaderValue); 1]> {
    let cookie = accounts
        .cookie
        .keep(&begun.secret, begun.session.remembered);
    AppendHeaders([(header::SET_COOKIE, cookie)])
}

pub async fn sign_up(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    Extension(identity): Extension<Identity>,
    body: Body,
) -> Result<Response, Failure> {
    let mut fields = body.fields();
    let callback_url = fields.target("callbackURL", &accounts, ErrorCode::InvalidCallbackUrl)?;
    let (name, email) = (fields.text("name"), fields.text("email"));
    let (password, image) = (fields.text("password"), fields.text_if_any("image"));
    let remember = fields.flag("rememberMe").unwrap_or(true);
    fields.finish()?;
    let former = optional(&identity);
    let request = SignUp {
        name: &name,
        email: &email,
        password: &password,
        image: image.as_deref(),
        remember,
        callback_url: callback_url.as_deref(),
        former: former.as_deref(),
    };
    let signed_up = service::sign_up(&accounts, &caller, request)
        .await
        .map_err(|error| Failure::from(error).with_email_field("email"))?;
    Ok(match signed_up {
        SignedUp::Begun(begun) => {
            let token = service::mint(&accounts, &begun.user, &begun.session)?;
            let body = json!({ "token": token, "user": answer::user(&begun.user) });
            (cookie(&accounts, &begun), Json(body)).into_response()
        }
        SignedUp::Pending(user) => {
            Json(json!({ "token": null, "user": answer::user(&user) })).into_response()
        }
    })
}

pub async fn sign_in(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    Extension(identity): Extension<Identity>,
    body: Body,
) -> Result<Response, Failure> {
    let mut fields = body.fields();
    let callback_url = fields.target("callbackURL", &accounts, ErrorCode::InvalidCallbackUrl)?;
    let (email, password) = (fields.text("email"), fields.text("password"));
    let remember = fields.flag("rememberMe").unwrap_or(true);
    fields.finish()?;
    let former = optional(&identity);
    let request = SignIn {
        email: &email,
        password: &password,
        remember,
        former: former.as_deref(),
    };
    let begun = service::sign_in(&accounts, &caller, request).await?;
    let token = service::mint(&accounts, &begun.user, &begun.session)?;
    let mut body = json!({
        "redirect": callback_url.is_some(),
        "token": token,
        "user": answer::user(&begun.user),
    });
    let cookie = cookie(&accounts, &begun);
    Ok(match callback_url {
        None => (cookie, Json(body)).into_response(),
        Some(url) => {
            let location = HeaderValue::try_from(&url).map_err(|_| {
                Failure::new(
                    StatusCode::FORBIDDEN,
                    "INVALID_CALLBACK_URL",
                    "Invalid callbackURL",
                )
            })?;
            body["url"] = url.into();
            (
                cookie,
                AppendHeaders([(header::LOCATION, location)]),
                Json(body),
            )
                .into_response()
        }
    })
}

pub async fn sign_out(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    Extension(identity): Extension<Identity>,
    body: Body,
) -> Result<
    (
        AppendHeaders<[(header::HeaderName, HeaderValue); 1]>,
        Json<Value>,
    ),
    Failure,
> {
    body.fields_if_any().finish()?;
    if let Some(signed_in) = optional(&identity) {
        service::sign_out(&accounts, &caller, signed_in.user.id, signed_in.session.id).await?;
    }
    let forget = AppendHeaders([(header::SET_COOKIE, accounts.cookie.forget())]);
    Ok((forget, Json(json!({ "success": true }))))
}
