//! Changes to the user, by the user.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{AppendHeaders, IntoResponse, Response},
};
use donewell_app::{
    auth::{
        accounts::Accounts,
        caller::Caller,
        identity::Identity,
        service::{self, ChangePassword, DeleteUser},
    },
    error::{AppError, ErrorCode},
};
use serde_json::{Value, json};

use super::{Failure, answer, body::Body, require, sign::cookie};

pub async fn update(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let mut fields = body.fields();
    let (name, image) = (fields.text_if_any("name"), fields.nullable_text("image"));
    let has_email = fields.has("email");
    fields.finish()?;
    let signed_in = require(identity)?;
    if has_email {
        return Err(AppError::from(ErrorCode::EmailCanNotBeUpdated).into());
    }
    let image = image.as_ref().map(|image| image.as_deref());
    service::update_user(&accounts, &caller, &signed_in.user, name.as_deref(), image).await?;
    // Better Auth sends the cookie again, for it may cache the user in it. Ours does not, and a late answer would
    // bring back the cookie of a session that has been replaced meanwhile.
    Ok(answer::done())
}

pub async fn change_password(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<Response, Failure> {
    let mut fields = body.fields();
    let (new, current) = (fields.text("newPassword"), fields.text("currentPassword"));
    let end_others = fields.flag("revokeOtherSessions").unwrap_or(false);
    fields.finish()?;
    let signed_in = require(identity)?;
    let request = ChangePassword {
        current: &current,
        new: &new,
        end_others,
    };
    let begun = service::change_password(&accounts, &caller, &signed_in, request).await?;
    let token = if end_others {
        Some(service::mint(&accounts, &begun.user, &begun.session)?)
    } else {
        None
    };
    let body = json!({ "token": token, "user": answer::user(&begun.user) });
    Ok((cookie(&accounts, &begun), Json(body)).into_response())
}

pub async fn change_email(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let mut fields = body.fields();
    let callback_url = fields.target("callbackURL", &accounts, ErrorCode::InvalidCallbackUrl)?;
    let (new_email, password) = (fields.text("newEmail"), fields.text_if_any("password"));
    fields.finish()?;
    let signed_in = require(identity)?;
    service::change_email(
        &accounts,
        &caller,
        &signed_in,
        &new_email,
        password.as_deref(),
        callback_url.as_deref(),
    )
    .await
    .map_err(|error| Failure::from(error).with_email_field("newEmail"))?;
    Ok(answer::done())
}

pub async fn delete(
    State(accounts): State<Arc<Accounts>>,
    Extension(caller): Extension<Caller>,
    identity: Extension<Identity>,
    body: Body,
) -> Result<impl IntoResponse, Failure> {
    let mut fields = body.fields_if_any();
    fields.target("callbackURL", &accounts, ErrorCode::InvalidCallbackUrl)?;
    let (password, token) = (fields.text_if_any("password"), fields.text_if_any("token"));
    fields.finish()?;
    let signed_in = require(identity)?;
    if token.is_some_and(|token| !token.is_empty()) {
        // Deletion by a link in a mail is not offered: no such token can be good.
        return Err(Failure::from(AppError::from(ErrorCode::InvalidToken))
            .with_status(axum::http::StatusCode::NOT_FOUND));
    }
    let request = DeleteUser {
        password: password.as_deref(),
    };
    service::delete_user(&accounts, &caller, &signed_in, request).await?;
    let forget = AppendHeaders([(header::SET_COOKIE, accounts.cookie.forget())]);
    Ok((
        forget,
        Json(json!({ "success": true, "message": "User deleted" })),
    ))
}
