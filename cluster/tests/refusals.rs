//! What a cluster cannot start on is refused in one clear line, and left as it was.

mod common;

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Place, processes_in, query, read_note, refused, snapshot, throw_away, write_note};
use donewell_cluster::{Cluster, ClusterError, OLDEST_MAJOR, Search};

#[test]
fn a_cluster_of_another_major_version_is_refused_and_left_alone() {
    let place = Place::new();
    let cluster = place.start();
    let major = cluster.major_version();
    drop(cluster);
    fs::write(place.pgdata().join("PG_VERSION"), "14\n").expect("a version");
    let before = snapshot(&place.pgdata());

    let mut options = place.options();
    let error = refused(&options);
    assert!(
        matches!(error, ClusterError::OtherMajor { cluster: 14, .. }),
        "{error}"
    );
    let text = error.to_string();
    assert!(text.contains("PostgreSQL 14"), "{text}");
    assert!(text.contains(&format!("{major} is installed")), "{text}");

    options.search = Search::within([]);
    let text = refused(&options).to_string();
    assert!(text.contains("none is installed"), "{text}");
    assert_eq!(snapshot(&place.pgdata()), before);
}

#[test]
fn without_binaries_the_error_tells_what_to_install() {
    let place = Place::new();
    let mut options = place.options();
    options.search = Search::within([place.path().to_owned()]);
    let error = refused(&options);
    assert!(matches!(error, ClusterError::NoBinaries { .. }), "{error}");
    let text = error.to_string();
    for hint in [
        "apt install postgresql",
        "brew install postgresql",
        "DATABASE_URL",
    ] {
        assert!(text.contains(hint), "{text}");
    }
    assert!(!place.pgdata().exists());
}

#[test]
fn a_version_that_is_too_old_is_not_used() {
    let place = Place::new();
    let binaries = place.path().join("bin");
    fs::create_dir(&binaries).expect("a directory");
    for name in ["initdb", "postgres"] {
        let path = binaries.join(name);
        let script = "#!/bin/sh\necho 'postgres (PostgreSQL) 13.2'\n";
        fs::write(&path, script).expect("a script");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("a program");
    }
    let mut options = place.options();
    options.search = Search::within([binaries]);
    let text = refused(&options).to_string();
    assert!(
        text.contains(&format!("no PostgreSQL {OLDEST_MAJOR} or newer")),
        "{text}"
    );
    assert!(text.contains("only 13"), "{text}");
}

#[test]
fn links_to_the_binaries_lead_to_them() {
    let place = Place::new();
    let real = place.start().bin_directory().to_owned();
    let links = place.path().join("links");
    fs::create_dir(&links).expect("a directory");
    std::os::unix::fs::symlink(real.join("postgres"), links.join("postgres")).expect("a link");
    let mut options = place.options();
    options.search = Search::within([links]);
    let cluster = Cluster::start(&options).expect("the cluster starts");
    assert_eq!(cluster.bin_directory(), real);
}

#[test]
fn a_file_in_the_place_of_the_directory_is_refused() {
    let place = Place::new();
    fs::write(place.data(), "").expect("a file");
    let error = place.refused();
    assert!(
        matches!(error, ClusterError::NotADirectory { .. }),
        "{error}"
    );

    let below = throw_away(place.data().join("below"));
    let error = refused(&below);
    assert!(matches!(error, ClusterError::NotWritable { .. }), "{error}");
}

#[test]
fn a_directory_that_is_no_cluster_is_refused_and_left_alone() {
    let place = Place::new();
    fs::create_dir_all(place.pgdata()).expect("a directory");
    fs::write(place.pgdata().join("holiday.jpg"), "photo").expect("a file");
    let before = snapshot(&place.pgdata());
    let error = place.refused();
    assert!(matches!(error, ClusterError::NotACluster { .. }), "{error}");
    assert_eq!(snapshot(&place.pgdata()), before);
}

