//! A quiet line about something that stands where it happened, and stays.

use leptos::prelude::*;

use super::{Icon, IconName};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    #[default]
    Info,
    Error,
}

#[component]
pub fn Notice(#[prop(optional)] kind: NoticeKind, children: Children) -> impl IntoView {
    let (name, icon) = match kind {
        NoticeKind::Info => ("info", IconName::Info),
        NoticeKind::Error => ("error", IconName::Alert),
    };
    view! {
        <div class="notice" data-kind=name>
            <Icon name=icon />
            <p>{children()}</p>
        </div>
    }
}
