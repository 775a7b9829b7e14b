//! The keys that tokens are signed with. The private halves arrive here encrypted.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::pool::Pool;

#[derive(Debug)]
pub struct StoredKey {
    pub id: Uuid,
    pub public_key: Vec<u8>,
    /// None once it has retired.
    pub private_key: Option<Vec<u8>>,
    pub created_at: OffsetDateTime,
}

/// The key that signs and those that retired lately, in order of their making.
pub async fn list(pool: &Pool, retired_since: OffsetDateTime) -> sqlx::Result<Vec<StoredKey>> {
    sqlx::query_as!(
        StoredKey,
        "SELECT id, public_key, private_key, created_at FROM signing_key
         WHERE retired_at IS NULL OR retired_at > $1 ORDER BY created_at, id",
        retired_since
    )
    .fetch_all(pool)
    .await
}

/// Says whether it became the key that signs: another node may have been faster.
pub async fn insert(executor: &mut PgConnection, key: &StoredKey) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO signing_key (id, public_key, private_key, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        key.id,
        key.public_key,
        key.private_key,
        key.created_at
    )
    .execute(executor)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Ends a key's signing and forgets its private half. Says whether it still signed.
pub async fn retire(
    executor: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let retired = sqlx::query!(
        "UPDATE signing_key SET retired_at = $2, private_key = NULL WHERE id = $1 AND retired_at IS NULL",
        id,
        now
    )
    .execute(executor)
    .await?;
    Ok(retired.rows_affected() == 1)
}

/// Keeps a private half under another secret.
pub async fn reseal(pool: &Pool, id: Uuid, former: &[u8], private_key: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE signing_key SET private_key = $3 WHERE id = $1 AND private_key = $2",
        id,
        former,
        private_key
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets the keys whose tokens have all expired.
pub async fn delete_retired(pool: &Pool, retired_before: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM signing_key WHERE retired_at <= $1",
        retired_before
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Has every node read the keys again.
pub async fn announce(executor: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_notify('donewell_keys', '')")
        .execute(executor)
        .await?;
    Ok(())
}
