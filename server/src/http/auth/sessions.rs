//! The session at hand and the others of the same user.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use donewell_app::auth::{
    SessionId, accounts::Accounts, caller::Caller, identity::Identity, service,
};
use serde_json::{Value, json};

use super::{Failure, answer, body::Body, optional, require};

const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

pub async fn get_session(
    State(accounts): State<Arc<Accounts>>,
    Extension(identity): Extension<Identity>,
) -> Result<Response, Failure> {
    let no_cache = AppendHeaders([(header::PRAGMA, HeaderValue::from_static("no-cache"))]);
    let Some(signed_in) = optional(&identity) else {
        return Ok((no_cache, Json(Value::Null)).into_response());
    };
    let token = service::mint(&accounts, &signed_in.user, &signed_in.session)?;
    let body = json!({
        "session": answer::session(&signed_in.session),
        "user": answer::user(&signed_in.user),
    });
    let mut response = (no_cache, Json(body)).into_response();
    if let Ok(token) = HeaderValue::try_from(token) {
        let headers = response.headers_mut();
        headers.insert(SET_AUTH_JWT, token);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("set-auth-jwt"),
        );
    }
    Ok(response)
}

pub async fn list(
    State(accounts): State<Arc<Accounts>>,
    identity: Extension<Identity>,
) -> Result<Json<Vec<Value>>, Failure> {
    let signed_in = require(identity)?;
    let sessions = service::list(&accounts, signed_in.user.id).await?;
    Ok(Json(sessions.iter().map(answer::session).collect()))
}

/// An unknown session, or another user's, is answered alike.
pub async fn revoke_one(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let mut fields = body.fields();
    let token = fields.text("token");
    fields.finish()?;
    let signed_in = require(identity)?;
    if let Ok(id) = token.parse() {
        service::end_one(&accounts, &caller, signed_in.user.id, SessionId(id)).await?;
    }
    Ok(answer::done())
}

pub async fn revoke_all(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<impl IntoResponse, Failure> {
    body.fields_if_any().finish()?;
    let signed_in = require(identity)?;
    service::end_all(&accounts, &caller, signed_in.user.id).await?;
    let forget = AppendHeaders([(header::SET_COOKIE, accounts.cookie.forget())]);
    Ok((forget, answer::done()))
}

pub async fn revoke_others(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    body.fields_if_any().finish()?;
    let signed_in = require(identity)?;
    service::end_others(&accounts, &caller, signed_in.user.id, signed_in.session.id).await?;
    Ok(answer::done())
}
