//! A connection while somebody uses it, and what becomes of it afterwards.

use std::{
    ops::{Deref, DerefMut},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use sqlx::{Connection, Executor, PgConnection};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};

use super::{Open, Pool};

/// How long the rest of an answer, or the end of a transaction, may take: longer than any statement may.
const PUT_IN_ORDER: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub struct Held {
    /// There until it is dropped.
    open: Option<(Open, OwnedSemaphorePermit)>,
    pool: Pool,
    in_transaction: bool,
}

impl Held {
    pub(super) fn new(pool: &Pool, open: Open, permit: OwnedSemaphorePermit) -> Self {
        Self {
            open: Some((open, permit)),
            pool: pool.clone(),
            in_transaction: false,
        }
    }

    pub(super) async fn begin(mut self) -> sqlx::Result<Transaction> {
        // Before it is sent: from then on there may be something to roll back.
        self.in_transaction = true;
        self.execute("BEGIN").await?;
        Ok(Transaction(self))
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        let (open, _) = self.open.as_ref().expect("BUG: used after its end");
        &open.connection
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        let (open, _) = self.open.as_mut().expect("BUG: used after its end");
        &mut open.connection
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some((mut open, permit)) = self.open.take() else {
            return;
        };
        let in_transaction = self.in_transaction;
        if !in_transaction {
            match is_idle(&mut open.connection) {
                Poll::Ready(true) => return self.pool.park(open, permit),
                Poll::Ready(false) => return,
                Poll::Pending => {}
            }
        }
        let pool = self.pool.clone();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let ended = timeout(
                    PUT_IN_ORDER,
                    put_in_order(&mut open.connection, in_transaction),
                );
                if let Ok(Ok(())) = ended.await {
                    pool.park(open, permit);
                }
            });
        }
    }
}

/// Whether it has answered everything; `false` if it is lost. Looks only at what has come already.
fn is_idle(connection: &mut PgConnection) -> Poll<bool> {
    pin!(connection.flush())
        .poll(&mut Context::from_waker(Waker::noop()))
        .map(|outcome| outcome.is_ok())
}

async fn put_in_order(connection: &mut PgConnection, in_transaction: bool) -> sqlx::Result<()> {
    if in_transaction {
        connection.execute("ROLLBACK").await?;
        Ok(())
    } else {
        connection.flush().await
    }
}

/// What it is told holds once it is committed; it is undone when it is dropped before.
#[derive(Debug)]
#[must_use]
pub struct Transaction(Held);

impl Transaction {
    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.execute("COMMIT").await?;
        self.0.in_transaction = false;
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