#[test]
fn an_empty_directory_in_the_place_of_the_cluster_is_used() {
    let place = Place::new();
    fs::create_dir_all(place.pgdata()).expect("a directory");
    assert_eq!(query(&place.start(), "select 1"), "1");
}

#[test]
fn a_directory_that_cannot_be_written_is_named_with_the_cause() {
    let place = Place::new();
    // Modes do not bind root: it gets a file system that cannot be written.
    let _mount = if common::are_root() {
        fs::create_dir(place.data()).expect("a directory");
        match Mount::new(&place.data(), "ro,size=1m") {
            Some(mount) => Some(mount),
            None => return,
        }
    } else {
        fs::create_dir(place.data()).expect("a directory");
        fs::set_permissions(place.data(), Permissions::from_mode(0o500)).expect("a mode");
        None
    };
    let error = place.refused();
    assert!(matches!(error, ClusterError::NotWritable { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(&place.data().display().to_string()), "{text}");
    assert!(text.contains("DONEWELL_DATA"), "{text}");
    assert!(
        text.contains("ead-only") || text.contains("denied"),
        "{text}"
    );
}

#[test]
fn as_root_a_directory_that_postgres_cannot_enter_is_refused() {
    if !common::are_root() {
        eprintln!("skipped: only root runs Postgres as another user");
        return;
    }
    let place = Place::new();
    let closed = place.path().join("closed");
    fs::create_dir(&closed).expect("a directory");
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).expect("a mode");
    let error = refused(&throw_away(closed.join("data")));
    let closed = closed.canonicalize().expect("it exists");
    assert!(
        matches!(&error, ClusterError::Unreachable { blocked, .. } if *blocked == closed),
        "{error}"
    );
    assert!(error.to_string().contains("DONEWELL_DATA"), "{error}");
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing_half_made() {
    let place = Place::new();
    fs::create_dir(place.data()).expect("a directory");
    let Some(mount) = Mount::new(&place.data(), "mode=711,size=20m") else {
        return;
    };
    let error = place.refused();
    assert!(
        matches!(error, ClusterError::CannotCreate { .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("No space left on device"),
        "{error}"
    );
    assert!(!place.data().join("postgres.new").exists());
    assert!(!place.pgdata().exists());
    assert_eq!(processes_in(&place.data()), Vec::<String>::new());

    mount.resize("size=300m");
    let cluster = place.start();
    write_note(&cluster);
    drop(cluster);

    let filler = place.data().join("filler");
    fill_the_disk(&filler);
    let text = place.refused().to_string();
    assert!(text.contains("No space left on device"), "{text}");
    assert_eq!(processes_in(&place.data()), Vec::<String>::new());

    fs::remove_file(filler).expect("room again");
    assert_eq!(read_note(&place.start()), "kept");
}

fn fill_the_disk(path: &Path) {
    let mut file = File::create(path).expect("a file");
    for size in [1 << 20, 4096, 1] {
        let block = vec![0; size];
        while file.write_all(&block).is_ok() {}
    }
}

/// A file system in memory, for as long as this lives.
struct Mount {
    place: PathBuf,
}

impl Mount {
    /// None, and says why, where that is not permitted.
    fn new(place: &Path, options: &str) -> Option<Mount> {
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(place)
            .output();
        match output {
            Ok(output) if output.status.success() => Some(Mount {
                place: place.to_owned(),
            }),
            Ok(output) => {
                let reason = String::from_utf8_lossy(&output.stderr);
                eprintln!("skipped: cannot mount: {}", reason.trim());
                None
            }
            Err(error) => {
                eprintln!("skipped: cannot mount: {error}");
                None
            }
        }
    }

    fn resize(&self, size: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{size}")])
            .arg(&self.place)
            .status();
        assert!(status.expect("mount runs").success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, so that a failed test does not leave it mounted.
        let _ = Command::new("umount").arg("-l").arg(&self.place).status();
    }
}
