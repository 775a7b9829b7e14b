//! `AppError`: the one error that crosses the wire to our own pages.
//!
//! It carries a code, never a text: what people read is looked up in `text` where it is shown. So nothing
//! internal can leak through it, and a link with a made-up error in its query cannot put words on our pages.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a request could not be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The request cannot be understood.
    BadRequest,
    /// The request is larger than anything we ask for.
    TooLarge,
    /// Nobody is signed in, or no longer.
    Unauthorized,
    /// What is asked for is somebody else's.
    Forbidden,
    /// There is nothing there.
    NotFound,
    /// Too often in too short a time.
    TooManyRequests,
    /// A request that another site may have made up.
    InvalidOrigin,
    InvalidCallbackUrl,
    InvalidRedirectUrl,
    InvalidName,
    InvalidImage,
    InvalidEmail,
    PasswordTooShort,
    PasswordTooLong,
    /// One that everybody tries first.
    PasswordCompromised,
    UserAlreadyExistsUseAnotherEmail,
    InvalidEmailOrPassword,
    EmailNotVerified,
    /// The current password is another one.
    InvalidPassword,
    /// Signed in too long ago for this.
    SessionNotFresh,
    SessionExpired,
    /// A link from a mail that is not, or no longer, good.
    InvalidToken,
    TokenExpired,
    UserNotFound,
    /// A link from a mail that is for somebody else.
    InvalidUser,
    NoFieldsToUpdate,
    EmailIsTheSame,
    EmailMismatch,
    EmailAlreadyVerified,
    EmailCanNotBeUpdated,
    /// What was to be typed as a confirmation was not.
    NotConfirmed,
    TaskNotFound,
    TitleMissing,
    TitleTooLong,
    TitleNotOneLine,
    DescriptionTooLong,
    DescriptionNotText,
    InvalidDueDate,
    /// Another task has the id that was chosen for this one.
    Conflict,
    /// What was to be changed has changed since it was read.
    PreconditionFailed,
    /// The server could not be reached; only the browser can know this.
    Network,
    /// The database cannot be reached, or there is too much to do.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unauthorized
            | Self::InvalidEmailOrPassword
            | Self::TokenExpired
            | Self::UserNotFound
            | Self::InvalidUser => 401,
            Self::Forbidden
            | Self::InvalidOrigin
            | Self::InvalidCallbackUrl
            | Self::InvalidRedirectUrl
            | Self::EmailNotVerified
            | Self::SessionNotFresh => 403,
            Self::NotFound | Self::TaskNotFound => 404,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UserAlreadyExistsUseAnotherEmail
            | Self::TitleMissing
            | Self::TitleTooLong
            | Self::TitleNotOneLine
            | Self::DescriptionTooLong
            | Self::DescriptionNotText
            | Self::InvalidDueDate => 422,
            Self::TooManyRequests => 429,
            Self::Network | Self::Unavailable => 503,
            Self::Internal => 500,
            _ => 400,
        }
    }

    /// Whether it says nothing about what was asked for: it may well do later.
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::Network | Self::Unavailable | Self::TooManyRequests | Self::Internal
        )
    }

    /// When it is worth trying again, in seconds (`Retry-After`).
    const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Network | Self::Unavailable => Some(2),
            _ => None,
        }
    }
}

/// An error as our own pages receive it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}")]
pub struct AppError {
    pub code: ErrorCode,
    /// Under which the server logged it, for people to quote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// When it is worth trying again, in seconds, where the code alone doesn't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl AppError {
    /// Too often; another try is worth it after so many seconds.
    pub fn too_many(seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..ErrorCode::TooManyRequests.into()
        }
    }

    /// When it is worth trying again, in seconds (`Retry-After`).
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after.or(self.code.retry_after())
    }
}

/// The id of a request: a UUID, and nothing else that a made-up error could smuggle in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RequestId(String);

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RequestId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_uuid = text.len() == 36
            && text
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_uuid {
            Ok(Self(text))
        } else {
            Err("not a request id")
        }
    }
}

impl From<ErrorCode> for AppError {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            request_id: None,
            retry_after: None,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => ErrorCode::Network,
            // An answer that is not ours, such as a proxy's error page.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "hydrate") => {
                ErrorCode::Unavailable
            }
            // A body without a stated length is found out while it is read; Leptos passes on the words only.
            ServerFnErrorErr::Deserialization(words) if words.contains("length limit exceeded") => {
                ErrorCode::TooLarge
            }
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => ErrorCode::BadRequest,
            _ => ErrorCode::Internal,
        }
        .into()
    }
}
