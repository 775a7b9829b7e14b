//! A data directory per test, `psql`, and a look at what runs. Every wait has a deadline.
#![expect(
    dead_code,
    reason = "each test file is a crate of its own and uses a part"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use donewell_cluster::{Cluster, ClusterError, Durability, Options};
use tempfile::TempDir;

/// A place for a data directory that an unprivileged Postgres can reach too.
pub struct Place {
    directory: TempDir,
}

impl Place {
    pub fn new() -> Place {
        let directory = tempfile::Builder::new()
            .prefix("cluster")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()
            .expect("a temporary directory");
        Place { directory }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn pgdata(&self) -> PathBuf {
        self.data().join("postgres")
    }

    pub fn options(&self) -> Options {
        throw_away(self.data())
    }

    pub fn start(&self) -> Cluster {
        Cluster::start(&self.options()).expect("the cluster starts")
    }

    /// With every safety default: what was committed survives a crash of Postgres.
    pub fn start_durable(&self) -> Cluster {
        let options = Options::new(self.data(), Durability::Full);
        Cluster::start(&options).expect("the cluster starts")
    }

    pub fn refused(&self) -> ClusterError {
        refused(&self.options())
    }
}

pub fn throw_away(directory: PathBuf) -> Options {
    Options::new(directory, Durability::ThrowAway)
}

/// Why it does not start; in one line.
pub fn refused(options: &Options) -> ClusterError {
    let Err(error) = Cluster::start(options) else {
        panic!("the cluster started");
    };
    let text = error.to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    error
}

pub fn psql(cluster: &Cluster, url: &str, sql: &str) -> Command {
    let mut command = Command::new(cluster.bin_directory().join("psql"));
    command
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql])
        .stdin(Stdio::null());
    command
}

pub fn query(cluster: &Cluster, sql: &str) -> String {
    let output = psql(cluster, &cluster.url("donewell"), sql)
        .output()
        .expect("psql runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}: {complaint}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub fn write_note(cluster: &Cluster) {
    query(
        cluster,
        "create table note (text text); insert into note values ('kept')",
    );
}

pub fn read_note(cluster: &Cluster) -> String {
    query(cluster, "select text from note")
}

pub fn process_id(cluster: &Cluster) -> u32 {
    cluster.process_id().expect("a running postmaster")
}

/// A process that has ended but that nobody has waited for does not run.
pub fn is_running(process: u32) -> bool {
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", &process.to_string()])
        .output()
        .expect("ps runs");
    let state = String::from_utf8_lossy(&output.stdout);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// Everything that works in a directory or below it; only Linux tells.
pub fn processes_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter(|entry| {
            fs::read_link(entry.path().join("cwd")).is_ok_and(|place| place.starts_with(directory))
        })
        .map(|entry| {
            let command = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            format!("{} {command}", entry.file_name().to_string_lossy())
        })
        .collect()
}

pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        sleep(Duration::from_millis(10));
    }
}

/// The names, sizes and times of all files below a directory.
pub fn snapshot(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a readable directory").flatten() {
            let about = entry.metadata().expect("metadata");
            let (path, size) = (entry.path(), about.len());
            found.push(format!(
                "{} {size} {}.{}",
                path.display(),
                about.mtime(),
                about.mtime_nsec()
            ));
            if about.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("metadata").permissions().mode() & 0o777
}

pub fn are_root() -> bool {
    nix::unistd::geteuid().is_root()
}
