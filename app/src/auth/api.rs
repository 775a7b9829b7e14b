//! Server functions of the auth pages: thin, over the same use cases as `/api/auth`.
//!
//! Each answers a page that runs (wasm) with a value, and a plain form with a redirect. Those that are not public
//! begin with `require_session()`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{CurrentUser, SessionId};
use crate::{client::SessionClient, error::AppError};

/// What came of signing up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignUpOutcome {
    SignedIn,
    /// The address has to be confirmed first: a mail is on its way.
    MailSent,
}

/// A browser that is signed in, as the settings show it. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    pub id: SessionId,
    /// "Firefox on Linux"; None for what nobody knows.
    pub device: Option<String>,
    pub address: Option<String>,
    pub signed_in_at: String,
    pub last_used_at: String,
    pub is_this: bool,
}

/// Something that happened to the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventInfo {
    /// As in `store::audit::Event::name`.
    pub kind: String,
    pub device: Option<String>,
    pub address: Option<String>,
    pub at: String,
}

/// What the settings show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInfo {
    pub user: CurrentUser,
    pub sessions: Vec<SessionInfo>,
    pub events: Vec<EventInfo>,
}

/// Whoever is signed in. Public.
#[server(prefix = "/fn", endpoint = "auth/get-user", client = SessionClient)]
pub async fn get_user() -> Result<Option<CurrentUser>, AppError> {
    super::server::current_user().await
}

/// Public.
#[server(prefix = "/fn", endpoint = "auth/sign-up")]
pub async fn sign_up(
    name: String,
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<SignUpOutcome, AppError> {
    super::server::sign_up(&name, &email, &password, &next).await
}

/// Public.
#[server(prefix = "/fn", endpoint = "auth/sign-in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] remember: bool,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    super::server::sign_in(&email, &password, remember, &next).await
}

/// Public: without a session there is nothing to end.
#[server(prefix = "/fn", endpoint = "auth/sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    super::server::sign_out().await
}

/// Public; the answer is the same whether or not there is such an account.
#[server(prefix = "/fn", endpoint = "auth/request-password-reset")]
pub async fn request_password_reset(email: String) -> Result<(), AppError> {
    super::server::request_password_reset(&email)
}

/// Public: whether the link's token would do.
#[server(prefix = "/fn", endpoint = "auth/check-reset-token")]
pub async fn check_reset_token(token: String) -> Result<bool, AppError> {
    super::server::check_reset_token(&token).await
}

/// Public: the token is the proof.
#[server(prefix = "/fn", endpoint = "auth/reset-password")]
pub async fn reset_password(token: String, password: String) -> Result<(), AppError> {
    super::server::reset_password(&token, &password).await
}

/// Public: the token is the proof.
#[server(prefix = "/fn", endpoint = "auth/verify-email")]
pub async fn verify_email(token: String) -> Result<(), AppError> {
    super::server::verify_email(&token).await
}

/// Sends the link that proves the address once more.
#[server(prefix = "/fn", endpoint = "auth/send-verification", client = SessionClient)]
pub async fn send_verification() -> Result<(), AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::send_verification(&signed_in)
}

#[server(prefix = "/fn", endpoint = "auth/get-account", client = SessionClient)]
pub async fn get_account() -> Result<AccountInfo, AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::account(&signed_in).await
}

#[server(prefix = "/fn", endpoint = "auth/set-name", client = SessionClient)]
pub async fn set_name(name: String) -> Result<CurrentUser, AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::set_name(&signed_in, &name).await
}

#[server(prefix = "/fn", endpoint = "auth/change-email", client = SessionClient)]
pub async fn change_email(email: String, password: String) -> Result<(), AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::change_email(&signed_in, &email, &password).await
}

#[server(prefix = "/fn", endpoint = "auth/change-password", client = SessionClient)]
pub async fn change_password(
    current: String,
    new: String,
    #[server(default)] end_others: bool,
) -> Result<(), AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::change_password(&signed_in, &current, &new, end_others).await
}

#[server(prefix = "/fn", endpoint = "auth/end-session", client = SessionClient)]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::end_session(&signed_in, id).await
}

#[server(prefix = "/fn", endpoint = "auth/end-other-sessions", client = SessionClient)]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::end_other_sessions(&signed_in).await
}

/// Wants the password and the user's own address, typed, as a confirmation.
#[server(prefix = "/fn", endpoint = "auth/delete-account", client = SessionClient)]
pub async fn delete_account(password: String, confirmation: String) -> Result<(), AppError> {
    let signed_in = crate::context::require_session().await?;
    super::server::delete_account(&signed_in, &password, &confirmation).await
}
