//! The data directory and the names in it. It is absolute and free of symlinks once opened, because
//! Postgres runs elsewhere and its processes are recognised by their directory.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::ClusterError;

#[derive(Debug, Clone)]
pub struct DataDirectory {
    path: PathBuf,
}

impl DataDirectory {
    pub fn open(wanted: &Path) -> Result<DataDirectory, ClusterError> {
        let not_writable = |cause| ClusterError::NotWritable {
            directory: wanted.to_owned(),
            cause,
        };
        match fs::metadata(wanted) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                return Err(ClusterError::NotADirectory {
                    directory: wanted.to_owned(),
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(wanted).map_err(not_writable)?;
                fs::set_permissions(wanted, Permissions::from_mode(first_mode()))
                    .map_err(not_writable)?;
            }
            Err(error) => return Err(not_writable(error)),
        }
        let path = fs::canonicalize(wanted).map_err(not_writable)?;
        Ok(DataDirectory { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn lock(&self) -> PathBuf {
        self.path.join("lock")
    }

    pub fn cluster(&self) -> PathBuf {
        self.path.join("postgres")
    }

    pub fn unfinished_cluster(&self) -> PathBuf {
        self.path.join("postgres.new")
    }

    pub fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    pub fn former_log(&self) -> PathBuf {
        self.path.join("postgres.log.1")
    }

    pub fn socket(&self) -> PathBuf {
        self.path.join("socket")
    }

    /// The major version that made the cluster here; none if there is no cluster yet.
    pub fn cluster_major(&self) -> Result<Option<u32>, ClusterError> {
        let cluster = self.cluster();
        let mut entries = match fs::read_dir(&cluster) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(ClusterError::ForeignOwner {
                    owner: crate::account::owner_name(&cluster),
                    directory: cluster,
                });
            }
            Err(_) => return Err(ClusterError::NotACluster { directory: cluster }),
        };
        if entries.next().is_none() {
            return Ok(None);
        }
        let version = fs::read_to_string(cluster.join("PG_VERSION")).unwrap_or_default();
        match version.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(ClusterError::NotACluster { directory: cluster }),
        }
    }
}

/// As root, the user that Postgres runs as must get through to its own files, but need not look around.
fn first_mode() -> u32 {
    if nix::unistd::geteuid().is_root() {
        0o711
    } else {
        0o700
    }
}
