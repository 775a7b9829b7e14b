//! The connections to the database, each kept from one request to the next.
//!
//! sqlx's own pool asks every connection that comes back whether it still lives: a second round trip for each
//! statement, and dearer than most of ours. Here a connection that has answered everything is at once the next one's;
//! one that was left in the middle of an answer or of a transaction is put in order first, away from the request.

mod executor;
mod held;
mod together;

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};

pub use held::{Held, Transaction};
pub(crate) use together::{Question, Together};

/// How long one waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long between two tries to reach a database that does not listen.
const BEFORE_RETRY: Duration = Duration::from_millis(50);
/// A connection that has been used so shortly before is taken as it is.
const SURELY_ALIVE: Duration = Duration::from_millis(100);
/// What nobody has needed for so long is closed when another one comes back.
const LONGEST_IDLE: Duration = Duration::from_mins(10);
/// So that what a connection gathers at the database's end does not stay for ever.
const LONGEST_LIFE: Duration = Duration::from_mins(30);

/// As many connections as are wanted, and no more than may be.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: PgConnectOptions,
    limit: u32,
    /// One for each connection that may be in use.
    permits: Arc<Semaphore>,
    /// Those that nobody uses; the one used last stands last and is the next to be taken.
    idle: Mutex<Vec<Open>>,
    /// What listens, or did.
    listener: Mutex<Option<PgPool>>,
    is_closed: AtomicBool,
}

#[derive(Debug)]
struct Open {
    connection: PgConnection,
    since: Instant,
    used: Instant,
}

impl Open {
    fn is_surely_alive(&self) -> bool {
        self.used.elapsed() < SURELY_ALIVE
    }
}

impl Pool {
    /// Connects when a connection is needed for the first time.
    #[must_use]
    pub fn new(options: PgConnectOptions, limit: u32) -> Self {
        Self(Arc::new(Inner {
            options,
            limit,
            permits: Arc::new(Semaphore::new(limit as usize)),
            idle: Mutex::default(),
            listener: Mutex::default(),
            is_closed: AtomicBool::new(false),
        }))
    }

    /// A connection for as long as it is held.
    pub async fn acquire(&self) -> sqlx::Result<Held> {
        if self.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        // The common case needs no timer.
        if let Ok(permit) = Arc::clone(&self.0.permits).try_acquire_owned()
            && let Some(open) = lock(&self.0.idle).pop_if(|open| open.is_surely_alive())
        {
            return Ok(Held::new(self, open, permit));
        }
        timeout(PATIENCE, self.wait())
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// For statements of which all are to hold, or none.
    pub async fn begin(&self) -> sqlx::Result<Transaction> {
        self.acquire().await?.begin().await
    }

    /// Has a connection of its own, beside those that are counted here. A new one each time: the one before may hang
    /// on a connection that has died without a word.
    pub async fn listen(&self) -> sqlx::Result<PgListener> {
        let one = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(self.0.options.clone());
        *lock(&self.0.listener) = Some(one.clone());
        if self.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        PgListener::connect_with(&one).await
    }

    /// How many there may be.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.0.limit
    }

    /// How many there are.
    #[must_use]
    pub fn size(&self) -> u32 {
        let free = self.0.permits.available_permits();
        self.idle() + self.0.limit - u32::try_from(free).unwrap_or(self.0.limit)
    }

    /// How many of them nobody uses.
    #[must_use]
    pub fn idle(&self) -> u32 {
        u32::try_from(lock(&self.0.idle).len()).unwrap_or(self.0.limit)
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed.load(Ordering::Acquire)
    }

    /// Gives out none any more, waits for those that are in use, and closes all.
    pub async fn close(&self) {
        self.0.is_closed.store(true, Ordering::Release);
        let listener = lock(&self.0.listener).take();
        if let Some(listener) = listener {
            listener.close().await;
        }
        // Nobody closes the semaphore: all of its permits come back.
        let _all = self.0.permits.acquire_many(self.0.limit).await;
        let idle = std::mem::take(&mut *lock(&self.0.idle));
        for open in idle {
            // The database notices either way.
            let _ = open.connection.close().await;
        }
    }

    async fn wait(&self) -> sqlx::Result<Held> {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        if self.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        while let Some(mut open) = self.pop() {
            if open.is_surely_alive() || open.connection.ping().await.is_ok() {
                return Ok(Held::new(self, open, permit));
            }
        }
        let connection = self.connect().await?;
        let now = Instant::now();
        let open = Open {
            connection,
            since: now,
            used: now,
        };
        Ok(Held::new(self, open, permit))
    }

    /// Waits while the database is about to listen.
    async fn connect(&self) -> sqlx::Result<PgConnection> {
        loop {
            match self.0.options.connect().await {
                Err(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                }
                Err(sqlx::Error::Database(error)) if error.is_transient_in_connect_phase() => {}
                outcome => return outcome,
            }
            sleep(BEFORE_RETRY).await;
        }
    }

    fn pop(&self) -> Option<Open> {
        lock(&self.0.idle).pop()
    }

    /// Takes one back that is ready for the next statement.
    fn park(&self, mut open: Open, permit: OwnedSemaphorePermit) {
        open.used = Instant::now();
        let is_fit = !self.is_closed() && open.used - open.since < LONGEST_LIFE;
        let mut idle = lock(&self.0.idle);
        let needed = idle.partition_point(|open| open.used.elapsed() > LONGEST_IDLE);
        let superfluous: Vec<Open> = idle.drain(..needed).collect();
        if is_fit {
            idle.push(open);
        }
        drop(idle);
        // Only now somebody may look for it.
        drop(permit);
        drop(superfluous);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
