//! Why the API did not do what it was asked for: what programs read, what people read, and the status.

use axum::http::StatusCode;
use donewell_app::error::ErrorCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    BadRequest,
    Unauthorized,
    Forbidden,
    InvalidOrigin,
    NotFound,
    TaskNotFound,
    MethodNotAllowed,
    Conflict,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    ValidationError,
    IdempotencyKeyReused,
    TooManyRequests,
    InternalServerError,
    Unavailable,
}

impl Code {
    pub const ALL: [Self; 16] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::InvalidOrigin,
        Self::NotFound,
        Self::TaskNotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationError,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::InternalServerError,
        Self::Unavailable,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Forbidden => "FORBIDDEN",
            Self::InvalidOrigin => "INVALID_ORIGIN",
            Self::NotFound => "NOT_FOUND",
            Self::TaskNotFound => "TASK_NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::Conflict => "CONFLICT",
            Self::PreconditionFailed => "PRECONDITION_FAILED",
            Self::TooLarge => "TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::ValidationError => "VALIDATION_ERROR",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::InvalidOrigin => StatusCode::FORBIDDEN,
            Self::NotFound | Self::TaskNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationError | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A name for this kind of problem.
    pub const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "Bad request",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::InvalidOrigin => "Invalid origin",
            Self::NotFound => "Not found",
            Self::TaskNotFound => "No such task",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Conflict",
            Self::PreconditionFailed => "Precondition failed",
            Self::TooLarge => "Too large",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::ValidationError => "Not acceptable fields",
            Self::IdempotencyKeyReused => "Idempotency key reused",
            Self::TooManyRequests => "Too many requests",
            Self::InternalServerError => "Internal server error",
            Self::Unavailable => "Unavailable",
        }
    }

    /// What people are told, unless there is more to say.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::BadRequest => "The request cannot be understood",
            Self::Unauthorized => "Sign in to continue",
            Self::Forbidden => "You don't have permission",
            Self::InvalidOrigin => "This request does not come from a page that is trusted",
            Self::NotFound => "There is nothing here",
            Self::TaskNotFound => "Task not found",
            Self::MethodNotAllowed => "This method cannot be used here",
            Self::Conflict => "Another task has this id",
            Self::PreconditionFailed => "The task has changed since",
            Self::TooLarge => "The body must not be larger than 64 KiB",
            Self::UnsupportedMediaType => "The body must be application/json",
            Self::ValidationError => "A field is not acceptable",
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was sent with another request before"
            }
            Self::TooManyRequests => "Too many requests",
            Self::InternalServerError => "Something went wrong on our side",
            Self::Unavailable => {
                "There is too much to do, or the database cannot be reached. Try again later"
            }
        }
    }

    /// When it is answered, for those who read the documentation.
    pub const fn when(self) -> &'static str {
        match self {
            Self::BadRequest => {
                "The body is not JSON, or a parameter, a cursor or a header cannot be read."
            }
            Self::Unauthorized => {
                "There is no token, or it has expired, is malformed, was signed by another key, for another audience \
                 or by another issuer, or was revoked. `WWW-Authenticate` says `error=\"invalid_token\"` where one was \
                 sent."
            }
            Self::Forbidden => {
                "The id in the path is another user's, whether or not there is such a user."
            }
            Self::InvalidOrigin => {
                "The request carries a cookie, would change something, and comes from a page that is neither ours nor \
                 trusted."
            }
            Self::NotFound => "There is nothing at this address.",
            Self::TaskNotFound => {
                "There is no such task among one's own. Another's task and no task look alike."
            }
            Self::MethodNotAllowed => "`Allow` names the methods that can be used.",
            Self::Conflict => {
                "The `id` chosen for a task belongs to another one, which may be deleted."
            }
            Self::PreconditionFailed => {
                "The task has changed since it was read: none of the tags in `If-Match` is its own."
            }
            Self::TooLarge => "The body is larger than 64 KiB.",
            Self::UnsupportedMediaType => {
                "The body is not `application/json` (or, for PATCH, `application/merge-patch+json`)."
            }
            Self::ValidationError => {
                "A field is missing, of the wrong type or not acceptable: `errors` names them all."
            }
            Self::IdempotencyKeyReused => {
                "The `Idempotency-Key` was sent with another body within the last 24 hours."
            }
            Self::TooManyRequests => "`Retry-After` says how long to wait, in seconds.",
            Self::InternalServerError => "A fault of ours: quote the `request_id`.",
            Self::Unavailable => {
                "The database cannot be reached, or there is too much to do: try again after `Retry-After` seconds."
            }
        }
    }

    /// What an answer without a problem of its own means, such as those of the router.
    pub fn for_status(status: StatusCode) -> Self {
        Self::ALL
            .into_iter()
            .find(|code| code.status() == status)
            .unwrap_or(if status.is_server_error() {
                Self::InternalServerError
            } else {
                Self::BadRequest
            })
    }
}

impl From<ErrorCode> for Code {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidOrigin => Self::InvalidOrigin,
            ErrorCode::TaskNotFound => Self::TaskNotFound,
            code => StatusCode::from_u16(code.status())
                .map_or(Self::InternalServerError, Self::for_status),
        }
    }
}
