//! The wish to stop: SIGTERM, SIGHUP or Ctrl-C, heard once and seen by everything that runs.

use std::io;

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Becomes true once; clones see the same.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Starts to listen for the signals. Must be called before anything that has to be cleaned up.
    pub fn listen() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        // A terminal that is closed: PostgreSQL would outlive us otherwise.
        let mut hangup = signal(SignalKind::hangup())?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hangup.recv() => {}
            }
            tracing::info!("stopping");
            sender.send_replace(true);
            // Keeps the channel open: a closed one would read as a wish to stop.
            std::future::pending::<()>().await;
        });
        Ok(Self(receiver))
    }

    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is time to stop.
    pub async fn requested(mut self) {
        // An error means that the runtime is going away, which is as good a reason.
        let _ = self.0.wait_for(|requested| *requested).await;
    }
}
