//! The keyboard map, and the dialog that shows it. Off while somebody types.

use leptos::{ev, prelude::*};

use super::{
    address::{Wanted, use_go},
    board::use_board,
    head::SEARCH,
    outbox::use_outbox,
    quick_add::QUICK_ADD,
    side,
};
use crate::{
    tasks::Status,
    text::use_text,
    ui::{Button, Dialog, Size, Variant},
};

/// From `g` to the letter that says where, in milliseconds.
const CHORD: f64 = 1500.0;

#[component]
pub fn Keys(wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let (board, outbox) = (use_board(), use_outbox());
    let go = use_go();
    let is_open = RwSignal::new(false);
    // When `g` was pressed, by the clock of events.
    let began = StoredValue::new(None::<f64>);
    let are_on = RwSignal::new(true);
    Effect::new(move |_| are_on.set(side::has_keys()));
    let filter = move |status: Status| {
        go(
            &Wanted {
                status,
                ..wanted.get_untracked()
            },
            false,
        );
    };
    let act = move |event: &ev::KeyboardEvent| -> bool {
        let focused = side::focused_row();
        let key = event.key();
        let moves = ["j", "k", "ArrowDown", "ArrowUp"];
        if event.repeat() && !moves.contains(&key.as_str()) {
            return false;
        }
        let now = event.time_stamp();
        let began_at = began.try_update_value(Option::take).flatten();
        if began_at.is_some_and(|began_at| now - began_at < CHORD) {
            match key.as_str() {
                "a" => filter(Status::All),
                "o" => filter(Status::Pending),
                "d" => filter(Status::Completed),
                _ => return false,
            }
            return true;
        }
        match (key.as_str(), focused) {
            ("n", _) => side::focus_on(QUICK_ADD),
            ("/", _) => side::focus_on(SEARCH),
            ("j" | "ArrowDown", _) => side::step(1),
            ("k" | "ArrowUp", _) => side::step(-1),
            ("x", Some(id)) => outbox.toggle(id),
            // On a button the bar presses that.
            (" ", Some(id)) if !side::is_on_button(event) => outbox.toggle(id),
            ("e", Some(id)) => board.edited.set(Some(id)),
            ("Delete", Some(id)) => outbox.delete(id),
            ("z", _) => {
                outbox.undo();
            }
            ("g", _) => began.set_value(Some(now)),
            ("?", _) => is_open.set(true),
            _ => return false,
        }
        true
    };
    Effect::new(move |_| {
        let act = act.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            if are_on.get_untracked()
                && !event.default_prevented()
                && !side::is_typing(&event)
                && act(&event)
            {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <p class="tasks-keys">
            <Button
                variant=Variant::Quiet
                size=Size::Small
                on_press=move |()| is_open.set(true)
            >
                {words.keyboard}
                <kbd>"?"</kbd>
            </Button>
        </p>
        <Help is_open are_on />
    }
    .into_any()
}

/// The map, and a way to switch the keys off.
#[component]
fn Help(is_open: RwSignal<bool>, are_on: RwSignal<bool>) -> impl IntoView {
    let words = &use_text().tasks;
    let rows = move || {
        words.keys.map(|(keys, does)| {
            let keys = keys
                .split(' ')
                .map(|key| view! { <kbd>{key}</kbd> })
                .collect_view();
            view! {
                <div>
                    <dt>{keys}</dt>
                    <dd>{does}</dd>
                </div>
            }
        })
    };
    view! {
        <Dialog id="keys" title=words.keyboard open=is_open>
            <dl class="keys">{rows()}</dl>
            <label class="field-check">
                <input
                    type="checkbox"
                    autocomplete="off"
                    prop:checked=are_on
                    on:change:target=move |event| {
                        are_on.set(event.target().checked());
                        side::keep_keys(are_on.get_untracked());
                    }
                />
                <span>{words.keys_on}</span>
            </label>
        </Dialog>
    }
    .into_any()
}
