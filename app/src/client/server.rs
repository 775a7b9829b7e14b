//! Stands in for what only a browser does. Nothing here is reached: the server runs no effects and no handlers.

pub use leptos::server_fn::client::browser::BrowserClient as SessionClient;

use super::Asks;
use crate::error::{AppError, ErrorCode};

pub fn on_end(_: impl Fn() + 'static) {}

pub fn on_sign_out_elsewhere(_: impl Fn() + 'static) {}

pub fn tell_sign_out() {}

pub fn forget() {}

pub fn renew() {}

pub fn speak_for(_: String) {}

pub fn visit(_: &str) {}

pub async fn send(_: &str, _: String, _: Asks) -> Result<String, AppError> {
    Err(ErrorCode::Internal.into())
}
