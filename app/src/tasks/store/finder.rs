//! One task, of the many that are asked for at once. While a few statements are under way the questions that come wait
//! until one of them is answered, and the next asks for all of them together: ten tasks cost Postgres little more than
//! one. Where few ask, each has a statement of their own and waits for nobody.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};
use uuid::Uuid;

use super::{row::Row, write::find};
use crate::{
    auth::UserId,
    error::AppError,
    pool::Pool,
    tasks::{Task, TaskId},
};

/// How many statements may be under way: one that Postgres is slow to answer does not hold up all.
const STATEMENTS: usize = 4;
/// So that no statement asks for too much.
const AT_ONCE: usize = 100;
/// Longer than any statement may take: then the connection has died without a word.
const PATIENCE: Duration = Duration::from_secs(15);

/// Finds tasks. One for the process: those who ask at once meet here.
#[derive(Clone, Debug)]
pub struct Finder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: Pool,
    waiting: Mutex<Vec<Question>>,
    statements: Semaphore,
}

#[derive(Debug)]
struct Question {
    owner: UserId,
    id: TaskId,
    asker: oneshot::Sender<Result<Option<Task>, Arc<sqlx::Error>>>,
}

impl Finder {
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        Self(Arc::new(Inner {
            pool,
            waiting: Mutex::default(),
            statements: Semaphore::new(STATEMENTS),
        }))
    }

    /// The task, if it is the owner's.
    pub async fn find(&self, owner: UserId, id: TaskId) -> Result<Option<Task>, AppError> {
        let (asker, answer) = oneshot::channel();
        self.waiting().push(Question { owner, id, asker });
        if self.0.statements.available_permits() > 0 {
            // Not by whoever asks: they may go away, and others wait for the same statement.
            tokio::spawn(self.clone().answer_all());
        }
        match answer.await {
            Ok(answer) => answer.map_err(|error| AppError::from(&*error)),
            Err(_) => Err(AppError::from(sqlx::Error::WorkerCrashed)),
        }
    }

    /// Looks once more after its place is free: who came just before has seen it taken.
    async fn answer_all(self) {
        while !self.waiting().is_empty() {
            let Ok(_place) = self.0.statements.try_acquire() else {
                return;
            };
            while let Some(questions) = self.take() {
                self.answer(questions).await;
            }
        }
    }

    fn take(&self) -> Option<Vec<Question>> {
        let mut waiting = self.waiting();
        waiting.retain(|question| !question.asker.is_closed());
        let count = waiting.len().min(AT_ONCE);
        (count > 0).then(|| waiting.drain(..count).collect())
    }

    async fn answer(&self, questions: Vec<Question>) {
        let found = timeout(PATIENCE, find_each(&self.0.pool, &questions)).await;
        match found.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(tasks) => {
                for (question, task) in questions.into_iter().zip(tasks) {
                    // Who has gone away needs none.
                    let _ = question.asker.send(Ok(task));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for question in questions {
                    let _ = question.asker.send(Err(error.clone()));
                }
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Question>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// In the order of the questions, each with the owner that it names.
async fn find_each(pool: &Pool, questions: &[Question]) -> sqlx::Result<Vec<Option<Task>>> {
    if let [one] = questions {
        return Ok(vec![find(pool, one.owner, one.id).await?]);
    }
    let (owners, ids): (Vec<Uuid>, Vec<Uuid>) = questions
        .iter()
        .map(|question| (question.owner.0, question.id.0))
        .unzip();
    let rows = sqlx::query!(
        r#"SELECT place AS "place!", id AS "id!", title, description, completed_at, due_date, due_at, created_at,
                  updated_at, version
           FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (owner_id, id, place)
           JOIN task USING (owner_id, id) WHERE deleted_at IS NULL"#,
        &owners,
        &ids
    )
    .fetch_all(pool)
    .await?;
    let mut tasks: Vec<Option<Task>> = questions.iter().map(|_| None).collect();
    for found in rows {
        let place = usize::try_from(found.place - 1).ok();
        if let Some(task) = place.and_then(|place| tasks.get_mut(place)) {
            let row = Row {
                id: found.id,
                title: found.title,
                description: found.description,
                completed_at: found.completed_at,
                due_date: found.due_date,
                due_at: found.due_at,
                created_at: found.created_at,
                updated_at: found.updated_at,
                version: found.version,
            };
            *task = Some(row.into());
        }
    }
    Ok(tasks)
}
