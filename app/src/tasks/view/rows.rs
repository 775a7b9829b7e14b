//! A list of tasks, and what is done to them there: one ear for all of its rows.

use std::time::Duration;

use leptos::{ev::MouseEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::Wanted, board::use_board, entry::Entry, outbox::use_outbox, row::RowHtml, side,
};
use crate::{tasks::TaskId, ui::Word, zone::use_here};

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
    /// What the server has rendered, see [`rendered`].
    #[prop(into)]
    html: Signal<String>,
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
        // Before its form is sent, where it has one.
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
            board.edited.set(Some(id));
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
            board.edited.set(Some(id));
        }
    };
    let here = use_here();
    let node = NodeRef::<html::Ul>::new();
    let shown = entries(list, is_shown, |entries| {
        entries.iter().map(side::Row::from).collect()
    });
    let rows = StoredValue::new(shown);
    // What is around the rows is not followed here: the page has every row look again.
    let of_row = move || RowHtml::new(&wanted.read_untracked(), here.today_untracked());
    Effect::new(move |_| {
        let Some(node) = node.get() else { return };
        // A copy: a field that goes away with its row saves what stands in it, and that changes the list.
        let entries = list.get();
        let entries = if is_shown.get() { &entries[..] } else { &[] };
        rows.update_value(|rows| side::bring(&node, rows, entries, &of_row()));
    });
    view! {
        <ul
            class="rows tasks-list"
            node_ref=node
            inner_html=html
            on:click=click
            on:dblclick=double
        ></ul>
    }
}

/// All rows, where the server renders; in the browser they are there, or are brought in a moment.
pub fn rendered(list: RwSignal<Vec<Entry>>, is_shown: Memo<bool>, wanted: Memo<Wanted>) -> Word {
    let here = use_here();
    Word::html(move |page| {
        let of_row = RowHtml::new(&wanted.read_untracked(), here.today_untracked());
        entries(list, is_shown, |entries| of_row.write(entries, page));
    })
}

fn entries<T>(
    list: RwSignal<Vec<Entry>>,
    is_shown: Memo<bool>,
    read: impl FnOnce(&[Entry]) -> T,
) -> T {
    if is_shown.get_untracked() {
        read(&list.read_untracked())
    } else {
        read(&[])
    }
}
