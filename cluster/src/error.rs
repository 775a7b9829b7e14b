//! Everything that can keep a cluster from running, each told in one line: what is wrong, where, and
//! what would help.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::binaries::OLDEST_MAJOR;

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "the data directory {} is in use by another Donewell{}: stop that one, or choose another directory with DONEWELL_DATA",
        directory.display(),
        holder.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    Locked {
        directory: PathBuf,
        holder: Option<u32>,
    },

    #[error("the data directory {} is not a directory: move that file away, or choose another directory with DONEWELL_DATA", directory.display())]
    NotADirectory { directory: PathBuf },

    #[error("cannot write to the data directory {}: {cause}; mend that, or choose another directory with DONEWELL_DATA", directory.display())]
    NotWritable {
        directory: PathBuf,
        cause: io::Error,
    },

    #[error(
        "no PostgreSQL {OLDEST_MAJOR} or newer was found{}: install it (apt install postgresql, dnf install postgresql-server, brew install postgresql), or set DATABASE_URL to a database that runs elsewhere",
        if older.is_empty() { String::new() } else { format!(" (only {})", majors(older)) }
    )]
    NoBinaries { older: Vec<u32> },

    #[error(
        "the cluster in {} was made by PostgreSQL {cluster}, but {} installed: install PostgreSQL {cluster}, or move the data over with its pg_dump; nothing was changed",
        directory.display(),
        if installed.is_empty() { "none is".to_owned() } else { format!("only {} is", majors(installed)) }
    )]
    OtherMajor {
        directory: PathBuf,
        cluster: u32,
        installed: Vec<u32>,
    },

    #[error("{} is not a PostgreSQL cluster (it has no readable PG_VERSION): move it away, or choose another directory with DONEWELL_DATA; nothing was changed", directory.display())]
    NotACluster { directory: PathBuf },

    #[error("the cluster in {} belongs to {owner}: run as that user, or choose another directory with DONEWELL_DATA", directory.display())]
    ForeignOwner { directory: PathBuf, owner: String },

    #[error(
        "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as: create one of them, or start Donewell as an ordinary user"
    )]
    NoAccount,

    #[error("PostgreSQL runs as the user {account}, who cannot enter {}: let others pass through it (chmod o+x), or choose a data directory elsewhere with DONEWELL_DATA", blocked.display())]
    Unreachable { account: String, blocked: PathBuf },

    #[error("cannot run {} as the user {account}: {cause}", program.display())]
    CannotRun {
        program: PathBuf,
        account: String,
        cause: io::Error,
    },

    #[error("cannot create the cluster in {}: {detail}", directory.display())]
    CannotCreate { directory: PathBuf, detail: String },

    #[error("PostgreSQL did not start ({status}): {detail}; see {}", log.display())]
    EndedEarly {
        status: ExitStatus,
        detail: String,
        log: PathBuf,
    },

    #[error("PostgreSQL did not get ready, and said nothing for {seconds} s; see {}", log.display())]
    Silent { seconds: u64, log: PathBuf },

    #[error("a PostgreSQL that a former Donewell left (process {process}) still works on {} and cannot be stopped{}: end it by hand", directory.display(), cause.map(|cause| format!(" ({cause})")).unwrap_or_default())]
    OrphanStays {
        directory: PathBuf,
        process: i32,
        cause: Option<nix::Error>,
    },

    #[error("cannot use {} for PostgreSQL's socket: {reason}", path.display())]
    Socket { path: PathBuf, reason: String },

    #[error("cannot {action} {}: {cause}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        cause: io::Error,
    },

    #[error("cannot stop PostgreSQL (process {process}): {cause}")]
    CannotStop { process: u32, cause: io::Error },
}

impl ClusterError {
    /// For `map_err`: what was tried on which file.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> ClusterError {
        let path = path.into();
        move |cause| ClusterError::File {
            action,
            path,
            cause,
        }
    }

    /// Whether Postgres refused to start because processes of its predecessor are still there.
    pub(crate) fn is_from_lingering_processes(&self) -> bool {
        matches!(self, ClusterError::EndedEarly { detail, .. }
            if detail.contains("pre-existing shared memory block")
                || detail.contains("\"postmaster.pid\" already exists"))
    }
}

fn majors(majors: &[u32]) -> String {
    let names: Vec<String> = majors.iter().map(u32::to_string).collect();
    names.join(", ")
}
