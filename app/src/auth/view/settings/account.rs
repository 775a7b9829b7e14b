//! Name, address and password.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Account;
use crate::{
    auth::{
        ChangeEmail, ChangePassword, Name, SendVerification, SetName,
        view::entry::{check_email, check_new_password, field_of},
    },
    client::{self, Asks},
    error::ErrorCode,
    page::{Form, Refusal, Sending, Typed},
    text::use_text,
    ui::{Button, CheckField, Chip, Field, FieldKind, Tone, use_toasts},
};

pub fn profile(account: Account) -> AnyView {
    let words = &use_text().settings;
    let sending = Sending::new(SetName::PATH, Asks::Session, field_of);
    let name = account.0.with_untracked(|info| info.user.name.clone());
    let name = sending.value("name", name);
    let toasts = use_toasts();
    let done = account.refreshing(move || toasts.success(words.saved));
    let check = |typed: &Typed| {
        let name = Name::parse(&typed.get("name"));
        name.is_err()
            .then_some(ErrorCode::InvalidName)
            .into_iter()
            .collect()
    };
    view! {
        <Form class="form" sending check on_done=done>
            <Refusal sending />
            <Field
                label=use_text().auth.name
                name="name"
                value=name
                error=sending.error("name")
                required=true
                autocomplete="name"
            />
            <Button pending=sending.pending()>{words.save}</Button>
        </Form>
    }
    .into_any()
}

pub fn email(account: Account) -> AnyView {
    let words = &use_text().settings;
    let is_verified = Memo::new(move |_| account.0.with(|info| info.user.email_verified));
    let chip = move || {
        if is_verified.get() {
            view! { <Chip tone=Tone::Done>{words.verified}</Chip> }.into_any()
        } else {
            view! { <Chip tone=Tone::Today>{words.not_verified}</Chip> }.into_any()
        }
    };
    view! {
        <div class="settings-line">
            <span class="settings-email">
                {move || account.0.with(|info| info.user.email.clone())}
            </span>
            {chip}
            {move || (!is_verified.get()).then(send_again)}
        </div>
        {change_email(account)}
    }
    .into_any()
}

fn send_again() -> AnyView {
    let words = &use_text().settings;
    let sending = Sending::new(SendVerification::PATH, Asks::Session, |_| None);
    let toasts = use_toasts();
    view! {
        <Form sending on_done=move |_| toasts.success(words.link_sent)>
            <Button pending=sending.pending()>{words.send_again}</Button>
            <Refusal sending />
        </Form>
    }
    .into_any()
}

fn change_email(account: Account) -> AnyView {
    let words = &use_text().settings;
    let sending = Sending::new(ChangeEmail::PATH, Asks::Session, |code| match code {
        ErrorCode::InvalidPassword => Some("password"),
        code => field_of(code),
    });
    let (email, password) = (sending.value("email", ""), RwSignal::new(String::new()));
    let toasts = use_toasts();
    let done = account.refreshing(move || {
        email.set(String::new());
        password.set(String::new());
        toasts.success(words.link_sent);
    });
    let check = |typed: &Typed| check_email(typed).into_iter().collect();
    view! {
        <Form class="form" sending check on_done=done>
            <Refusal sending />
            <Field
                label=words.new_email
                name="email"
                kind=FieldKind::Email
                hint=words.new_email_hint
                value=email
                error=sending.error("email")
                required=true
                autocomplete="email"
            />
            <Field
                label=words.current_password
                name="password"
                id="email-password"
                kind=FieldKind::Password
                value=password
                error=sending.error("password")
                required=true
                autocomplete="current-password"
            />
            <Button pending=sending.pending()>{words.change_email}</Button>
        </Form>
    }
    .into_any()
}

pub fn password(account: Account) -> AnyView {
    let words = &use_text().settings;
    let sending = Sending::new(ChangePassword::PATH, Asks::Session, |code| match code {
        ErrorCode::InvalidPassword => Some("current"),
        code => field_of(code).map(|_| "new"),
    });
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let toasts = use_toasts();
    let shown_anew = account.refreshing(move || {
        current.set(String::new());
        new.set(String::new());
        toasts.success(words.password_changed);
    });
    let done = move |answer: String| {
        // It has begun a new session: the old one's token is no longer good.
        client::renew();
        shown_anew(answer);
    };
    let check = |typed: &Typed| check_new_password(typed, "new").into_iter().collect();
    view! {
        <Form class="form" sending check on_done=done>
            <Refusal sending />
            // Tells password managers whose passwords these are. It is for nobody else, and not sent.
            <input
                type="text"
                autocomplete="username"
                value=move || account.0.with(|info| info.user.email.clone())
                readonly=true
                hidden=true
            />
            <Field
                label=words.current_password
                name="current"
                kind=FieldKind::Password
                value=current
                error=sending.error("current")
                required=true
                autocomplete="current-password"
            />
            <Field
                label=use_text().auth.new_password
                name="new"
                kind=FieldKind::Password
                hint=use_text().auth.password_hint
                value=new
                error=sending.error("new")
                required=true
                autocomplete="new-password"
            />
            <CheckField label=words.end_others name="end_others" checked=true />
            <Button pending=sending.pending()>{words.change_password}</Button>
        </Form>
    }
    .into_any()
}
