//! What many read at once: whoever comes while a few statements are under way shares the next.

use std::sync::Arc;

use sqlx::{FromRow, Row as _, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    board::Lists,
    list::{Listed, list, lists},
    opened::Opening,
    row::Row,
    write::find,
};
use crate::{
    auth::{UserId, secret::SecretHash, store::session::Opened},
    error::AppError,
    pool::{Held, Pool, Question, Together},
    tasks::{ListQuery, PAGE, Task, TaskId, cursor::Cursor},
};

/// Reads tasks. One for the process.
#[derive(Clone, Debug)]
pub struct Reader(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: Pool,
    tasks: Together<One>,
    lists: Together<FirstPage>,
    openings: Together<Opening>,
}

impl Reader {
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        Self(Arc::new(Inner {
            tasks: Together::new(pool.clone()),
            lists: Together::new(pool.clone()),
            openings: Together::new(pool.clone()),
            pool,
        }))
    }

    /// The task, if it is the owner's.
    pub async fn find(&self, owner: UserId, id: TaskId) -> Result<Option<Task>, AppError> {
        self.0.tasks.ask(One { owner, id }).await
    }

    /// The next `limit` tasks from the cursor on.
    pub async fn list(
        &self,
        owner: UserId,
        query: &ListQuery,
        after: Option<&Cursor>,
        limit: u16,
    ) -> Result<Listed, AppError> {
        // What is searched for takes longer, and so does a long page: nobody else is to wait for it.
        if after.is_some() || !query.search.is_empty() || limit > PAGE {
            return Ok(list(&self.0.pool, owner, query, after, limit).await?);
        }
        let page = FirstPage {
            owner,
            query: query.clone(),
            limit,
        };
        self.0.lists.ask(page).await
    }

    /// The session that a cookie's secret opens, and where its owner's two lists begin.
    pub async fn open(
        &self,
        token_hash: SecretHash,
        now: OffsetDateTime,
    ) -> Result<Option<(Opened, Lists)>, AppError> {
        self.0.openings.ask(Opening { token_hash, now }).await
    }
}

/// The tasks with the ids $2, each if it is that one's of the owners $1. Both stand in a SELECT of their own, which hides
/// from Postgres how many they are: it would make a plan for each number, which takes longer than reading them.
pub const FOUND: &str = "SELECT place, id, title, description, completed_at, due_date, due_at, created_at, updated_at, version \
    FROM unnest((SELECT $1::uuid[]), (SELECT $2::uuid[])) WITH ORDINALITY AS asked (owner_id, id, place) \
    JOIN task USING (owner_id, id) WHERE deleted_at IS NULL";

/// Which of so many questions a row answers.
pub(super) fn place(row: &PgRow, questions: usize) -> sqlx::Result<usize> {
    let place: i64 = row.try_get("place")?;
    let place = usize::try_from(place - 1).ok();
    place
        .filter(|place| *place < questions)
        .ok_or_else(|| sqlx::Error::Decode("a row answers nobody's question".into()))
}

#[derive(Debug)]
struct One {
    owner: UserId,
    id: TaskId,
}

impl Question for One {
    type Pool = Pool;
    type Answer = Option<Task>;

    const AT_ONCE: usize = 100;

    fn goes_with(&self, _: &Self) -> bool {
        true
    }

    async fn ask(held: &mut Held, questions: &[Self]) -> sqlx::Result<Vec<Option<Task>>> {
        if let [one] = questions {
            return Ok(vec![find(&mut **held, one.owner, one.id).await?]);
        }
        let (owners, ids): (Vec<Uuid>, Vec<Uuid>) = questions
            .iter()
            .map(|question| (question.owner.0, question.id.0))
            .unzip();
        let rows = sqlx::query(FOUND)
            .bind(owners)
            .bind(ids)
            .fetch_all(&mut **held)
            .await?;
        let mut tasks: Vec<Option<Task>> = questions.iter().map(|_| None).collect();
        for row in &rows {
            tasks[place(row, questions.len())?] = Some(Row::from_row(row)?.into());
        }
        Ok(tasks)
    }
}

/// Where somebody's list begins.
#[derive(Debug)]
struct FirstPage {
    owner: UserId,
    query: ListQuery,
    limit: u16,
}

impl Question for FirstPage {
    type Pool = Pool;
    type Answer = Listed;

    /// Of [`PAGE`] tasks at most, each of which may have 40 kB.
    const AT_ONCE: usize = 8;

    fn goes_with(&self, other: &Self) -> bool {
        (&self.query, self.limit) == (&other.query, other.limit)
    }

    async fn ask(held: &mut Held, questions: &[Self]) -> sqlx::Result<Vec<Listed>> {
        let Self { query, limit, .. } = &questions[0];
        if let [one] = questions {
            return Ok(vec![
                list(&mut **held, one.owner, query, None, *limit).await?,
            ]);
        }
        let owners: Vec<UserId> = questions.iter().map(|page| page.owner).collect();
        lists(&mut **held, &owners, query, *limit).await
    }
}
