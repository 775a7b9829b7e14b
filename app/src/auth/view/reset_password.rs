//! The page that a link from a mail leads to, to set a new password.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    entry::{EntryPage, check_new_password, field_of},
    use_session,
};
use crate::{
    auth::{ResetPassword, check_reset_token},
    client::Asks,
    error::ErrorCode,
    page::{Form, Refusal, Sending, Typed, answer_with},
    text::use_text,
    ui::{Button, ButtonLink, Field, FieldKind, Notice, NoticeKind, Variant},
};

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let words = &use_text().auth;
    let token = use_query_map().with_untracked(|query| query.get("token").unwrap_or_default());
    let asked = token.clone();
    let is_good = Resource::new_blocking(|| (), move |()| check_reset_token(asked.clone()));
    let show = move |is_good| match is_good {
        Ok(true) => view! { <NewPassword token=token.clone() /> }.into_any(),
        Ok(false) => bad((use_text().problem.error)(ErrorCode::InvalidToken)),
        Err(error) => {
            answer_with(&error);
            bad((use_text().problem.error)(error.code))
        }
    };
    view! {
        <EntryPage heading=words.new_password_heading>
            <Suspense>{move || is_good.get().map(&show)}</Suspense>
        </EntryPage>
    }
}

fn bad(why: &'static str) -> AnyView {
    view! {
        <Notice kind=NoticeKind::Error>{why}</Notice>
        <ButtonLink href="/forgot-password">{use_text().auth.send_link}</ButtonLink>
    }
    .into_any()
}

#[component]
fn NewPassword(token: String) -> impl IntoView {
    let words = &use_text().auth;
    let sending = Sending::new(ResetPassword::PATH, Asks::Anybody, field_of);
    let session = use_session();
    let navigate = use_navigate();
    let done = move |_: String| {
        // A new password ends every session, this browser's among them.
        session.end();
        navigate("/login?reset=true", NavigateOptions::default());
    };
    view! {
        <Form class="form" sending check on_done=done>
            <Refusal sending />
            <input type="hidden" name="token" autocomplete="off" value=token />
            <Field
                label=words.new_password
                name="password"
                kind=FieldKind::Password
                hint=words.password_hint
                error=sending.error("password")
                required=true
                autocomplete="new-password"
            />
            <Button variant=Variant::Primary pending=sending.pending()>
                {words.set_password}
            </Button>
        </Form>
    }
}

fn check(typed: &Typed) -> Vec<ErrorCode> {
    check_new_password(typed, "password").into_iter().collect()
}
