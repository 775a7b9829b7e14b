//! The running Postgres: our direct child, never left behind. Dropping it stops it and waits for it.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::Durability;
use crate::account::Account;
use crate::binaries::Binaries;
use crate::directory::DataDirectory;
use crate::error::ClusterError;
use crate::log::Log;
use crate::patience::Patience;
use crate::pidfile::PidFile;
use crate::socket::{PORT, SocketDirectory};

/// A recovery may take long, but it reports its progress every ten seconds.
const SILENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub struct Postmaster {
    child: Child,
    patience: Patience,
}

impl Postmaster {
    /// Returns when Postgres accepts connections.
    pub fn start(
        binaries: &Binaries,
        account: &Account,
        directory: &DataDirectory,
        socket: &SocketDirectory,
        durability: Durability,
        patience: Patience,
    ) -> Result<Postmaster, ClusterError> {
        let mut log = Log::open(directory, account)?;
        let program = binaries.directory.join("postgres");
        let cluster = directory.cluster();
        let mut command = account.command(&program, &cluster);
        command
            .arg("-D")
            .arg(&cluster)
            .arg("-k")
            .arg(socket.path())
            .args(["-p", &PORT.to_string()])
            .args(["-c", "listen_addresses="])
            .args(["-c", "unix_socket_permissions=0700"])
            .args(["-c", "logging_collector=off"]);
        if durability == Durability::ThrowAway {
            command
                .args(["-c", "fsync=off"])
                .args(["-c", "synchronous_commit=off"])
                .args(["-c", "full_page_writes=off"])
                .args(["-c", "max_connections=300"]);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(log.for_child()?)
            .stderr(log.for_child()?)
            .process_group(0)
            .spawn()
            .map_err(|error| account.cannot_run(&program, error))?;
        let mut postmaster = Postmaster { child, patience };
        postmaster.wait_until_ready(directory, account, &mut log)?;
        Ok(postmaster)
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.end().map_err(|cause| ClusterError::CannotStop {
            process: self.child.id(),
            cause,
        })
    }

    fn wait_until_ready(
        &mut self,
        directory: &DataDirectory,
        account: &Account,
        log: &mut Log,
    ) -> Result<(), ClusterError> {
        let cluster = directory.cluster();
        let process = self.child.id().cast_signed();
        let mut said = log.size();
        let mut deadline = Instant::now() + SILENCE;
        loop {
            let ended = self
                .child
                .try_wait()
                .map_err(ClusterError::file("wait for", directory.path()))?;
            if let Some(status) = ended {
                return Err(ClusterError::EndedEarly {
                    status,
                    detail: log.reason(),
                    log: log.path(),
                });
            }
            let found = PidFile::read(&cluster, account);
            if found.is_some_and(|found| found.process == process && found.is_ready) {
                return Ok(());
            }
            if log.size() != said {
                said = log.size();
                deadline = Instant::now() + SILENCE;
            }
            if Instant::now() >= deadline {
                return Err(ClusterError::Silent {
                    seconds: SILENCE.as_secs(),
                    log: log.path(),
                });
            }
            sleep(POLL);
        }
    }

    fn end(&mut self) -> io::Result<()> {
        for (signal, patience) in self.patience.steps() {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            // Not waited for yet, so the id is still this child's.
            kill(Pid::from_raw(self.child.id().cast_signed()), signal)?;
            let deadline = Instant::now() + patience;
            while Instant::now() < deadline {
                if self.child.try_wait()?.is_some() {
                    return Ok(());
                }
                sleep(POLL);
            }
        }
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        // Nothing more can be done about a failure here; an orphan is stopped by the next start.
        let _ = self.end();
    }
}
