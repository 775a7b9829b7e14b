//! `postmaster.pid`, by which Postgres keeps a second one off its files. It lies where Postgres's user
//! may write, so that user could put something else in its place: as root we read and replace nothing
//! but that user's own plain file.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use crate::account::Account;
use crate::error::ClusterError;

/// A few lines; more of it is not read.
const LARGEST: u64 = 4096;

/// What `postmaster.pid` says.
#[derive(Debug, PartialEq, Eq)]
pub struct PidFile {
    pub process: i32,
    pub is_ready: bool,
}

impl PidFile {
    /// None while there is no such file, or it is not written yet.
    pub fn read(cluster: &Path, account: &Account) -> Option<PidFile> {
        PidFile::parse(&text(cluster, account).ok()?)
    }

    /// Line 1 is the process id (negative in single-user mode), line 8 the state.
    fn parse(text: &str) -> Option<PidFile> {
        let mut lines = text.lines();
        let process: i32 = lines.next()?.trim().parse().ok()?;
        let is_ready = lines.nth(6).is_some_and(|state| state.trim() == "ready");
        Some(PidFile {
            process: process.checked_abs().filter(|id| *id > 0)?,
            is_ready,
        })
    }
}

pub fn exists(cluster: &Path) -> bool {
    fs::symlink_metadata(path_in(cluster)).is_ok()
}

/// A full disk or a crash can leave it empty, and Postgres would not start then.
pub fn remove(cluster: &Path) -> Result<(), ClusterError> {
    let path = path_in(cluster);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ClusterError::file("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Writes our own process id into a stale file. Postgres takes its parent's id for stale, whoever may
/// bear the old one by now, and still sees by the rest of the file whether its predecessor's processes
/// hold their shared memory. Deleting the file would lose that.
pub fn disown(cluster: &Path, account: &Account) -> Result<(), ClusterError> {
    let path = path_in(cluster);
    let text = match text(cluster, account) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ClusterError::file("read", path)(error)),
    };
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    let changed = cluster.join("postmaster.pid.stale");
    let _ = fs::remove_file(&changed);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&changed)
        .and_then(|mut file| {
            write!(file, "{}\n{rest}", std::process::id())?;
            account.own(&file)
        })
        .map_err(ClusterError::file("write", &changed))?;
    fs::rename(&changed, &path).map_err(ClusterError::file("replace", &path))
}

fn path_in(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

fn text(cluster: &Path, account: &Account) -> io::Result<String> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
        .open(path_in(cluster))?;
    let about = file.metadata()?;
    if !about.is_file() || about.uid() != account.uid() {
        return Err(io::Error::other(
            "it is not a plain file of Postgres's user",
        ));
    }
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::PidFile;

    #[test]
    fn the_pid_file_tells_the_process_and_whether_it_is_ready() {
        let start = "4711\n/data/postgres\n1700000000\n5432\n/data/socket\n\n  5432001     32768\n";
        let starting = PidFile::parse(&format!("{start}starting\n"));
        let ready = PidFile::parse(&format!("{start}ready   \n"));
        assert_eq!(starting.map(|found| found.is_ready), Some(false));
        assert_eq!(
            ready,
            Some(PidFile {
                process: 4711,
                is_ready: true
            })
        );
    }

    #[test]
    fn a_pid_file_that_is_empty_or_odd_tells_nothing() {
        for text in ["", "\n", "x\n", "0\n", "-2147483648\n"] {
            assert_eq!(PidFile::parse(text), None, "{text:?}");
        }
    }
}
