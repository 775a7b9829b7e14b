//! The page that a link from a mail leads to, to confirm an address. It takes a press of a button: programs that
//! look at mail follow links, and would use it up.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{HOME, entry::EntryPage, use_session};
use crate::{
    auth::VerifyEmail,
    client::Asks,
    error::ErrorCode,
    page::{Form, Refusal, Sending},
    text::use_text,
    ui::{Button, ButtonLink, Icon, IconName, Notice, NoticeKind, Variant},
};

#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let words = &use_text().auth;
    let (token, done) = use_query_map().with_untracked(|query| {
        let done = query.get_str("done") == Some("true");
        (query.get("token").filter(|token| !token.is_empty()), done)
    });
    let is_done = RwSignal::new(done);
    let content = move || match &token {
        _ if is_done.get() => view! { <Confirmed /> }.into_any(),
        Some(token) => view! { <ConfirmForm token=token.clone() is_done /> }.into_any(),
        None => view! {
            <Notice kind=NoticeKind::Error>
                {(use_text().problem.error)(ErrorCode::InvalidToken)}
            </Notice>
        }
        .into_any(),
    };
    view! {
        <EntryPage heading=words.verify_heading>
            <div class="entry-turn" role="status">
                {content}
            </div>
        </EntryPage>
    }
}

#[component]
fn ConfirmForm(token: String, is_done: RwSignal<bool>) -> impl IntoView {
    let words = &use_text().auth;
    let sending = Sending::new(VerifyEmail::PATH, Asks::Anybody, |_| None);
    let session = use_session();
    let done = move |_: String| {
        is_done.set(true);
        // Shows the address as confirmed; it may even be another one.
        if session.is_signed_in() {
            session.begin(|| ());
        }
    };
    view! {
        <p>{words.verify_lead}</p>
        <Form class="form" sending on_done=done>
            <Refusal sending />
            <input type="hidden" name="token" autocomplete="off" value=token />
            <Button variant=Variant::Primary pending=sending.pending()>
                {words.verify}
            </Button>
        </Form>
    }
}

#[component]
fn Confirmed() -> impl IntoView {
    let words = &use_text().auth;
    let is_signed_in = use_session().is_signed_in();
    view! {
        <p class="entry-done">
            <Icon name=IconName::Check />
            {words.verified}
        </p>
        {if is_signed_in {
            view! {
                <ButtonLink href=HOME variant=Variant::Primary>
                    {use_text().tasks.go}
                </ButtonLink>
            }
                .into_any()
        } else {
            view! {
                <ButtonLink href="/login" variant=Variant::Primary>
                    {words.sign_in}
                </ButtonLink>
            }
                .into_any()
        }}
    }
}
