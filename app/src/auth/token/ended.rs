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

use sqlx::postgres::PgListener;
use time::{Duration, OffsetDateTime};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use uuid::Uuid;

use super::{KeyRing, LIFETIME};
use crate::{
    auth::{SessionId, clock::Clock, store::session},
    error::AppError,
    pool::Pool,
};

/// Longer than any token is good, clocks that differ included.
pub const MEMORY: Duration = Duration::minutes(LIFETIME.whole_minutes() + 5);
/// How often the connection is tried, and how long an answer may take: together less than a second, so that a
/// connection that has died without a word is noticed in time.
const HEARTBEAT: Pause = Pause::from_millis(500);
const PATIENCE: Pause = Pause::from_millis(400);
const BEFORE_RETRY: Pause = Pause::from_millis(250);
/// A session that ended before another may be seen after it: what was read last is read again as far back as a
/// transaction may have taken from its beginning, which is the time that it writes, to its end.
const OVERLAP: Duration = Duration::minutes(1);

/// This node's memory of them.
#[derive(Clone, Debug)]
pub struct EndedSessions {
    pool: Pool,
    clock: Clock,
    ended: Arc<RwLock<HashMap<SessionId, OffsetDateTime>>>,
    in_touch: Arc<AtomicBool>,
}

impl EndedSessions {
    pub fn new(pool: Pool, clock: Clock) -> Self {
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
        let mut listener = self.pool.listen().await?;
        listener.eager_reconnect(false);
        listener
            .listen_all(["donewell_session_ended", "donewell_keys"])
            .await?;
        // One that came while nobody listened is made up for.
        tokio::spawn(reload(keys.clone()));
        let mut position = Position::default();
        loop {
            // Listening first, reading then: nothing falls between the two.
            self.catch_up(&mut listener, &mut position).await?;
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

    async fn catch_up(
        &self,
        listener: &mut PgListener,
        position: &mut Position,
    ) -> sqlx::Result<()> {
        let oldest = self.clock.now() - MEMORY;
        let since = position.read_from(oldest);
        let found = timeout(PATIENCE, session::ended_since(&mut *listener, since))
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        for (_, ended_at) in &found {
            position.advance(*ended_at);
        }
        self.insert(found.into_iter().map(|(id, _)| id));
        let mut remembered = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, at| *at >= oldest);
        Ok(())
    }
}

/// How far one connection has read: only forwards. A new connection begins with all that still matters.
#[derive(Debug, Default)]
struct Position(Option<OffsetDateTime>);

impl Position {
    fn read_from(&self, oldest: OffsetDateTime) -> OffsetDateTime {
        self.0.map_or(oldest, |newest| oldest.max(newest - OVERLAP))
    }

    fn advance(&mut self, ended_at: OffsetDateTime) {
        self.0 = self.0.max(Some(ended_at));
    }
}

/// Beside the listening, which nothing may hold up.
async fn reload(keys: KeyRing) {
    if let Err(error) = keys.reload().await {
        tracing::error!(%error, "the signing keys could not be read again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_not_read_again_but_for_an_overlap() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let oldest = now - MEMORY;
        let mut position = Position::default();
        assert_eq!(position.read_from(oldest), oldest, "all of it at first");
        position.advance(now);
        assert_eq!(position.read_from(oldest), now - OVERLAP);
        position.advance(now - Duration::minutes(5));
        assert_eq!(position.read_from(oldest), now - OVERLAP, "never back");
        let much_later = now + Duration::days(1);
        assert_eq!(position.read_from(much_later), much_later);
    }
}
