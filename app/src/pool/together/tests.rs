use futures_util::future::join_all;
use tokio::{
    sync::OwnedSemaphorePermit,
    task::{JoinHandle, yield_now},
};

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

/// Ways to the house, for one each.
#[derive(Clone, Debug)]
struct Ways {
    free: Arc<Semaphore>,
    /// So often one has waited for too long.
    misses: Arc<AtomicU64>,
}

impl Connections for Ways {
    type Connection = OwnedSemaphorePermit;

    fn limit(&self) -> u32 {
        0
    }

    async fn acquire(&self) -> sqlx::Result<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.free).acquire_owned().await;
        let less = |misses: u64| misses.checked_sub(1);
        let missed = (self.misses).fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        match missed {
            Ok(_) => Err(sqlx::Error::PoolTimedOut),
            Err(_) => free.map_err(|_| sqlx::Error::PoolClosed),
        }
    }
}

/// What twice a number is.
#[derive(Debug)]
struct Twice {
    number: u32,
    house: Arc<House>,
}

impl Question for Twice {
    type Pool = Ways;
    type Answer = u32;

    const AT_ONCE: usize = 8;

    /// Even numbers with even ones.
    fn goes_with(&self, other: &Self) -> bool {
        self.number % 2 == other.number % 2
    }

    async fn ask(_: &mut OwnedSemaphorePermit, questions: &[Self]) -> sqlx::Result<Vec<u32>> {
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

type Asked = JoinHandle<Result<u32, ErrorCode>>;

#[derive(Clone)]
struct Scene {
    house: Arc<House>,
    ways: Ways,
    together: Together<Twice>,
}

impl Scene {
    fn new(patience: Patience) -> Self {
        let ways = Ways {
            free: Arc::new(Semaphore::new(STATEMENTS)),
            misses: Arc::default(),
        };
        Self {
            house: Arc::new(House {
                asked: Mutex::default(),
                door: Semaphore::new(0),
            }),
            together: Together::with_patience(ways.clone(), patience),
            ways,
        }
    }

    /// Has others use so many ways until they are given back.
    fn take(&self, ways: u32) -> OwnedSemaphorePermit {
        let taken = Arc::clone(&self.ways.free).try_acquire_many_owned(ways);
        taken.expect("they are free")
    }

    /// One is asked by the only way, and three have a place and wait for a way; who asks then waits for a place. When the
    /// three have left, their places wait for a way.
    async fn is_short_of_ways(&self, waiting: usize) -> (Vec<Asked>, OwnedSemaphorePermit) {
        let others = self.take(3);
        let mut all: Vec<Asked> = (0..4 + u32::try_from(waiting).expect("few"))
            .map(|number| tokio::spawn(self.clone().ask(2 * number)))
            .collect();
        self.comes_to(1, waiting).await;
        for left in all.drain(1..4) {
            left.abort();
            assert!(left.await.is_err());
        }
        (all, others)
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
    // By eights: one with a panic, one in which an answer is missing, one as it should be.
    let even: Vec<u32> = [PANICS].into_iter().chain((10..24).step_by(2)).collect();
    let late: Vec<u32> = [HAS_NO_ANSWER]
        .into_iter()
        .chain((40..54).step_by(2))
        .collect();
    let good: Vec<u32> = (60..76).step_by(2).collect();
    let numbers = [first, even, late, good].concat();
    let all = numbers
        .iter()
        .map(|number| tokio::spawn(scene.clone().ask(*number)));
    let all = join_all(all.collect::<Vec<_>>());
    scene.comes_to(STATEMENTS, 24).await;
    scene.open();
    for (number, answer) in numbers.iter().zip(all.await) {
        let is_lost = !(0..4).contains(number) && !(60..76).contains(number);
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
async fn who_waits_for_a_connection_is_joined_by_whoever_comes_meanwhile() {
    let scene = Scene::new(PATIENT);
    let (mut all, _others) = scene.is_short_of_ways(4).await;
    all.extend([20, 22].map(|number| tokio::spawn(scene.clone().ask(number))));
    scene.comes_to(1, 6).await;
    scene.open();
    let answers = soon(join_all(all)).await;
    let answers: Vec<u32> = answers
        .into_iter()
        .map(|answer| answer.expect("no panic").expect("an answer"))
        .collect();
    assert_eq!(answers, [0, 16, 20, 24, 28, 40, 44]);
    let sizes: Vec<usize> = scene.asked().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 6], "{:?}", scene.asked());
}

#[tokio::test]
async fn nobody_waits_for_ever_for_a_connection() {
    let scene = Scene::new(Patience {
        to_be_asked: Duration::from_millis(500),
        ..PATIENT
    });
    let (mut all, _others) = scene.is_short_of_ways(4).await;
    for answer in soon(join_all(all.split_off(1))).await {
        assert_eq!(answer.expect("no panic"), Err(ErrorCode::Unavailable));
    }
    scene.open();
    assert_eq!(soon(all.remove(0)).await.expect("no panic"), Ok(0));
    assert_eq!(scene.asked(), [[0]]);
}

#[tokio::test]
async fn where_one_waits_for_a_connection_in_vain_others_are_not_given_up() {
    let scene = Scene::new(PATIENT);
    let (all, _others) = scene.is_short_of_ways(12).await;
    scene.ways.misses.store(5, Ordering::Relaxed);
    scene.open();
    for (number, answer) in [0].into_iter().chain(4..).zip(soon(join_all(all)).await) {
        assert_eq!(answer.expect("no panic"), Ok(4 * number));
    }
    assert_eq!(scene.ways.misses.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn where_there_will_be_no_connection_all_are_told_at_once() {
    let scene = Scene::new(PATIENT);
    let (all, _others) = scene.is_short_of_ways(12).await;
    scene.ways.free.close();
    scene.open();
    let mut answers = soon(join_all(all)).await;
    assert_eq!(answers.remove(0).expect("no panic"), Ok(0));
    for answer in answers {
        assert_eq!(answer.expect("no panic"), Err(ErrorCode::Unavailable));
    }
    assert_eq!(scene.together.0.statements.available_permits(), STATEMENTS);
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
