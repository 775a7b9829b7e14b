//! What killed servers and killed Postgreses leave behind never stops the next start, and never costs data.

mod common;

use std::env;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{
    Place, eventually, is_running, process_id, processes_in, psql, query, read_note, write_note,
};
use donewell_cluster::{Cluster, Durability, Options, Patience, Search};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const DATA: &str = "DONEWELL_TEST_DATA";
const BINARIES: &str = "DONEWELL_TEST_BINARIES";

#[test]
#[ignore = "not a test: the server that other tests start and kill"]
fn a_server_that_gets_killed() {
    let Some(data) = env::var_os(DATA) else {
        return;
    };
    let mut options = common::throw_away(PathBuf::from(data));
    if let Some(binaries) = env::var_os(BINARIES) {
        options.search = Search::within([PathBuf::from(binaries)]);
    }
    let cluster = Cluster::start(&options).expect("the cluster starts");
    write_note(&cluster);
    println!("\npostmaster {}", process_id(&cluster));
    loop {
        std::thread::park();
    }
}

fn server(place: &Place) -> Command {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command
        .args([
            "--exact",
            "--ignored",
            "--nocapture",
            "a_server_that_gets_killed",
        ])
        .env(DATA, place.data())
        .stdout(Stdio::piped());
    command
}

fn kill_and_wait(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
}

fn send(process: u32, signal: Signal) {
    kill(Pid::from_raw(process.cast_signed()), signal).expect("it can be signalled");
}

#[test]
fn the_postgres_of_a_killed_server_is_stopped_and_replaced() {
    let place = Place::new();
    let mut child = server(&place).spawn().expect("the server starts");
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    let orphan: u32 = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("postmaster ").map(str::to_owned))
        .expect("the server tells its postmaster")
        .parse()
        .expect("a process id");
    kill_and_wait(child);
    assert!(is_running(orphan), "Postgres outlives its server");

    let cluster = place.start();
    assert!(!is_running(orphan));
    assert_ne!(process_id(&cluster), orphan);
    assert_eq!(read_note(&cluster), "kept");
}

/// Linux only: it finds the orphaned `initdb` by what it left.
#[test]
fn an_initdb_of_a_killed_server_is_waited_for() {
    let place = Place::new();
    let real = {
        let cluster = Place::new().start_and_tell_binaries();
        cluster.display().to_string()
    };
    let binaries = place.path().join("bin");
    fs::create_dir(&binaries).expect("a directory");
    script(
        &binaries,
        "postgres",
        &format!("exec {real}/postgres \"$@\""),
    );
    // It is called as `initdb -D <directory> …`, and stays one process.
    let slow = format!("echo $$ > \"$2/slow\"; sleep 4; rm \"$2/slow\"; exec {real}/initdb \"$@\"");
    script(&binaries, "initdb", &slow);

    let child = server(&place)
        .env(BINARIES, &binaries)
        .spawn()
        .expect("the server starts");
    let told = place.data().join("postgres.new/slow");
    let mut orphan: Option<u32> = None;
    eventually("initdb runs", || {
        let text = fs::read_to_string(&told).unwrap_or_default();
        orphan = text.trim().parse().ok();
        orphan.is_some()
    });
    kill_and_wait(child);
    let orphan = orphan.expect("a process id");
    assert!(is_running(orphan), "initdb outlives its server");

    let cluster = place.start();
    assert!(!is_running(orphan));
    assert_eq!(query(&cluster, "select 1"), "1");
}

impl Place {
    fn start_and_tell_binaries(&self) -> PathBuf {
        self.start().bin_directory().to_owned()
    }
}

fn script(directory: &Path, name: &str, line: &str) {
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\n{line}\n")).expect("a script");
    fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("a program");
}

/// Ends with the test, however that ends.
struct Bystander(Child);

