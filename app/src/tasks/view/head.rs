//! The top of the page: the day, how much of it is done, and what of the list is shown.

use std::time::Duration;

use leptos::{ev::SubmitEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{
    address::{SORTS, Wanted, use_go},
    board::use_board,
};
use crate::{
    page::Heading,
    tasks::{Counts, Sort, Status},
    text::use_text,
    ui::{
        Button, Icon, IconName, Ring, Size, Stencil, Variant, Word, keep_input_in_step, ring_part,
    },
    zone::use_here,
};

/// From the last key to the search.
const PAUSE: Duration = Duration::from_millis(250);
pub const SEARCH: &str = "search";

#[component]
pub fn Head(wanted: Memo<Wanted>) -> impl IntoView {
    // One for each filter in each order.
    static STENCIL: Stencil<{ FILTERS.len() * SORTS.len() }> = Stencil::uncut();
    let words = &use_text().tasks;
    let (board, here) = (use_board(), use_here());
    let today = move |said: fn(u32, u32) -> String| {
        move || {
            let counts = board.counts.read();
            said(counts.done_today, counts.done_today + counts.due_today)
        }
    };
    let count =
        |count: fn(&Counts) -> u32| Word::text(move || (words.count)(count(&board.counts.read())));
    let said = [
        Word::text(move || (words.full_date)(here.today())),
        Word::text(today(words.tally)),
        Word::text(today(ring_part)),
        count(|counts| counts.open + counts.done),
        count(|counts| counts.open),
        count(|counts| counts.done),
    ];
    let head = move |[date, tally, part, all, open, done]: [Signal<String>; 6]| {
        view! {
            <div class="tasks-head">
                <div>
                    <p class="tasks-date">{date}</p>
                    <Heading>{words.heading}</Heading>
                </div>
                <div class="tasks-progress">
                    <p>{tally}</p>
                    <Ring part />
                </div>
            </div>
            <div class="tasks-tools">
                <Filters wanted all open done />
                <Search wanted />
            </div>
        }
        .into_any()
    };
    STENCIL.show(variant(wanted), said, head)
}

const FILTERS: [Status; 3] = [Status::All, Status::Pending, Status::Completed];

/// None while something is searched for.
fn variant(wanted: Memo<Wanted>) -> Option<usize> {
    let wanted = wanted.read_untracked();
    let filter = FILTERS.iter().position(|status| *status == wanted.status)?;
    let sort = SORTS.iter().position(|sort| *sort == wanted.sort)?;
    let is_whole = wanted.search.is_empty();
    is_whole.then_some(filter * SORTS.len() + sort)
}

#[component]
fn Filters(
    wanted: Memo<Wanted>,
    /// How many there are.
    all: Signal<String>,
    open: Signal<String>,
    done: Signal<String>,
) -> impl IntoView {
    let words = &use_text().tasks;
    let filter = move |status: Status, label: &'static str, count: Signal<String>| {
        let href = move || {
            Wanted {
                status,
                ..wanted.get()
            }
            .list()
        };
        let is_current = move || wanted.with(|wanted| wanted.status == status);
        view! {
            <li>
                <a href=href aria-current=move || is_current().then_some("true")>
                    {label}
                    <span class="tasks-count">{count}</span>
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label=words.filters>
            <ul class="tasks-filters">
                {filter(Status::All, words.all, all)}
                {filter(Status::Pending, words.open, open)}
                {filter(Status::Completed, words.done, done)}
            </ul>
        </nav>
    }
    .into_any()
}

/// A form that asks for the page again; one that runs does so by itself.
#[component]
fn Search(wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let go = use_go();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let sent = StoredValue::new(wanted.with_untracked(|wanted| wanted.search.clone()));
    let search = {
        let go = go.clone();
        move |text: String| {
            let go = go.clone();
            let work = move || {
                // The page may be gone by now.
                if let Some(wanted) = wanted.try_get_untracked()
                    && wanted.search != text
                {
                    sent.set_value(text.clone());
                    go(
                        &Wanted {
                            search: text.clone(),
                            ..wanted
                        },
                        true,
                    );
                }
            };
            timer.update_value(|timer| {
                if let Some(timer) = timer.take() {
                    timer.clear();
                }
                *timer = set_timeout_with_handle(work, PAUSE).ok();
            });
        }
    };
    let order = move |value: String| {
        let sort = Sort::parse(&value).unwrap_or_default();
        go(
            &Wanted {
                sort,
                ..wanted.get_untracked()
            },
            false,
        );
    };
    let status = move || wanted.with(|wanted| wanted.status.as_str());
    let options = SORTS.map(|sort| {
        let label = match sort {
            Sort::DueDate => words.by_due_date,
            Sort::Title => words.by_title,
            _ => words.by_newest,
        };
        let is_chosen = move || wanted.with(|wanted| wanted.sort == sort);
        view! {
            // As an attribute it counts until somebody chooses.
            <option value=sort.as_str() selected=is_chosen prop:selected=is_chosen>
                {label}
            </option>
        }
    });
    let node = NodeRef::<html::Input>::new();
    let shown = RwSignal::new(wanted.with_untracked(|wanted| wanted.search.clone()));
    keep_input_in_step(shown, node);
    // Also what was typed before there was anybody to hear it.
    Effect::new(move |_| search(shown.get()));
    // Back, forward, and the link that clears it; not what was sent from here, which has been typed on since perhaps.
    Effect::new(move |_| {
        let wanted = wanted.with(|wanted| wanted.search.clone());
        if sent.with_value(|sent| *sent != wanted) {
            shown.set(wanted.clone());
            sent.set_value(wanted);
        }
    });
    view! {
        <form
            class="tasks-search"
            role="search"
            action="/tasks"
            method="get"
            on:submit=move |event: SubmitEvent| event.prevent_default()
        >
            <input type="hidden" name="status" autocomplete="off" value=status />
            <label class="tasks-search-field">
                <span class="visually-hidden">{words.search}</span>
                <Icon name=IconName::Search />
                <input
                    id=SEARCH
                    class="field-input"
                    type="search"
                    name="q"
                    maxlength="200"
                    autocomplete="off"
                    placeholder=words.search
                    value=wanted.with_untracked(|wanted| wanted.search.clone())
                    node_ref=node
                    on:input:target=move |event| shown.set(event.target().value())
                />
            </label>
            <label class="tasks-sort">
                <span class="visually-hidden">{words.sort}</span>
                <select
                    class="field-input"
                    name="sort"
                    autocomplete="off"
                    on:change:target=move |event| order(event.target().value())
                >
                    {options}
                </select>
            </label>
            <span class="tasks-show">
                <Button variant=Variant::Quiet size=Size::Small>
                    {words.show}
                </Button>
            </span>
        </form>
    }
    .into_any()
}
