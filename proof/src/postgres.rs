//! A private Postgres with every default of its own, that is: safe ones. Its programs `psql` and `pgbench`, which
//! are installed with it, are our way in.

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use donewell_cluster::{Cluster, Durability, NAME, Options};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::directory::Directory;
use crate::server::process;

/// Dropping it stops it and removes its files.
#[derive(Debug)]
pub struct Postgres {
    // Stopped before its directory is removed: fields are dropped in this order.
    pub cluster: Cluster,
    directory: Directory,
}

impl Postgres {
    pub fn start() -> Result<Postgres> {
        let directory = open_directory("donewell-proof-")?;
        let options = Options::new(directory.path().join("data"), Durability::Full);
        let cluster = Cluster::start(&options).context("the private Postgres")?;
        Ok(Postgres { cluster, directory })
    }

    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// What Postgres itself has written.
    pub fn log(&self) -> PathBuf {
        self.directory.path().join("data/postgres.log")
    }

    /// `psql`, `pgbench` or another program of this Postgres.
    pub fn program(&self, name: &str) -> Command {
        let path = self.cluster.bin_directory().join(name);
        let mut command = Command::new(if path.is_file() { path } else { name.into() });
        command
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .env("PGOPTIONS", "");
        command
    }

    /// A new and empty database; its address.
    pub async fn create(&self, database: &str) -> Result<String> {
        let statement = format!("CREATE DATABASE {database}");
        self.sql(NAME, &statement).await?;
        Ok(self.url(database))
    }

    pub async fn drop(&self, database: &str) -> Result<()> {
        let statement = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        self.sql(NAME, &statement).await.map(drop)
    }

    /// Runs statements, each on its own; the rows as psql prints them, columns between `|`.
    pub async fn sql(&self, database: &str, statements: &str) -> Result<String> {
        self.query(database).run(statements).await
    }

    /// A way in that can be used beside this one.
    pub fn query(&self, database: &str) -> Query {
        let psql = self.cluster.bin_directory().join("psql");
        let psql = if psql.is_file() { psql } else { "psql".into() };
        Query::new(psql, self.url(database))
    }

    /// The processor time of Postgres and all of its processes so far.
    pub fn cpu(&self) -> Result<std::time::Duration> {
        let postmaster = self.cluster.process_id().context("Postgres has ended")?;
        let family = process::children(postmaster)?;
        let all: HashSet<u32> = family.into_iter().chain([postmaster]).collect();
        // One may end between the list and the look; its time is the postmaster's then.
        Ok(all
            .into_iter()
            .filter_map(|id| process::cpu_with_children(id).ok())
            .sum())
    }
}

/// One database, asked by `psql`.
#[derive(Debug, Clone)]
pub struct Query {
    psql: PathBuf,
    url: String,
}

impl Query {
    pub fn new(psql: impl Into<PathBuf>, url: String) -> Query {
        Query {
            psql: psql.into(),
            url,
        }
    }

    /// Runs statements, each on its own; the rows as psql prints them, columns between `|`.
    pub async fn run(&self, statements: &str) -> Result<String> {
        let mut child = Command::new(&self.psql)
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--dbname"])
            .arg(&self.url)
            .env("PGOPTIONS", "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start psql")?;
        let mut stdin = child.stdin.take().context("BUG: no way into psql")?;
        stdin.write_all(statements.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            bail!("psql: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A temporary directory that other users may pass through, not read: as root, Postgres runs as somebody else.
pub fn open_directory(prefix: &str) -> Result<Directory> {
    let directory = Directory::new(prefix)?;
    open(directory.path())?;
    Ok(directory)
}

fn open(directory: &Path) -> Result<()> {
    let passage = std::fs::Permissions::from_mode(0o711);
    Ok(std::fs::set_permissions(directory, passage)?)
}
