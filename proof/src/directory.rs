//! A directory of a run's own, gone when the run is.
//!
//! Not `tempfile`: it would have crates of the server compiled with other features, and so the server twice.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// For nobody else to look into.
    pub fn new(prefix: &str) -> io::Result<Self> {
        loop {
            let name = format!("{prefix}{:08x}", fastrand::u32(..));
            let path = std::env::temp_dir().join(name);
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed is found in the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}
