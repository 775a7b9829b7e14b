//! People and their passwords.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::{Email, UserId};

use crate::pool::Pool;

/// One of our own users. The outside issuers' have neither address nor password.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub email_verified_at: Option<OffsetDateTime>,
    pub name: String,
    pub image: Option<String>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

/// A user with the password's hash: not to leave the use cases.
#[derive(Debug)]
pub struct WithPassword {
    pub user: User,
    pub password_hash: String,
}

/// Answers None when the address is taken. Within a transaction: a user without a password must not be seen.
pub async fn insert(
    transaction: &mut PgConnection,
    user: &User,
    password_hash: &str,
) -> sqlx::Result<Option<()>> {
    let inserted = sqlx::query!(
        "INSERT INTO app_user (id, email, name, image, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT ON CONSTRAINT app_user_email_unique DO NOTHING",
        user.id.0,
        user.email,
        user.name,
        user.image,
        user.created_at
    )
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query!(
        "INSERT INTO account (user_id, provider, password_hash, created_at, updated_at)
         VALUES ($1, 'credential', $2, $3, $3)",
        user.id.0,
        password_hash,
        user.created_at
    )
    .execute(transaction)
    .await?;
    Ok(Some(()))
}

pub async fn find(executor: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT id, email AS "email!", email_verified_at, name, image, created_at, updated_at
           FROM app_user WHERE id = $1 AND email IS NOT NULL"#,
        id.0
    )
    .fetch_optional(executor)
    .await
}

pub async fn find_by_email(pool: &Pool, email: &Email) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT id, email AS "email!", email_verified_at, name, image, created_at, updated_at
           FROM app_user WHERE email = $1"#,
        email.as_str()
    )
    .fetch_optional(pool)
    .await
}

pub async fn find_with_password(pool: &Pool, email: &Email) -> sqlx::Result<Option<WithPassword>> {
    let row = sqlx::query!(
        r#"SELECT u.id, u.email AS "email!", u.email_verified_at, u.name, u.image, u.created_at, u.updated_at,
                  a.password_hash
           FROM app_user u JOIN account a ON a.user_id = u.id AND a.provider = 'credential'
           WHERE u.email = $1"#,
        email.as_str()
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| WithPassword {
        user: User {
            id: row.id.into(),
            email: row.email,
            email_verified_at: row.email_verified_at,
            name: row.name,
            image: row.image,
            created_at: row.created_at,
            updated_at: row.updated_at,
        },
        password_hash: row.password_hash,
    }))
}

/// Changes what is given; the image can be taken away.
pub async fn update(
    executor: impl PgExecutor<'_>,
    id: UserId,
    name: Option<&str>,
    image: Option<Option<&str>>,
    now: OffsetDateTime,
) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"UPDATE app_user
           SET name = coalesce($2, name), image = CASE WHEN $3 THEN $4 ELSE image END, updated_at = $5
           WHERE id = $1 AND email IS NOT NULL
           RETURNING id, email AS "email!", email_verified_at, name, image, created_at, updated_at"#,
        id.0,
        name,
        image.is_some(),
        image.flatten(),
        now
    )
    .fetch_optional(executor)
    .await
}

pub async fn set_password(
    executor: impl PgExecutor<'_>,
    id: UserId,
    password_hash: &str,
    now: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE account SET password_hash = $2, updated_at = $3 WHERE user_id = $1 AND provider = 'credential'",
        id.0,
        password_hash,
        now
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Holds the account until the transaction ends: whatever changes who may get in comes after this, so that no two such
/// changes are half done at once. Says whether there is one, and with this hash of its password if one is given.
pub async fn hold(
    executor: impl PgExecutor<'_>,
    id: UserId,
    password_hash: Option<&str>,
) -> sqlx::Result<bool> {
    let found = sqlx::query_scalar!(
        "SELECT user_id FROM account
         WHERE user_id = $1 AND provider = 'credential' AND password_hash = coalesce($2, password_hash)
         FOR UPDATE",
        id.0,
        password_hash
    )
    .fetch_optional(executor)
    .await?;
    Ok(found.is_some())
}

/// Whether this is still the password's hash; if so, nobody changes it until the transaction ends.
pub async fn holds_password(
    executor: impl PgExecutor<'_>,
    id: UserId,
    password_hash: &str,
) -> sqlx::Result<bool> {
    let found = sqlx::query_scalar!(
        "SELECT user_id FROM account WHERE user_id = $1 AND provider = 'credential' AND password_hash = $2
         FOR SHARE",
        id.0,
        password_hash
    )
    .fetch_optional(executor)
    .await?;
    Ok(found.is_some())
}

/// Raises the cost of a password's hash, unless the password has changed since it was checked.
pub async fn rehash_password(
    pool: &Pool,
    id: UserId,
    former_hash: &str,
    password_hash: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE account SET password_hash = $3
         WHERE user_id = $1 AND provider = 'credential' AND password_hash = $2",
        id.0,
        former_hash,
        password_hash
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Counts the address as proved, if it is still theirs.
pub async fn set_email_verified(
    executor: impl PgExecutor<'_>,
    id: UserId,
    email: &str,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "UPDATE app_user SET email_verified_at = coalesce(email_verified_at, $3), updated_at = $3
         WHERE id = $1 AND email = $2",
        id.0,
        email,
        now
    )
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Takes a proved address on. Answers None when somebody else has it.
pub async fn set_email(
    executor: impl PgExecutor<'_>,
    id: UserId,
    email: &str,
    now: OffsetDateTime,
) -> sqlx::Result<Option<User>> {
    let updated = sqlx::query_as!(
        User,
        r#"UPDATE app_user SET email = $2, email_verified_at = $3, updated_at = $3
           WHERE id = $1 AND email IS NOT NULL AND NOT EXISTS (SELECT 1 FROM app_user WHERE email = $2)
           RETURNING id, email AS "email!", email_verified_at, name, image, created_at, updated_at"#,
        id.0,
        email,
        now
    )
    .fetch_optional(executor)
    .await;
    match updated {
        // Somebody else was faster by less than this statement takes.
        Err(sqlx::Error::Database(error))
            if error.constraint() == Some("app_user_email_unique") =>
        {
            Ok(None)
        }
        other => other,
    }
}

/// Everything that is theirs goes with them.
pub async fn delete(executor: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM app_user WHERE id = $1", id.0)
        .execute(executor)
        .await?;
    Ok(())
}

/// The row that stands for somebody of an outside issuer, made on first sight.
pub async fn find_or_insert_outside(
    pool: &Pool,
    issuer: &str,
    subject: &str,
    name: &str,
    now: OffsetDateTime,
) -> sqlx::Result<UserId> {
    let id = sqlx::query_scalar!(
        "INSERT INTO app_user (id, issuer, subject, name, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT ON CONSTRAINT app_user_subject_unique DO UPDATE SET subject = excluded.subject
         RETURNING id",
        Uuid::now_v7(),
        issuer,
        subject,
        name,
        now
    )
    .fetch_one(pool)
    .await?;
    Ok(id.into())
}
