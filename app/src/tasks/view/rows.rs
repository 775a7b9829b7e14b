//! A list of tasks, and what is done to them there: one ear for all of its rows.

use std::time::Duration;

use leptos::{ev::MouseEvent, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::Wanted, board::use_board, entry::Entry, outbox::use_outbox, row::TaskRow, side,
};
use crate::tasks::TaskId;

/// Within it a second click makes it a double one.
const DOUBLE_CLICK: Duration = Duration::from_millis(220);

/// What of a row is meant: its markup says so, see `row`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Complete,
    Open,
    Edit,
    Delete,
}

impl Act {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Open => "open",
            Self::Edit => "edit",
            Self::Delete => "delete",
        }
    }
}

#[component]
pub fn Rows(
    list: RwSignal<Vec<Entry>>,
    is_shown: Memo<bool>,
    wanted: Memo<Wanted>,
) -> impl IntoView {
    let (board, outbox) = (use_board(), use_outbox());
    let navigate = use_navigate();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let open = move |id: TaskId| {
        // The page may be gone by now.
        let Some(address) = wanted.try_with_untracked(|wanted| wanted.details(&id.to_string()))
        else {
            return;
        };
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address, options);
    };
    // A click opens the details, a second one right after it edits the title instead.
    let click = move |event: MouseEvent| match side::aim(&event) {
        // Before its form is sent, where it stands in one.
        Some((id, Act::Complete)) => {
            event.prevent_default();
            outbox.toggle(id);
        }
        Some((id, Act::Delete)) => {
            event.prevent_default();
            outbox.delete(id);
        }
        Some((id, Act::Edit)) => {
            side::close(&format!("actions-{id}"));
            board.edit(Some(id));
        }
        Some((id, Act::Open)) => {
            let is_plain = !(event.ctrl_key() || event.meta_key() || event.shift_key());
            // Keys have no second click to wait for.
            if event.detail() == 0 || !is_plain {
                return;
            }
            event.prevent_default();
            stop();
            if event.detail() > 1 {
                return;
            }
            let open = open.clone();
            timer.set_value(set_timeout_with_handle(move || open(id), DOUBLE_CLICK).ok());
        }
        None => {}
    };
    let double = move |event: MouseEvent| {
        if let Some((id, Act::Open)) = side::aim(&event) {
            stop();
            board.edit(Some(id));
        }
    };
    let shown = move || {
        if is_shown.get() {
            list.get()
        } else {
            Vec::new()
        }
    };
    view! {
        <ul class="rows tasks-list" on:click=click on:dblclick=double>
            <For each=shown key=|entry| entry.row let(entry)>
                <TaskRow entry wanted />
            </For>
        </ul>
    }
}
