//! Wrong passwords for an address, counted over all nodes.

use time::{Duration, OffsetDateTime};

use crate::pool::Pool;

/// Counts a try before the password is looked at, so that many tries at once are counted too. Answers with how
/// many there have been in this period, this one included, and when the period began.
pub async fn count(
    pool: &Pool,
    email_hash: &[u8],
    now: OffsetDateTime,
    period: Duration,
    limit: u32,
) -> sqlx::Result<(u32, OffsetDateTime)> {
    let row = sqlx::query!(
        "INSERT INTO sign_in_failure (email_hash, since, failures) VALUES ($1, $2, 1)
         ON CONFLICT ON CONSTRAINT sign_in_failure_pkey DO UPDATE SET
           failures = CASE WHEN sign_in_failure.since <= $3 THEN 1
                           ELSE least(sign_in_failure.failures, $4) + 1 END,
           since = CASE WHEN sign_in_failure.since <= $3 THEN $2 ELSE sign_in_failure.since END
         RETURNING failures, since",
        email_hash,
        now,
        now - period,
        i32::try_from(limit).unwrap_or(i32::MAX - 1)
    )
    .fetch_one(pool)
    .await?;
    Ok((u32::try_from(row.failures).unwrap_or(u32::MAX), row.since))
}

/// Takes a try back: the password was right.
pub async fn uncount(pool: &Pool, email_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sign_in_failure SET failures = greatest(0, failures - 1) WHERE email_hash = $1",
        email_hash
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets all of them: whoever can read the address's mail has set a new password.
pub async fn forget(pool: &Pool, email_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM sign_in_failure WHERE email_hash = $1",
        email_hash
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn sweep(pool: &Pool, before: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM sign_in_failure WHERE since <= $1", before)
        .execute(pool)
        .await?;
    Ok(())
}
