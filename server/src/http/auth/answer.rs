//! What goes out: users, sessions and errors in Better Auth's shapes.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use donewell_app::{
    auth::{
        clock::rfc3339,
        store::{session::Session, user::User},
    },
    error::{AppError, ErrorCode},
};
use serde_json::{Value, json};

pub const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

pub fn user(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "name": user.name,
        "email": user.email,
        "emailVerified": user.email_verified_at.is_some(),
        "image": user.image,
        "createdAt": rfc3339(user.created_at),
        "updatedAt": rfc3339(user.updated_at),
    })
}

/// `token` names the session, to revoke it by; it opens nothing.
pub fn session(session: &Session) -> Value {
    json!({
        "id": session.id.to_string(),
        "userId": session.user_id.to_string(),
        "token": session.id.to_string(),
        "expiresAt": rfc3339(session.expires_at),
        "createdAt": rfc3339(session.created_at),
        "updatedAt": rfc3339(session.updated_at),
        "ipAddress": session.address.as_deref().unwrap_or_default(),
        "userAgent": session.user_agent.as_deref().unwrap_or_default(),
    })
}

/// `{"status": true}`.
pub fn done() -> Json<Value> {
    Json(json!({ "status": true }))
}

/// An error as Better Auth's client reads it.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    code: String,
    message: String,
    retry_after: Option<u32>,
}

impl Failure {
    pub fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            retry_after: None,
        }
    }

    pub fn validation(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    /// Where an address is checked together with the rest of the body.
    #[must_use]
    pub fn with_email_field(self, name: &str) -> Self {
        if self.code == "INVALID_EMAIL" {
            Self::validation(&format!("[body.{name}] Invalid email address"))
        } else {
            self
        }
    }

    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub fn code(&self) -> &str {
        &self.code
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let status =
            StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (code, message) = words(error.code);
        Self {
            retry_after: error.retry_after(),
            ..Self::new(status, code, message)
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = Json(json!({ "code": self.code, "message": self.message }));
        let mut response = (self.status, body).into_response();
        if let Some(seconds) = self.retry_after {
            for name in [header::RETRY_AFTER, X_RETRY_AFTER] {
                response
                    .headers_mut()
                    .insert(name, HeaderValue::from(seconds));
            }
        }
        response
    }
}

/// The codes and messages that programs know from Better Auth, and a few that it hasn't.
const fn words(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        // The others are what only tasks can be.
        ErrorCode::BadRequest
        | ErrorCode::TaskNotFound
        | ErrorCode::TitleMissing
        | ErrorCode::TitleTooLong
        | ErrorCode::TitleNotOneLine
        | ErrorCode::DescriptionTooLong
        | ErrorCode::DescriptionNotText
        | ErrorCode::InvalidDueDate
        | ErrorCode::Conflict
        | ErrorCode::PreconditionFailed => ("BAD_REQUEST", "Bad request"),
        ErrorCode::TooLarge => ("TOO_LARGE", "The request is too large"),
        ErrorCode::Unauthorized => ("UNAUTHORIZED", "Unauthorized"),
        ErrorCode::Forbidden => ("FORBIDDEN", "You don't have permission"),
        ErrorCode::NotFound => ("NOT_FOUND", "Not found"),
        ErrorCode::TooManyRequests => (
            "TOO_MANY_REQUESTS",
            "Too many requests. Please try again later.",
        ),
        ErrorCode::InvalidOrigin => ("INVALID_ORIGIN", "Invalid origin"),
        ErrorCode::InvalidCallbackUrl => ("INVALID_CALLBACK_URL", "Invalid callbackURL"),
        ErrorCode::InvalidRedirectUrl => ("INVALID_REDIRECT_URL", "Invalid redirectURL"),
        ErrorCode::InvalidName => (
            "VALIDATION_ERROR",
            "[body.name] Invalid name: 1 to 100 characters, one line",
        ),
        ErrorCode::InvalidImage => (
            "VALIDATION_ERROR",
            "[body.image] Invalid image: an http or https URL",
        ),
        ErrorCode::InvalidEmail => ("INVALID_EMAIL", "Invalid email"),
        ErrorCode::PasswordTooShort => ("PASSWORD_TOO_SHORT", "Password too short"),
        ErrorCode::PasswordTooLong => ("PASSWORD_TOO_LONG", "Password too long"),
        ErrorCode::PasswordCompromised => (
            "PASSWORD_COMPROMISED",
            "This password is one of the first that anybody would try. Please choose another one.",
        ),
        ErrorCode::UserAlreadyExistsUseAnotherEmail => (
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
        ErrorCode::InvalidEmailOrPassword => {
            ("INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
        }
        ErrorCode::EmailNotVerified => ("EMAIL_NOT_VERIFIED", "Email not verified"),
        ErrorCode::InvalidPassword => ("INVALID_PASSWORD", "Invalid password"),
        ErrorCode::SessionNotFresh => ("SESSION_NOT_FRESH", "Session is not fresh"),
        ErrorCode::SessionExpired => (
            "SESSION_EXPIRED",
            "Session expired. Re-authenticate to perform this action.",
        ),
        ErrorCode::InvalidToken => ("INVALID_TOKEN", "Invalid token"),
        ErrorCode::TokenExpired => ("TOKEN_EXPIRED", "Token expired"),
        ErrorCode::UserNotFound => ("USER_NOT_FOUND", "User not found"),
        ErrorCode::InvalidUser => ("INVALID_USER", "Invalid user"),
        ErrorCode::NoFieldsToUpdate => ("VALIDATION_ERROR", "No fields to update"),
        ErrorCode::EmailIsTheSame => ("EMAIL_IS_THE_SAME", "Email is the same"),
        ErrorCode::EmailMismatch => ("EMAIL_MISMATCH", "Email mismatch"),
        ErrorCode::EmailAlreadyVerified => ("EMAIL_ALREADY_VERIFIED", "Email is already verified"),
        ErrorCode::EmailCanNotBeUpdated => ("EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"),
        ErrorCode::NotConfirmed => ("NOT_CONFIRMED", "Not confirmed"),
        ErrorCode::Network | ErrorCode::Unavailable => (
            "UNAVAILABLE",
            "Too much to do, or the database cannot be reached. Please try again later.",
        ),
        ErrorCode::Internal => ("INTERNAL_SERVER_ERROR", "Something went wrong on our side"),
    }
}
