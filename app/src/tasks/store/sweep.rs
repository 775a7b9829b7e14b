//! What nobody can ask for any more is cleared away. The one place where tasks are touched for all owners at once.

use time::OffsetDateTime;

use super::{REPEATED, RESTORABLE};

use crate::pool::Pool;

pub async fn sweep(pool: &Pool, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM task WHERE deleted_at < $1", now - RESTORABLE)
        .execute(pool)
        .await?;
    sqlx::query!(
        "DELETE FROM idempotency_key WHERE created_at < $1",
        now - REPEATED
    )
    .execute(pool)
    .await?;
    Ok(())
}
