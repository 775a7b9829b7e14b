//! The status of the page that is being rendered. The browser has its page already: there it does nothing.

#[cfg(feature = "ssr")]
mod side {
    use http::StatusCode;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    pub use crate::context::answer_with;

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
}

pub use side::{answer_not_found, answer_with};
