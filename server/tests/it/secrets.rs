//! The keys and the secret that protects them, as an operator handles them.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::{
    faults::throw_away,
    process::{Command, Process, SECRET, eventually},
};

const ANOTHER: &str = "another secret for tests, also long";

fn kids(server: &Process) -> Vec<String> {
    let answer = server.get("/api/auth/jwks");
    let set: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let keys = set["keys"].as_array().expect("keys").clone();
    keys.iter()
        .map(|key| key["kid"].as_str().expect("a kid").to_owned())
        .collect()
}

fn rotate(data: &Path) {
    let output = Command::donewell("keys")
        .argument("rotate")
        .data(data)
        .run();
    assert_eq!(output.code, 0, "{output:?}");
}

#[test]
fn the_embedded_clusters_secret_is_made_once_for_the_owner_only_and_keeps_the_key() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = Command::serve().data(&data).start();
    let file = data.join("auth-secret");
    let mode = fs::metadata(&file)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let (secret, first) = (fs::read_to_string(&file).expect("it reads"), kids(&server));
    server.stop();
    let server = Command::serve().data(&data).start();
    assert_eq!(kids(&server), first);
    assert_eq!(fs::read_to_string(&file).expect("it reads"), secret);
    server.stop();

    fs::remove_file(&file).expect("it was there");
    let output = Command::serve().data(&data).run();
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("AUTH_SECRET: "), "{output:?}");
    assert!(output.stderr.contains("AUTH_SECRET_PREVIOUS"), "{output:?}");
}

#[test]
fn keys_are_rotated_beside_a_running_server_and_it_hears_of_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let server = Command::serve().data(&data).start();
    let former = kids(&server);
    rotate(&data);
    eventually("it publishes both", || kids(&server).len() == 2);
    assert_eq!(kids(&server)[0], former[0], "the former is still published");
    let both = kids(&server);
    server.stop();
    rotate(&data);
    let server = Command::serve().data(&data).start();
    let all = kids(&server);
    assert_eq!((all.len(), &all[..2]), (3, &both[..]));
}

#[test]
fn a_changed_secret_stops_the_start_unless_the_former_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cluster = throw_away(&directory.path().join("cluster"));
    let url = cluster.url("donewell");
    let start = || Command::serve().database(&url);
    let server = start().start();
    let first = kids(&server);
    server.stop();
    let output = start().variable("AUTH_SECRET", ANOTHER).run();
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("donewell: AUTH_SECRET: "),
        "{output:?}"
    );
    assert!(
        !output.stderr.contains(ANOTHER) && !output.stderr.contains(SECRET),
        "{output:?}"
    );
    let server = start()
        .variable("AUTH_SECRET", ANOTHER)
        .variable("AUTH_SECRET_PREVIOUS", SECRET)
        .start();
    assert_eq!(kids(&server), first);
    server.stop();
    let server = start().variable("AUTH_SECRET", ANOTHER).start();
    assert_eq!(kids(&server), first, "it was encrypted anew");
}
