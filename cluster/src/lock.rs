//! The lock on a data directory. It belongs to the open file, not to the process: it goes with the last
//! holder however that ends, and is refused to a second one in the same process too.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use crate::directory::DataDirectory;
use crate::error::ClusterError;
use crate::leftovers::is_alive;

/// How long to wait for a holder that has died: the `initdb` that it started ends soon after.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    pub fn take(directory: &DataDirectory) -> Result<Lock, ClusterError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(directory.lock())
            .map_err(|cause| ClusterError::NotWritable {
                directory: directory.path().to_owned(),
                cause,
            })?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(cause)) => {
                    return Err(ClusterError::file("lock", directory.lock())(cause));
                }
            }
            let holder = holder(&mut file);
            if holder.is_some_and(|id| is_alive(id.cast_signed())) || Instant::now() >= deadline {
                return Err(ClusterError::Locked {
                    directory: directory.path().to_owned(),
                    holder,
                });
            }
            sleep(Duration::from_millis(20));
        }
        let mut lock = Lock { file };
        lock.sign();
        Ok(lock)
    }

    /// A copy for the stdin of a child that must not outlive the lock.
    pub fn for_child(&self) -> std::io::Result<Stdio> {
        Ok(self.file.try_clone()?.into())
    }

    /// The process id is for the message of those who are refused; on a full disk it may be missing.
    fn sign(&mut self) {
        let _ = self.file.set_len(0);
        let _ = self.file.rewind();
        let _ = writeln!(self.file, "{}", std::process::id());
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        // Not left to closing: another thread that is just starting a child has a copy of the file.
        let _ = self.file.unlock();
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
