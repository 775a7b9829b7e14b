//! Stands in for what only a browser can do. Nothing here is reached: the server runs no effects and no
//! handlers.

use leptos::{wasm_bindgen::JsValue, web_sys::HtmlElement};

pub fn focus(_: &HtmlElement) {}

pub fn close_popover(_: &HtmlElement) {}

pub fn can_copy() -> bool {
    false
}

#[expect(clippy::unused_async, reason = "the browser's is async")]
pub async fn copy(_: &str) -> Result<(), JsValue> {
    Err(JsValue::UNDEFINED)
}
