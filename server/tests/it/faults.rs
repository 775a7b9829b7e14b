//! What can go wrong at the start and later: each is one clear line, and what can recover does.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use crate::process::{Command, Output, eventually};
use donewell_cluster::{Cluster, Durability, Options};

pub fn throw_away(directory: &Path) -> Cluster {
    Cluster::start(&Options::new(directory, Durability::ThrowAway)).expect("a cluster")
}

fn assert_fails_with_one_line(output: &Output, part: &str) {
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(output.stderr.starts_with("donewell: "), "{output:?}");
    assert!(output.stderr.contains(part), "{output:?}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = other.local_addr().expect("an address").to_string();
    let output = Command::serve()
        .variable("LEPTOS_SITE_ADDR", &address)
        .run();
    assert_fails_with_one_line(
        &output,
        &format!("LEPTOS_SITE_ADDR: cannot listen on {address}"),
    );
}

#[test]
fn a_metrics_port_that_is_taken_is_named() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = other.local_addr().expect("an address").to_string();
    let output = Command::serve().variable("METRICS_ADDR", &address).run();
    assert_fails_with_one_line(&output, "METRICS_ADDR: cannot listen on");
}

#[test]
fn a_site_that_was_never_built_is_missed_before_anything_is_started() {
    let output = Command::serve().remove("site").remove("hash.txt").run();
    assert_fails_with_one_line(&output, "cargo xtask build");
}

#[test]
fn missing_hashes_are_missed() {
    let output = Command::serve().remove("hash.txt").run();
    assert_fails_with_one_line(&output, "hash.txt");
}

#[test]
fn hashes_without_their_files_are_missed() {
    let output = Command::serve()
        .remove("site/pkg/donewell.0123456789abcdef.wasm")
        .run();
    assert_fails_with_one_line(&output, "donewell.0123456789abcdef.wasm");
}

#[test]
fn half_a_hash_file_is_missed() {
    let output = Command::serve()
        .file("hash.txt", "js: 0123456789abcdef\n")
        .run();
    assert_fails_with_one_line(&output, "no line for wasm");
}

#[test]
fn a_database_that_never_answers_is_waited_for_and_then_given_up() {
    let output = Command::serve()
        .database("postgres://user:hunter2@127.0.0.1:1/x")
        .variable("DATABASE_WAIT", "2s")
        .run();
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stderr.contains("trying again in 250ms"),
        "{output:?}"
    );
    assert!(
        output.stderr.contains("trying again in 500ms"),
        "{output:?}"
    );
    let last = output.stderr.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("donewell: the database did not answer within 2s"),
        "{output:?}"
    );
    assert!(!output.stderr.contains("hunter2"), "{output:?}");
}

#[test]
fn a_database_that_comes_up_while_we_wait_is_used() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut cluster = throw_away(directory.path());
    let url = cluster.url("donewell");
    cluster.stop().expect("it stops");
    let waiting = Command::serve().database(&url).spawn();
    cluster.restart().expect("it starts");
    let server = waiting.until_ready();
    assert_eq!(server.get("/health/ready").status, 200);
    assert_eq!(server.stop().code, 0);
}

#[test]
fn a_database_that_is_not_there_is_not_waited_for() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let output = Command::serve().database(&cluster.url("nothing")).run();
    assert_fails_with_one_line(&output, "does not exist");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let url = cluster.url("donewell");
    let migrate = || Command::donewell("migrate").database(&url);
    assert_eq!(migrate().run().code, 0);
    sql(
        &cluster,
        "INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time
         FROM _sqlx_migrations LIMIT 1",
    );
    assert_fails_with_one_line(&migrate().run(), "newer Donewell (migration 9999");
}

