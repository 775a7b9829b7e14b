//! The line to write the next task in. It keeps the focus for the one after; a longer form opens from it.

use leptos::{ev::SubmitEvent, html, prelude::*, server_fn::ServerFn};

use super::{
    change::Fields,
    due::to_field,
    edit_title::{check, check_day, check_description},
    outbox::use_outbox,
    side,
};
use crate::{
    client::Asks,
    error::ErrorCode,
    page::{Sending, draft, is_sent_back},
    tasks::{AddTask, Due},
    text::use_text,
    ui::{Button, Field, FieldKind, Icon, IconName, Stencil, Variant, focus, keep_input_in_step},
};

pub const QUICK_ADD: &str = "quick-add";

#[component]
pub fn QuickAdd() -> impl IntoView {
    static STENCIL: Stencil = Stencil::uncut();
    let variant = (!is_sent_back()).then_some(0);
    STENCIL.show(variant, [], |[]| Line().into_any())
}

#[component]
fn Line() -> impl IntoView {
    let text = use_text();
    let words = &text.tasks;
    let outbox = use_outbox();
    let node = NodeRef::<html::Input>::new();
    // What a plain form was sent back with, then what the server says to ours.
    let sent_back = Sending::new(AddTask::PATH, Asks::Session, |_| None);
    let title = sent_back.value("title", "");
    let (description, due) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    keep_input_in_step(title, node);
    let form = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            draft::restore(&form);
        }
    });
    let wrong = RwSignal::new(sent_back.refusal().get_untracked().map(|error| error.code));
    Effect::new(move |_| {
        if let Some(field) = node.get()
            && side::may_take_focus()
        {
            focus(&field);
        }
    });
    Effect::new(move |_| {
        // Nothing typed is lost, and what has been typed since is not either.
        let is_free = [title, description, due].map(|field| field.with(String::is_empty));
        if is_free != [true; 3] || outbox.refused.with(Vec::is_empty) {
            return;
        }
        let (fields, code) = outbox.refused.write().remove(0);
        title.set(fields.title.unwrap_or_default());
        description.set(fields.description.unwrap_or_default());
        due.set(fields.due.flatten().map(to_field).unwrap_or_default());
        wrong.set(Some(code));
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = title.get_untracked();
        // Nothing may be read any more when the fields are emptied.
        let fields = read(&typed, &description.get_untracked(), &due.get_untracked());
        match fields {
            Ok(fields) => {
                outbox.add(fields);
                for field in [title, description, due] {
                    field.set(String::new());
                }
                wrong.set(None);
            }
            Err(ErrorCode::TitleMissing) if typed.is_empty() => {}
            Err(error) => wrong.set(Some(error)),
        }
        if let Some(field) = node.get_untracked() {
            focus(&field);
        }
    };
    view! {
        <form
            class="quick-add"
            action=AddTask::PATH
            method="post"
            novalidate=true
            data-draft=true
            node_ref=form
            on:submit=submit
        >
            <div class="quick-add-line">
                <Icon name=IconName::Plus />
                <input
                    id=QUICK_ADD
                    class="quick-add-field"
                    type="text"
                    name="title"
                    autocomplete="off"
                    required=true
                    placeholder=words.add_hint
                    aria-label=words.add_label
                    aria-invalid=move || wrong.get().map(|_| "true")
                    aria-describedby=move || wrong.get().map(|_| "quick-add-error")
                    value=title.get_untracked()
                    node_ref=node
                    on:input:target=move |event| title.set(event.target().value())
                />
                <Button variant=Variant::Primary>{words.add}</Button>
            </div>
            {move || {
                wrong
                    .get()
                    .map(|error| {
                        view! {
                            <p id="quick-add-error" class="field-error" role="alert">
                                <Icon name=IconName::Alert />
                                <span>{(text.problem.error)(error)}</span>
                            </p>
                        }
                    })
            }}
            <MoreFields description due />
        </form>
    }
    .into_any()
}

/// What is typed, if it is something to add.
fn read(title: &str, description: &str, due: &str) -> Result<Fields, ErrorCode> {
    Ok(Fields {
        title: Some(check(title)?.as_str().to_owned()),
        description: Some(check_description(description)?.as_str().to_owned()),
        due: Some(check_day(due)?.map(Due::Day)),
    })
}

#[component]
fn MoreFields(description: RwSignal<String>, due: RwSignal<String>) -> impl IntoView {
    let words = &use_text().tasks;
    view! {
        <details class="quick-add-more">
            <summary>{words.more_fields}</summary>
            <div class="form">
                <Field
                    label=words.description
                    name="description"
                    id="new-description"
                    kind=FieldKind::Multiline
                    value=description
                />
                <Field
                    label=words.due_date
                    name="due_date"
                    id="new-due-date"
                    kind=FieldKind::Date
                    value=due
                />
            </div>
        </details>
    }
    .into_any()
}
