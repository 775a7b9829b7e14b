//! The embedded database, from the outside: whatever happens to the server, the data stays and nothing is
//! left running.

use std::{fs, path::Path};

use crate::process::{Command, Process, eventually};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

fn start(data: &Path) -> Process {
    Command::serve().data(data).start()
}

fn tick(server: &Process) -> String {
    let answer = server.post_form("/fn/landing/set-example-done", "done=true");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn postmaster(data: &Path) -> Pid {
    let file = fs::read_to_string(data.join("postgres/postmaster.pid")).expect("it runs");
    let line = file.lines().next().expect("a first line");
    Pid::from_raw(line.parse().expect("a process id"))
}

/// A process that has ended but that nobody has waited for, as in containers without an init, is dead.
fn is_alive(process: Pid) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let is_zombie = state
        .rsplit_once(") ")
        .is_some_and(|(_, rest)| rest.starts_with('Z'));
    kill(process, None).is_ok() && !is_zombie
}

#[test]
fn a_first_start_serves_and_a_second_has_kept_the_data() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = start(&data);
    assert_eq!(server.get("/health/ready").status, 200);
    assert_eq!(tick(&server), r#"{"done_by":1}"#);
    let postgres = postmaster(&data);
    let output = server.stop();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(!is_alive(postgres), "PostgreSQL outlived the server");
    assert_eq!(tick(&start(&data)), r#"{"done_by":2}"#);
}

#[test]
fn a_killed_server_leaves_nothing_that_the_next_one_cannot_take_over() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = start(&data);
    tick(&server);
    let orphan = postmaster(&data);
    server.signal(Signal::SIGKILL);
    server.wait();
    assert!(is_alive(orphan), "there is nothing to take over");
    let server = start(&data);
    assert_ne!(postmaster(&data), orphan);
    assert!(!is_alive(orphan), "two on the same files");
    assert_eq!(tick(&server), r#"{"done_by":2}"#);
}

#[test]
fn a_killed_postgres_is_started_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = start(&data);
    tick(&server);
    let killed = postmaster(&data);
    kill(killed, Signal::SIGKILL).expect("it runs");
    eventually("another one runs and answers", || {
        fs::exists(data.join("postgres/postmaster.pid")).unwrap_or(false)
            && postmaster(&data) != killed
            && server.get("/health/ready").status == 200
    });
    assert_eq!(tick(&server), r#"{"done_by":2}"#);
}

#[test]
fn a_postgres_that_cannot_start_again_at_first_is_tried_until_it_can() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = start(&data);
    tick(&server);
    let settings = data.join("postgres/postgresql.conf");
    let aside = data.join("postgres/aside.conf");
    fs::rename(&settings, &aside).expect("it can be moved");
    kill(postmaster(&data), Signal::SIGKILL).expect("it runs");
    eventually("a start without settings has failed", || {
        let log = fs::read_to_string(data.join("postgres.log")).unwrap_or_default();
        log.contains("postgresql.conf")
    });
    fs::rename(&aside, &settings).expect("it can be moved back");
    eventually("it is ready again", || {
        server.get("/health/ready").status == 200
    });
    assert_eq!(tick(&server), r#"{"done_by":2}"#);
}

#[test]
fn a_closed_terminal_leaves_no_postgres_behind() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = start(&data);
    let postgres = postmaster(&data);
    server.signal(Signal::SIGHUP);
    assert_eq!(server.wait().code, 0);
    assert!(!is_alive(postgres), "PostgreSQL outlived the server");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let first = start(&data);
    let second = Command::serve().data(&data).run();
    assert_eq!(second.code, 1, "{second:?}");
    assert!(
        second.stderr.contains(data.to_str().expect("text")),
        "{second:?}"
    );
    assert_eq!(first.get("/health/ready").status, 200);
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("file");
    fs::write(&file, "").expect("a file can be written");
    let output = Command::serve().data(&file.join("data")).run();
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("DONEWELL_DATA"), "{output:?}");
    assert_is_one_plain_line(&output.stderr);
}

#[test]
fn a_signal_during_the_first_start_ends_it_cleanly() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = Command::serve().data(&data).spawn();
    eventually("it has begun", || data.join("lock").exists());
    let output = server.stop();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(!data.join("postgres/postmaster.pid").exists());
}

fn assert_is_one_plain_line(stderr: &str) {
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}
