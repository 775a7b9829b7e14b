//! The page to ask for a link that sets a new password. It never says whether an address has an account.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::entry::{EntryPage, check_email, field_of};
use crate::{
    auth::RequestPasswordReset,
    client::Asks,
    error::ErrorCode,
    page::{Form, Refusal, Sending, Typed},
    text::use_text,
    ui::{Button, Field, FieldKind, Notice, Variant},
};

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let words = &use_text().auth;
    let sending = Sending::new(RequestPasswordReset::PATH, Asks::Anybody, field_of);
    let sent = use_query_map().with_untracked(|query| query.get_str("sent") == Some("true"));
    let is_sent = RwSignal::new(sent);
    view! {
        <EntryPage heading=words.forgot_heading>
            <p class="entry-lead">{words.forgot_lead}</p>
            <div role="status">
                {move || is_sent.get().then(|| view! { <Notice>{words.reset_sent}</Notice> })}
            </div>
            <Form class="form" sending check on_done=move |_| is_sent.set(true)>
                <Refusal sending />
                <Field
                    label=words.email
                    name="email"
                    kind=FieldKind::Email
                    value=sending.value("email", "")
                    error=sending.error("email")
                    required=true
                    autocomplete="username"
                />
                <Button variant=Variant::Primary pending=sending.pending()>
                    {words.send_link}
                </Button>
            </Form>
            <p class="entry-other">
                <a href="/login">{words.back_to_sign_in}</a>
            </p>
        </EntryPage>
    }
}

fn check(typed: &Typed) -> Vec<ErrorCode> {
    check_email(typed).into_iter().collect()
}
