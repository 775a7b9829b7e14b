//! What only a browser can do.

use leptos::{prelude::window, wasm_bindgen::JsValue, web_sys::HtmlElement};
use wasm_bindgen_futures::JsFuture;
use web_sys::FocusOptions;

/// Moves the focus, and nothing else: the page does not scroll.
pub fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // Fails for no element that is in the page.
    let _ = element.focus_with_options(&options);
}

/// Closes a popover, if it is open.
pub fn close_popover(element: &HtmlElement) {
    // Fails only for what is no popover, or closed already.
    let _ = element.hide_popover();
}

/// Whether this page may write to the clipboard: browsers offer it to https and localhost only.
pub fn can_copy() -> bool {
    window().is_secure_context()
}

pub async fn copy(text: &str) -> Result<(), JsValue> {
    if !can_copy() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await?;
    Ok(())
}
