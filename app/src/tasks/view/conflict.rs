//! Two have written in one task: what it says now beside what was to be written, and a choice.

use leptos::prelude::*;

use super::{due, outbox::use_outbox};
use crate::{
    tasks::Due,
    text::use_text,
    ui::{Button, Dialog, Variant},
    zone::use_here,
};

#[component]
pub fn ConflictDialog() -> impl IntoView {
    let words = &use_text().tasks;
    let outbox = use_outbox();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(!outbox.conflicts.read().is_empty()));
    let keep_theirs = move |()| drop(outbox.decide());
    let keep_mine = move |()| {
        if let Some(conflict) = outbox.decide() {
            outbox.insist(conflict);
        }
    };
    // Closed by Esc: as they have it. If there is another one, it is shown then.
    Effect::watch(
        move || open.get(),
        move |is_open, was_open, _| {
            if !is_open && was_open == Some(&true) && !outbox.conflicts.read_untracked().is_empty()
            {
                drop(outbox.decide());
            }
        },
        false,
    );
    let sides = move || {
        let conflict = outbox
            .conflicts
            .with(|conflicts| conflicts.first().cloned())?;
        let mut mine = conflict.theirs.clone();
        conflict.mine.write_to(&mut mine);
        Some(view! {
            <div class="conflict">
                {version(words.theirs, &conflict.theirs)} {version(words.mine, &mine)}
            </div>
        })
    };
    view! {
        <Dialog id="conflict" title=words.conflict open>
            {sides}
            <div class="dialog-actions">
                <Button on_press=keep_theirs>{words.keep_theirs}</Button>
                <Button variant=Variant::Primary on_press=keep_mine>
                    {words.keep_mine}
                </Button>
            </div>
        </Dialog>
    }
    .into_any()
}

fn version(heading: &'static str, task: &crate::tasks::Task) -> AnyView {
    let here = use_here();
    let said = |due: Due| due::words(due, true, here.today(), here.offset()).0;
    view! {
        <section>
            <h3>{heading}</h3>
            <p class="conflict-title">{task.title.clone()}</p>
            <p class="conflict-description">{task.description.clone()}</p>
            <p>{task.due.map(said)}</p>
        </section>
    }
    .into_any()
}
