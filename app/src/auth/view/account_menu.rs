//! Who is signed in, in the header of every page, and the way in and out.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{HOME, use_session};
use crate::{
    auth::{CurrentUser, SignOut},
    client::Asks,
    page::{Form, Sending, report},
    text::use_text,
    ui::{Button, ButtonLink, Icon, IconName, Menu, Size, Stencil, Variant, Word, use_toasts},
};

/// The menu of whoever is signed in; for everybody else the links to sign in and up.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let words = &use_text().auth;
    let user = use_session().user();
    // What is under way there stays when the name changes.
    let is_signed_in = Memo::new(move |_| user.with(Option::is_some));
    move || {
        if is_signed_in.get() {
            return view! { <SignedIn /> }.into_any();
        }
        view! {
            <nav class="frame-links" aria-label=words.account>
                <ButtonLink href="/login" variant=Variant::Quiet size=Size::Small>
                    {words.sign_in}
                </ButtonLink>
                <ButtonLink href="/signup" size=Size::Small>
                    {words.sign_up}
                </ButtonLink>
            </nav>
        }
        .into_any()
    }
}

#[component]
fn SignedIn() -> impl IntoView {
    static STENCIL: Stencil = Stencil::uncut();
    let words = &use_text().auth;
    let user = use_session().user();
    let said = move |say: fn(&CurrentUser) -> String| {
        move || user.with(|user| user.as_ref().map(say).unwrap_or_default())
    };
    let said = [
        Word::text(said(|user| (use_text().auth.account_of)(&user.name))),
        Word::text(said(|user| user.name.clone())),
        Word::text(said(|user| user.email.clone())),
    ];
    STENCIL.show(Some(0), said, |[label, name, email]| {
        let button = move || {
            view! {
                <Icon name=IconName::User />
                <span class="account-name">{name}</span>
            }
        };
        view! {
            <Menu id="account-menu" label=label button=button>
                <p class="account-who">
                    <strong>{name}</strong>
                    <span>{email}</span>
                </p>
                <nav class="account-links" aria-label=words.account>
                    <a href=HOME>{use_text().tasks.heading}</a>
                    <a href="/settings">{use_text().settings.heading}</a>
                </nav>
                <SignOutForm />
            </Menu>
        }
        .into_any()
    })
}

#[component]
fn SignOutForm() -> impl IntoView {
    let session = use_session();
    let sending = Sending::new(SignOut::PATH, Asks::Anybody, |_| None);
    let navigate = use_navigate();
    let toasts = use_toasts();
    let leave = move |_: String| {
        session.end();
        navigate("/", NavigateOptions::default());
    };
    Effect::new(move |_| {
        if let Some(error) = sending.refusal().get() {
            report(error, toasts);
        }
    });
    view! {
        <Form sending on_done=leave>
            <Button pending=sending.pending()>{use_text().auth.sign_out}</Button>
        </Form>
    }
}
