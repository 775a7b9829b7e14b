//! The throw-away Postgres of the tests.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use donewell_cluster::{Cluster, Durability, Options};
use nix::sys::statvfs::statvfs;
use tempfile::TempDir;

use crate::setup::postgres;

/// Files that are kept in memory, where Linux has them.
const MEMORY: &str = "/dev/shm";
/// What must be free there: several times what all tests together have left behind.
const ROOM: u128 = 4 << 30;

/// A Postgres that lives as long as this value.
#[derive(Debug)]
pub struct Database {
    // Stopped before its directory is removed: fields are dropped in this order.
    pub cluster: Cluster,
    _directory: TempDir,
}

impl Database {
    pub fn start() -> Result<Database> {
        postgres::ensure()?;
        // Not in target/: as root, Postgres runs as a user who may not be able to enter that.
        let parent = tempfile::Builder::new()
            .prefix("donewell-test-")
            .tempdir_in(place())?;
        open_to_others(&parent)?;
        let options = Options::new(parent.path().join("data"), Durability::ThrowAway);
        let cluster = Cluster::start(&options).context("the throw-away Postgres")?;
        Ok(Database {
            cluster,
            _directory: parent,
        })
    }
}

/// In memory, if nobody has said otherwise and there is room: most tests have a database made for them, which is half of
/// the time that they take on a disk.
fn place() -> PathBuf {
    let memory = Path::new(MEMORY);
    if env::var_os("TMPDIR").is_none() && free(memory).min(spare()) >= ROOM {
        memory.to_owned()
    } else {
        env::temp_dir()
    }
}

/// Nothing, where we may not write.
fn free(directory: &Path) -> u128 {
    match (statvfs(directory), tempfile::tempdir_in(directory)) {
        (Ok(found), Ok(_)) => {
            u128::from(found.blocks_available()) * u128::from(found.fragment_size())
        }
        _ => 0,
    }
}

/// What of the machine's memory nobody needs: `/dev/shm` may take half of it, whether it is in use or not.
fn spare() -> u128 {
    let told = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = told
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u128>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// To be passed through, not read: the cluster keeps its own directories closed.
fn open_to_others(directory: &TempDir) -> Result<()> {
    Ok(fs::set_permissions(
        directory.path(),
        Permissions::from_mode(0o711),
    )?)
}
