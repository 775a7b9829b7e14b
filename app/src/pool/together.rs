//! What many ask at once. While a few statements are under way the questions that come wait until one of them is
//! answered, and the next asks for all of them together: ten answers cost the database little more than one. Where few
//! ask, each has a statement of their own and waits for nobody.

#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit, oneshot},
    time::timeout,
};

use super::{Held, Pool};
use crate::error::AppError;

/// So many statements are under way before one has to wait, so that one that Postgres is slow to answer does not hold up
/// all; or this part of all connections, where that is more.
const STATEMENTS: usize = 4;
const PART: usize = 4;
const PATIENCE: Patience = Patience {
    to_be_asked: super::PATIENCE,
    for_an_answer: Duration::from_secs(15),
};

#[derive(Clone, Copy, Debug)]
struct Patience {
    /// With a connection for it: as long as one would wait for that alone.
    to_be_asked: Duration,
    /// Longer than a statement may take: then the connection has died without a word.
    for_an_answer: Duration,
}

/// What gives out connections.
pub trait Connections: fmt::Debug + Send + Sync + 'static {
    type Connection: Send;

    /// How many there may be.
    fn limit(&self) -> u32;

    fn acquire(&self) -> impl Future<Output = sqlx::Result<Self::Connection>> + Send;
}

impl Connections for Pool {
    type Connection = Held;

    fn limit(&self) -> u32 {
        self.limit()
    }

    fn acquire(&self) -> impl Future<Output = sqlx::Result<Held>> + Send {
        self.acquire()
    }
}

/// What one statement can ask several times over. It says whose answer it wants: whoever is asked together with others
/// gets their own and nothing else.
pub trait Question: fmt::Debug + Send + Sync + Sized + 'static {
    type Pool: Connections;
    type Answer: fmt::Debug + Send + 'static;

    /// So that no statement asks for too much.
    const AT_ONCE: usize;

    /// Whether one statement can ask both.
    fn goes_with(&self, other: &Self) -> bool;

    /// The answers in the order of the questions, which all go with one another.
    fn ask(
        connection: &mut ConnectionOf<Self>,
        questions: &[Self],
    ) -> impl Future<Output = sqlx::Result<Vec<Self::Answer>>> + Send;
}

type ConnectionOf<Q> = <<Q as Question>::Pool as Connections>::Connection;

/// One for the process and each kind of question: those who ask at once meet here.
#[derive(Debug)]
pub struct Together<Q: Question>(Arc<Inner<Q>>);

#[derive(Debug)]
struct Inner<Q: Question> {
    pool: Q::Pool,
    waiting: Mutex<Vec<Waiting<Q>>>,
    count: AtomicU64,
    statements: Semaphore,
    patience: Patience,
}

#[derive(Debug)]
struct Waiting<Q: Question> {
    number: u64,
    question: Q,
    asker: Asker<Q>,
}

type Asker<Q> = oneshot::Sender<Result<<Q as Question>::Answer, Arc<sqlx::Error>>>;

impl<Q: Question> Clone for Together<Q> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Q: Question> Together<Q> {
    #[must_use]
    pub fn new(pool: Q::Pool) -> Self {
        Self::with_patience(pool, PATIENCE)
    }

    fn with_patience(pool: Q::Pool, patience: Patience) -> Self {
        let statements = STATEMENTS.max(pool.limit() as usize / PART);
        Self(Arc::new(Inner {
            pool,
            waiting: Mutex::default(),
            count: AtomicU64::default(),
            statements: Semaphore::new(statements),
            patience,
        }))
    }

    pub async fn ask(&self, question: Q) -> Result<Q::Answer, AppError> {
        // Whoever waits goes first.
        if self.waiting().is_empty()
            && let Some(_place) = self.place()
        {
            let mut connection = self.0.pool.acquire().await?;
            let mut answers = self.put(&mut connection, &[question]).await?;
            return answers.pop().ok_or_else(lost);
        }
        let (asker, mut answer) = oneshot::channel();
        let number = self.0.count.fetch_add(1, Ordering::Relaxed);
        self.waiting().push(Waiting {
            number,
            question,
            asker,
        });
        self.look_again();
        let answer = match timeout(self.0.patience.to_be_asked, &mut answer).await {
            Ok(answer) => answer,
            Err(_) if self.take_back(number) => {
                return Err(too_late("no statement or no connection was free in time").into());
            }
            // It has been asked meanwhile.
            Err(_) => answer.await,
        };
        match answer {
            Ok(answer) => answer.map_err(|error| AppError::from(&*error)),
            Err(_) => Err(lost()),
        }
    }

    async fn put(
        &self,
        connection: &mut ConnectionOf<Q>,
        questions: &[Q],
    ) -> sqlx::Result<Vec<Q::Answer>> {
        let answers = Q::ask(connection, questions);
        let answers = timeout(self.0.patience.for_an_answer, answers)
            .await
            .unwrap_or_else(|_| Err(too_late("a statement has no answer")))?;
        // With one missing, everybody after it would get what is another's.
        if answers.len() == questions.len() {
            Ok(answers)
        } else {
            Err(sqlx::Error::Decode(
                "a statement has not answered every question".into(),
            ))
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
        while !self.waiting().is_empty() {
            // They are taken when there is a connection: until then each waits by their own clock, and more come.
            match self.0.pool.acquire().await {
                Ok(mut connection) => {
                    if let Some(waiting) = self.take() {
                        self.answer(&mut connection, waiting).await;
                    }
                }
                Err(sqlx::Error::PoolTimedOut) => {}
                // Others may still be luckier: there are connections that live.
                Err(error) => {
                    let taken = self.take().unwrap_or_default().into_iter();
                    refuse::<Q>(taken.map(|one| one.asker), error);
                }
            }
        }
    }

    /// Whether it still waited.
    fn take_back(&self, number: u64) -> bool {
        let mut waiting = self.waiting();
        let place = waiting.iter().position(|one| one.number == number);
        place.map(|place| waiting.remove(place)).is_some()
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

    async fn answer(&self, connection: &mut ConnectionOf<Q>, waiting: Vec<Waiting<Q>>) {
        let (questions, askers): (Vec<Q>, Vec<_>) = waiting
            .into_iter()
            .map(|one| (one.question, one.asker))
            .unzip();
        match self.put(connection, &questions).await {
            Ok(answers) => {
                for (asker, answer) in askers.into_iter().zip(answers) {
                    // Who has gone away needs none.
                    let _ = asker.send(Ok(answer));
                }
            }
            Err(error) => refuse::<Q>(askers, error),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting<Q>>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse<Q: Question>(askers: impl IntoIterator<Item = Asker<Q>>, error: sqlx::Error) {
    let error = Arc::new(error);
    for asker in askers {
        // Who has gone away needs no word.
        let _ = asker.send(Err(error.clone()));
    }
}

fn too_late(what: &'static str) -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, what))
}

fn lost() -> AppError {
    AppError::from(sqlx::Error::WorkerCrashed)
}

/// A statement may be under way for as long as it is held. Who goes away gives it up; what they have asked is read to its
/// end by whoever puts the connection in order.
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
