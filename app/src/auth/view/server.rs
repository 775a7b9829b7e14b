//! What the page being rendered needs of its request.

use http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    auth::{CurrentUser, identity::Identity, server::shown},
    context,
};

/// Whoever's cookie came with the request: browsers ask for pages with nothing else.
pub fn current_user() -> Option<CurrentUser> {
    match context::identity() {
        Identity::Cookie(signed_in) => Some(shown(&signed_in.user)),
        Identity::Token(_) | Identity::Nobody | Identity::Refused => None,
    }
}

/// Answers with another page's address. Unlike Leptos' own it does so whatever the request accepts: whoever asks
/// for a page gets no 200 without it.
pub fn redirect(path: &str) {
    if let (Some(response), Ok(path)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(path),
    ) {
        response.set_status(StatusCode::FOUND);
        response.insert_header(header::LOCATION, path);
    }
}
