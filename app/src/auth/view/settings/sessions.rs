//! Where the account is signed in, and what has happened to it.

use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{Account, time};
use crate::{
    auth::{EndOtherSessions, EndSession, EventInfo, SessionInfo},
    client::Asks,
    page::{Form, Refusal, Sending},
    text::use_text,
    ui::{Button, Chip, Size, Tone, focus, use_toasts},
};

/// Takes the focus when the button that had it goes away with its session.
type List = NodeRef<html::Ul>;

pub fn sessions(account: Account) -> AnyView {
    let list = List::new();
    let has_others = Memo::new(move |_| account.0.with(|info| info.sessions.len() > 1));
    view! {
        <ul class="entries" tabindex="-1" aria-labelledby="sessions-heading" node_ref=list>
            // One that is being ended stays when another has been.
            <For
                each=move || account.0.with(|info| info.sessions.clone())
                key=|session| session.id
                children=move |session| session_row(account, session, list)
            />
        </ul>
        {move || has_others.get().then(|| end_others(account, list))}
    }
    .into_any()
}

fn session_row(account: Account, session: SessionInfo, list: List) -> AnyView {
    let words = &use_text().settings;
    let name = session
        .device
        .unwrap_or_else(|| words.unknown_device.to_owned());
    let sign_out = (words.sign_out_of)(&name);
    let id = session.id;
    let last_used = move || {
        account.0.with(|info| {
            let session = info.sessions.iter().find(|session| session.id == id);
            session.map(|session| time(&session.last_used_at))
        })
    };
    let end = if session.is_this {
        view! { <Chip tone=Tone::Done>{words.this_device}</Chip> }.into_any()
    } else {
        let sending = Sending::new(EndSession::PATH, Asks::Session, |_| None);
        let toasts = use_toasts();
        let done = account.refreshing(move || {
            focus_on(list);
            toasts.success(words.session_ended);
        });
        view! {
            <Form sending on_done=done>
                <input
                    type="hidden"
                    name="id"
                    autocomplete="off"
                    value=session.id.to_string()
                />
                <Button
                    size=Size::Small
                    pending=sending.pending()
                    attr:aria-label=sign_out
                >
                    {use_text().auth.sign_out}
                </Button>
                <Refusal sending />
            </Form>
        }
        .into_any()
    };
    view! {
        <li class="entry-row">
            <div class="entry-body">
                <strong>{name}</strong>
                {session.address.map(|address| view! { <span>{address}</span> })}
                <span>{words.signed_in} " " {time(&session.signed_in_at)}</span>
                <span>{words.last_used} " " {last_used}</span>
            </div>
            {end}
        </li>
    }
    .into_any()
}

fn end_others(account: Account, list: List) -> AnyView {
    let words = &use_text().settings;
    let sending = Sending::new(EndOtherSessions::PATH, Asks::Session, |_| None);
    let toasts = use_toasts();
    let done = account.refreshing(move || {
        focus_on(list);
        toasts.success(words.others_ended);
    });
    view! {
        <Form sending on_done=done>
            <Button pending=sending.pending()>{words.end_all_others}</Button>
            <Refusal sending />
        </Form>
    }
    .into_any()
}

fn focus_on(list: List) {
    if let Some(list) = list.get_untracked() {
        focus(&list);
    }
}

pub fn activity(account: Account) -> AnyView {
    view! {
        <ol class="entries entries-long" tabindex="0" aria-labelledby="activity-heading">
            {move || {
                let events = account.0.with(|info| info.events.clone());
                events.into_iter().map(event_row).collect_view()
            }}
        </ol>
    }
    .into_any()
}

fn event_row(event: EventInfo) -> AnyView {
    let words = &use_text().settings;
    let device = event
        .device
        .unwrap_or_else(|| words.unknown_device.to_owned());
    let origin = match event.address {
        Some(address) => format!("{device}, {address}"),
        None => device,
    };
    view! {
        <li class="entry-row">
            <div class="entry-body">
                <strong>{(words.event)(&event.kind)}</strong>
                <span>{origin}</span>
                <span>{time(&event.at)}</span>
            </div>
        </li>
    }
    .into_any()
}
