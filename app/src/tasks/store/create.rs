//! New tasks. A request that is sent twice makes one.

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::row::{Row, due_columns};
use crate::{
    auth::UserId,
    pool::Pool,
    tasks::{Description, Due, Task, TaskId, Title},
};

#[derive(Clone, Debug)]
pub struct NewTask {
    /// Chosen by the client, so that it can ask again.
    pub id: Option<TaskId>,
    pub title: Title,
    pub description: Description,
    pub due: Option<Due>,
}

impl NewTask {
    /// What the task is made from: the same for the same request, whenever it comes and however it is spelled.
    pub fn digest(&self) -> [u8; 32] {
        let due = self.due.map(Due::to_text).unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [self.title.as_str(), self.description.as_str(), &due] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

#[derive(Clone, Debug)]
pub enum Created {
    New(Task),
    /// The same request has made it before; this is what has become of it.
    Before(Task),
    /// Another task has this id, or had.
    Taken,
    /// The owner is gone.
    NoOwner,
}

pub async fn insert(
    pool: &Pool,
    owner: UserId,
    new: &NewTask,
    now: OffsetDateTime,
) -> sqlx::Result<Created> {
    let mut connection = pool.acquire().await?;
    insert_on(&mut connection, owner, new, now).await
}

async fn insert_on(
    connection: &mut PgConnection,
    owner: UserId,
    new: &NewTask,
    now: OffsetDateTime,
) -> sqlx::Result<Created> {
    let id = new.id.map_or_else(Uuid::now_v7, |id| id.0);
    let digest = new.id.map(|_| new.digest());
    let (due_date, due_at) = due_columns(new.due);
    let inserted = sqlx::query_as!(
        Row,
        "INSERT INTO task (owner_id, id, title, description, due_date, due_at, created_at, updated_at, created_from)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
         ON CONFLICT ON CONSTRAINT task_pkey DO NOTHING
         RETURNING id, title, description, completed_at, due_date, due_at, created_at, updated_at, version",
        owner.0,
        id,
        new.title.as_str(),
        new.description.as_str(),
        due_date,
        due_at,
        now,
        digest.as_ref().map(<[u8; 32]>::as_slice)
    )
    .fetch_optional(&mut *connection)
    .await;
    match inserted {
        Ok(Some(row)) => return Ok(Created::New(row.into())),
        Ok(None) => {}
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("task_owner_fkey") => {
            return Ok(Created::NoOwner);
        }
        Err(error) => return Err(error),
    }
    let same = sqlx::query_as!(
        Row,
        "SELECT id, title, description, completed_at, due_date, due_at, created_at, updated_at, version
         FROM task WHERE owner_id = $1 AND id = $2 AND created_from = $3 AND deleted_at IS NULL",
        owner.0,
        id,
        digest.as_ref().map(<[u8; 32]>::as_slice)
    )
    .fetch_optional(connection)
    .await?;
    Ok(same.map_or(Created::Taken, |row| Created::Before(row.into())))
}

/// How a request says that it is the same one again.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency<'a> {
    pub key: &'a str,
    pub body_hash: [u8; 32],
}

/// What came of a request with an idempotency key.
#[derive(Clone, Debug)]
pub enum Once {
    First(Created),
    /// What the first one was answered.
    Again(Value),
    /// The key stands for a request that said something else.
    OtherBody,
}

/// As [`insert`], but once for each key. `answer` says how the task is answered, to be repeated later.
pub async fn insert_once(
    pool: &Pool,
    owner: UserId,
    new: &NewTask,
    idempotency: Idempotency<'_>,
    now: OffsetDateTime,
    answer: impl FnOnce(&Created) -> Option<Value> + Send,
) -> sqlx::Result<Once> {
    let mut transaction = pool.begin().await?;
    // One at a time for each key: whoever comes second finds the first one's answer.
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended($2, hashtextextended($1, 0)))",
        owner.0.to_string(),
        idempotency.key
    )
    .execute(&mut *transaction)
    .await?;
    let found = sqlx::query!(
        "SELECT body_hash, answer FROM idempotency_key WHERE owner_id = $1 AND key = $2 AND created_at > $3",
        owner.0,
        idempotency.key,
        now - super::REPEATED
    )
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(found) = found {
        return Ok(if found.body_hash == idempotency.body_hash {
            Once::Again(found.answer)
        } else {
            Once::OtherBody
        });
    }
    let created = insert_on(&mut transaction, owner, new, now).await?;
    if let Some(answer) = answer(&created) {
        sqlx::query!(
            "INSERT INTO idempotency_key (owner_id, key, body_hash, answer, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT ON CONSTRAINT idempotency_key_pkey
             DO UPDATE SET body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at",
            owner.0,
            idempotency.key,
            idempotency.body_hash.as_slice(),
            answer,
            now
        )
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(Once::First(created))
}
