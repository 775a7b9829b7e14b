//! The page to sign in.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    entry::{EntryPage, check_email, enter, field_of},
    next,
};
use crate::{
    auth::SignIn,
    client::Asks,
    error::ErrorCode,
    page::{Form, Refusal, Sending, Typed},
    text::use_text,
    ui::{Button, CheckField, Field, FieldKind, Notice, Variant},
};

#[component]
pub fn LoginPage() -> impl IntoView {
    let words = &use_text().auth;
    let sending = Sending::new(SignIn::PATH, Asks::Anybody, field_of);
    let enter = enter();
    let next = next::wanted();
    let other = next::link("/signup", &next);
    let was_reset = use_query_map().with_untracked(|query| query.get_str("reset") == Some("true"));
    view! {
        <EntryPage heading=words.sign_in>
            {was_reset.then(|| view! { <Notice>{words.password_is_set}</Notice> })}
            <Form class="form" sending check on_done=move |_| enter()>
                <Refusal sending />
                <input type="hidden" name="next" autocomplete="off" value=next />
                <Field
                    label=words.email
                    name="email"
                    kind=FieldKind::Email
                    value=sending.value("email", "")
                    error=sending.error("email")
                    required=true
                    autocomplete="username"
                />
                <Field
                    label=words.password
                    name="password"
                    kind=FieldKind::Password
                    error=sending.error("password")
                    required=true
                    autocomplete="current-password"
                />
                <div class="form-line">
                    <CheckField label=words.remember name="remember" checked=true />
                    <a href="/forgot-password">{words.forgot_password}</a>
                </div>
                <Button variant=Variant::Primary pending=sending.pending()>
                    {words.sign_in}
                </Button>
            </Form>
            <p class="entry-other">
                {words.no_account} " " <a href=other>{words.sign_up}</a>
            </p>
        </EntryPage>
    }
}

fn check(typed: &Typed) -> Vec<ErrorCode> {
    check_email(typed).into_iter().collect()
}
