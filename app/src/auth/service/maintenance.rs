//! What has to be done from time to time: another key signs, and what no longer means anything is cleared away.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    auth::{
        accounts::Accounts,
        store::{audit, session},
    },
    tasks,
};

const EVERY: Duration = Duration::from_mins(10);
/// Longer than any token is good.
const ENDED_SESSIONS_KEPT: time::Duration = time::Duration::hours(1);
/// Longer than any pause between two rounds.
const RECENT_EVENTS: time::Duration = time::Duration::hours(1);

/// For ever; to be spawned once.
pub async fn run(accounts: Arc<Accounts>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if accounts.pool.is_closed() {
            return;
        }
        once(&accounts).await;
    }
}

/// One round; what fails is tried again in the next.
pub async fn once(accounts: &Accounts) {
    if let Err(error) = accounts.keys.maintain().await {
        tracing::warn!(%error, "the signing keys could not be looked after");
    }
    let now = accounts.clock.now();
    if let Err(error) = session::sweep(&accounts.pool, now, now - ENDED_SESSIONS_KEPT).await {
        tracing::warn!(%error, "expired sessions could not be cleared away");
    }
    if let Err(error) = tasks::store::sweep(&accounts.pool, now).await {
        tracing::warn!(%error, "deleted tasks could not be cleared away");
    }
    if let Err(error) = audit::sweep(&accounts.pool, now - RECENT_EVENTS).await {
        tracing::warn!(%error, "old audit events could not be cleared away");
    }
    if let Err(error) = accounts.limits.sweep(&accounts.pool).await {
        tracing::warn!(%error, "old failures to sign in could not be cleared away");
    }
}
