//! What is open, and below it what is done.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};

use super::{
    address::Wanted, board::use_board, empty::Empty, outbox::use_outbox, rows::Rows, side,
};
use crate::{
    error::ErrorCode,
    page::report,
    tasks::{Status, list_more_tasks},
    text::use_text,
    ui::{Button, Notice, Size, use_toasts},
    zone::use_here,
};

#[component]
pub fn Lists(wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let board = use_board();
    let status = board.status;
    let has_open = Memo::new(move |_| board.open.with(|list| !list.is_empty()));
    let has_done = Memo::new(move |_| board.done.with(|list| !list.is_empty()));
    let shows_open = Memo::new(move |_| status.get() != Status::Completed);
    let shows_done = Memo::new(move |_| status.get() != Status::Pending);
    let open = move || {
        (shows_open.get() && has_open.get()).then(|| {
            view! {
                <Rows list=board.open wanted attr:aria-label=words.open />
                <More status=Status::Pending next=board.next_open wanted />
            }
        })
    };
    let done = move || {
        (shows_done.get() && has_done.get()).then(|| {
            view! {
                <h2 id="done-heading" class="tasks-done-heading">
                    {words.done}
                </h2>
                <Rows list=board.done wanted attr:aria-labelledby="done-heading" />
                <More status=Status::Completed next=board.next_done wanted />
            }
        })
    };
    // Rows do not follow what is the same for all of them.
    let here = use_here();
    let shown = StoredValue::new(here.today_untracked());
    Effect::new(move |_| {
        let now = (here.today(), here.offset());
        if shown.get_value() != now {
            shown.set_value(now);
            board.look_again();
        }
    });
    Effect::new(move |_| wanted.with(|wanted| side::lead_to(|id| wanted.details(id))));
    let is_empty =
        move || !(shows_open.get() && has_open.get() || shows_done.get() && has_done.get());
    view! {
        <Waiting />
        {open}
        {done}
        {move || is_empty().then(|| view! { <Empty wanted /> })}
    }
    .into_any()
}

/// The rest of a list: fetched when its end comes near, or by a button. What is done stays folded until somebody asks.
#[component]
fn More(status: Status, next: RwSignal<Option<String>>, wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let board = use_board();
    let toasts = use_toasts();
    let is_pending = RwSignal::new(false);
    let fetch = move || {
        let Some(after) = next.get_untracked().filter(|_| !is_pending.get_untracked()) else {
            return;
        };
        is_pending.set(true);
        let Wanted { sort, search, .. } = wanted.get_untracked();
        let asked = wanted.get_untracked();
        spawn_local(async move {
            let page = list_more_tasks(status, sort, search, after).await;
            if is_pending.is_disposed() {
                return;
            }
            is_pending.set(false);
            match page {
                Ok(page) if wanted.get_untracked() == asked => board.append(status, page),
                Ok(_) => {}
                Err(error) => report(error, toasts),
            }
        });
    };
    let node = NodeRef::<html::Div>::new();
    let is_folded =
        Memo::new(move |_| status == Status::Completed && board.status.get() == Status::All);
    Effect::new(move |_| {
        if let Some(end) = node.get()
            && !is_folded.get()
        {
            side::when_seen(&end, fetch);
        }
    });
    move || {
        next.read().is_some().then(|| {
            view! {
                <div class="tasks-more" node_ref=node>
                    <Button size=Size::Small pending=is_pending on_press=move |()| fetch()>
                        {move || if is_folded.get() { words.more_done } else { words.more }}
                    </Button>
                </div>
            }
        })
    }
}

/// Says that changes wait, and why.
#[component]
fn Waiting() -> impl IntoView {
    let words = &use_text().tasks;
    let outbox = use_outbox();
    let said = move || match outbox.stuck.get()? {
        ErrorCode::Network => Some(words.offline.to_owned()),
        ErrorCode::TooManyRequests => Some((use_text().problem.wait)(outbox.retry_in.get())),
        _ => Some(words.unavailable.to_owned()),
    };
    Effect::new(move |_| {
        let left = outbox.retry_in.get();
        if left > 0 {
            let tick = move || {
                outbox.retry_in.try_set(left - 1);
            };
            set_timeout(tick, Duration::from_secs(1));
        }
    });
    view! {
        <div class="tasks-waiting" role="status">
            {move || {
                said().map(|said| view! { <Notice>{said}</Notice> })
            }}
        </div>
    }
    .into_any()
}
