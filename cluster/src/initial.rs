//! The first start: a cluster is made as `postgres.new`, complete with its database, and gets its name
//! last. Whatever stands under that name is therefore whole, and whatever does not can be thrown away.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::account::{Account, open_directory};
use crate::binaries::Binaries;
use crate::directory::DataDirectory;
use crate::error::ClusterError;
use crate::lock::Lock;
use crate::{Durability, NAME, log};

/// `macOS` has no `C.UTF-8`. Collation is ICU's in either case.
const LOCALE: &str = if cfg!(target_os = "macos") {
    "en_US.UTF-8"
} else {
    "C.UTF-8"
};

pub fn create(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: &Account,
    durability: Durability,
    lock: &Lock,
) -> Result<(), ClusterError> {
    let unfinished = directory.unfinished_cluster();
    remove(&unfinished).map_err(ClusterError::file("remove", &unfinished))?;
    let made = make(directory, binaries, account, durability, lock);
    if made.is_err() {
        // The reason of the failure is what counts; what cannot be removed now is removed next time.
        let _ = remove(&unfinished);
    }
    made
}

fn make(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: &Account,
    durability: Durability,
    lock: &Lock,
) -> Result<(), ClusterError> {
    let unfinished = directory.unfinished_cluster();
    DirBuilder::new()
        .mode(0o700)
        .create(&unfinished)
        .map_err(|cause| ClusterError::NotWritable {
            directory: directory.path().to_owned(),
            cause,
        })?;
    open_directory(&unfinished)
        .and_then(|made| account.own(&made))
        .map_err(ClusterError::file("change the owner of", &unfinished))?;
    init(directory, binaries, account, durability, lock)?;
    create_database(directory, binaries, account, durability)?;

    let cluster = directory.cluster();
    fs::rename(&unfinished, &cluster).map_err(ClusterError::file("create", &cluster))?;
    if durability == Durability::Full {
        File::open(directory.path())
            .and_then(|parent| parent.sync_all())
            .map_err(ClusterError::file("write", directory.path()))?;
    }
    Ok(())
}

fn init(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: &Account,
    durability: Durability,
    lock: &Lock,
) -> Result<(), ClusterError> {
    let initdb = binaries.directory.join("initdb");
    let mut command = account.command(&initdb, directory.path());
    command
        .arg("-D")
        .arg(directory.unfinished_cluster())
        .arg(format!("--username={NAME}"))
        .args(["--encoding=UTF8", "--locale-provider=icu"])
        .arg("--icu-locale=und")
        .arg(format!("--locale={LOCALE}"))
        .args(["--auth-local=trust", "--auth-host=reject"])
        .args(["--data-checksums", "--no-instructions"]);
    if durability == Durability::ThrowAway {
        command.arg("--no-sync");
    }
    // It writes by absolute names: should we be killed, the next owner must not begin before it ends.
    let stdin = lock
        .for_child()
        .map_err(ClusterError::file("open", directory.lock()))?;
    let output = command
        .stdin(stdin)
        .output()
        .map_err(|error| account.cannot_run(&initdb, error))?;
    succeeded(&output, directory)
}

/// Single-user mode needs no socket and no client.
fn create_database(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: &Account,
    durability: Durability,
) -> Result<(), ClusterError> {
    let postgres = binaries.directory.join("postgres");
    let unfinished = directory.unfinished_cluster();
    let mut command = account.command(&postgres, &unfinished);
    command.args(["--single", "-c", "exit_on_error=on"]);
    if durability == Durability::ThrowAway {
        command.arg("-F");
    }
    let mut child = command
        .arg("-D")
        .arg(&unfinished)
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| account.cannot_run(&postgres, error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // If it has ended already, its own message says more than the broken pipe.
        let _ = writeln!(stdin, "CREATE DATABASE {NAME} TEMPLATE template0");
    }
    let output = child
        .wait_with_output()
        .map_err(|error| account.cannot_run(&postgres, error))?;
    succeeded(&output, directory)
}

fn succeeded(output: &Output, directory: &DataDirectory) -> Result<(), ClusterError> {
    if output.status.success() {
        return Ok(());
    }
    Err(ClusterError::CannotCreate {
        directory: directory.cluster(),
        detail: log::reason(&String::from_utf8_lossy(&output.stderr), directory),
    })
}

/// A process of a killed predecessor may still be writing there, for a moment.
fn remove(unfinished: &Path) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        match fs::remove_dir_all(unfinished) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error)
                if error.kind() == ErrorKind::DirectoryNotEmpty && Instant::now() < deadline =>
            {
                sleep(Duration::from_millis(20));
            }
            result => return result,
        }
    }
}
