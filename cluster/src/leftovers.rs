//! What a killed server or a killed Postgres left behind. We hold the lock, so a postmaster on our files
//! is an orphan and is stopped; only when none is left may a new one start.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::account::Account;
use crate::directory::DataDirectory;
use crate::error::ClusterError;
use crate::patience::Patience;
use crate::pidfile::{self, PidFile};
use crate::socket::SocketDirectory;

const POLL: Duration = Duration::from_millis(20);

/// Stops an orphan, and takes away what would keep Postgres from starting without need.
pub fn clear(
    directory: &DataDirectory,
    account: &Account,
    socket: &SocketDirectory,
    patience: Patience,
) -> Result<(), ClusterError> {
    let cluster = directory.cluster();
    if pidfile::exists(&cluster) {
        match settled(&cluster, account) {
            Some(found) => stop_orphan(found.process, &cluster, patience)?,
            None => pidfile::remove(&cluster)?,
        }
    }
    pidfile::disown(&cluster, account)?;
    socket.clear()
}

/// Gives an orphan that is just starting the time to write its file.
fn settled(cluster: &Path, account: &Account) -> Option<PidFile> {
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        match PidFile::read(cluster, account) {
            None if Instant::now() < deadline => sleep(POLL),
            found => return found,
        }
    }
}

fn stop_orphan(process: i32, cluster: &Path, patience: Patience) -> Result<(), ClusterError> {
    for (signal, patience) in patience.steps() {
        if !works_on(process, cluster) {
            return Ok(());
        }
        match kill(Pid::from_raw(process), signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(cause) => {
                return Err(ClusterError::OrphanStays {
                    directory: cluster.to_owned(),
                    process,
                    cause: Some(cause),
                });
            }
        }
        let deadline = Instant::now() + patience;
        while works_on(process, cluster) && Instant::now() < deadline {
            sleep(POLL);
        }
    }
    if works_on(process, cluster) {
        return Err(ClusterError::OrphanStays {
            directory: cluster.to_owned(),
            process,
            cause: None,
        });
    }
    Ok(())
}

/// Whether the process is a Postgres on these files, rather than one that got the old one's id.
fn works_on(process: i32, cluster: &Path) -> bool {
    let command = command_line(process);
    if !is_postgres(&command) {
        return false;
    }
    // Every process of Postgres works in its data directory. One that has ended, but that nobody has
    // waited for, has neither directory nor command line.
    let place = fs::metadata(format!("/proc/{process}/cwd"));
    if let (Ok(place), Ok(cluster)) = (place, fs::metadata(cluster)) {
        (place.dev(), place.ino()) == (cluster.dev(), cluster.ino())
    } else {
        command.contains(&format!(" -D {} ", cluster.display()))
    }
}

/// The words of the command, each with a space behind it; empty for a process that has ended.
fn command_line(process: i32) -> String {
    if let Ok(bytes) = fs::read(format!("/proc/{process}/cmdline")) {
        return String::from_utf8_lossy(&bytes).replace('\0', " ");
    }
    let output = Command::new("ps")
        .args(["-ww", "-o", "command=", "-p"])
        .arg(process.to_string())
        .output();
    output.map_or_else(
        |_| String::new(),
        |output| format!("{} ", String::from_utf8_lossy(&output.stdout).trim()),
    )
}

fn is_postgres(command: &str) -> bool {
    let program = command.split(' ').next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or_default();
    matches!(name, "postgres" | "postmaster")
}

/// Whether a process of that id exists, ours or another user's.
pub fn is_alive(process: i32) -> bool {
    process > 0 && !matches!(kill(Pid::from_raw(process), None), Err(Errno::ESRCH))
}

#[cfg(test)]
mod tests {
    use super::is_postgres;

    #[test]
    fn only_postgres_itself_is_taken_for_postgres() {
        assert!(is_postgres(
            "/usr/lib/postgresql/15/bin/postgres -D /data/postgres "
        ));
        assert!(is_postgres("postmaster "));
        assert!(!is_postgres("vim postgresql.conf "));
        assert!(!is_postgres("/opt/postgres/bin/psql "));
        assert!(!is_postgres(""));
    }
}
