//! What the server functions do: who asks, what is meant, and the `store`'s answer as the page wants it.

use time::{OffsetDateTime, UtcOffset};

use super::{
    Description, DescriptionError, Due, ListQuery, PAGE, Sort, Status, Task, TaskBoard, TaskId,
    TaskPage, Title, TitleError, ahead,
    cursor::Cursor,
    store::{self, Board, Created, Limits, Listed, NewTask, TaskChange, Today},
};
use crate::{
    auth::{UserId, identity::Owner},
    context::{self, accounts, is_plain_form, pool, reader, require_user},
    error::{AppError, ErrorCode},
};

pub async fn board(status: Status, sort: Sort, search: String) -> Result<TaskBoard, AppError> {
    let owner = counted(require_user()?)?;
    let query = query(status, sort, search)?;
    let one = |open, done| Limits { open, done };
    let limits = match status {
        Status::All => Limits::BOTH,
        Status::Pending => one(Some(PAGE), None),
        Status::Completed => one(None, Some(PAGE)),
    };
    let (pool, today) = (pool()?, today()?);
    // Counts that are asked for after the lists may know of a change that those do not; the next load does.
    let Board { lists, counts } = match ahead::take(owner, &query) {
        Some(lists) => Board {
            counts: match lists.counts(today) {
                Some(counts) => counts,
                None => store::counts(&pool, owner, today).await?,
            },
            lists,
        },
        None => store::board(&pool, owner, &query, limits, today).await?,
    };
    let page = |listed, status| {
        let query = ListQuery {
            status,
            ..query.clone()
        };
        page_of(listed, &query)
    };
    Ok(TaskBoard {
        status,
        open: page(lists.open, Status::Pending),
        done: page(lists.done, Status::Completed),
        counts,
    })
}

pub async fn more(
    status: Status,
    sort: Sort,
    search: String,
    after: &str,
) -> Result<TaskPage, AppError> {
    let owner = counted(require_user()?)?;
    page(owner, query(status, sort, search)?, Some(after), PAGE).await
}

pub async fn get(id: &str) -> Result<Task, AppError> {
    let owner = counted(require_user()?)?;
    let task = reader()?.find(owner, parse_id(id)?).await?;
    task.ok_or_else(|| ErrorCode::TaskNotFound.into())
}

pub async fn add(
    id: Option<&str>,
    title: &str,
    description: Option<&str>,
    due_date: Option<&str>,
) -> Result<Task, AppError> {
    let owner = counted(require_user()?)?;
    let new = NewTask {
        id: id
            .map(|id| TaskId::parse(id).ok_or(ErrorCode::BadRequest))
            .transpose()?,
        title: parse_title(title)?,
        description: parse_description(description.unwrap_or_default())?,
        due: parse_due(due_date.unwrap_or_default())?,
    };
    match store::insert(&pool()?, owner, &new, now()?).await? {
        Created::New(task) | Created::Before(task) => Ok(task),
        Created::Taken => Err(ErrorCode::Conflict.into()),
        Created::NoOwner => Err(ErrorCode::Unauthorized.into()),
    }
}

pub struct Edit {
    pub title: Option<String>,
    pub description: Option<String>,
    pub due_date: Option<String>,
    pub version: Option<i64>,
}

pub async fn edit(id: &str, edit: Edit) -> Result<Task, AppError> {
    let owner = counted(require_user()?)?;
    let id = parse_id(id)?;
    let change = TaskChange {
        title: edit.title.as_deref().map(parse_title).transpose()?,
        description: edit
            .description
            .as_deref()
            .map(parse_description)
            .transpose()?,
        due: edit.due_date.as_deref().map(parse_due).transpose()?,
        completed: None,
    };
    if change.is_empty() {
        return get(&id.to_string()).await;
    }
    let precondition = edit.version.map(|version| vec![version]);
    let written = store::update(&pool()?, owner, id, &change, &precondition, now()?).await?;
    let task = written.into_result()?;
    if is_plain_form() {
        leptos_axum::redirect("/tasks");
    }
    Ok(task)
}

