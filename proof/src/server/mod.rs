//! The real `donewell`, started from a distribution as an operator would, on a free port of 127.0.0.1.

pub mod process;

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::http::Connection;

const START_LIMIT: Duration = Duration::from_mins(1);
/// The server gives running requests ten seconds.
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(2);
const LIMITS: [&str; 5] = [
    "ACCOUNT_LOCKOUT",
    "ADDRESS_RATE_LIMIT",
    "API_RATE_LIMIT",
    "AUTH_RATE_LIMIT",
    "MAIL_RATE_LIMIT",
];

/// What `cargo xtask build` has made.
#[derive(Debug, Clone, Args)]
pub struct Dist {
    /// The directory with `donewell`, `site/` and `hash.txt`
    #[arg(long = "dist", value_name = "DIRECTORY")]
    pub directory: PathBuf,
}

impl Dist {
    /// The binary. Its site is beside it, wherever a symlink leads.
    pub fn binary(&self) -> Result<PathBuf> {
        let binary = self.directory.join("donewell");
        fs::canonicalize(&binary).with_context(|| format!("no {}", binary.display()))
    }
}

/// Where a server runs and what it is told. The address stays the same over a restart.
#[derive(Debug, Clone)]
#[must_use]
pub struct Setting {
    binary: PathBuf,
    directory: PathBuf,
    pub address: SocketAddr,
    environment: Vec<(String, String)>,
}

impl Setting {
    /// In `directory`, which must exist; without a word about a database, so that it runs its own.
    pub fn new(dist: &Dist, directory: &Path) -> Result<Setting> {
        let address = free_address()?;
        let setting = Setting {
            binary: dist.binary()?,
            directory: fs::canonicalize(directory)?,
            address,
            environment: Vec::new(),
        };
        let data = setting.data();
        let setting = setting
            .with("LEPTOS_SITE_ADDR", &address.to_string())
            .with("PUBLIC_URL", &format!("http://{address}"))
            .with("DONEWELL_DATA", &data.to_string_lossy())
            .with("NO_COLOR", "1");
        // We ask far more often than a person would.
        Ok(LIMITS
            .iter()
            .fold(setting, |setting, limit| setting.with(limit, "off")))
    }

    pub fn on_database(self, url: &str) -> Setting {
        self.with("DATABASE_URL", url)
            .with("AUTH_SECRET", "for proofs only, and long enough for them")
    }

    /// Sets a variable; the last word counts.
    pub fn with(mut self, name: &str, value: &str) -> Setting {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// Everything that the server has written, over all its starts.
    pub fn log(&self) -> PathBuf {
        self.directory.join("server.log")
    }

    /// Starts it and returns when it is ready.
    pub async fn start(&self) -> Result<Server> {
        let started = Instant::now();
        let mut server = self.spawn()?;
        server.wait_until_ready().await?;
        server.ready_after = started.elapsed();
        Ok(server)
    }

    /// Starts it and returns at once.
    pub fn spawn(&self) -> Result<Server> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .with_context(|| format!("cannot write {}", self.log().display()))?;
        // In a directory of its own: no `.env` and no data of somebody else.
        let child = Command::new(&self.binary)
            .current_dir(&self.directory)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        let id = child.id().context("the server has ended at once")?;
        Ok(Server {
            setting: self.clone(),
            child,
            id,
            ready_after: Duration::ZERO,
        })
    }
}

/// A running server. Dropping it kills it, unless it has a Postgres of its own, which it would leave behind: then it
/// is asked to end, and waited for.
#[derive(Debug)]
pub struct Server {
    pub setting: Setting,
    child: Child,
    id: u32,
    /// How long `start` took.
    pub ready_after: Duration,
}

impl Server {
    pub const fn address(&self) -> SocketAddr {
        self.setting.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.setting.address)
    }

    pub const fn process_id(&self) -> u32 {
        self.id
    }

    /// Asks `/health/ready` until it says yes.
    pub async fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if is_ready(self.address()).await {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "the server ended ({status}) before it was ready\n{}",
                    self.log_end()
                );
            }
            sleep(POLL).await;
        }
        bail!(
            "the server was not ready within {} s\n{}",
            START_LIMIT.as_secs(),
            self.log_end()
        )
    }

    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = Pid::from_raw(self.id.try_into()?);
        kill(id, signal).with_context(|| format!("cannot send {signal} to the server"))
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM)?;
        match timeout(STOP_LIMIT, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => bail!(
                "the server did not stop within {} s\n{}",
                STOP_LIMIT.as_secs(),
                self.log_end()
            ),
        }
    }

    /// Ends it without a chance to do anything about it.
    pub async fn kill(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::SIGKILL)?;
        Ok(self.child.wait().await?)
    }

    /// None while it runs.
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    pub fn cpu(&self) -> Result<Duration> {
        process::cpu(self.id)
    }

    /// Bytes in memory, now.
    pub fn memory(&self) -> Result<u64> {
        process::memory(self.id)
    }

    fn log_end(&self) -> String {
        let log = fs::read_to_string(self.setting.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let environment = &self.setting.environment;
        let runs_postgres = environment.iter().all(|(name, _)| name != "DATABASE_URL");
        if !runs_postgres || self.child.id().is_none() || self.signal(Signal::SIGTERM).is_err() {
            return;
        }
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut connection = Connection::open(address).await?;
        connection.get("/health/ready").await
    };
    matches!(ask.await, Ok(answer) if answer.status == 200)
}

/// A port that nobody listens on. Somebody might in a moment; on a machine of one's own that does not happen.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}
