//! What happened to an account. The table refuses every change but an addition, and the deletion of what is older
//! than a year or has a thousand newer ones of its kind.

use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::{UserId, caller::Caller};

use crate::pool::Pool;

/// Something worth knowing afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    SignedUp,
    SignedIn,
    SignInFailed,
    SignedOut,
    SessionRevoked,
    OtherSessionsRevoked,
    AllSessionsRevoked,
    PasswordChanged,
    PasswordResetRequested,
    PasswordReset,
    EmailChangeRequested,
    EmailChanged,
    EmailVerified,
    ProfileChanged,
    UserDeleted,
    KeyRotated,
}

impl Event {
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedUp => "signed-up",
            Self::SignedIn => "signed-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignedOut => "signed-out",
            Self::SessionRevoked => "session-revoked",
            Self::OtherSessionsRevoked => "other-sessions-revoked",
            Self::AllSessionsRevoked => "all-sessions-revoked",
            Self::PasswordChanged => "password-changed",
            Self::PasswordResetRequested => "password-reset-requested",
            Self::PasswordReset => "password-reset",
            Self::EmailChangeRequested => "email-change-requested",
            Self::EmailChanged => "email-changed",
            Self::EmailVerified => "email-verified",
            Self::ProfileChanged => "profile-changed",
            Self::UserDeleted => "user-deleted",
            Self::KeyRotated => "key-rotated",
        }
    }
}

/// The nil user: the installation itself.
pub const NOBODY: UserId = UserId(Uuid::nil());

/// An event as it was written down.
#[derive(Debug)]
pub struct Entry {
    pub kind: String,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: OffsetDateTime,
}

pub async fn insert(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    event: Event,
    caller: &Caller,
    now: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO audit_event (user_id, id, kind, address, user_agent, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        owner.0,
        Uuid::now_v7(),
        event.name(),
        caller.address(),
        caller.user_agent(),
        now
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// The newest first; all of them without a limit.
pub async fn list(pool: &Pool, owner: UserId, limit: Option<i64>) -> sqlx::Result<Vec<Entry>> {
    sqlx::query_as!(
        Entry,
        "SELECT kind, address, user_agent, created_at FROM audit_event
         WHERE user_id = $1 ORDER BY id DESC LIMIT $2",
        owner.0,
        limit
    )
    .fetch_all(pool)
    .await
}

/// Whether they have been signed in with this kind of browser before.
pub async fn knows_agent(
    pool: &Pool,
    owner: UserId,
    user_agent: Option<&str>,
) -> sqlx::Result<bool> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT 1 FROM audit_event
             WHERE user_id = $1 AND kind IN ('signed-up', 'signed-in') AND coalesce(user_agent, '') = $2
           ) AS "known!""#,
        owner.0,
        user_agent.unwrap_or_default()
    )
    .fetch_one(pool)
    .await?;
    Ok(known)
}

/// Deletes what need not be kept. How many of a kind are too many is looked at where some were added since.
pub async fn sweep(pool: &Pool, added_since: OffsetDateTime) -> sqlx::Result<()> {
    // By the clock of the database, as its trigger looks at it.
    sqlx::query!("DELETE FROM audit_event WHERE created_at < now() - interval '1 year'")
        .execute(pool)
        .await?;
    sqlx::query!(
        "DELETE FROM audit_event AS event
         USING (
           SELECT user_id, kind, (
             SELECT id FROM audit_event AS newer
             WHERE newer.user_id = busy.user_id AND newer.kind = busy.kind
             ORDER BY id DESC OFFSET 999 LIMIT 1
           ) AS oldest_kept
           FROM (SELECT DISTINCT user_id, kind FROM audit_event WHERE created_at >= $1) AS busy
         ) AS kept
         WHERE event.user_id = kept.user_id AND event.kind = kept.kind AND event.id < kept.oldest_kept",
        added_since
    )
    .execute(pool)
    .await?;
    Ok(())
}