pub async fn set_completed(id: &str, completed: bool) -> Result<Task, AppError> {
    let owner = counted(require_user()?)?;
    let id = parse_id(id)?;
    let written = store::set_completed(&pool()?, owner, id, Some(completed), &None, now()?).await?;
    Ok(written.into_result()?)
}

pub async fn delete(id: &str) -> Result<(), AppError> {
    let owner = counted(require_user()?)?;
    let id = parse_id(id)?;
    store::delete(&pool()?, owner, id, &None, now()?)
        .await?
        .into_result()?;
    if is_plain_form() {
        // Where the task was there is nothing to go back to; but it can be restored.
        leptos_axum::redirect(&format!("/tasks?deleted={id}"));
    }
    Ok(())
}

pub async fn restore(id: &str) -> Result<Task, AppError> {
    let owner = counted(require_user()?)?;
    let restored = store::restore(&pool()?, owner, parse_id(id)?, now()?).await?;
    let task = restored.ok_or(ErrorCode::TaskNotFound)?;
    if is_plain_form() {
        leptos_axum::redirect("/tasks");
    }
    Ok(task)
}

/// Whoever asks too often, by this door or by the API's, has to wait.
fn counted(owner: Owner) -> Result<UserId, AppError> {
    accounts()?
        .limits
        .check_api(&context::caller(), Some(owner.id))?;
    Ok(owner.id)
}

fn now() -> Result<OffsetDateTime, AppError> {
    Ok(accounts()?.clock.now())
}

fn query(status: Status, sort: Sort, search: String) -> Result<ListQuery, AppError> {
    let search = search.trim().to_owned();
    if search.chars().count() > ListQuery::LONGEST_SEARCH || search.contains('\0') {
        return Err(ErrorCode::BadRequest.into());
    }
    Ok(ListQuery {
        status,
        sort,
        order: sort.natural_order(),
        search,
    })
}

async fn page(
    owner: UserId,
    query: ListQuery,
    after: Option<&str>,
    limit: u16,
) -> Result<TaskPage, AppError> {
    let after = after
        .map(|after| Cursor::decode(after, &query))
        .transpose()
        .map_err(|_| ErrorCode::BadRequest)?;
    let listed = reader()?.list(owner, &query, after.as_ref(), limit).await?;
    Ok(page_of(listed, &query))
}

fn page_of(listed: Listed, query: &ListQuery) -> TaskPage {
    TaskPage {
        tasks: listed.tasks,
        next: listed.next.map(|next| next.encode(query)),
    }
}

/// By the clocks of whoever asks.
fn today() -> Result<Today, AppError> {
    let offset =
        UtcOffset::from_whole_seconds(context::utc_offset() * 60).unwrap_or(UtcOffset::UTC);
    let here = now()?.to_offset(offset);
    let began = here.replace_time(time::Time::MIDNIGHT);
    Ok(Today {
        date: here.date(),
        began,
        ends: began + time::Duration::DAY,
    })
}

/// What is no id is the id of no task.
fn parse_id(id: &str) -> Result<TaskId, ErrorCode> {
    TaskId::parse(id).ok_or(ErrorCode::TaskNotFound)
}

fn parse_title(title: &str) -> Result<Title, ErrorCode> {
    Title::parse(title).map_err(|error| match error {
        TitleError::Empty => ErrorCode::TitleMissing,
        TitleError::TooLong => ErrorCode::TitleTooLong,
        TitleError::ControlCharacter => ErrorCode::TitleNotOneLine,
    })
}

fn parse_description(description: &str) -> Result<Description, ErrorCode> {
    Description::parse(description).map_err(|error| match error {
        DescriptionError::TooLong => ErrorCode::DescriptionTooLong,
        DescriptionError::ControlCharacter => ErrorCode::DescriptionNotText,
    })
}

/// A field that is left empty says never.
fn parse_due(due: &str) -> Result<Option<Due>, ErrorCode> {
    if due.is_empty() {
        return Ok(None);
    }
    Due::parse(due)
        .map(Some)
        .map_err(|_| ErrorCode::InvalidDueDate)
}
