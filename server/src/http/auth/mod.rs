//! `/api/auth/*`, as Better Auth's client speaks it: thin handlers over the use cases that the pages use too.
//!
//! `body` reads what arrives, `answer` writes what goes out; the others are the routes, by subject.

mod answer;
mod body;
mod mail;
mod sessions;
mod sign;
pub mod tokens;
mod user;

pub use answer::Failure;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::FromRef,
    http::StatusCode,
    routing::{get, post},
};
use donewell_app::{
    auth::{
        accounts::Accounts,
        identity::{Identity, SignedIn},
    },
    error::{AppError, ErrorCode},
};

/// All routes.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Accounts>: FromRef<S>,
{
    Router::new()
        .route("/sign-up/email", post(sign::sign_up))
        .route("/sign-in/email", post(sign::sign_in))
        .route("/sign-out", post(sign::sign_out))
        .route("/get-session", get(sessions::get_session))
        .route("/list-sessions", get(sessions::list))
        .route("/revoke-session", post(sessions::revoke_one))
        .route("/revoke-sessions", post(sessions::revoke_all))
        .route("/revoke-other-sessions", post(sessions::revoke_others))
        .route("/token", get(tokens::token))
        .route("/jwks", get(tokens::jwks))
        .route("/update-user", post(user::update))
        .route("/change-password", post(user::change_password))
        .route("/change-email", post(user::change_email))
        .route("/delete-user", post(user::delete))
        .route(
            "/request-password-reset",
            post(mail::request_password_reset),
        )
        .route("/reset-password", post(mail::reset_password))
        .route("/reset-password/{token}", get(mail::follow_reset_link))
        .route(
            "/send-verification-email",
            post(mail::send_verification_email),
        )
        .route("/verify-email", get(mail::verify_email))
        .fallback(|| async { StatusCode::NOT_FOUND })
}

fn require(Extension(identity): Extension<Identity>) -> Result<Arc<SignedIn>, Failure> {
    optional(&identity).ok_or_else(|| AppError::from(ErrorCode::Unauthorized).into())
}

fn optional(identity: &Identity) -> Option<Arc<SignedIn>> {
    match identity {
        Identity::Cookie(signed_in) => Some(signed_in.clone()),
        _ => None,
    }
}
