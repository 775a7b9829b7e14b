//! The task page. `board` holds what is shown, `outbox` brings every change to the server; the components below read
//! the one and speak to the other.

mod address;
mod asking;
mod board;
mod change;
mod conflict;
mod delivery;
mod details;
mod due;
mod edit_title;
mod empty;
mod entry;
mod head;
mod keys;
mod list;
mod outbox;
mod quick_add;
mod row;
mod rows;

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(not(feature = "ssr"))]
mod kept;
#[cfg(not(feature = "ssr"))]
mod patch;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
use browser as side;
#[cfg(feature = "ssr")]
use server as side;

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::{
    address::{Wanted, use_wanted},
    asking::Asking,
    board::{Board, use_board},
    conflict::ConflictDialog,
    details::Details,
    entry::Entry,
    head::Head,
    keys::Keys,
    list::Lists,
    outbox::{Outbox, use_outbox},
    quick_add::QuickAdd,
};
use super::{RestoreTask, Task, TaskBoard, TaskId, get_task, list_tasks};
use crate::{
    auth::view::use_session,
    error::{AppError, ErrorCode},
    page::{NotFoundPage, ProblemPage, report},
    text::use_text,
    ui::{Button, Notice, ProgressLine, Settled, Size, Stencil, use_toasts},
    zone::use_here,
};

/// The list, and over it the details of the task that the address names.
#[component]
pub fn TasksPage() -> impl IntoView {
    let here = use_here();
    here.follow();
    let board = Board::new(here);
    let user = use_session().user().with_untracked(|user| {
        user.as_ref()
            .map(|user| user.id.to_string())
            .unwrap_or_default()
    });
    let outbox = Outbox::new(board, use_toasts(), user);
    provide_context(board);
    provide_context(outbox);
    let wanted = use_wanted();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let is_loading = RwSignal::new(false);
    let asking = Asking::new(wanted);
    board.wanted.set_value(wanted.get_untracked());
    // Whatever needs the server waits for both, so that a task that is not there is answered with 404.
    let list = Resource::new_blocking(
        move || wanted.get(),
        move |asked| async move {
            // Not `Transition`'s own signal: its effect runs on the server too, beyond the end of the request.
            show_loading(is_loading, true);
            let list = asking.wait(&asked, read(&outbox, &asked)).await;
            show_loading(is_loading, false);
            if let Some(Ok(_)) = list {
                board.wanted.try_set_value(asked);
            }
            list.transpose()
        },
    );
    let task = Resource::new_blocking(move || id.get(), move |id| find(board, id));
    let is_begun = StoredValue::new(false);
    Effect::new(move |_| {
        if !is_begun.get_value() {
            is_begun.set_value(true);
            outbox.begin();
        }
    });
    view! {
        <ProgressLine active=is_loading />
        <Transition>
            <Loaded list task wanted />
        </Transition>
    }
    .into_any()
}

/// None where another one is on its way.
type ListAnswer = Result<Option<TaskBoard>, AppError>;

/// The list as the server has it, with all that we have told it.
async fn read(outbox: &Outbox, asked: &Wanted) -> Result<TaskBoard, AppError> {
    let mut settled = outbox.settled();
    loop {
        let list = list_tasks(asked.status, asked.sort, asked.search.clone()).await?;
        // What has arrived meanwhile may not be in it.
        let now = outbox.settled();
        if now == settled {
            return Ok(list);
        }
        settled = now;
    }
}

fn show_loading(is_loading: RwSignal<bool>, is_so: bool) {
    if cfg!(feature = "hydrate") {
        is_loading.try_set(is_so);
    }
}

/// The list stays as it is while details come and go; only a task that is not there takes the page's place.
#[component]
fn Loaded(
    list: Resource<ListAnswer>,
    task: Resource<Result<Option<Task>, AppError>>,
    wanted: Memo<Wanted>,
) -> impl IntoView {
    let is_missing = Memo::new(move |_| {
        task.with(|task| matches!(task, Some(Err(error)) if error.code == ErrorCode::TaskNotFound))
    });
    let page = move || {
        if is_missing.get() {
            NotFoundPage().into_any()
        } else {
            view! { <Main list wanted /> }.into_any()
        }
    };
    let details = move || match task.get()? {
        Ok(task) => Some(view! { <Details task=task? wanted /> }.into_any()),
        Err(error) if error.code == ErrorCode::TaskNotFound => None,
        Err(error) => Some(view! { <ProblemPage error /> }.into_any()),
    };
    // The list is waited for here: nobody looks into what is settled. Not by `()`, which would not be the same for
    // `Transition`, that has awaited it, and for the browser.
    let wait = move || list.with(|_| None::<AnyView>);
    // Each is shown once, before the page: one that comes back has what has been done to it since.
    let (board, outbox) = (use_board(), use_outbox());
    let fill = move || {
        if let Some(Ok(Some(list))) = list.get() {
            board.show(list);
            outbox.apply_again();
        }
        None::<AnyView>
    };
    view! {
        {wait}
        {Settled::new(fill)}
        {Settled::new(page)}
        {details}
    }
    .into_any()
}

/// What stands around the list stays too, with whatever is being typed there, when another part of the list is shown.
#[component]
fn Main(list: Resource<ListAnswer>, wanted: Memo<Wanted>) -> impl IntoView {
    static ENDING: Stencil = Stencil::uncut();
    let outbox = use_outbox();
    // What has been shown stays, also when another part of it cannot be fetched.
    let has_list = Memo::new(move |had: Option<&bool>| {
        had == Some(&true) || list.with(|list| matches!(list, Some(Ok(Some(_)))))
    });
    let content = move || match list.get()? {
        Err(error) if !has_list.get() => Some(view! { <ProblemPage error /> }.into_any()),
        _ => None,
    };
    let toasts = use_toasts();
    Effect::new(move |_| {
        if let Some(Err(error)) = list.get()
            && has_list.get_untracked()
        {
            report(error, toasts);
            side::on_online(move || list.refetch());
        }
    });
    let ending = |[]: [Signal<String>; 0]| {
        view! {
            <ConflictDialog />
            <Keys wanted />
        }
        .into_any()
    };
    view! {
        <Title text=(use_text().frame.page_title)(use_text().tasks.heading) />
        <div
            class="tasks"
            hidden=move || !has_list.get()
            data-stuck=move || outbox.stuck.read().is_some().then_some("")
        >
            <Head wanted />
            <Deleted />
            <QuickAdd />
            <Lists wanted />
            {ENDING.show(Some(0), [], ending)}
        </div>
        {content}
    }
}

/// After a plain form has deleted a task: the way to have it back.
#[component]
fn Deleted() -> impl IntoView {
    let words = &use_text().tasks;
    let deleted = use_query_map().with_untracked(|query| query.get("deleted"));
    deleted.filter(|id| TaskId::parse(id).is_some()).map(|id| {
        view! {
            <form class="tasks-deleted" action=RestoreTask::PATH method="post">
                <input type="hidden" name="id" autocomplete="off" value=id />
                <Notice>
                    {words.deleted} " " <Button size=Size::Small>{words.undo}</Button>
                </Notice>
            </form>
        }
        .into_any()
    })
}

/// The task of an address; one that is on the page already needs no server.
async fn find(board: Board, id: Option<String>) -> Result<Option<Task>, AppError> {
    let Some(id) = id else { return Ok(None) };
    let known = TaskId::parse(&id).and_then(|id| board.read(id, Entry::as_edited));
    match known {
        Some(task) => Ok(Some(task)),
        None => get_task(id).await.map(Some),
    }
}
