//! A cluster in good weather: made, used, stopped, started again.

mod common;

use std::fs;
use std::os::unix::fs::MetadataExt;

use common::{Place, is_running, process_id, processes_in, query, read_note, refused, throw_away};
use donewell_cluster::{Cluster, ClusterError, Durability, Options};

#[test]
fn the_first_start_makes_a_cluster_that_answers_and_is_safe_by_default() {
    let place = Place::new();
    let options = Options::new(place.data(), Durability::Full);
    let cluster = Cluster::start(&options).expect("the cluster starts");

    let about = "select current_user, current_database(), pg_encoding_to_char(encoding), \
                 datlocprovider, daticulocale from pg_database where datname = current_database()";
    assert_eq!(query(&cluster, about), "donewell|donewell|UTF8|i|und");
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
    ] {
        assert_eq!(
            query(&cluster, &format!("show {setting}")),
            value,
            "{setting}"
        );
    }
    let version: u32 = query(&cluster, "show server_version_num")
        .parse()
        .expect("a number");
    assert_eq!(cluster.major_version(), version / 10_000);
    assert_eq!(common::mode(cluster.socket_directory()), 0o700);
    assert_eq!(common::mode(&place.pgdata()), 0o700);
}

#[test]
fn a_throw_away_cluster_does_not_wait_for_the_disk() {
    let place = Place::new();
    let cluster = place.start();
    assert_eq!(query(&cluster, "show fsync"), "off");
    assert_eq!(query(&cluster, "show max_connections"), "300");
}

#[test]
fn a_second_start_keeps_the_data_and_a_stop_leaves_no_process() {
    let place = Place::new();
    let mut cluster = place.start();
    common::write_note(&cluster);
    let process = process_id(&cluster);
    assert!(is_running(process));

    cluster.stop().expect("it stops");
    assert!(!is_running(process));
    assert_eq!(processes_in(&place.data()), Vec::<String>::new());
    assert!(!place.pgdata().join("postmaster.pid").exists());
    assert_eq!(cluster.process_id(), None);
    cluster.stop().expect("a second stop is harmless");
    drop(cluster);

    let cluster = place.start();
    assert_eq!(read_note(&cluster), "kept");
    let process = process_id(&cluster);
    drop(cluster);
    assert!(!is_running(process), "dropping stops it");
}

#[test]
fn a_second_cluster_on_the_same_directory_is_refused() {
    let place = Place::new();
    let first = place.start();
    let error = place.refused();
    let ourselves = std::process::id();
    assert!(
        matches!(error, ClusterError::Locked { holder: Some(id), .. } if id == ourselves),
        "{error}"
    );
    let text = error.to_string();
    let directory = place.data().canonicalize().expect("it exists");
    assert!(text.contains(&directory.display().to_string()), "{text}");
    assert!(text.contains(&ourselves.to_string()), "{text}");
    assert_eq!(query(&first, "select 1"), "1");
}

#[test]
fn a_stopped_cluster_still_holds_its_directory_and_can_start_again() {
    let place = Place::new();
    let mut cluster = place.start();
    cluster.stop().expect("it stops");
    assert!(matches!(place.refused(), ClusterError::Locked { .. }));
    cluster.restart().expect("it starts again");
    assert_eq!(query(&cluster, "select 1"), "1");
}

#[test]
fn a_directory_with_a_long_or_odd_name_works() {
    let place = Place::new();
    for name in [
        "d".repeat(120),
        "a, \"b\" & c%ü".to_owned(),
        "my data".to_owned(),
    ] {
        let data = place.path().join(&name);
        let cluster = Cluster::start(&throw_away(data.clone())).expect("the cluster starts");
        assert_eq!(query(&cluster, "select 1"), "1");
        let socket = cluster.socket_directory().to_owned();
        assert_eq!(common::mode(&socket), 0o700);
        assert_eq!(socket.starts_with(&data), name == "my data", "{name}");
        drop(cluster);
        assert_eq!(socket.exists(), name == "my data", "{name}");
    }
}

#[test]
fn a_planted_socket_directory_is_refused() {
    let place = Place::new();
    let data = place.path().join("d".repeat(120));
    let cluster = Cluster::start(&throw_away(data.clone())).expect("the cluster starts");
    let socket = cluster.socket_directory().to_owned();
    drop(cluster);

    std::os::unix::fs::symlink(place.path(), &socket).expect("a link");
    let error = refused(&throw_away(data));
    fs::remove_file(&socket).expect("the link is removed");
    assert!(
        matches!(&error, ClusterError::Socket { path, .. } if *path == socket),
        "{error}"
    );
}

#[test]
fn postgres_gets_its_own_process_group_an_unprivileged_user_and_no_variable_of_ours() {
    let place = Place::new();
    let cluster = place.start();
    let process = process_id(&cluster);
    let group = nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(process.cast_signed())));
    assert_eq!(
        group.map(|group| group.as_raw().cast_unsigned()),
        Ok(process)
    );

    let owner = fs::metadata(place.pgdata()).expect("metadata").uid();
    assert_ne!(owner, 0);
    assert_eq!(
        owner == nix::unistd::geteuid().as_raw(),
        !common::are_root()
    );
    // Cargo sets some for every test.
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
    if let Ok(environment) = fs::read(format!("/proc/{process}/environ")) {
        let environment = String::from_utf8_lossy(&environment);
        assert!(environment.contains("LC_ALL=C"));
        // Not shown on failure: it may hold secrets of whoever runs this.
        assert!(
            !environment.contains("CARGO"),
            "our environment was handed on"
        );
    }
}

#[test]
fn a_large_log_is_set_aside() {
    let place = Place::new();
    drop(place.start());
    let log = place.data().join("postgres.log");
    fs::write(&log, "x\n".repeat(3 << 20)).expect("a large log");
    drop(place.start());
    let size = |name: &str| fs::metadata(place.data().join(name)).map_or(0, |found| found.len());
    assert_eq!(size("postgres.log.1"), 6 << 20);
    assert!((1..1 << 20).contains(&size("postgres.log")));
}
