//! Taking one's data along, and leaving.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::Account;
use crate::{
    auth::{DeleteAccount, view::use_session},
    client::Asks,
    error::ErrorCode,
    page::{Form, Refusal, Sending, Typed},
    text::use_text,
    ui::{Button, Field, FieldKind, Variant, use_toasts},
};

pub fn download() -> AnyView {
    let words = &use_text().settings;
    view! {
        <p>{words.data_lead}</p>
        <p>
            <a class="button" data-variant="secondary" href="/account/data.json" download rel="external">
                <span class="button-label">{words.download}</span>
            </a>
        </p>
    }
    .into_any()
}

/// Asks for the password and the address: enough to keep anybody from doing it by mistake, scripts or not.
pub fn delete(account: Account) -> AnyView {
    let words = &use_text().settings;
    let sending = Sending::new(DeleteAccount::PATH, Asks::Session, |code| match code {
        ErrorCode::InvalidPassword => Some("password"),
        ErrorCode::NotConfirmed | ErrorCode::EmailMismatch => Some("confirmation"),
        _ => None,
    });
    let session = use_session();
    let navigate = use_navigate();
    let toasts = use_toasts();
    let done = move |_: String| {
        session.end();
        navigate("/", NavigateOptions::default());
        toasts.success(words.deleted);
    };
    let check = |typed: &Typed| {
        let is_empty = typed.get("password").is_empty();
        is_empty
            .then_some(ErrorCode::InvalidPassword)
            .into_iter()
            .collect()
    };
    // Open where an error stands in it.
    let was_refused = sending.refusal().with_untracked(Option::is_some)
        || sending.error("password").with_untracked(Option::is_some)
        || sending
            .error("confirmation")
            .with_untracked(Option::is_some);
    view! {
        <p>{words.delete_lead}</p>
        <details class="settings-danger" open=was_refused>
            <summary class="button" data-variant="secondary">
                {words.delete_open}
            </summary>
            <Form class="form" sending check on_done=done>
                <Refusal sending />
                <Field
                    label=words.current_password
                    name="password"
                    id="delete-password"
                    kind=FieldKind::Password
                    error=sending.error("password")
                    required=true
                    autocomplete="current-password"
                />
                <Field
                    label=words.confirmation
                    name="confirmation"
                    kind=FieldKind::Email
                    hint=account.0.with_untracked(|info| info.user.email.clone())
                    error=sending.error("confirmation")
                    required=true
                    autocomplete="off"
                />
                <Button variant=Variant::Danger pending=sending.pending()>
                    {words.delete}
                </Button>
            </Form>
        </details>
    }
    .into_any()
}
