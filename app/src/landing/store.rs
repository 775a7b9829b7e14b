//! SQL of the example row. It belongs to nobody.

use super::Example;

use crate::pool::Pool;

pub async fn find(pool: &Pool) -> sqlx::Result<Example> {
    sqlx::query_as!(Example, "SELECT done_by FROM landing_example")
        .fetch_one(pool)
        .await
}

/// Counts one visitor more or, when the tick is taken back, one less.
pub async fn set_done(pool: &Pool, done: bool) -> sqlx::Result<Example> {
    sqlx::query_as!(
        Example,
        "UPDATE landing_example
         SET done_by = greatest(0, done_by + CASE WHEN $1 THEN 1 ELSE -1 END)
         RETURNING done_by",
        done
    )
    .fetch_one(pool)
    .await
}
