//! The private directory of the Unix socket, and the address that leads to it. Whoever can enter the
//! directory is trusted, so it is ours and 0700, or it is not used.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::NAME;
use crate::account::{Account, open_directory};
use crate::directory::DataDirectory;
use crate::error::ClusterError;

/// Only a name: there is no TCP, and the directory is private.
pub const PORT: u16 = 5432;

/// What a socket's address can hold on every system.
const LONGEST: usize = 103;

#[derive(Debug)]
pub struct SocketDirectory {
    path: PathBuf,
    is_temporary: bool,
}

impl SocketDirectory {
    /// In the data directory, or in the temporary one if that name is too long or cannot be told to
    /// Postgres and its clients.
    pub fn prepare(
        directory: &DataDirectory,
        account: &Account,
    ) -> Result<SocketDirectory, ClusterError> {
        let preferred = directory.socket();
        let is_temporary = !is_usable(&preferred);
        let path = if is_temporary {
            temporary(directory)?
        } else {
            preferred
        };
        make_private(&path, account)?;
        Ok(SocketDirectory { path, is_temporary })
    }

    /// Where a Postgres that runs already has its socket; none if there is no socket there.
    pub fn url_of_running(directory: &DataDirectory, database: &str) -> Option<String> {
        let preferred = directory.socket();
        let path = if is_usable(&preferred) {
            preferred
        } else {
            temporary(directory).ok()?
        };
        let is_there = path.join(format!(".s.PGSQL.{PORT}")).exists();
        is_there.then(|| url(&path, database))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn url(&self, database: &str) -> String {
        url(&self.path, database)
    }

    /// Removes what a killed Postgres left. Its lock file could name a process id that is in use again.
    pub fn clear(&self) -> Result<(), ClusterError> {
        for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(ClusterError::file("remove", path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Drop for SocketDirectory {
    fn drop(&mut self) {
        if self.is_temporary {
            // Left behind it does no harm; the next start uses it again.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

fn url(socket: &Path, database: &str) -> String {
    format!(
        "postgres://{NAME}@localhost:{PORT}/{}?host={}",
        percent_encoded(database.as_bytes()),
        percent_encoded(socket.as_os_str().as_bytes())
    )
}

/// Short enough, and without the characters that separate or quote the entries of a list of directories.
fn is_usable(directory: &Path) -> bool {
    let socket = directory.join(format!(".s.PGSQL.{PORT}"));
    socket.as_os_str().len() <= LONGEST
        && directory.to_str().is_some_and(|text| {
            !text.contains(|character: char| {
                character.is_control() || matches!(character, ',' | '"' | '\'' | '\\')
            }) && text.trim() == text
        })
}

fn temporary(directory: &DataDirectory) -> Result<PathBuf, ClusterError> {
    let name = format!(
        "donewell-{:016x}",
        hash(directory.path().as_os_str().as_bytes())
    );
    [env::temp_dir(), PathBuf::from("/tmp")]
        .into_iter()
        .filter_map(|place| fs::canonicalize(place).ok())
        .map(|place| place.join(&name))
        .find(|path| is_usable(path))
        .ok_or_else(|| ClusterError::Socket {
            path: directory.socket(),
            reason: "its name is too long, and there is no shorter one in the temporary directory"
                .to_owned(),
        })
}

/// FNV-1a. Unlike the standard library's, it is the same in every version: the name must stay.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn make_private(path: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ClusterError::file("create", path)(error)),
    }
    let refused = |reason: &str| ClusterError::Socket {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let found = match open_directory(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Err(refused("it belongs to another user; remove it"));
        }
        Err(_) => return Err(refused("it is not a directory; remove it")),
    };
    let about = found
        .metadata()
        .map_err(ClusterError::file("look at", path))?;
    let ourselves = nix::unistd::geteuid().as_raw();
    if about.uid() != account.uid() && about.uid() != ourselves {
        return Err(refused("it belongs to another user; remove it"));
    }
    found
        .set_permissions(Permissions::from_mode(0o700))
        .and_then(|()| account.own(&found))
        .map_err(ClusterError::file("make private", path))
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_escapes_what_has_a_meaning_in_it() {
        let socket = SocketDirectory {
            path: PathBuf::from("/srv/a b/c%+&ü"),
            is_temporary: false,
        };
        assert_eq!(
            socket.url("x?y"),
            "postgres://donewell@localhost:5432/x%3Fy?host=%2Fsrv%2Fa%20b%2Fc%25%2B%26%C3%BC"
        );
    }

    #[test]
    fn a_socket_directory_is_short_and_names_one_directory() {
        assert!(is_usable(Path::new("/srv/my data/socket")));
        assert!(!is_usable(Path::new("/srv/a,b")));
        assert!(!is_usable(Path::new("/srv/\"a\"")));
        let longest = LONGEST - "/.s.PGSQL.5432".len();
        assert!(is_usable(Path::new(&format!(
            "/{}",
            "d".repeat(longest - 1)
        ))));
        assert!(!is_usable(Path::new(&format!("/{}", "d".repeat(longest)))));
    }
}
