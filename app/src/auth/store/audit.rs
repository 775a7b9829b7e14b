//! What happened to an account. The table refuses every change but an addition.

use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::{UserId, caller::Caller};

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

/// The newest first.
pub async fn list(pool: &PgPool, owner: UserId, limit: i64) -> sqlx::Result<Vec<Entry>> {
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
