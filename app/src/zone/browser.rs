//! As the browser's clock has it.

use leptos::{prelude::document, wasm_bindgen::JsCast, web_sys::HtmlDocument};
use wasm_bindgen_futures::js_sys::Date;

use super::COOKIE;
use crate::tasks::Moment;

const YEAR: u32 = 365 * 24 * 60 * 60;

#[expect(
    clippy::cast_possible_truncation,
    reason = "a date in milliseconds is a whole number"
)]
pub fn now() -> Moment {
    Moment(Date::now() as i64)
}

#[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
pub fn offset() -> i32 {
    -Date::new_0().get_timezone_offset() as i32
}

/// For the server's next page.
pub fn keep(offset: i32) {
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        // A browser that keeps no cookies has the server guess.
        let _ = document.set_cookie(&format!(
            "{COOKIE}={offset}; Path=/; Max-Age={YEAR}; SameSite=Lax"
        ));
    }
}
