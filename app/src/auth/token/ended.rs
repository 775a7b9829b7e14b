//! Sessions that ended while tokens of theirs were still good. Postgres tells every node at once, by NOTIFY; a node
//! that has lost touch asks for each request until it has caught up, so that it never lets an ended one pass.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration as Pause,
};

use sqlx::{PgPool, postgres::PgListener};
use time::{Duration, OffsetDateTime};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use uuid::Uuid;

use super::{KeyRing, LIFETIME};
use crate::{
    auth::{SessionId, clock::Clock, store::session},
    error::AppError,
};

/// Longer than any token is good, clocks that differ included.
pub const MEMORY: Duration = Duration::minutes(LIFETIME.whole_minutes() + 5);
/// How often the connection is tried, and how long an answer may take: together less than a second, so that a
/// connection that has died without a word is noticed in time.
const HEARTBEAT: Pause = Pause::from_millis(500);
const PATIENCE: Pause = Pause::from_millis(400);
const BEFORE_RETRY: Pause = Pause::from_millis(250);

/// This node's memory of them.
#[derive(Clone, Debug)]
pub struct EndedSessions {
    pool: PgPool,
    clock: Clock,
    ended: Arc<RwLock<HashMap<SessionId, OffsetDateTime>>>,
    in_touch: Arc<AtomicBool>,
}

impl EndedSessions {
    pub fn new(pool: PgPool, clock: Clock) -> Self {
        Self {
            pool,
            clock,
            ended: Arc::default(),
            in_touch: Arc::default(),
        }
    }

    /// Whether a session is over. Asks the database only while this node has lost touch with it.
    pub async fn contains(&self, id: SessionId) -> Result<bool, AppError> {
        if self.remembers(id) {
            return Ok(true);
        }
        if self.in_touch.load(Ordering::Acquire) {
            return Ok(false);
        }
        Ok(session::has_ended(&self.pool, id).await?)
    }

    /// Remembers what this node itself has ended, without waiting to be told.
    pub fn insert(&self, ids: impl IntoIterator<Item = SessionId>) {
        let now = self.clock.now();
        let mut ended = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        ended.extend(ids.into_iter().map(|id| (id, now)));
    }

    fn remembers(&self, id: SessionId) -> bool {
        let ended = self.ended.read().unwrap_or_else(PoisonError::into_inner);
        ended.contains_key(&id)
    }

    /// Listens for ever; to be spawned once.
    pub async fn listen(self, keys: KeyRing) {
        loop {
            let outcome = self.listen_once(&keys).await;
            if self.in_touch.swap(false, Ordering::AcqRel)
                && let Err(error) = outcome
            {
                tracing::warn!(%error, "no word from the database about ended sessions; asking for each request");
            }
            if self.pool.is_closed() {
                return;
            }
            sleep(BEFORE_RETRY).await;
        }
    }

    async fn listen_once(&self, keys: &KeyRing) -> sqlx::Result<()> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.eager_reconnect(false);
        listener
            .listen_all(["donewell_session_ended", "donewell_keys"])
            .await?;
        // One that came while nobody listened is made up for.
        tokio::spawn(reload(keys.clone()));
        loop {
            // Listening first, reading then: nothing falls between the two.
            self.catch_up(&mut listener).await?;
            self.in_touch.store(true, Ordering::Release);
            let heartbeat = Instant::now() + HEARTBEAT;
            while let Ok(notification) = timeout_at(heartbeat, listener.try_recv()).await {
                let Some(notification) = notification? else {
                    return Err(sqlx::Error::PoolClosed);
                };
                if notification.channel() == "donewell_keys" {
                    tokio::spawn(reload(keys.clone()));
                } else if let Ok(id) = notification.payload().parse::<Uuid>() {
                    self.insert([SessionId(id)]);
                }
            }
        }
    }

    async fn catch_up(&self, listener: &mut PgListener) -> sqlx::Result<()> {
        let since = self.clock.now() - MEMORY;
        let ended = timeout(PATIENCE, session::ended_since(&mut *listener, since))
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        self.insert(ended);
        let mut remembered = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, at| *at >= since);
        Ok(())
    }
}

/// Beside the listening, which nothing may hold up.
async fn reload(keys: KeyRing) {
    if let Err(error) = keys.reload().await {
        tracing::error!(%error, "the signing keys could not be read again");
    }
}
