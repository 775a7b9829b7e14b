//! The status of the page that is being rendered, and what its request brought along for its forms. The browser has its page already: there it does nothing.

#[cfg(feature = "ssr")]
mod side {
    use http::{StatusCode, header, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    pub use crate::context::answer_with;
    use crate::{
        context,
        sent_back::{SentBack, forget},
    };

    /// What was typed into a field of the plain form that this page was sent back with. For this once.
    pub fn sent_back(form: &str, field: &str) -> Option<String> {
        let parts = use_context::<Parts>()?;
        let is_https = context::accounts().ok()?.cookie.https;
        let typed = SentBack::read(&parts.headers, is_https, form)?;
        if let (Some(response), Some(cookie)) = (
            use_context::<ResponseOptions>(),
            forget(is_https, parts.uri.path()),
        ) {
            response.insert_header(header::SET_COOKIE, cookie);
        }
        typed.get(field).map(str::to_owned)
    }

    pub fn answer_not_found() {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(StatusCode::NOT_FOUND);
        }
    }
}

#[cfg(not(feature = "ssr"))]
mod side {
    use crate::error::AppError;

    pub fn answer_with(_: &AppError) {}

    pub fn answer_not_found() {}

    pub fn sent_back(_: &str, _: &str) -> Option<String> {
        None
    }
}

pub use side::{answer_not_found, answer_with, sent_back};
