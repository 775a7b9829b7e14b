//! What is sent by mail and good for one use.

use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::{UserId, secret::SecretHash};

/// What following the link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    ChangeEmail,
    ResetPassword,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ChangeEmail => "change-email",
            Self::ResetPassword => "reset-password",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::VerifyEmail, Self::ChangeEmail, Self::ResetPassword]
            .into_iter()
            .find(|purpose| purpose.name() == name)
    }
}

/// A token that was good.
#[derive(Debug)]
pub struct Used {
    pub user_id: UserId,
    pub purpose: Purpose,
    pub email: String,
    pub expires_at: OffsetDateTime,
}

pub async fn insert(
    executor: impl PgExecutor<'_>,
    owner: UserId,
    purpose: Purpose,
    email: &str,
    token_hash: SecretHash,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO one_time_token (user_id, id, purpose, token_hash, email, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        owner.0,
        Uuid::now_v7(),
        purpose.name(),
        token_hash.as_bytes(),
        email,
        now,
        expires_at
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Reads a token without using it up.
pub async fn find(
    executor: impl PgExecutor<'_>,
    token_hash: SecretHash,
) -> sqlx::Result<Option<Used>> {
    let row = sqlx::query!(
        "SELECT user_id, purpose, email, expires_at FROM one_time_token WHERE token_hash = $1",
        token_hash.as_bytes()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.and_then(|row| {
        Some(Used {
            user_id: row.user_id.into(),
            purpose: Purpose::parse(&row.purpose)?,
            email: row.email,
            expires_at: row.expires_at,
        })
    }))
}

/// Uses a token up, and every other one of that purpose with it. Two at once: one of them gets it.
pub async fn take(
    executor: &mut sqlx::PgConnection,
    purpose: Purpose,
    token_hash: SecretHash,
    now: OffsetDateTime,
) -> sqlx::Result<Option<Used>> {
    let taken = sqlx::query!(
        "DELETE FROM one_time_token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3
         RETURNING user_id, email, expires_at",
        token_hash.as_bytes(),
        purpose.name(),
        now
    )
    .fetch_optional(&mut *executor)
    .await?;
    let Some(taken) = taken else { return Ok(None) };
    sqlx::query!(
        "DELETE FROM one_time_token WHERE user_id = $1 AND purpose = $2",
        taken.user_id,
        purpose.name()
    )
    .execute(executor)
    .await?;
    Ok(Some(Used {
        user_id: taken.user_id.into(),
        purpose,
        email: taken.email,
        expires_at: taken.expires_at,
    }))
}

/// Takes back the links that would change the address.
pub async fn delete_changes(executor: impl PgExecutor<'_>, owner: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM one_time_token WHERE user_id = $1 AND purpose = 'change-email'",
        owner.0
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Takes back every link that was sent: the address or the password has changed.
pub async fn delete_all(executor: impl PgExecutor<'_>, owner: UserId) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM one_time_token WHERE user_id = $1", owner.0)
        .execute(executor)
        .await?;
    Ok(())
}