#[test]
fn when_the_database_goes_away_it_is_503_until_it_is_back() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut cluster = throw_away(directory.path());
    let server = Command::serve().database(&cluster.url("donewell")).start();
    let tick = || server.post_form("/fn/landing/set-example-done", "done=true");
    assert_eq!(tick().status, 200);

    cluster.stop().expect("it stops");
    let answer = tick();
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.header("retry-after"), "2");
    assert!(answer.body.contains("UNAVAILABLE"), "{answer:?}");
    assert!(
        answer.body.contains(answer.header("x-request-id")),
        "{answer:?}"
    );
    assert!(
        !answer.body.contains(".s.PGSQL"),
        "it tells of our insides: {answer:?}"
    );
    assert_eq!(server.get("/health/ready").status, 503);
    assert_eq!(server.get("/health/live").status, 200);
    let page = server.get("/");
    assert_eq!(page.status, 503);
    assert!(page.body.contains("<h1"), "the page itself is still there");

    cluster.restart().expect("it starts");
    eventually("it is ready again", || {
        server.get("/health/ready").status == 200
    });
    assert_eq!(tick().body, r#"{"done_by":2}"#);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn metrics_are_served_on_their_own_address_only() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address").to_string();
    drop(free);
    let server = Command::serve()
        .database(&cluster.url("donewell"))
        .variable("METRICS_ADDR", &address)
        .start();
    server.get("/health/live");
    let mut raw = TcpStream::connect(server.url.trim_start_matches("http://")).expect("it listens");
    raw.write_all(b"MADE-UP /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .expect("it takes it");
    raw.read_to_end(&mut Vec::new()).expect("it answers");
    assert_eq!(server.get("/metrics").status, 404);
    let metrics = ureq::get(format!("http://{address}/metrics"))
        .call()
        .expect("it answers")
        .body_mut()
        .read_to_string()
        .expect("text");
    assert!(metrics.contains(r#"route="/health/live""#), "{metrics}");
    assert!(metrics.contains("database_connections "), "{metrics}");
    assert!(!metrics.contains("MADE-UP"), "a caller has made up a label");
}

#[test]
fn a_request_that_runs_when_we_are_asked_to_stop_is_finished() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let server = Command::serve().database(&cluster.url("donewell")).start();
    server.get("/health/ready");
    // The row is held, so that the request has to wait.
    let mut holder = psql(&cluster)
        .args([
            "-c",
            "BEGIN; UPDATE landing_example SET done_by = 7; SELECT pg_sleep(1); COMMIT",
        ])
        .spawn()
        .expect("psql runs");
    eventually("the row is held", || {
        let locks = "SELECT count(*) FROM pg_locks WHERE relation = 'landing_example'::regclass AND mode = 'RowExclusiveLock'";
        query(&cluster, locks) == "1"
    });
    let url = server.url.clone();
    let request = std::thread::spawn(move || {
        ureq::post(format!("{url}/fn/landing/set-example-done"))
            .config()
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .send_form([("done", "true")])
            .map(|mut response| response.body_mut().read_to_string().unwrap_or_default())
    });
    eventually("the request waits for it", || {
        query(
            &cluster,
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
        ) == "1"
    });
    let output = server.stop();
    assert_eq!(output.code, 0, "{output:?}");
    let answer = request.join().expect("no panic").expect("an answer");
    assert_eq!(answer, r#"{"done_by":8}"#);
    holder.wait().expect("it ends");
}

#[test]
fn whoever_has_asked_nothing_does_not_hold_up_the_end() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let server = Command::serve().database(&cluster.url("donewell")).start();
    let address = server.url.trim_start_matches("http://").to_owned();
    let open = || TcpStream::connect(&address).expect("it listens");
    let mut silent = open();
    let mut half = open();
    half.write_all(b"GET /health/live HTTP/1.1\r\nHo")
        .expect("it takes it");
    // So that both have been accepted.
    server.get("/health/live");
    let asked = Instant::now();
    assert_eq!(server.stop().code, 0);
    assert!(asked.elapsed() < Duration::from_secs(8), "it waited");
    for connection in [&mut silent, &mut half] {
        // An end, or that there is nobody any more.
        assert_eq!(connection.read_to_end(&mut Vec::new()).unwrap_or(0), 0);
    }
}

#[test]
fn a_request_head_has_its_bounds() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let server = Command::serve().database(&cluster.url("donewell")).start();
    let address = server.url.trim_start_matches("http://").to_owned();
    let status = |header_length: usize| {
        let mut raw = TcpStream::connect(&address).expect("it listens");
        let filler = "a".repeat(header_length);
        let request = format!(
            "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Filler: {filler}\r\n\r\n"
        );
        raw.write_all(request.as_bytes()).expect("it takes it");
        let mut answer = Vec::new();
        raw.read_to_end(&mut answer).ok();
        String::from_utf8_lossy(&answer)
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(status(20_000), "200");
    // Some more is taken where it comes in one piece.
    assert_eq!(status(200_000), "431");
}

#[test]
fn a_lock_that_is_held_for_long_is_503_and_does_not_use_up_the_connections() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(directory.path());
    let server = Command::serve().database(&cluster.url("donewell")).start();
    let mut holder = psql(&cluster)
        .args([
            "-c",
            "BEGIN; LOCK TABLE landing_example; SELECT pg_sleep(60)",
        ])
        .spawn()
        .expect("psql runs");
    eventually("the table is held", || {
        query(
            &cluster,
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
        ) == "1"
    });
    // Longer than a lock is waited for: the answer comes by itself.
    let answer = server.post_form("/fn/landing/set-example-done", "done=true");
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(server.stop().code, 0);
    holder.kill().expect("it runs");
    holder.wait().expect("it ends");
}

fn psql(cluster: &Cluster) -> std::process::Command {
    let mut command = std::process::Command::new(cluster.bin_directory().join("psql"));
    command.args(["-qtAX", &cluster.url("donewell")]);
    command
}

fn query(cluster: &Cluster, statement: &str) -> String {
    let output = psql(cluster)
        .args(["-c", statement])
        .output()
        .expect("psql runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn sql(cluster: &Cluster, statement: &str) {
    let done = psql(cluster)
        .args(["-c", statement])
        .status()
        .expect("psql runs");
    assert!(done.success());
}
