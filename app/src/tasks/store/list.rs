//! The list, a page at a time. Each order is a range of an index from the place where the last page ended: the first
//! page of a hundred thousand tasks costs what the first of fifty does.
//!
//! The statements are put together from parts that stand here, for there are some sixty of them; nothing that comes
//! from outside is part of one. Each is prepared once per connection.

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow};
use time::OffsetDateTime;

use super::row::Row;
use crate::{
    auth::UserId,
    pool::Pool,
    tasks::{
        Counts, ListQuery, Order, Sort, Status, Task,
        cursor::{Cursor, Key},
    },
};

#[derive(Debug)]
pub struct Listed {
    pub tasks: Vec<Task>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

struct Keyed {
    row: Row,
    key: Option<OffsetDateTime>,
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
pub async fn list(
    pool: &Pool,
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
    let mut rows = statement.fetch_all(pool).await?;
    let has_more = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let next = rows.last().filter(|_| has_more).map(|last| Cursor {
        key: match query.sort {
            Sort::Title => Key::Title(last.row.title.clone()),
            _ => Key::Time(last.key),
        },
        id: last.row.id,
    });
    Ok(Listed {
        tasks: rows.into_iter().map(|keyed| keyed.row.into()).collect(),
        next,
    })
}

/// The statement: $1 is the owner, then come the cursor's key and id, then the pattern. One row more than wanted
/// tells whether there is another page.
pub fn list_sql(query: &ListQuery, is_after: bool, limit: u16) -> String {
    // `due_key` is infinity for what is due at no time, which the driver does not know.
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
        Order::Asc => ("ASC", ">"),
        Order::Desc => ("DESC", "<"),
    };
    let after = if is_after {
        format!(" AND ({key}, id) {beyond} ({given}, $3)")
    } else {
        String::new()
    };
    let search = match (query.search.is_empty(), is_after) {
        (true, _) => String::new(),
        (false, true) => format!(" AND {SEARCHED} LIKE {}", lower("$4")),
        (false, false) => format!(" AND {SEARCHED} LIKE {}", lower("$2")),
    };
    let order = format!(
        " ORDER BY {key} {direction}, id {direction} LIMIT {}",
        u32::from(limit) + 1
    );
    let select = |which: &str| {
        format!(
            "SELECT id, title, description, completed_at, due_date, due_at, created_at, updated_at, version, \
             {shown} AS key, due_key FROM task WHERE owner_id = $1 AND deleted_at IS NULL{which}{after}{search}{order}"
        )
    };
    match query.status {
        Status::Pending => select(" AND NOT done"),
        Status::Completed => select(" AND done"),
        // Two ranges, merged as they are read.
        Status::All => format!(
            "SELECT * FROM (({}) UNION ALL ({})) AS task{order}",
            select(" AND NOT done"),
            select(" AND done")
        ),
    }
}

/// As in `task_search_idx`.
const SEARCHED: &str = r#"lower((title || E'\n' || description) COLLATE "und-x-icu")"#;

fn lower(parameter: &str) -> String {
    format!(r#"lower({parameter}::text COLLATE "und-x-icu")"#)
}

/// The text anywhere, and no wildcards in it.
fn pattern(search: &str) -> String {
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

/// How many there are, up to [`Counts::LIMIT`] each. The day that is today began and ends at the given times.
pub async fn count(
    pool: &Pool,
    owner: UserId,
    day_began: OffsetDateTime,
    today: time::Date,
    day_ends: OffsetDateTime,
) -> sqlx::Result<Counts> {
    let row = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM (SELECT FROM task WHERE owner_id = $1 AND NOT done AND deleted_at IS NULL
                                    LIMIT $5) AS t)::int AS "open!",
             (SELECT count(*) FROM (SELECT FROM task WHERE owner_id = $1 AND done AND deleted_at IS NULL
                                    LIMIT $5) AS t)::int AS "done!",
             (SELECT count(*) FROM (SELECT FROM task WHERE owner_id = $1 AND completed_at >= $2 AND completed_at < $4
                                    AND deleted_at IS NULL LIMIT $5) AS t)::int AS "done_today!",
             (SELECT count(*) FROM (SELECT FROM task WHERE owner_id = $1 AND NOT done AND deleted_at IS NULL
                                    AND due_key < greatest($4, ($3::date + 1)::timestamp AT TIME ZONE 'UTC')
                                    AND (due_date <= $3 OR due_at < $4) LIMIT $5) AS t)::int AS "due_today!""#,
        owner.0,
        day_began,
        today,
        day_ends,
        i64::from(Counts::LIMIT)
    )
    .fetch_one(pool)
    .await?;
    let number = |count: i32| u32::try_from(count).unwrap_or_default();
    Ok(Counts {
        open: number(row.open),
        done: number(row.done),
        done_today: number(row.done_today),
        due_today: number(row.due_today),
    })
}
