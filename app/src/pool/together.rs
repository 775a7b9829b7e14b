//! What many ask at once. While a few statements are under way the questions that come wait until one of them is
//! answered, and the next asks for all of them together: ten answers cost the database little more than one. Where few
//! ask, each has a statement of their own and waits for nobody.

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

use super::Pool;
use crate::error::AppError;

/// So many statements are under way before one has to wait: one that Postgres is slow to answer does not hold up all.
const STATEMENTS: usize = 4;
const PATIENCE: Patience = Patience {
    to_be_asked: super::PATIENCE,
    for_an_answer: Duration::from_secs(15),
};

#[derive(Clone, Copy, Debug)]
struct Patience {
    /// As long as one would wait for a connection; the statement may have to wait for one, too.
    to_be_asked: Duration,
    /// Longer than a connection and a statement may take: then the connection has died without a word.
    for_an_answer: Duration,
}

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
    count: AtomicU64,
    statements: Semaphore,
    patience: Patience,
}

#[derive(Debug)]
struct Waiting<Q: Question> {
    number: u64,
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
        Self::with_patience(pool, PATIENCE)
    }

    fn with_patience(pool: Pool, patience: Patience) -> Self {
        Self(Arc::new(Inner {
            pool,
            waiting: Mutex::default(),
            count: AtomicU64::default(),
            statements: Semaphore::new(STATEMENTS),
            patience,
        }))
    }

    pub async fn ask(&self, question: Q) -> Result<Q::Answer, AppError> {
        // Whoever waits goes first.
        if self.waiting().is_empty()
            && let Some(_place) = self.place()
        {
            let answers = self.put(&[question]).await?;
            return answers.into_iter().next().ok_or_else(lost);
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
                return Err(too_late("too many statements are slow").into());
            }
            // It has been asked meanwhile.
            Err(_) => answer.await,
        };
        match answer {
            Ok(answer) => answer.map_err(|error| AppError::from(&*error)),
            Err(_) => Err(lost()),
        }
    }

    async fn put(&self, questions: &[Q]) -> sqlx::Result<Vec<Q::Answer>> {
        let answers = Q::ask(&self.0.pool, questions);
        timeout(self.0.patience.for_an_answer, answers)
            .await
            .unwrap_or_else(|_| Err(too_late("a statement has no answer")))
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

    async fn answer(&self, waiting: Vec<Waiting<Q>>) {
        let (questions, askers): (Vec<Q>, Vec<_>) = waiting
            .into_iter()
            .map(|one| (one.question, one.asker))
            .unzip();
        match self.put(&questions).await {
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

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use sqlx::postgres::PgConnectOptions;
    use tokio::{task::yield_now, time::timeout};

    use super::*;
    use crate::error::ErrorCode;

    const FOR_EVER: Duration = Duration::from_hours(1);
    const PATIENT: Patience = Patience {
        to_be_asked: FOR_EVER,
        for_an_answer: FOR_EVER,
    };
    const PANICS: u32 = 1000;
    const HAS_NO_ANSWER: u32 = 2000;

    /// Answers nothing before it opens.
    #[derive(Debug)]
    struct House {
        asked: Mutex<Vec<Vec<u32>>>,
        door: Semaphore,
    }

    /// What twice a number is.
    #[derive(Debug)]
    struct Twice {
        number: u32,
        house: Arc<House>,
    }

    impl Question for Twice {
        type Answer = u32;

        const AT_ONCE: usize = 8;

        /// Even numbers with even ones.
        fn goes_with(&self, other: &Self) -> bool {
            self.number % 2 == other.number % 2
        }

        async fn ask(_: &Pool, questions: &[Self]) -> sqlx::Result<Vec<u32>> {
            let house = &questions[0].house;
            let numbers: Vec<u32> = questions.iter().map(|question| question.number).collect();
            house.asked.lock().expect("the list").push(numbers.clone());
            let _in = house.door.acquire().await.expect("it is never closed");
            assert!(!numbers.contains(&PANICS), "as it was told");
            let mut known = numbers;
            known.retain(|number| *number != HAS_NO_ANSWER);
            Ok(known.iter().map(|number| number * 2).collect())
        }
    }

    #[derive(Clone)]
    struct Scene {
        house: Arc<House>,
        together: Together<Twice>,
    }

    impl Scene {
        fn new(patience: Patience) -> Self {
            let pool = Pool::new(PgConnectOptions::new(), 1);
            Self {
                house: Arc::new(House {
                    asked: Mutex::default(),
                    door: Semaphore::new(0),
                }),
                together: Together::with_patience(pool, patience),
            }
        }

        async fn ask(self, number: u32) -> Result<u32, ErrorCode> {
            let question = Twice {
                number,
                house: self.house,
            };
            self.together
                .ask(question)
                .await
                .map_err(|error| error.code)
        }

        fn open(&self) {
            self.house.door.add_permits(1000);
        }

        fn asked(&self) -> Vec<Vec<u32>> {
            self.house.asked.lock().expect("the list").clone()
        }

        /// Until so many are asked, and so many wait.
        async fn comes_to(&self, asked: usize, waiting: usize) {
            soon(async {
                while (self.asked().len(), self.together.waiting().len()) != (asked, waiting) {
                    yield_now().await;
                }
            })
            .await;
        }
    }

    /// Far sooner than those who are patient give up.
    async fn soon<T>(future: impl Future<Output = T>) -> T {
        let outcome = timeout(Duration::from_secs(10), future).await;
        outcome.expect("it comes soon")
    }

    #[tokio::test]
    async fn those_who_wait_are_asked_together_and_each_gets_their_own() {
        let scene = Scene::new(PATIENT);
        let all = (0..30).map(|number| tokio::spawn(scene.clone().ask(number)));
        let all = join_all(all.collect::<Vec<_>>());
        scene.comes_to(STATEMENTS, 30 - STATEMENTS).await;
        scene.open();
        for (number, answer) in (0..).zip(all.await) {
            assert_eq!(answer.expect("no panic"), Ok(number * 2));
        }
        let mut asked = scene.asked();
        let shared = asked.split_off(STATEMENTS);
        assert_eq!(asked, [[0], [1], [2], [3]]);
        // Thirteen even ones waited, and thirteen odd ones.
        let mut sizes: Vec<usize> = shared.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [5, 5, 8, 8], "{shared:?}");
        assert_eq!(scene.together.0.statements.available_permits(), STATEMENTS);
    }

    #[tokio::test]
    async fn what_goes_wrong_goes_wrong_for_those_who_asked_by_it_alone() {
        let scene = Scene::new(PATIENT);
        let first: Vec<u32> = (0..4).collect();
        // By eights: one with a panic, one in which an answer is missing.
        let even: Vec<u32> = [PANICS].into_iter().chain((10..24).step_by(2)).collect();
        let late: Vec<u32> = (40..54).step_by(2).chain([HAS_NO_ANSWER]).collect();
        let numbers = [first, even, late].concat();
        let all = numbers
            .iter()
            .map(|number| tokio::spawn(scene.clone().ask(*number)));
        let all = join_all(all.collect::<Vec<_>>());
        scene.comes_to(STATEMENTS, 16).await;
        scene.open();
        for (number, answer) in numbers.iter().zip(all.await) {
            let is_lost = [PANICS, HAS_NO_ANSWER].contains(number) || (10..24).contains(number);
            let wanted = if is_lost {
                Err(ErrorCode::Internal)
            } else {
                Ok(number * 2)
            };
            assert_eq!(answer.expect("no panic"), wanted, "{number}");
        }
        assert_eq!(scene.clone().ask(7).await, Ok(14));
        assert_eq!(scene.together.0.statements.available_permits(), STATEMENTS);
    }

    #[tokio::test]
    async fn who_has_left_is_not_asked_for() {
        let scene = Scene::new(PATIENT);
        let mut all: Vec<_> = (0..8)
            .map(|number| tokio::spawn(scene.clone().ask(number)))
            .collect();
        scene.comes_to(STATEMENTS, 4).await;
        // One who is being asked for, and one who waits.
        all[0].abort();
        all[6].abort();
        scene.open();
        for (number, answer) in (0..).zip(join_all(all.drain(..)).await) {
            match answer {
                Ok(answer) => assert_eq!(answer, Ok(number * 2)),
                Err(_) => assert!([0, 6].contains(&number)),
            }
        }
        assert!(!scene.asked().concat().contains(&6));
        assert_eq!(scene.together.0.statements.available_permits(), STATEMENTS);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_to_be_asked() {
        let scene = Scene::new(Patience {
            to_be_asked: Duration::from_millis(20),
            ..PATIENT
        });
        let mut all: Vec<_> = (0..8)
            .map(|number| tokio::spawn(scene.clone().ask(number)))
            .collect();
        for answer in soon(join_all(all.split_off(STATEMENTS))).await {
            assert_eq!(answer.expect("no panic"), Err(ErrorCode::Unavailable));
        }
        assert!(scene.together.waiting().is_empty());
        scene.open();
        for (number, answer) in (0..).zip(join_all(all).await) {
            assert_eq!(answer.expect("no panic"), Ok(number * 2));
        }
        assert_eq!(scene.asked(), [[0], [1], [2], [3]]);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_for_an_answer() {
        let scene = Scene::new(Patience {
            for_an_answer: Duration::from_millis(20),
            ..PATIENT
        });
        let all = (0..8).map(|number| tokio::spawn(scene.clone().ask(number)));
        for answer in soon(join_all(all.collect::<Vec<_>>())).await {
            assert_eq!(answer.expect("no panic"), Err(ErrorCode::Unavailable));
        }
        assert_eq!(scene.asked().concat().len(), 8);
        scene.open();
        assert_eq!(scene.clone().ask(8).await, Ok(16));
    }
}
