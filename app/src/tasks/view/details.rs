//! One task with all that is written in it, over the list and with an address of its own.

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    html,
    prelude::*,
    server_fn::ServerFn,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::Wanted,
    change::Fields,
    edit_title::{check, check_day, check_description},
    outbox::use_outbox,
};
use crate::{
    client::Asks,
    error::ErrorCode,
    page::{Sending, draft},
    tasks::{DeleteTask, Due, EditTask, Task},
    text::use_text,
    ui::{Button, ButtonLink, Field, FieldKind, Icon, IconName, Notice, NoticeKind, Size, Variant},
};

/// Without scripts the dialog stands open in the page, and its forms are sent as they are.
#[component]
pub fn Details(task: Task, wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let list = Memo::new(move |_| wanted.with(Wanted::list));
    let navigate = use_navigate();
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            // It was rendered open, but not as a modal one.
            dialog.set_open(false);
            // Fails only for a dialog that is open or not in the page.
            let _ = dialog.show_modal();
        }
    });
    // The browser's own way out: it gives the focus back to where it was, and says when it has.
    let leave = Callback::new(move |()| {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    });
    let closed = move |_| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&list.get_untracked(), options);
    };
    // A press that began inside (to select a text, say) and ends on the backdrop is no click on it.
    let pressed_backdrop = StoredValue::new(false);
    let on_backdrop = |event: &MouseEvent| event.target() == event.current_target();
    let follow = move |event: MouseEvent| {
        event.prevent_default();
        leave.run(());
    };
    view! {
        <dialog
            class="dialog task-details"
            open=true
            aria-labelledby="details-heading"
            node_ref=node
            on:close=closed
            on:mousedown=move |event: MouseEvent| pressed_backdrop.set_value(on_backdrop(&event))
            on:click=move |event: MouseEvent| {
                if pressed_backdrop.get_value() && on_backdrop(&event) {
                    leave.run(());
                }
            }
        >
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 id="details-heading">{words.details}</h2>
                    <a
                        class="button"
                        data-variant="quiet"
                        data-size="icon"
                        href=move || list.get()
                        aria-label=use_text().ui.close
                        on:click=follow
                    >
                        <Icon name=IconName::Close />
                    </a>
                </div>
                <DetailsForm task leave list />
            </div>
        </dialog>
    }
    .into_any()
}

#[component]
fn DetailsForm(task: Task, leave: Callback<()>, list: Memo<String>) -> impl IntoView {
    let text = use_text();
    let words = &text.tasks;
    let outbox = use_outbox();
    let id = task.id;
    let before = StoredValue::new(task.clone());
    let description = RwSignal::new(task.description.clone());
    let kept_due = task.due;
    let shown_due =
        kept_due.map(|due| due.day(crate::zone::use_here().offset_untracked()).to_iso());
    let due = RwSignal::new(shown_due.clone().unwrap_or_default());
    let sent_back = Sending::new(EditTask::PATH, Asks::Session, |_| None);
    let title = sent_back.value("title", task.title.clone());
    let came_back = sent_back.refusal().get_untracked().map(|error| error.code);
    let wrong = RwSignal::new(came_back);
    let error_of = move |field: &'static str| {
        Signal::derive(move || {
            let code = wrong.get().filter(|code| field_of(*code) == field)?;
            Some((text.problem.error)(code).to_owned())
        })
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // A time of day that the field cannot show stays, unless the day is changed.
        let day = due.get_untracked();
        let is_same_day = day == shown_due.clone().unwrap_or_default();
        let fields = || {
            Ok(Fields {
                title: Some(check(&title.read_untracked())?.as_str().to_owned()),
                description: Some(
                    check_description(&description.read_untracked())?
                        .as_str()
                        .to_owned(),
                ),
                due: Some(if is_same_day {
                    kept_due
                } else {
                    check_day(&day)?.map(Due::Day)
                }),
            })
        };
        match fields() {
            Ok(fields) => {
                before.with_value(|task| outbox.edit(task, fields));
                leave.run(());
            }
            Err(error) => wrong.set(Some(error)),
        }
    };
    let remove = move |event: SubmitEvent| {
        event.prevent_default();
        leave.run(());
        outbox.delete(id);
    };
    let general = move || {
        let code = wrong.get().filter(|code| field_of(*code).is_empty())?;
        Some(view! { <Notice kind=NoticeKind::Error>{(text.problem.error)(code)}</Notice> })
    };
    let form = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            draft::restore(&form);
        }
    });
    view! {
        <form
            id="details-form"
            class="form"
            action=EditTask::PATH
            method="post"
            novalidate=true
            data-draft=true
            node_ref=form
            on:submit=submit
        >
            <div class="refusal" role="alert">
                {general}
            </div>
            <input type="hidden" name="id" autocomplete="off" value=id.to_string() />
            <input
                type="hidden"
                name="version"
                autocomplete="off"
                value=task.version.to_string()
            />
            <Field
                label=words.title
                name="title"
                id="details-title"
                value=title
                error=error_of("title")
                required=true
                autocomplete="off"
            />
            <Field
                label=words.description
                name="description"
                id="details-description"
                kind=FieldKind::Multiline
                value=description
                error=error_of("description")
            />
            <Field
                label=words.due_date
                name="due_date"
                id="details-due-date"
                kind=FieldKind::Date
                value=due
                error=error_of("due_date")
            />
        </form>
        <div class="dialog-actions task-details-actions">
            <form action=DeleteTask::PATH method="post" on:submit=remove>
                <input type="hidden" name="id" autocomplete="off" value=id.to_string() />
                <Button variant=Variant::Quiet size=Size::Small>
                    <Icon name=IconName::Bin />
                    {words.delete}
                </Button>
            </form>
            <ButtonLink
                href=list.get_untracked()
                variant=Variant::Secondary
                on:click=move |event: MouseEvent| {
                    event.prevent_default();
                    leave.run(());
                }
            >
                {words.cancel}
            </ButtonLink>
            <Button variant=Variant::Primary attr:form="details-form">
                {words.save}
            </Button>
        </div>
    }
    .into_any()
}

fn field_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::TitleMissing | ErrorCode::TitleTooLong | ErrorCode::TitleNotOneLine => "title",
        ErrorCode::DescriptionTooLong | ErrorCode::DescriptionNotText => "description",
        ErrorCode::InvalidDueDate => "due_date",
        _ => "",
    }
}
