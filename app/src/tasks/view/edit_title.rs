//! The title, edited where it stands. Enter and leaving the field keep it, Esc does not.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};

use super::{board::use_board, change::Fields, outbox::use_outbox, side};
use crate::{
    error::ErrorCode,
    tasks::{Day, Description, DescriptionError, Task, Title, TitleError},
    text::use_text,
    ui::focus,
};

/// What is wrong with a title, before it is sent.
pub fn check(title: &str) -> Result<Title, ErrorCode> {
    Title::parse(title).map_err(|error| match error {
        TitleError::Empty => ErrorCode::TitleMissing,
        TitleError::TooLong => ErrorCode::TitleTooLong,
        TitleError::ControlCharacter => ErrorCode::TitleNotOneLine,
    })
}

pub fn check_description(description: &str) -> Result<Description, ErrorCode> {
    Description::parse(description).map_err(|error| match error {
        DescriptionError::TooLong => ErrorCode::DescriptionTooLong,
        DescriptionError::ControlCharacter => ErrorCode::DescriptionNotText,
    })
}

/// A field that is left empty says never.
pub fn check_day(day: &str) -> Result<Option<Day>, ErrorCode> {
    if day.is_empty() {
        return Ok(None);
    }
    Day::parse(day)
        .map(Some)
        .map_err(|_| ErrorCode::InvalidDueDate)
}

#[component]
pub fn EditTitle(task: Task) -> impl IntoView {
    let words = use_text();
    let (board, outbox) = (use_board(), use_outbox());
    let id = task.id;
    let text = RwSignal::new(task.title.clone());
    let before = StoredValue::new(task);
    let wrong = RwSignal::new(None::<ErrorCode>);
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = node.get() {
            focus(&field);
            field.select();
        }
    });
    let leave = move || {
        board.edited.set(None);
        side::focus_row(id);
    };
    let save = move || {
        if board.edited.get_untracked() != Some(id) {
            return false;
        }
        // The field may be going away with its page.
        let Some(checked) = text.try_with_untracked(|text| check(text)) else {
            return false;
        };
        match checked {
            Ok(title) => {
                let fields = Fields {
                    title: Some(title.as_str().to_owned()),
                    ..Fields::default()
                };
                before.with_value(|task| outbox.edit(task, fields));
                true
            }
            Err(error) => {
                wrong.set(Some(error));
                false
            }
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if save() {
            leave();
        }
    };
    let blur = move |_| {
        if save() {
            board.edited.set(None);
        }
    };
    let key = move |event: KeyboardEvent| {
        // One that only ends the composing of a character is not ours.
        if event.key() == "Escape" && !event.is_composing() {
            event.stop_propagation();
            leave();
        }
    };
    let error_id = format!("edit-error-{id}");
    let described_by = error_id.clone();
    view! {
        <form class="task-edit" on:submit=submit>
            <input
                class="field-input"
                type="text"
                autocomplete="off"
                aria-label=words.tasks.title
                aria-invalid=move || wrong.get().map(|_| "true")
                aria-describedby=move || wrong.get().map(|_| described_by.clone())
                prop:value=text
                node_ref=node
                on:input:target=move |event| text.set(event.target().value())
                on:keydown=key
                on:blur=blur
            />
            {move || {
                wrong
                    .get()
                    .map(|error| {
                        view! {
                            <p class="field-error" id=error_id.clone() role="alert">
                                {(words.problem.error)(error)}
                            </p>
                        }
                    })
            }}
        </form>
    }
    .into_any()
}
