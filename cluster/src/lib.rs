//! A private Postgres cluster: found, created, started and stopped by the program that uses it.
//!
//! One data directory belongs to one living process. Its `lock` is held for as long as a [`Cluster`]
//! lives, so everything else that is found in the directory was left by a process that has died, and
//! may be cleaned up: a half-made `postgres.new`, a `postmaster.pid`, a Postgres that outlived its
//! server. Two postmasters never work on the same files.
//!
//! ```text
//! <directory>/lock           held (flock) by the living owner, with its process id inside
//! <directory>/postgres/      PGDATA: complete whenever it exists, because it is made as `postgres.new`
//! <directory>/postgres.log   what Postgres says; `postgres.log.1` is the one before
//! <directory>/socket/        the only way in, for the owner of the files alone (0700)
//! ```
//!
//! Connections are trusted without a password. Only the user that Postgres runs as, and root, can enter
//! the socket directory, and both could read the files themselves: a password would protect nothing.
//! There is no TCP port.
//!
//! Postgres refuses to run as root. As root we run it as `postgres`, else `nobody`, and give that user
//! its files; otherwise it runs as ourselves. It is a direct child in a process group of its own, so that
//! Ctrl-C in a terminal reaches the program, which then stops Postgres in order.
//!
//! The interface blocks: call it from a thread that may wait.

mod account;
mod binaries;
mod directory;
mod error;
mod initial;
mod leftovers;
mod lock;
mod log;
mod patience;
mod pidfile;
mod postmaster;
mod socket;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use account::Account;
use binaries::Binaries;
use directory::DataDirectory;
use lock::Lock;
use postmaster::Postmaster;
use socket::SocketDirectory;

pub use binaries::{OLDEST_MAJOR, Search};
pub use error::ClusterError;
pub use patience::Patience;

/// The superuser of the cluster, and the database that every new one has.
pub const NAME: &str = "donewell";

/// How long the processes of a killed Postgres may keep its shared memory in use.
const LINGERING: Duration = Duration::from_secs(10);

/// What survives a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Everything that was committed.
    Full,
    /// Nothing, for the sake of speed: for tests.
    ThrowAway,
}

/// Where the cluster lives and how it runs.
#[derive(Debug, Clone)]
pub struct Options {
    pub directory: PathBuf,
    pub durability: Durability,
    pub search: Search,
    pub patience: Patience,
}

impl Options {
    /// A cluster in `directory`, run by the binaries that this machine has installed.
    pub fn new(directory: impl Into<PathBuf>, durability: Durability) -> Options {
        Options {
            directory: directory.into(),
            durability,
            search: Search::installed(),
            patience: Patience::default(),
        }
    }
}

/// The address of a database in the cluster that another process runs on this directory; none if there is no such
/// process.
pub fn url_of_running(directory: &Path, database: &str) -> Option<String> {
    let directory = DataDirectory::open(directory).ok()?;
    SocketDirectory::url_of_running(&directory, database)
}

/// A running Postgres; dropping it stops it.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in this order: Postgres stops before the lock is released.
    postmaster: Option<Postmaster>,
    socket: SocketDirectory,
    binaries: Binaries,
    account: Account,
    durability: Durability,
    patience: Patience,
    directory: DataDirectory,
    _lock: Lock,
}

impl Cluster {
    /// Takes the directory, creates the cluster on the first start, and returns when Postgres answers.
    pub fn start(options: &Options) -> Result<Cluster, ClusterError> {
        let directory = DataDirectory::open(&options.directory)?;
        let lock = Lock::take(&directory)?;
        let existing = directory.cluster_major()?;
        let binaries = options.search.find(&directory, existing)?;
        let account = Account::choose(&directory, existing.is_some())?;
        account.check_reach(&directory, &binaries)?;
        if existing.is_none() {
            initial::create(&directory, &binaries, &account, options.durability, &lock)?;
        }
        let socket = SocketDirectory::prepare(&directory, &account)?;
        let mut cluster = Cluster {
            postmaster: None,
            socket,
            binaries,
            account,
            durability: options.durability,
            patience: options.patience,
            directory,
            _lock: lock,
        };
        cluster.postmaster = Some(cluster.launch()?);
        Ok(cluster)
    }

    /// The address of a database, as sqlx and libpq take it.
    pub fn url(&self, database: &str) -> String {
        self.socket.url(database)
    }

    pub fn socket_directory(&self) -> &Path {
        self.socket.path()
    }

    /// Where `psql`, `pg_dump` and their like may be found beside `postgres`.
    pub fn bin_directory(&self) -> &Path {
        &self.binaries.directory
    }

    pub fn major_version(&self) -> u32 {
        self.binaries.major
    }

    /// The postmaster's process id; none after a stop.
    pub fn process_id(&self) -> Option<u32> {
        self.postmaster.as_ref().map(Postmaster::process_id)
    }

    /// Whether Postgres has ended without being asked to. After a stop there is nothing to wait for.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        match &mut self.postmaster {
            Some(postmaster) => postmaster.try_wait(),
            None => Ok(None),
        }
    }

    /// Starts Postgres again, after it has ended by itself or was stopped; a running one is stopped first.
    pub fn restart(&mut self) -> Result<(), ClusterError> {
        self.stop()?;
        self.postmaster = Some(self.launch()?);
        Ok(())
    }

    /// Stops Postgres: open transactions are rolled back, everything committed is kept. Harmless twice.
    pub fn stop(&mut self) -> Result<(), ClusterError> {
        match self.postmaster.take() {
            Some(postmaster) => postmaster.stop(),
            None => Ok(()),
        }
    }

    /// The processes of a Postgres that was killed need a moment to notice; until then a new one is
    /// refused by Postgres itself.
    fn launch(&self) -> Result<Postmaster, ClusterError> {
        let deadline = Instant::now() + LINGERING;
        let mut pause = Duration::from_millis(50);
        loop {
            leftovers::clear(&self.directory, &self.account, &self.socket, self.patience)?;
            let started = Postmaster::start(
                &self.binaries,
                &self.account,
                &self.directory,
                &self.socket,
                self.durability,
                self.patience,
            );
            match started {
                Err(error) if error.is_from_lingering_processes() && Instant::now() < deadline => {
                    sleep(pause);
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                result => return result,
            }
        }
    }
}
