//! `postgres.log`, and the one line of it that tells why something failed.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use nix::fcntl::OFlag;
use nix::sys::statvfs::statvfs;

use crate::account::Account;
use crate::directory::DataDirectory;
use crate::error::ClusterError;

/// From this size on the log is set aside at the next start.
const LARGE: u64 = 5 << 20;
/// As much of the end is searched for the telling line.
const TAIL: u64 = 64 << 10;
/// Below this much free space a silent failure is put down to the full disk.
const NO_SPACE: u64 = 1 << 20;

const FULL: &str = "No space left on device";
/// What Postgres says instead when a part of a block still fitted.
const SHORT_WRITE_HINT: &str = "HINT:  Check free disk space.";

/// The log as one run of Postgres adds to it.
#[derive(Debug)]
pub struct Log {
    directory: DataDirectory,
    file: File,
    start: u64,
}

impl Log {
    pub fn open(directory: &DataDirectory, account: &Account) -> Result<Log, ClusterError> {
        let path = directory.log();
        if fs::symlink_metadata(&path).is_ok_and(|found| found.len() > LARGE) {
            fs::rename(&path, directory.former_log())
                .map_err(ClusterError::file("set aside", &path))?;
        }
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(&path)
            .map_err(ClusterError::file("open", &path))?;
        account
            .own(&file)
            .map_err(ClusterError::file("change the owner of", &path))?;
        let start = file
            .metadata()
            .map_err(ClusterError::file("look at", &path))?
            .len();
        Ok(Log {
            directory: directory.clone(),
            file,
            start,
        })
    }

    pub fn path(&self) -> PathBuf {
        self.directory.log()
    }

    pub fn for_child(&self) -> Result<File, ClusterError> {
        self.file
            .try_clone()
            .map_err(ClusterError::file("open", self.path()))
    }

    pub fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |found| found.len())
    }

    /// Why this run failed.
    pub fn reason(&mut self) -> String {
        let start = self.start.max(self.size().saturating_sub(TAIL));
        let mut tail = Vec::new();
        let read = self
            .file
            .seek(SeekFrom::Start(start))
            .and_then(|_| self.file.read_to_end(&mut tail));
        let text = read.map_or_else(
            |_| String::new(),
            |_| String::from_utf8_lossy(&tail).into_owned(),
        );
        reason(&text, &self.directory)
    }
}

/// Why a program failed that has said `text`. A full disk may have kept it from saying so.
pub fn reason(text: &str, directory: &DataDirectory) -> String {
    match telling_line(text) {
        Some(line) => line,
        None if is_full(directory) => FULL.to_owned(),
        None => last_line(text).unwrap_or("it gave no reason").to_owned(),
    }
}

/// The last failure, unless there is one from a full disk, of which many others follow.
fn telling_line(text: &str) -> Option<String> {
    let mut last = None;
    for line in text.lines() {
        if let Some(message) = message(line) {
            if message.contains(FULL) {
                return Some(message.to_owned());
            }
            last = Some(message);
        } else if line.contains(SHORT_WRITE_HINT) {
            return last.map(|message| format!("{message}: {FULL}"));
        }
    }
    last.map(str::to_owned)
}

/// What a session says whose Postgres was killed: it may still be there when the next one starts.
const OF_BEFORE: &str = "terminating connection due to unexpected postmaster exit";

/// The message of a line that reports a failure, though not one of a client that came too early or stayed too long.
fn message(line: &str) -> Option<&str> {
    ["PANIC:", "FATAL:", "ERROR:", "initdb: error:"]
        .into_iter()
        .find_map(|level| line.split_once(level))
        .map(|(_, message)| message.trim())
        .filter(|message| !message.starts_with("the database system is ") && *message != OF_BEFORE)
}

fn last_line(text: &str) -> Option<&str> {
    text.lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
}

#[cfg_attr(
    target_os = "linux",
    expect(
        clippy::useless_conversion,
        reason = "the numbers are narrower on other systems"
    )
)]
fn is_full(directory: &DataDirectory) -> bool {
    statvfs(directory.path()).is_ok_and(|found| {
        let free = u64::from(found.blocks_available()) * u64::from(found.fragment_size());
        free < NO_SPACE
    })
}

#[cfg(test)]
mod tests {
    use super::telling_line;

    fn told(text: &str) -> String {
        telling_line(text).unwrap_or_default()
    }

    #[test]
    fn the_last_failure_is_the_telling_line() {
        let text = "2026-11-21 10:00:00.000 UTC [7] LOG:  starting PostgreSQL\n\
                    2026-11-21 10:00:00.000 UTC [7] FATAL:  first\n\
                    2026-11-21 10:00:00.000 UTC [7] PANIC:  second\n\
                    2026-11-21 10:00:00.000 UTC [9] FATAL:  the database system is starting up\n\
                    2026-11-21 10:00:00.000 UTC [7] LOG:  database system is shut down\n";
        assert_eq!(told(text), "second");
        assert_eq!(telling_line("LOG:  all is well\n"), None);
    }

    #[test]
    fn what_a_session_of_a_killed_postgres_says_tells_nothing_of_this_one() {
        let text = "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use\n\
                    FATAL:  terminating connection due to unexpected postmaster exit\n";
        let line = "pre-existing shared memory block (key 1, ID 2) is still in use";
        assert_eq!(told(text), line);
    }

    #[test]
    fn a_full_disk_is_told_before_what_follows_from_it() {
        let text = "FATAL:  could not extend file \"base/1/2\": No space left on device\n\
                    HINT:  Check free disk space.\n\
                    PANIC:  cannot abort transaction 1, it was already committed\n\
                    initdb: error: could not write to child process: Broken pipe\n";
        let line = "could not extend file \"base/1/2\": No space left on device";
        assert_eq!(told(text), line);
    }

    #[test]
    fn a_disk_that_took_half_a_block_is_full() {
        let text = "FATAL:  could not extend file \"base/1/2\": wrote only 4096 of 8192 bytes\n\
                    HINT:  Check free disk space.\n\
                    PANIC:  cannot abort transaction 1, it was already committed\n";
        let line = "could not extend file \"base/1/2\": wrote only 4096 of 8192 bytes: \
                    No space left on device";
        assert_eq!(told(text), line);
    }
}
