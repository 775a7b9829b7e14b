//! The page to sign up.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    entry::{EntryPage, check_email, check_new_password, enter, field_of},
    next,
};
use crate::{
    auth::{Name, SignUp, SignUpOutcome},
    client::Asks,
    error::ErrorCode,
    page::{Form, Refusal, Sending, Typed},
    text::use_text,
    ui::{Button, Field, FieldKind, Variant},
};

/// The form, or what to do when it has been sent and the address is to be confirmed first.
#[component]
pub fn SignupPage() -> impl IntoView {
    let words = &use_text().auth;
    let sent = use_query_map().with_untracked(|query| query.get_str("sent") == Some("true"));
    let is_sent = RwSignal::new(sent);
    move || {
        if is_sent.get() {
            view! {
                <EntryPage heading=words.check_mail>
                    <p>{words.check_mail_sign_up}</p>
                    <p class="entry-other">
                        <a href="/login">{words.sign_in}</a>
                    </p>
                </EntryPage>
            }
            .into_any()
        } else {
            view! { <SignUpForm is_sent /> }.into_any()
        }
    }
}

#[component]
fn SignUpForm(is_sent: RwSignal<bool>) -> impl IntoView {
    let words = &use_text().auth;
    let sending = Sending::new(SignUp::PATH, Asks::Anybody, field_of);
    let enter = enter();
    let next = next::wanted();
    let other = next::link("/login", &next);
    let done = move |answer: String| match serde_json::from_str(&answer) {
        Ok(SignUpOutcome::MailSent) => is_sent.set(true),
        _ => enter(),
    };
    view! {
        <EntryPage heading=words.sign_up>
            <Form class="form" sending check on_done=done>
                <Refusal sending />
                <input type="hidden" name="next" autocomplete="off" value=next />
                <Field
                    label=words.name
                    name="name"
                    value=sending.value("name", "")
                    error=sending.error("name")
                    required=true
                    autocomplete="name"
                />
                <Field
                    label=words.email
                    name="email"
                    kind=FieldKind::Email
                    value=sending.value("email", "")
                    error=sending.error("email")
                    required=true
                    autocomplete="email"
                />
                <Field
                    label=words.password
                    name="password"
                    kind=FieldKind::Password
                    hint=words.password_hint
                    error=sending.error("password")
                    required=true
                    autocomplete="new-password"
                />
                <Button variant=Variant::Primary pending=sending.pending()>
                    {words.sign_up}
                </Button>
            </Form>
            <p class="entry-other">
                {words.have_account} " " <a href=other>{words.sign_in}</a>
            </p>
        </EntryPage>
    }
}

fn check(typed: &Typed) -> Vec<ErrorCode> {
    let name = Name::parse(&typed.get("name"));
    let name = name.is_err().then_some(ErrorCode::InvalidName);
    [
        name,
        check_email(typed),
        check_new_password(typed, "password"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
