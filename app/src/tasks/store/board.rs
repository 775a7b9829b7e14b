//! What the task page shows first, in one statement: how many tasks there are, and where its two lists begin. Each
//! statement more would cost as much as reading the rows does.

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::list::{Keyed, Listed, pattern, range};
use crate::{
    auth::UserId,
    pool::Pool,
    tasks::{Counts, ListQuery},
};

#[derive(Debug)]
pub struct Board {
    pub open: Listed,
    pub done: Listed,
    pub counts: Counts,
}

/// How much of each list; None is nothing.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub open: Option<u16>,
    pub done: Option<u16>,
}

/// The day that is today for whoever looks.
#[derive(Clone, Copy, Debug)]
pub struct Today {
    pub date: Date,
    pub began: OffsetDateTime,
    pub ends: OffsetDateTime,
}

struct Found {
    counts: Counts,
    /// None where there are no tasks at all.
    task: Option<Keyed>,
}

impl<'r> FromRow<'r, PgRow> for Found {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let number = |name| -> sqlx::Result<u32> {
            let count: i32 = row.try_get(name)?;
            Ok(u32::try_from(count).unwrap_or_default())
        };
        let id: Option<Uuid> = row.try_get("id")?;
        Ok(Self {
            counts: Counts {
                open: number("count_open")?,
                done: number("count_done")?,
                done_today: number("count_done_today")?,
                due_today: number("count_due_today")?,
            },
            task: id.map(|_| Keyed::from_row(row)).transpose()?,
        })
    }
}

/// The status of the query does not matter: the limits say what is wanted.
pub async fn board(
    pool: &Pool,
    owner: UserId,
    query: &ListQuery,
    limits: Limits,
    today: Today,
) -> sqlx::Result<Board> {
    let sql = board_sql(query, limits);
    let mut statement = sqlx::query_as::<_, Found>(AssertSqlSafe(sql))
        .bind(owner.0)
        .bind(today.began)
        .bind(today.date)
        .bind(today.ends);
    if !query.search.is_empty() {
        statement = statement.bind(pattern(&query.search));
    }
    let rows = statement.fetch_all(pool).await?;
    let counts = rows.first().map(|row| row.counts).unwrap_or_default();
    let tasks = rows.into_iter().filter_map(|row| row.task);
    let (done, open) = tasks.partition(Keyed::is_done);
    let listed = |rows, limit: Option<u16>| Listed::new(rows, limit.unwrap_or(0), query.sort);
    Ok(Board {
        open: listed(open, limits.open),
        done: listed(done, limits.done),
        counts,
    })
}

/// The statement: $1 is the owner, $2 to $4 are today, $5 is the pattern. How many there are is counted up to
/// [`Counts::LIMIT`]. The one row of them is joined to the lists as they come, which leaves those in their order.
pub fn board_sql(query: &ListQuery, Limits { open, done }: Limits) -> String {
    // In the order of the index, so that none is read beyond the last that counts.
    let count = |name: &str, which: &str| {
        let limit = Counts::LIMIT;
        format!(
            "(SELECT count(*) FROM (SELECT FROM task WHERE owner_id = $1 AND deleted_at IS NULL AND {which} \
             LIMIT {limit}) AS counted)::int AS {name}"
        )
    };
    let counts = [
        count("count_open", "NOT done"),
        count("count_done", "done"),
        count(
            "count_done_today",
            "completed_at >= $2 AND completed_at < $4",
        ),
        count(
            "count_due_today",
            "NOT done AND due_key < greatest($4, ($3::date + 1)::timestamp AT TIME ZONE 'UTC') \
             AND (due_date <= $3 OR due_at < $4) ORDER BY due_key",
        ),
    ]
    .join(", ");
    let range = |is_done| move |limit| format!("({})", range(query, is_done, "", "$5", limit));
    let ranges: Vec<_> = [open.map(range(false)), done.map(range(true))]
        .into_iter()
        .flatten()
        .collect();
    let ranges = ranges.join(" UNION ALL ");
    format!("SELECT * FROM (SELECT {counts}) AS counts LEFT JOIN ({ranges}) AS task ON true")
}
