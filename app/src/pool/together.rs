//! What many ask at once. While a few statements are under way the questions that come wait until one of them is
//! answered, and the next asks for all of them together: ten answers cost the database little more than one. Where few
//! ask, each has a statement of their own and waits for nobody.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit, oneshot},
    time::timeout,
};

use super::Pool;
use crate::error::AppError;

/// How many statements may be under way: one that Postgres is slow to answer does not hold up all.
const STATEMENTS: usize = 4;
/// Longer than any statement may take: then the connection has died without a word.
const PATIENCE: Duration = Duration::from_secs(15);

/// What one statement can ask several times over. It says whose answer it wants: whoever is asked together with others
/// gets their own and nothing else.
pub trait Question: fmt::Debug + Send + Sync + Sized + 'static {
    type Answer: fmt::Debug + Send + 'static;

    /// So that no statement asks for too much.
    const AT_ONCE: usize;

    /// Whether one statement can ask both.
    fn goes_with(&self, other: &Self) -> bool;

    /// The answers in the order of the questions, which all go with one another.
    fn ask(
        pool: &Pool,
        questions: &[Self],
    ) -> impl Future<Output = sqlx::Result<Vec<Self::Answer>>> + Send;
}

/// One for the process and each kind of question: those who ask at once meet here.
#[derive(Debug)]
pub struct Together<Q: Question>(Arc<Inner<Q>>);

#[derive(Debug)]
struct Inner<Q: Question> {
    pool: Pool,
    waiting: Mutex<Vec<Waiting<Q>>>,
    statements: Semaphore,
}

#[derive(Debug)]
struct Waiting<Q: Question> {
    question: Q,
    asker: oneshot::Sender<Result<Q::Answer, Arc<sqlx::Error>>>,
}

impl<Q: Question> Clone for Together<Q> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Q: Question> Together<Q> {
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        Self(Arc::new(Inner {
            pool,
            waiting: Mutex::default(),
            statements: Semaphore::new(STATEMENTS),
        }))
    }

    pub async fn ask(&self, question: Q) -> Result<Q::Answer, AppError> {
        // Whoever waits goes first.
        if self.waiting().is_empty()
            && let Some(_place) = self.place()
        {
            let answers = Q::ask(&self.0.pool, &[question]).await?;
            return answers.into_iter().next().ok_or_else(lost);
        }
        let (asker, answer) = oneshot::channel();
        self.waiting().push(Waiting { question, asker });
        self.look_again();
        match answer.await {
            Ok(answer) => answer.map_err(|error| AppError::from(&*error)),
            Err(_) => Err(lost()),
        }
    }

    fn place(&self) -> Option<Place<'_, Q>> {
        let permit = self.0.statements.try_acquire().ok()?;
        Some(Place {
            together: self,
            permit: Some(permit),
        })
    }

    /// After each question that waits, and after each place that is free: whichever comes last sees the other.
    fn look_again(&self) {
        if self.0.statements.available_permits() > 0
            && !self.waiting().is_empty()
            && let Ok(runtime) = Handle::try_current()
        {
            // Not by whoever asks: they may go away, and others wait for the same statement.
            runtime.spawn(self.clone().answer_all());
        }
    }

    async fn answer_all(self) {
        let Some(_place) = self.place() else { return };
        while let Some(waiting) = self.take() {
            self.answer(waiting).await;
        }
    }

    /// The one that has waited longest, and those that go with it.
    fn take(&self) -> Option<Vec<Waiting<Q>>> {
        let mut waiting = self.waiting();
        waiting.retain(|one| !one.asker.is_closed());
        if waiting.is_empty() {
            return None;
        }
        let mut taken = vec![waiting.remove(0)];
        let is_like = |one: &mut Waiting<Q>| one.question.goes_with(&taken[0].question);
        let others: Vec<_> = waiting
            .extract_if(.., is_like)
            .take(Q::AT_ONCE - 1)
            .collect();
        taken.extend(others);
        Some(taken)
    }

    async fn answer(&self, waiting: Vec<Waiting<Q>>) {
        let (questions, askers): (Vec<Q>, Vec<_>) = waiting
            .into_iter()
            .map(|one| (one.question, one.asker))
            .unzip();
        let answers = timeout(PATIENCE, Q::ask(&self.0.pool, &questions)).await;
        match answers.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(answers) => {
                for (asker, answer) in askers.into_iter().zip(answers) {
                    // Who has gone away needs none.
                    let _ = asker.send(Ok(answer));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for asker in askers {
                    let _ = asker.send(Err(error.clone()));
                }
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting<Q>>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost() -> AppError {
    AppError::from(sqlx::Error::WorkerCrashed)
}

/// A statement may be under way for as long as it is held.
struct Place<'t, Q: Question> {
    together: &'t Together<Q>,
    /// There until it is dropped.
    permit: Option<SemaphorePermit<'t>>,
}

impl<Q: Question> Drop for Place<'_, Q> {
    fn drop(&mut self) {
        drop(self.permit.take());
        self.together.look_again();
    }
}
