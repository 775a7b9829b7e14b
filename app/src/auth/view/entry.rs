//! What the pages for signing in and up and around share.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{next, use_session};
use crate::{
    auth::{Email, LONGEST_PASSWORD, SHORTEST_PASSWORD},
    error::ErrorCode,
    page::{Heading, Typed},
    text::use_text,
};

/// A page with one thing to do.
#[component]
pub fn EntryPage(heading: &'static str, children: Children) -> impl IntoView {
    view! {
        <Title text=(use_text().frame.page_title)(heading) />
        <div class="entry">
            <Heading>{heading}</Heading>
            {children()}
        </div>
    }
}

/// What is to be done once somebody has signed in: on to the page they wanted.
pub fn enter() -> impl Fn() + Clone {
    let session = use_session();
    let navigate = use_navigate();
    let next = next::wanted();
    move || {
        let (navigate, next) = (navigate.clone(), next.clone());
        session.begin(move || {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&next, options);
        });
    }
}

pub fn check_email(typed: &Typed) -> Option<ErrorCode> {
    let email = Email::parse(typed.get("email").trim());
    email.is_err().then_some(ErrorCode::InvalidEmail)
}

/// Whether a new password is of the right length; the server knows more.
pub fn check_new_password(typed: &Typed, field: &str) -> Option<ErrorCode> {
    match typed.get(field).chars().count() {
        ..SHORTEST_PASSWORD => Some(ErrorCode::PasswordTooShort),
        SHORTEST_PASSWORD..=LONGEST_PASSWORD => None,
        _ => Some(ErrorCode::PasswordTooLong),
    }
}

/// Where the errors of these forms are shown.
pub fn field_of(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::InvalidName => Some("name"),
        ErrorCode::InvalidEmail
        | ErrorCode::UserAlreadyExistsUseAnotherEmail
        | ErrorCode::EmailIsTheSame => Some("email"),
        ErrorCode::PasswordTooShort
        | ErrorCode::PasswordTooLong
        | ErrorCode::PasswordCompromised => Some("password"),
        _ => None,
    }
}
