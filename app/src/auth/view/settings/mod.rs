//! Everything about one's own account.

mod account;
mod data;
mod sessions;

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::use_session;
use crate::{
    auth::{AccountInfo, get_account},
    page::{Heading, ProblemPage, report},
    text::use_text,
    theme::ThemePicker,
    ui::{Notice, Settled, use_toasts},
};

#[component]
pub fn SettingsPage() -> impl IntoView {
    let loaded = Resource::new_blocking(|| (), |()| get_account());
    let show = |loaded| match loaded {
        Ok(info) => Settled::new(view! { <Sections info /> }).into_any(),
        Err(error) => view! { <ProblemPage error /> }.into_any(),
    };
    view! { <Suspense>{move || loaded.get().map(show)}</Suspense> }
}

/// The account as it is shown, and a way to have it shown anew.
#[derive(Clone, Copy, Debug)]
struct Account(RwSignal<AccountInfo>);

impl Account {
    /// What is to be done once a form has changed something: `and_say` so, and show the account as it is now.
    fn refreshing(
        self,
        and_say: impl Fn() + Send + Sync + 'static,
    ) -> impl Fn(String) + Send + Sync {
        let session = use_session();
        let toasts = use_toasts();
        move |_| {
            and_say();
            spawn_local(async move {
                match get_account().await {
                    Ok(info) => {
                        session.changed(info.user.clone());
                        self.0.try_set(info);
                    }
                    Err(error) => report(error, toasts),
                }
            });
        }
    }
}

#[component]
fn Sections(info: AccountInfo) -> impl IntoView {
    let words = &use_text().settings;
    let account = Account(RwSignal::new(info));
    let (saved, sent) = use_query_map().with_untracked(|query| {
        let has = |name| query.get_str(name) == Some("true");
        (has("saved"), has("sent"))
    });
    view! {
        <Title text=(use_text().frame.page_title)(words.heading) />
        <div class="settings">
            <Heading>{words.heading}</Heading>
            {saved.then(|| view! { <Notice>{words.saved}</Notice> })}
            {sent.then(|| view! { <Notice>{words.link_sent}</Notice> })}
            {(
                section("profile", words.profile, account::profile(account)),
                section("email", words.email_heading, account::email(account)),
                section("password", words.password_heading, account::password(account)),
                section("theme", words.theme, view! { <ThemePicker /> }.into_any()),
                section("sessions", words.sessions, sessions::sessions(account)),
                section("activity", words.activity, sessions::activity(account)),
                section("data", words.data, data::download()),
                section("delete", words.delete_heading, data::delete(account)),
            )}
        </div>
    }
}

fn section(name: &'static str, heading: &'static str, content: AnyView) -> AnyView {
    let heading_id = format!("{name}-heading");
    let labelled_by = heading_id.clone();
    view! {
        <section class="settings-part" aria-labelledby=labelled_by>
            <h2 id=heading_id>{heading}</h2>
            <div class="settings-content">{content}</div>
        </section>
    }
    .into_any()
}

/// A point in time as people read it: in UTC, the same wherever it is rendered.
fn time(rfc3339: &str) -> AnyView {
    let shown = (use_text().settings.time)(rfc3339);
    view! { <time datetime=rfc3339.to_owned()>{shown}</time> }.into_any()
}
