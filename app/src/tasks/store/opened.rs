//! What opening the page of tasks needs: the session that a cookie's secret opens, and where its owner's two lists
//! begin. One statement, one way to the database and back.

use sqlx::{AssertSqlSafe, FromRow, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    board::{Limits, Lists},
    list::{Keyed, range},
};
use crate::{
    auth::{
        secret::SecretHash,
        store::session::{OPENED, Opened},
    },
    pool::Pool,
    tasks::ListQuery,
};

/// The lists are all there is, in the usual order.
pub async fn opened(
    pool: &Pool,
    token_hash: SecretHash,
    now: OffsetDateTime,
    limits: Limits,
) -> sqlx::Result<Option<(Opened, Lists)>> {
    let rows = sqlx::query(AssertSqlSafe(opened_sql(limits)))
        .bind(token_hash.as_bytes())
        .bind(now)
        .fetch_all(pool)
        .await?;
    let (mut opened, mut tasks) = (None, Vec::with_capacity(rows.len()));
    for row in &rows {
        if row.try_get::<Option<Uuid>, _>("id")?.is_some() {
            tasks.push(Keyed::from_row(row)?);
        } else {
            opened = Some(Opened::from_row(row)?);
        }
    }
    let lists = Lists::new(tasks, &ListQuery::default(), limits);
    Ok(opened.map(|opened| (opened, lists)))
}

/// The statement: $1 and $2 are what [`OPENED`] wants. A row for the session, then one for each task: the columns of the
/// one are NULL in the other, in the order in which [`OPENED`] and `range` have them.
pub fn opened_sql(limits: Limits) -> String {
    let query = &ListQuery::default();
    let ranges = limits.ranges(|is_done, limit| {
        range(
            query,
            "(SELECT user_id FROM opened)",
            is_done,
            "",
            "",
            limit,
        )
    });
    format!(
        "WITH opened AS MATERIALIZED ({OPENED}) \
         SELECT opened.*, NULL AS id, NULL AS title, NULL AS description, NULL AS completed_at, NULL AS due_date, \
         NULL AS due_at, NULL AS created_at, NULL AS updated_at, NULL AS version, NULL AS key, NULL AS due_key \
         FROM opened UNION ALL \
         SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, task.* \
         FROM ({ranges}) AS task"
    )
}
