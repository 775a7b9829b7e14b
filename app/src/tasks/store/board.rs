//! What the task page shows first: how many tasks there are, and where its two lists begin. Both are one statement, for
//! each more would cost as much as reading the rows does; or the lists are there already (see `opened`), and are counted.

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::list::{Keyed, Listed, pattern, range};
use crate::{
    auth::UserId,
    pool::Pool,
    tasks::{Counts, Due, ListQuery, Moment, PAGE, Task},
};

#[derive(Debug)]
pub struct Board {
    pub lists: Lists,
    pub counts: Counts,
}

#[derive(Debug)]
pub struct Lists {
    pub open: Listed,
    pub done: Listed,
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

impl Limits {
    /// What the page shows of both lists, where nobody asks for anything else. What is done is folded after the tenth.
    pub const BOTH: Self = Self {
        open: Some(PAGE),
        done: Some(10),
    };

    /// The lists, one after the other.
    pub(super) fn ranges(self, range: impl Fn(bool, u16) -> String) -> String {
        let lists = [(false, self.open), (true, self.done)];
        let ranges = lists
            .into_iter()
            .filter_map(|(is_done, limit)| Some(format!("({})", range(is_done, limit?))));
        ranges.collect::<Vec<_>>().join(" UNION ALL ")
    }
}

impl Lists {
    /// Of one row more than wanted in each.
    pub(super) fn new(
        rows: impl IntoIterator<Item = Keyed>,
        query: &ListQuery,
        limits: Limits,
    ) -> Self {
        let (done, open) = rows.into_iter().partition(Keyed::is_done);
        let listed = |rows, limit: Option<u16>| Listed::new(rows, limit.unwrap_or(0), query.sort);
        Self {
            open: listed(open, limits.open),
            done: listed(done, limits.done),
        }
    }

    /// How much there is, where these are all of it.
    pub fn counts(&self, today: Today) -> Option<Counts> {
        let Self { open, done } = self;
        if open.next.is_some() || done.next.is_some() {
            return None;
        }
        let [began, ends] = [today.began, today.ends].map(Moment::from);
        let is_of_today = |task: &&Task| {
            let completed_at = task.completed_at;
            completed_at.is_some_and(|at| began <= at && at < ends)
        };
        let is_due = |task: &&Task| match task.due {
            Some(Due::Day(day)) => day <= today.date.into(),
            Some(Due::At(at)) => at < ends,
            None => false,
        };
        let count = |count: usize| u32::try_from(count).unwrap_or(Counts::LIMIT);
        Some(Counts {
            open: count(open.tasks.len()),
            done: count(done.tasks.len()),
            done_today: count(done.tasks.iter().filter(is_of_today).count()),
            due_today: count(open.tasks.iter().filter(is_due).count()),
        })
    }
}

struct Found {
    counts: Counts,
    /// None where there are no tasks at all.
    task: Option<Keyed>,
}

impl<'r> FromRow<'r, PgRow> for Found {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let id: Option<Uuid> = row.try_get("id")?;
        Ok(Self {
            counts: Counts::from_row(row)?,
            task: id.map(|_| Keyed::from_row(row)).transpose()?,
        })
    }
}

impl<'r> FromRow<'r, PgRow> for Counts {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let number = |name| -> sqlx::Result<u32> {
            let count: i32 = row.try_get(name)?;
            Ok(u32::try_from(count).unwrap_or_default())
        };
        Ok(Self {
            open: number("count_open")?,
            done: number("count_done")?,
            done_today: number("count_done_today")?,
            due_today: number("count_due_today")?,
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
    Ok(Board {
        lists: Lists::new(tasks, query, limits),
        counts,
    })
}

/// The statement: $1 is the owner, $2 to $4 are today, $5 is the pattern. The one row of counts is joined to the lists as
/// they come, which leaves those in their order.
pub fn board_sql(query: &ListQuery, limits: Limits) -> String {
    let counts = counts_sql();
    let ranges = limits.ranges(|is_done, limit| range(query, "$1", is_done, "", "$5", limit));
    format!("SELECT * FROM ({counts}) AS counts LEFT JOIN ({ranges}) AS task ON true")
}

/// How much there is, for whoever has the lists already.
pub async fn counts(pool: &Pool, owner: UserId, today: Today) -> sqlx::Result<Counts> {
    sqlx::query_as(AssertSqlSafe(counts_sql()))
        .bind(owner.0)
        .bind(today.began)
        .bind(today.date)
        .bind(today.ends)
        .fetch_one(pool)
        .await
}

/// Counts up to [`Counts::LIMIT`]: in the order of an index, so that none is read beyond the last that counts.
fn counts_sql() -> String {
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
    ];
    format!("SELECT {}", counts.join(", "))
}
