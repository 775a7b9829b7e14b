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
            Self::BadRequest => 400,
            Self::TooLarge => 413,
            Self::Network | Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    /// When it is worth trying again, in seconds (`Retry-After`).
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Network | Self::Unavailable => Some(2),
            Self::BadRequest | Self::TooLarge | Self::Internal => None,
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
