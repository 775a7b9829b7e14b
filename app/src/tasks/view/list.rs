//! What is open, and below it what is done.

use std::time::Duration;

use leptos::{html, prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{
    address::Wanted,
    board::use_board,
    edit_title::{EditTitle, EditTitleProps},
    empty::Empty,
    entry::Entry,
    outbox::use_outbox,
    row,
    rows::{Rows, rendered},
    side,
};
use crate::{
    error::ErrorCode,
    page::report,
    tasks::{DeleteTask, SetTaskCompleted, Status, list_more_tasks},
    text::use_text,
    ui::{Button, Notice, Size, Stencil, use_toasts},
    zone::use_here,
};

#[component]
pub fn Lists(wanted: Memo<Wanted>) -> impl IntoView {
    // One for each way to answer what is asked below; where there is nothing, it is said by what was wanted.
    static STENCIL: Stencil<32> = Stencil::uncut();
    let words = &use_text().tasks;
    let board = use_board();
    let status = board.status;
    let has = |list: RwSignal<Vec<Entry>>, next: RwSignal<Option<String>>| {
        !list.read().is_empty() || next.read().is_some()
    };
    let shows_open =
        Memo::new(move |_| status.get() != Status::Completed && has(board.open, board.next_open));
    let shows_done =
        Memo::new(move |_| status.get() != Status::Pending && has(board.done, board.next_done));
    // Rows do not follow what is the same for all of them.
    let here = use_here();
    let shown = StoredValue::new(here.today_untracked());
    Effect::new(move |_| {
        let now = (here.today(), here.offset());
        if shown.get_value() != now {
            shown.set_value(now);
            board.look_again();
        }
    });
    Effect::new(move |_| wanted.with(|wanted| side::lead_to(|id| wanted.details(id))));
    Effect::new(move |_| {
        let task = |id| board.read(id, Entry::as_edited);
        if let Some(task) = board.edited.get().and_then(task) {
            side::show_in_row(task.id, || EditTitle(EditTitleProps { task }).into_any());
        }
    });
    let is_empty = move || !shows_open.get() && !shows_done.get();
    let lists = move |[open, done]: [Signal<String>; 2]| {
        view! {
            <Waiting />
            <div hidden=true inner_html=plain_forms()></div>
            <div class="tasks-part" hidden=move || !shows_open.get()>
                <Rows
                    list=board.open
                    is_shown=shows_open
                    wanted
                    html=open
                    attr:aria-label=words.open
                />
                <More status=Status::Pending next=board.next_open wanted />
            </div>
            <div class="tasks-part" hidden=move || !shows_done.get()>
                <h2 id="done-heading" class="tasks-done-heading">
                    {words.done}
                </h2>
                <Rows
                    list=board.done
                    is_shown=shows_done
                    wanted
                    html=done
                    attr:aria-labelledby="done-heading"
                />
                <More status=Status::Completed next=board.next_done wanted />
            </div>
            {move || is_empty().then(|| view! { <Empty wanted /> })}
        }
        .into_any()
    };
    let answers = [
        shows_open.get_untracked(),
        shows_done.get_untracked(),
        board.next_open.read_untracked().is_some(),
        board.next_done.read_untracked().is_some(),
        status.get_untracked() == Status::All,
    ];
    let variant = answers
        .iter()
        .fold(0, |variant, is_so| variant * 2 + usize::from(*is_so));
    let has_any = answers[0] || answers[1];
    let rows = [
        rendered(board.open, shows_open, wanted),
        rendered(board.done, shows_done, wanted),
    ];
    STENCIL.show(has_any.then_some(variant), rows, lists)
}

/// For whoever has no scripts: the buttons of the rows send them, and say for which task.
fn plain_forms() -> String {
    if cfg!(not(feature = "ssr")) {
        return String::new();
    }
    let form = |id, path, completed: &str| {
        format!(r#"<form id="{id}" action="{path}" method="post">{completed}</form>"#)
    };
    let completed = |value| {
        format!(r#"<input type="hidden" name="completed" autocomplete="off" value="{value}">"#)
    };
    [
        form(row::COMPLETE_FORM, SetTaskCompleted::PATH, &completed(true)),
        form(row::REOPEN_FORM, SetTaskCompleted::PATH, &completed(false)),
        form(row::DELETE_FORM, DeleteTask::PATH, ""),
    ]
    .concat()
}

/// The rest of a list: fetched when its end comes near, or by a button. What is done stays folded until somebody asks.
#[component]
fn More(status: Status, next: RwSignal<Option<String>>, wanted: Memo<Wanted>) -> impl IntoView {
    let words = &use_text().tasks;
    let board = use_board();
    let toasts = use_toasts();
    // What is asked for: it may no longer be what is wanted when the answer comes.
    let asked = RwSignal::new(None::<Wanted>);
    let is_pending = Memo::new(move |_| {
        let asked = asked.read();
        asked.as_ref().is_some_and(|asked| *asked == *wanted.read())
    });
    let fetch = move || {
        let now = wanted.get_untracked();
        let is_free = !is_pending.get_untracked() && board.wanted.get_value() == now;
        let Some(after) = next.get_untracked().filter(|_| is_free) else {
            return;
        };
        asked.set(Some(now.clone()));
        spawn_local(async move {
            let page = list_more_tasks(status, now.sort, now.search.clone(), after).await;
            if asked.is_disposed() {
                return;
            }
            asked.update(|asked| {
                asked.take_if(|asked| *asked == now);
            });
            match page {
                Ok(page) if wanted.get_untracked() == now && board.wanted.get_value() == now => {
                    board.append(status, page);
                }
                Ok(_) => {}
                Err(error) => report(error, toasts),
            }
        });
    };
    let node = NodeRef::<html::Div>::new();
    let is_folded =
        Memo::new(move |_| status == Status::Completed && board.status.get() == Status::All);
    Effect::new(move |_| {
        // Another list may have its end where this one had it.
        next.track();
        if let Some(end) = node.get()
            && !is_folded.get()
        {
            side::when_seen(&end, fetch);
        }
    });
    move || {
        next.read().is_some().then(|| {
            view! {
                <div class="tasks-more" node_ref=node>
                    <Button size=Size::Small pending=is_pending on_press=move |()| fetch()>
                        {move || if is_folded.get() { words.more_done } else { words.more }}
                    </Button>
                </div>
            }
        })
    }
}

/// Says that changes wait, and why.
#[component]
fn Waiting() -> impl IntoView {
    let words = &use_text().tasks;
    let outbox = use_outbox();
    let said = move || match outbox.stuck.get()? {
        ErrorCode::Network => Some(words.offline.to_owned()),
        ErrorCode::TooManyRequests => Some((use_text().problem.wait)(outbox.retry_in.get())),
        _ => Some(words.unavailable.to_owned()),
    };
    Effect::new(move |_| {
        let left = outbox.retry_in.get();
        if left > 0 {
            let tick = move || {
                outbox.retry_in.try_set(left - 1);
            };
            set_timeout(tick, Duration::from_secs(1));
        }
    });
    view! {
        <div class="tasks-waiting" role="status">
            {move || {
                said().map(|said| view! { <Notice>{said}</Notice> })
            }}
        </div>
    }
    .into_any()
}
