//! The list, a page at a time. Each order is a range of an index from the place where the last page ended: the first
//! page of a hundred thousand tasks costs what the first of fifty does.
//!
//! The statements are put together from parts that stand here, for there are some sixty of them; nothing that comes
//! from outside is part of one. Each is prepared once per connection.

use sqlx::{AssertSqlSafe, FromRow, PgExecutor, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{reader::place, row::Row};
use crate::{
    auth::UserId,
    tasks::{
        ListQuery, Order, Sort, Status, Task,
        cursor::{Cursor, Key},
    },
};

#[derive(Debug, Default)]
pub struct Listed {
    pub tasks: Vec<Task>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

impl Listed {
    /// Of one row more than wanted, which tells whether there is another page.
    pub(super) fn new(mut rows: Vec<Keyed>, limit: u16, sort: Sort) -> Self {
        let has_more = rows.len() > usize::from(limit);
        rows.truncate(limit.into());
        let next = rows.last().filter(|_| has_more).map(|last| Cursor {
            key: match sort {
                Sort::Title => Key::Title(last.row.title.clone()),
                _ => Key::Time(last.key),
            },
            id: last.row.id,
        });
        Self {
            tasks: rows.into_iter().map(|keyed| keyed.row.into()).collect(),
            next,
        }
    }
}

pub(super) struct Keyed {
    row: Row,
    key: Option<OffsetDateTime>,
}

impl Keyed {
    pub fn is_done(&self) -> bool {
        self.row.completed_at.is_some()
    }
}

impl<'r> FromRow<'r, PgRow> for Keyed {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        Ok(Self {
            key: row.try_get("key")?,
            row: Row::from_row(row)?,
        })
    }
}

/// The next `limit` tasks from the cursor on.
pub(super) async fn list(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    query: &ListQuery,
    after: Option<&Cursor>,
    limit: u16,
) -> sqlx::Result<Listed> {
    let sql = list_sql(query, after.is_some(), limit);
    let mut statement = sqlx::query_as::<_, Keyed>(AssertSqlSafe(sql)).bind(owner.0);
    if let Some(Cursor { key, id }) = after {
        statement = match key {
            Key::Time(at) => statement.bind(at),
            Key::Title(title) => statement.bind(title),
        }
        .bind(id);
    }
    if !query.search.is_empty() {
        statement = statement.bind(pattern(&query.search));
    }
    let rows = statement.fetch_all(executor).await?;
    Ok(Listed::new(rows, limit, query.sort))
}

/// The first `limit` tasks of each of the owners, in their order.
pub(super) async fn lists(
    executor: impl PgExecutor<'_>,
    owners: &[UserId],
    query: &ListQuery,
    limit: u16,
) -> sqlx::Result<Vec<Listed>> {
    let ids: Vec<Uuid> = owners.iter().map(|owner| owner.0).collect();
    let rows = sqlx::query(AssertSqlSafe(lists_sql(query, limit)))
        .bind(ids)
        .fetch_all(executor)
        .await?;
    let mut pages: Vec<Vec<Keyed>> = owners.iter().map(|_| Vec::new()).collect();
    for row in &rows {
        pages[place(row, owners.len())?].push(Keyed::from_row(row)?);
    }
    Ok(pages
        .into_iter()
        .map(|page| Listed::new(page, limit, query.sort))
        .collect())
}

/// The statement: $1 is the owner, then come the cursor's key and id, then the pattern.
pub fn list_sql(query: &ListQuery, is_after: bool, limit: u16) -> String {
    let (after, pattern) = if is_after {
        (By::new(query).after(), "$4")
    } else {
        (String::new(), "$2")
    };
    page_sql(query, "$1", &after, pattern, limit)
}

/// The statement: $1 are the owners, hidden as in [`FOUND`](super::FOUND). One page comes after the other, each in its
/// order, since each is read for its owner.
pub fn lists_sql(query: &ListQuery, limit: u16) -> String {
    let page = page_sql(query, "asked.owner_id", "", "", limit);
    format!(
        "SELECT place, task.* FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS asked (owner_id, place) \
         CROSS JOIN LATERAL ({page}) AS task"
    )
}

fn page_sql(query: &ListQuery, owner: &str, after: &str, pattern: &str, limit: u16) -> String {
    let range = |is_done| range(query, owner, is_done, after, pattern, limit);
    match query.status {
        Status::Pending => range(false),
        Status::Completed => range(true),
        // Two ranges, merged as they are read.
        Status::All => format!(
            "SELECT * FROM (({}) UNION ALL ({})) AS task{}",
            range(false),
            range(true),
            By::new(query).order(limit)
        ),
    }
}

/// A range of what is done, or of what is not: of one row more than wanted. `owner` is how the statement says whose.
pub(super) fn range(
    query: &ListQuery,
    owner: &str,
    is_done: bool,
    after: &str,
    pattern: &str,
    limit: u16,
) -> String {
    let by = By::new(query);
    let (shown, order) = (by.shown, by.order(limit));
    let which = if is_done { "done" } else { "NOT done" };
    let search = if query.search.is_empty() {
        String::new()
    } else {
        format!(" AND {SEARCHED} LIKE {}", lower(pattern))
    };
    format!(
        "SELECT id, title, description, completed_at, due_date, due_at, created_at, updated_at, version, \
         {shown} AS key, due_key FROM task WHERE owner_id = {owner} AND deleted_at IS NULL AND {which}{after}{search}{order}"
    )
}

/// The order, as the statement says it.
struct By {
    key: &'static str,
    /// As the driver can read it: `due_key` is infinity for what is due at no time.
    shown: &'static str,
    /// The cursor's.
    given: &'static str,
    direction: &'static str,
    beyond: char,
}

impl By {
    fn new(query: &ListQuery) -> Self {
        let (key, shown, given) = match query.sort {
            Sort::Created => ("created_at", "created_at", "$2::timestamptz"),
            Sort::Updated => ("updated_at", "updated_at", "$2::timestamptz"),
            Sort::Title => (
                "title COLLATE title_order",
                "NULL::timestamptz",
                "$2::text COLLATE title_order",
            ),
            Sort::DueDate => (
                "due_key",
                "nullif(due_key, 'infinity')",
                "coalesce($2::timestamptz, 'infinity')",
            ),
        };
        let (direction, beyond) = match query.order {
            Order::Asc => ("ASC", '>'),
            Order::Desc => ("DESC", '<'),
        };
        Self {
            key,
            shown,
            given,
            direction,
            beyond,
        }
    }

    fn after(&self) -> String {
        let Self {
            key, beyond, given, ..
        } = self;
        format!(" AND ({key}, id) {beyond} ({given}, $3)")
    }

    fn order(&self, limit: u16) -> String {
        let Self { key, direction, .. } = self;
        let limit = u32::from(limit) + 1;
        format!(" ORDER BY {key} {direction}, id {direction} LIMIT {limit}")
    }
}

/// As in `task_search_idx`.
const SEARCHED: &str = r#"lower((title || E'\n' || description) COLLATE "und-x-icu")"#;

fn lower(parameter: &str) -> String {
    format!(r#"lower({parameter}::text COLLATE "und-x-icu")"#)
}

/// The text anywhere, and no wildcards in it.
pub(super) fn pattern(search: &str) -> String {
    let mut pattern = String::with_capacity(search.len() + 2);
    pattern.push('%');
    for c in search.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
