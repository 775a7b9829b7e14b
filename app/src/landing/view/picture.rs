//! The picture of a day's list, in HTML. Its first row is live: it makes the round trip to the database.
//!
//! The row shows the wanted state at once and takes it back if the server says no. It is a plain form, so
//! that it works without scripts too: the state is then in the page's address, as the server sends it there.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    client::Asks,
    error::AppError,
    landing::{Example, SetExampleDone, get_example},
    page::{Form, Sending, answer_with, report},
    text::use_text,
    ui::{Check, CheckMark, Chip, Notice, NoticeKind, Ring, Tone, ring_part, use_toasts},
};

const CHECK: &str = "try-check";
const NOTE: &str = "try-note";
const TASKS: u32 = 6;
/// Of the tasks that only stand there.
const DONE: u32 = 1;

#[component]
pub fn Picture() -> impl IntoView {
    let words = &use_text().landing.picture;
    let tick = Sending::new(SetExampleDone::PATH, Asks::Anybody, |_| None);
    let answered = RwSignal::new(None);
    let done = use_done(tick);
    let done_count = Signal::derive(move || DONE + u32::from(done.get()));
    view! {
        <figure class="picture">
            <div class="sheet">
                <div class="sheet-head">
                    <div>
                        <p class="sheet-title">{words.today}</p>
                        <p class="sheet-tally">
                            {move || (words.tally)(done_count.get(), TASKS)}
                        </p>
                    </div>
                    <Ring part=Signal::derive(move || ring_part(done_count.get(), TASKS)) />
                </div>
                <LiveRow tick done answered />
                <StillRows />
            </div>
            <figcaption>{words.caption}</figcaption>
        </figure>
    }
}

/// Whether the example is ticked: as the address has it at first, then as the person wants it, unless the
/// server says no.
fn use_done(tick: Sending) -> RwSignal<bool> {
    let in_address = use_query_map().with_untracked(|query| query.get_str("done") == Some("true"));
    let done = RwSignal::new(in_address);
    let turn = move || done.update(|done| *done = !*done);
    let pending = tick.pending();
    Effect::watch(
        move || pending.get(),
        move |is_pending, _, _| {
            if *is_pending {
                turn();
            }
        },
        false,
    );
    let refusal = tick.refusal();
    let toasts = use_toasts();
    Effect::watch(
        move || refusal.get(),
        move |refused, _, _| {
            if let Some(error) = refused {
                turn();
                report(error.clone(), toasts);
            }
        },
        false,
    );
    done
}

#[component]
fn LiveRow(
    tick: Sending,
    done: RwSignal<bool>,
    answered: RwSignal<Option<Example>>,
) -> impl IntoView {
    let words = &use_text().landing.picture;
    let navigate = use_navigate();
    let on_done = move |answer: String| {
        answered.set(serde_json::from_str(&answer).ok());
        // So that a reload shows the same.
        let address = if done.get_untracked() {
            "/?done=true"
        } else {
            "/"
        };
        navigate(
            address,
            NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    };
    view! {
        <div id="try" class="example">
            <Form sending=tick on_done>
                <input
                    type="hidden"
                    name="done"
                    autocomplete="off"
                    value=move || (!done.get()).to_string()
                />
                <div class="row" data-done=move || done.get().then_some("")>
                    <Check
                        id=CHECK
                        checked=done
                        pending=tick.pending()
                        attr:aria-describedby=NOTE
                    />
                    <div class="row-body">
                        <label class="row-title" for=CHECK>
                            {words.example}
                        </label>
                        <p id=NOTE class="row-note">
                            <span>{words.example_note}</span>
                            <span>
                                <Count answered />
                            </span>
                        </p>
                    </div>
                </div>
            </Form>
            <Refusal tick />
        </div>
    }
}

/// How many visitors have it ticked off: as the page was loaded, then as the last tick was answered.
#[component]
fn Count(answered: RwSignal<Option<Example>>) -> impl IntoView {
    let words = &use_text().landing.picture;
    let loaded = Resource::new_blocking(|| (), |()| get_example());
    let latest = move || answered.get().map(Ok).or_else(|| loaded.get());
    let show = move |latest: Result<Example, AppError>| match latest {
        Ok(example) => (words.done_by)(example.done_by),
        Err(error) => {
            answer_with(&error);
            words.no_count.to_owned()
        }
    };
    view! { <Suspense>{move || latest().map(show)}</Suspense> }
}

/// Why a form that was sent without scripts was refused.
#[component]
fn Refusal(tick: Sending) -> impl IntoView {
    let refusal = tick.refusal();
    let refused = refusal.get_untracked();
    // What is refused later is told by a toast.
    let is_first =
        Memo::new(move |was: Option<&bool>| was != Some(&false) && refusal.get() == refused);
    move || {
        let error = refusal.get().filter(|_| is_first.get())?;
        Some(view! {
            <Notice kind=NoticeKind::Error>{(use_text().problem.error)(error.code)}</Notice>
        })
    }
}

/// The rest of the day.
#[component]
fn StillRows() -> impl IntoView {
    let words = &use_text().landing.picture;
    let row = |title, done: bool, due: Option<(&'static str, Tone)>| {
        let state = if done {
            words.state_done
        } else {
            words.state_open
        };
        view! {
            <li class="row" data-done=done.then_some("")>
                <span class="row-mark">
                    <CheckMark checked=done />
                </span>
                <div class="row-body">
                    <span class="row-title">
                        <span class="visually-hidden">{state} " "</span>
                        {title}
                    </span>
                </div>
                {due
                    .map(|(due, tone)| {
                        view! {
                            <div class="row-end">
                                <Chip tone>{due}</Chip>
                            </div>
                        }
                    })}
            </li>
        }
    };
    view! {
        <ul class="rows">
            {(
                row(words.lease, false, Some((words.due_overdue, Tone::Overdue))),
                row(words.bread, false, Some((words.due_today, Tone::Today))),
                row(words.dentist, false, Some((words.due_tomorrow, Tone::Neutral))),
                row(words.birthday, false, Some((words.due_friday, Tone::Neutral))),
                row(words.plants, true, None),
            )}
        </ul>
    }
}
