//! Where there is nothing to show: a first task at one click, or a way out of a filter that lets nothing through.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

use super::{address::Wanted, board::use_board, change::Fields, outbox::use_outbox};
use crate::{
    tasks::{AddTask, Status},
    text::use_text,
    ui::{Button, ButtonLink, Icon, IconName, Size},
};

#[component]
pub fn Empty(wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let board = use_board();
    let counts = board.counts;
    move || {
        let now = Wanted {
            status: board.status.get(),
            ..wanted.get()
        };
        let has_any = counts.with(|counts| counts.open + counts.done > 0);
        if !has_any && !now.is_narrow() {
            return view! { <FirstTime /> }.into_any();
        }
        let (said, clear) = match now.status {
            _ if !now.search.trim().is_empty() => (words.nothing_found, words.clear_search),
            Status::Pending => (words.nothing_open, words.show_all),
            Status::Completed => (words.nothing_done, words.show_all),
            Status::All => (words.nothing_found, words.show_all),
        };
        let all = Wanted {
            status: Status::All,
            search: String::new(),
            ..now
        };
        view! {
            <div class="tasks-empty">
                <p>{said}</p>
                <ButtonLink href=all.list() size=Size::Small>
                    {clear}
                </ButtonLink>
            </div>
        }
        .into_any()
    }
}

#[component]
fn FirstTime() -> impl IntoView {
    let words = &use_text().tasks;
    let examples = words.examples.map(|title| view! { <Example title /> });
    view! {
        <div class="tasks-empty">
            <Drawing />
            <h2>{words.first_heading}</h2>
            <p>{words.first_lead}</p>
            <div class="tasks-examples">{examples}</div>
        </div>
    }
    .into_any()
}

/// A form of its own, so that one click suffices without scripts too.
#[component]
fn Example(title: &'static str) -> impl IntoView {
    let outbox = use_outbox();
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        outbox.add(Fields {
            title: Some(title.to_owned()),
            ..Fields::default()
        });
    };
    view! {
        <form action=AddTask::PATH method="post" on:submit=add>
            <input type="hidden" name="title" autocomplete="off" value=title />
            <Button size=Size::Small>
                <Icon name=IconName::Plus />
                {title}
            </Button>
        </form>
    }
    .into_any()
}

/// A cup beside a list that is all done.
#[component]
fn Drawing() -> impl IntoView {
    view! {
        <svg class="tasks-drawing" viewBox="0 0 160 110" aria-hidden="true">
            <path class="drawing-line" d="M12 100h136" />
            <rect class="drawing-sheet" x="26" y="16" width="66" height="84" rx="8" />
            <path class="drawing-accent" d="m38 36 5 5 9-10M38 58l5 5 9-10M38 80l5 5 9-10" />
            <path class="drawing-line" d="M62 37h18M62 59h18M62 81h12" />
            <path
                class="drawing-sheet"
                d="M106 68h30v20a12 12 0 0 1-12 12h-6a12 12 0 0 1-12-12z"
            />
            <path class="drawing-line" d="M136 74h4a7 7 0 0 1 0 14h-4M115 60c-3-4 3-6 0-10M126 60c-3-4 3-6 0-10" />
        </svg>
    }
    .into_any()
}
