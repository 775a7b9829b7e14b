//! The browsers that people are signed in with. A trigger tells every node of each one that ends.

use std::sync::LazyLock;

use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow};
use time::OffsetDateTime;

use super::user::User;
use crate::auth::{SessionId, UserId, secret::SecretHash};

use crate::pool::Pool;

#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub remembered: bool,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

pub async fn insert(
    executor: impl PgExecutor<'_>,
    session: &Session,
    token_hash: SecretHash,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO session (user_id, id, token_hash, remembered, address, user_agent, created_at, updated_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        session.user_id.0,
        session.id.0,
        token_hash.as_bytes(),
        session.remembered,
        session.address,
        session.user_agent,
        session.created_at,
        session.updated_at,
        session.expires_at
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// A session and whose it is.
#[derive(Clone, Debug)]
pub struct Opened {
    pub session: Session,
    pub user: User,
}

/// What [`Opened`] is read from. How the statement says the hash of a cookie's secret and the time is the caller's, and
/// the columns have names of their own: others read it together with what else they need.
pub fn opened_by(token_hash: &str, now: &str) -> String {
    format!(
        "SELECT s.id AS session_id, s.user_id, s.remembered, s.address, s.user_agent, \
         s.created_at AS began_at, s.updated_at AS used_at, s.expires_at, u.email, u.email_verified_at, u.name, u.image, \
         u.created_at AS signed_up_at, u.updated_at AS changed_at \
         FROM session s JOIN app_user u ON u.id = s.user_id \
         WHERE s.token_hash = {token_hash} AND s.expires_at > {now} AND u.email IS NOT NULL"
    )
}

impl<'r> FromRow<'r, PgRow> for Opened {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        let user_id = UserId(row.try_get("user_id")?);
        Ok(Self {
            session: Session {
                id: SessionId(row.try_get("session_id")?),
                user_id,
                remembered: row.try_get("remembered")?,
                address: row.try_get("address")?,
                user_agent: row.try_get("user_agent")?,
                created_at: row.try_get("began_at")?,
                updated_at: row.try_get("used_at")?,
                expires_at: row.try_get("expires_at")?,
            },
            user: User {
                id: user_id,
                email: row.try_get("email")?,
                email_verified_at: row.try_get("email_verified_at")?,
                name: row.try_get("name")?,
                image: row.try_get("image")?,
                created_at: row.try_get("signed_up_at")?,
                updated_at: row.try_get("changed_at")?,
            },
        })
    }
}

/// The session that a cookie's secret opens.
pub async fn find_by_secret(
    pool: &Pool,
    token_hash: SecretHash,
    now: OffsetDateTime,
) -> sqlx::Result<Option<Opened>> {
    static SQL: LazyLock<String> = LazyLock::new(|| opened_by("$1", "$2"));
    sqlx::query_as(SQL.as_str())
        .bind(token_hash.as_bytes())
        .bind(now)
        .fetch_optional(pool)
        .await
}

/// The same for a token that names its session.
pub async fn find(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    id: SessionId,
    now: OffsetDateTime,
) -> sqlx::Result<Option<Session>> {
    sqlx::query_as!(
        Session,
        "SELECT id, user_id, remembered, address, user_agent, created_at, updated_at, expires_at
         FROM session WHERE user_id = $1 AND id = $2 AND expires_at > $3",
        owner.0,
        id.0,
        now
    )
    .fetch_optional(executor)
    .await
}

pub async fn list(pool: &Pool, owner: UserId, now: OffsetDateTime) -> sqlx::Result<Vec<Session>> {
    sqlx::query_as!(
        Session,
        "SELECT id, user_id, remembered, address, user_agent, created_at, updated_at, expires_at
         FROM session WHERE user_id = $1 AND expires_at > $2 ORDER BY id",
        owner.0,
        now
    )
    .fetch_all(pool)
    .await
}

/// Puts the end off, for a session that is in use.
pub async fn extend(
    pool: &Pool,
    owner: UserId,
    id: SessionId,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE session SET updated_at = $3, expires_at = $4 WHERE user_id = $1 AND id = $2",
        owner.0,
        id.0,
        now,
        expires_at
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Says whether there was one to end.
pub async fn delete(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    id: SessionId,
) -> sqlx::Result<bool> {
    let deleted = sqlx::query!(
        "DELETE FROM session WHERE user_id = $1 AND id = $2",
        owner.0,
        id.0
    )
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Ends all of a user's sessions, but perhaps for one.
pub async fn delete_all(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    but: Option<SessionId>,
) -> sqlx::Result<Vec<SessionId>> {
    let ended = sqlx::query_scalar!(
        "DELETE FROM session WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING id",
        owner.0,
        but.map(|id| id.0)
    )
    .fetch_all(executor)
    .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// All that have ended since, and when, so that a node that starts or has lost touch can catch up.
pub async fn ended_since(
    executor: impl PgExecutor<'_>,
    since: OffsetDateTime,
) -> sqlx::Result<Vec<(SessionId, OffsetDateTime)>> {
    let ended = sqlx::query!(
        "SELECT id, ended_at FROM ended_session WHERE ended_at >= $1",
        since
    )
    .fetch_all(executor)
    .await?;
    let ended = ended.into_iter();
    Ok(ended.map(|row| (SessionId(row.id), row.ended_at)).collect())
}

pub async fn has_ended(pool: &Pool, id: SessionId) -> sqlx::Result<bool> {
    let ended = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM ended_session WHERE id = $1) AS "ended!""#,
        id.0
    )
    .fetch_one(pool)
    .await?;
    Ok(ended)
}

/// Clears away what no longer means anything.
pub async fn sweep(
    pool: &Pool,
    now: OffsetDateTime,
    ended_before: OffsetDateTime,
) -> sqlx::Result<()> {
    // Not what somebody is about to delete: whoever deletes many at once takes them in another order.
    sqlx::query!(
        "DELETE FROM session WHERE (user_id, id) IN
         (SELECT user_id, id FROM session WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        now
    )
    .execute(pool)
    .await?;
    sqlx::query!(
        "DELETE FROM ended_session WHERE ended_at < $1",
        ended_before
    )
    .execute(pool)
    .await?;
    sqlx::query!(
        "DELETE FROM one_time_token WHERE (user_id, id) IN
         (SELECT user_id, id FROM one_time_token WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}
