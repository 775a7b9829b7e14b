//! Stands between the server and Postgres, and lets everything through, late, or not at all.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use donewell_proof::directory::Directory;
use donewell_proof::postgres::open_directory;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// By which libpq and sqlx know the socket in its directory.
const NAME: &str = ".s.PGSQL.5432";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Open,
    /// Postgres is heard so much later; it hears at once.
    Late(Duration),
    /// Every connection is broken, and every new one.
    Cut,
}

/// Dropping it ends every connection through it.
#[derive(Debug)]
pub struct Proxy {
    mode: watch::Sender<Mode>,
    task: JoinHandle<()>,
    directory: Directory,
}

impl Proxy {
    pub fn start(socket_directory: &Path) -> Result<Proxy> {
        let directory = open_directory("donewell-proxy-")?;
        let listener = UnixListener::bind(directory.path().join(NAME))?;
        let (mode, seen) = watch::channel(Mode::Open);
        let target = socket_directory.join(NAME);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, target.clone(), seen.clone()));
            }
        });
        Ok(Proxy {
            mode,
            task,
            directory,
        })
    }

    pub fn url(&self, database: &str) -> Result<String> {
        let path = self.directory.path().to_str().context("an odd directory")?;
        let host = path.replace('/', "%2F");
        Ok(format!(
            "postgres://donewell@localhost:5432/{database}?host={host}"
        ))
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Mode::Cut);
        self.task.abort();
    }
}

async fn pass(client: UnixStream, target: PathBuf, mut mode: watch::Receiver<Mode>) {
    let Ok(postgres) = UnixStream::connect(target).await else {
        return;
    };
    let (mut from_client, to_client) = client.into_split();
    let (from_postgres, mut to_postgres) = postgres.into_split();
    let late = mode.clone();
    // When one of them ends, all do, and both connections with them.
    tokio::select! {
        _ = copy(&mut from_client, &mut to_postgres) => {}
        _ = answers(from_postgres, to_client, late) => {}
        _ = mode.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

async fn answers(
    mut postgres: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    mut mode: watch::Receiver<Mode>,
) -> Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = postgres.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let now = *mode.borrow_and_update();
        if let Mode::Late(delay) = now {
            tokio::select! {
                () = sleep(delay) => {}
                _ = mode.wait_for(|mode| *mode != now) => {}
            }
        }
        client.write_all(&buffer[..count]).await?;
    }
}
