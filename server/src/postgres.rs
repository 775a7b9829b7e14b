//! The embedded database: a private cluster that lives as long as the server does.
//!
//! `donewell-cluster` knows how to find, create, start and stop one. Here it is kept running: a thread owns
//! it, starts it again if it ends by itself, and stops it when asked or when the `Embedded` is dropped.

use std::{
    path::Path,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use donewell_cluster::{Cluster, ClusterError, Durability, Options};
use tokio::task::spawn_blocking;

/// How often the thread looks whether the cluster still runs.
const LOOK: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A running cluster.
#[derive(Debug)]
pub struct Embedded {
    url: String,
    keeper: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Embedded {
    /// Starts the cluster of this data directory, creating it the first time.
    pub async fn start(data: &Path) -> Result<Self, ClusterError> {
        let options = Options::new(data, Durability::Full);
        let cluster = spawn_blocking(move || Cluster::start(&options))
            .await
            .expect("BUG: starting the cluster panicked")?;
        tracing::info!(
            version = cluster.major_version(),
            process = cluster.process_id(),
            "PostgreSQL is running"
        );
        let url = cluster.url("donewell");
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || keep(cluster, &receiver));
        Ok(Self {
            url,
            keeper: Some((sender, thread)),
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the cluster and waits until it has stopped.
    pub async fn stop(mut self) {
        let keeper = self.keeper.take();
        // A panic in there has already been reported.
        let _ = spawn_blocking(move || end(keeper)).await;
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        end(self.keeper.take());
    }
}

fn end(keeper: Option<(Sender<()>, JoinHandle<()>)>) {
    if let Some((sender, thread)) = keeper {
        drop(sender);
        let _ = thread.join();
    }
}

fn keep(mut cluster: Cluster, stop: &mpsc::Receiver<()>) {
    let mut runs = true;
    let mut pause = LOOK;
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(pause) {
        if runs {
            match cluster.try_wait() {
                Ok(None) => continue,
                Ok(Some(status)) => tracing::error!(%status, "PostgreSQL ended by itself"),
                Err(error) => tracing::error!(%error, "cannot tell whether PostgreSQL runs"),
            }
        }
        match cluster.restart() {
            Ok(()) => {
                tracing::info!("PostgreSQL runs again");
                (runs, pause) = (true, LOOK);
            }
            Err(error) => {
                tracing::error!(%error, "PostgreSQL did not start again");
                (runs, pause) = (false, (pause * 2).min(LONGEST_PAUSE));
            }
        }
    }
    if let Err(error) = cluster.stop() {
        tracing::error!(%error, "PostgreSQL did not stop");
    }
}
