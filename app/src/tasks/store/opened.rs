//! What opening the page of tasks needs: the session that a cookie's secret opens, and where its owner's two lists
//! begin. One statement, one way to the database and back, and one for all who open it at once.

use std::sync::LazyLock;

use sqlx::{FromRow, Row as _, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    board::{Limits, Lists},
    list::{Keyed, range},
    reader::place,
};
use crate::{
    auth::{
        secret::SecretHash,
        store::session::{Opened, opened_by},
    },
    pool::{Held, Pool, Question},
    tasks::ListQuery,
};

/// Somebody who shows a cookie. The lists are all there is, in the usual order.
#[derive(Debug)]
pub(super) struct Opening {
    pub token_hash: SecretHash,
    pub now: OffsetDateTime,
}

impl Question for Opening {
    type Pool = Pool;
    type Answer = Option<(Opened, Lists)>;

    const AT_ONCE: usize = 8;

    fn goes_with(&self, _: &Self) -> bool {
        true
    }

    async fn ask(held: &mut Held, questions: &[Self]) -> sqlx::Result<Vec<Self::Answer>> {
        let hashes: Vec<&[u8]> = questions
            .iter()
            .map(|question| question.token_hash.as_bytes())
            .collect();
        // They differ by what they have waited: a session that ends meanwhile has ended for all of them.
        let now = questions.iter().map(|question| question.now).max();
        let rows = sqlx::query(OPENED.as_str())
            .bind(hashes)
            .bind(now)
            .fetch_all(&mut **held)
            .await?;
        let mut found: Vec<Rows> = questions.iter().map(|_| Rows::default()).collect();
        for row in &rows {
            let place = place(row, questions.len())?;
            found[place].take(row, &questions[place])?;
        }
        Ok(found.into_iter().map(Rows::answer).collect())
    }
}

/// What there is for one of them.
#[derive(Default)]
struct Rows {
    opened: Option<Opened>,
    tasks: Vec<Keyed>,
}

impl Rows {
    fn take(&mut self, row: &PgRow, question: &Opening) -> sqlx::Result<()> {
        if row.try_get::<Option<Uuid>, _>("id")?.is_some() {
            self.tasks.push(Keyed::from_row(row)?);
        } else if row.try_get::<&[u8], _>("hash")? == question.token_hash.as_bytes() {
            self.opened = Some(Opened::from_row(row)?);
        }
        Ok(())
    }

    fn answer(self) -> Option<(Opened, Lists)> {
        let lists = Lists::new(self.tasks, &ListQuery::default(), Limits::BOTH);
        Some((self.opened?, lists))
    }
}

/// The statement: $1 are the hashes, hidden as in [`FOUND`](super::FOUND), $2 is the time. For each that opens a
/// session a row for it, and one for each task: the columns of the one are NULL in the other, in the order in which
/// [`opened_by`] and `range` have them.
pub static OPENED: LazyLock<String> = LazyLock::new(|| {
    let query = &ListQuery::default();
    let opened = opened_by("asked.hash", "$2");
    let ranges = Limits::BOTH
        .ranges(|is_done, limit| range(query, "opened.user_id", is_done, "", "", limit));
    format!(
        "WITH opened AS MATERIALIZED (SELECT place, hash, session.* \
         FROM unnest((SELECT $1::bytea[])) WITH ORDINALITY AS asked (hash, place) CROSS JOIN LATERAL ({opened}) AS session) \
         SELECT opened.*, NULL AS id, NULL AS title, NULL AS description, NULL AS completed_at, NULL AS due_date, \
         NULL AS due_at, NULL AS created_at, NULL AS updated_at, NULL AS version, NULL AS key, NULL AS due_key \
         FROM opened UNION ALL \
         SELECT place, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, task.* \
         FROM opened CROSS JOIN LATERAL ({ranges}) AS task"
    )
});