impl Bystander {
    /// Runs as the user that Postgres runs as, whose processes Postgres takes seriously.
    fn of_the_owner_of(path: &Path) -> Bystander {
        let mut command = Command::new("sleep");
        command.arg("600").current_dir("/");
        if common::are_root() {
            let owner = fs::metadata(path).expect("metadata");
            command.uid(owner.uid()).gid(owner.gid());
        }
        Bystander(command.spawn().expect("sleep runs"))
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_stale_pid_file_whose_id_was_given_to_another_process_is_seen_through() {
    let place = Place::new();
    let cluster = place.start();
    write_note(&cluster);
    let pid_file = place.pgdata().join("postmaster.pid");
    let socket_lock = cluster.socket_directory().join(".s.PGSQL.5432.lock");
    let former = fs::read_to_string(&pid_file).expect("a pid file");
    let owner = fs::metadata(&pid_file).expect("metadata");
    drop(cluster);

    let bystander = Bystander::of_the_owner_of(&place.pgdata());
    let (_, rest) = former.split_once('\n').expect("several lines");
    for path in [pid_file, socket_lock] {
        fs::write(&path, format!("{}\n{rest}", bystander.0.id())).expect("a stale file");
        std::os::unix::fs::chown(&path, Some(owner.uid()), Some(owner.gid())).expect("an owner");
    }

    let cluster = place.start();
    assert_eq!(read_note(&cluster), "kept");
    assert!(
        is_running(bystander.0.id()),
        "the other process is left alone"
    );
}

#[test]
fn an_empty_or_planted_pid_file_is_no_hindrance() {
    let place = Place::new();
    drop(place.start());
    let pid_file = place.pgdata().join("postmaster.pid");
    fs::write(&pid_file, "").expect("an empty file");
    drop(place.start());

    let elsewhere = place.path().join("elsewhere");
    fs::write(&elsewhere, "not yours").expect("a file");
    std::os::unix::fs::symlink(&elsewhere, &pid_file).expect("a link");
    drop(place.start());
    assert_eq!(
        fs::read_to_string(&elsewhere).expect("untouched"),
        "not yours"
    );
}

#[test]
fn a_killed_postgres_is_noticed_and_started_again_though_a_busy_session_lingers() {
    let place = Place::new();
    let mut cluster = place.start_durable();
    write_note(&cluster);
    let killed = process_id(&cluster);
    // A session that computes does not notice the end of its postmaster.
    let busy = "set application_name = 'busy'; \
                do $$ declare stop timestamptz := clock_timestamp() + interval '3 s'; \
                begin while clock_timestamp() < stop loop end loop; end $$";
    let mut session = psql(&cluster, &cluster.url("donewell"), busy)
        .stderr(Stdio::null())
        .spawn()
        .expect("psql runs");
    eventually("the session computes", || {
        let count = "select count(*) from pg_stat_activity where application_name = 'busy'";
        query(&cluster, count) == "1"
    });
    assert!(cluster.try_wait().expect("it can be asked").is_none());

    send(killed, Signal::SIGKILL);
    eventually("the end is noticed", || {
        cluster.try_wait().expect("it can be asked").is_some()
    });
    assert!(!processes_in(&place.pgdata()).is_empty() || !Path::new("/proc/self/cwd").exists());
    cluster.restart().expect("it starts again");
    assert_ne!(process_id(&cluster), killed);
    assert_eq!(read_note(&cluster), "kept");
    session.wait().expect("psql has ended");
}

#[test]
fn a_half_made_cluster_is_thrown_away() {
    let place = Place::new();
    let half = place.data().join("postgres.new");
    fs::create_dir_all(half.join("base/1")).expect("a directory");
    fs::write(half.join("PG_VERSION"), "15\n").expect("a file");
    fs::set_permissions(place.data(), Permissions::from_mode(0o755)).expect("a mode");
    let cluster = place.start();
    assert_eq!(query(&cluster, "select 1"), "1");
    assert!(!half.exists());
}

#[test]
fn a_stuck_postgres_is_ended_in_the_end() {
    let place = Place::new();
    let patience = Patience {
        fast: Duration::from_secs(1),
        immediate: Duration::from_secs(1),
    };
    let options = Options {
        patience,
        ..Options::new(place.data(), Durability::Full)
    };
    let mut cluster = Cluster::start(&options).expect("the cluster starts");
    write_note(&cluster);
    let process = process_id(&cluster);
    // Frozen, it answers neither of the two signals that ask.
    send(process, Signal::SIGSTOP);
    cluster.stop().expect("it stops");
    assert!(!is_running(process));
    eventually("all processes have ended", || {
        processes_in(&place.pgdata()).is_empty()
    });
    drop(cluster);
    assert_eq!(read_note(&place.start()), "kept");
}
