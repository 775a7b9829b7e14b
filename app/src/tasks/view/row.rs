//! One task of the list. Without scripts its check, its deletion and its link are plain forms and a plain page.

use std::time::Duration;

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    server_fn::ServerFn,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::Wanted,
    board::{Board, Entry, use_board},
    due::DueChip,
    edit_title::EditTitle,
    outbox::use_outbox,
    side,
};
use crate::{
    tasks::{DeleteTask, SetTaskCompleted, Task, TaskId},
    text::use_text,
    ui::{Button, Check, Icon, IconName, Size, Variant},
};

/// Within it a second click makes it a double one.
const DOUBLE_CLICK: Duration = Duration::from_millis(220);

#[component]
pub fn TaskRow(entry: Entry, wanted: Memo<Wanted>) -> impl IntoView {
    let (board, outbox) = (use_board(), use_outbox());
    let id = entry.id;
    let task = entry.task.clone();
    let is_done = {
        let task = task.clone();
        Signal::derive(move || task.with(Task::is_done))
    };
    let waits = entry.is_waiting.clone();
    let is_waiting = move || (waits.get() && outbox.stuck.read().is_some()).then_some("");
    let note = {
        let task = task.clone();
        Memo::new(move |_| task.with(|task| first_line(&task.description)))
    };
    let title_id = format!("title-{id}");
    let named = task.clone();
    let is_editing = Memo::new(move |_| board.editing.get() == Some(id));
    let title = {
        let task = task.clone();
        move || {
            if is_editing.get() {
                view! { <EditTitle entry=entry.clone() /> }.into_any()
            } else {
                title_link(id, task.clone(), title_id.clone(), wanted, board)
            }
        }
    };
    let press = move |event: SubmitEvent| {
        event.prevent_default();
        outbox.toggle(id);
    };
    view! {
        <li
            class="row task"
            data-task=id.to_string()
            data-done=move || is_done.get().then_some("")
            data-waiting=is_waiting
        >
            <form action=SetTaskCompleted::PATH method="post" on:submit=press>
                <input type="hidden" name="id" autocomplete="off" value=id.to_string() />
                <input
                    type="hidden"
                    name="completed"
                    autocomplete="off"
                    value=move || (!is_done.get()).to_string()
                />
                <Check id=format!("check-{id}") checked=is_done attr:aria-label=move || named.with(|task| task.title.clone()) />
            </form>
            <div class="row-body">
                {title}
                {move || {
                    note.get().map(|note| view! { <p class="row-note">{note}</p> })
                }}
            </div>
            <div class="row-end">
                <DueChip task=task.clone() />
                <Actions id task />
            </div>
        </li>
    }
    .into_any()
}

fn first_line(description: &str) -> Option<String> {
    let line = description
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())?;
    Some(line.to_owned())
}

/// A click opens the details, a second one right after it edits the title instead.
fn title_link(
    id: TaskId,
    task: ArcRwSignal<Task>,
    title_id: String,
    wanted: Memo<Wanted>,
    board: Board,
) -> AnyView {
    let href = move || wanted.with(|wanted| wanted.details(&id.to_string()));
    let navigate = use_navigate();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let open = move || {
        // The page may be gone by now.
        let Some(href) = wanted.try_with_untracked(|wanted| wanted.details(&id.to_string())) else {
            return;
        };
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&href, options);
    };
    let click = move |event: MouseEvent| {
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
        timer.set_value(set_timeout_with_handle(open, DOUBLE_CLICK).ok());
    };
    let double = move |_| {
        stop();
        board.editing.set(Some(id));
    };
    view! {
        <a
            id=title_id
            class="row-title"
            data-main=""
            href=href
            on:click=click
            on:dblclick=double
        >
            {move || task.with(|task| task.title.clone())}
        </a>
    }
    .into_any()
}

/// Beside the row on hover and focus; on touch they open from a button.
#[component]
fn Actions(id: TaskId, task: ArcRwSignal<Task>) -> impl IntoView {
    let (board, outbox) = (use_board(), use_outbox());
    let words = &use_text().tasks;
    let panel = format!("actions-{id}");
    let title = Signal::derive(move || task.with(|task| task.title.clone()));
    let label = move |say: fn(&str) -> String| move || say(&title.read());
    let remove = move |event: SubmitEvent| {
        event.prevent_default();
        outbox.delete(id);
    };
    view! {
        <button
            class="button task-menu"
            type="button"
            data-variant="quiet"
            data-size="icon"
            popovertarget=panel.clone()
            aria-label=label(words.actions_for)
        >
            <Icon name=IconName::More />
        </button>
        <div id=panel class="task-actions" popover="auto">
            <Button
                variant=Variant::Quiet
                size=Size::Icon
                on_press=move |()| {
                    side::close(&format!("actions-{id}"));
                    board.editing.set(Some(id));
                }
                attr:aria-label=label(words.edit_title_of)
            >
                <Icon name=IconName::Pencil />
                <span class="task-action-name">{words.edit_title}</span>
            </Button>
            <form action=DeleteTask::PATH method="post" on:submit=remove>
                <input type="hidden" name="id" autocomplete="off" value=id.to_string() />
                <Button
                    variant=Variant::Quiet
                    size=Size::Icon
                    attr:aria-label=label(words.delete_of)
                >
                    <Icon name=IconName::Bin />
                    <span class="task-action-name">{words.delete}</span>
                </Button>
            </form>
        </div>
    }
    .into_any()
}
