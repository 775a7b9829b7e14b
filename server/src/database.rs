//! The database: embedded or somebody else's, reached, migrated, and left in order.

use std::{str::FromStr, time::Duration};

use donewell_app::pool::Pool;
use donewell_cluster::ClusterError;
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    migrate::{MigrateError, Migrator},
    postgres::PgConnectOptions,
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    config::{self, Config},
    postgres::Embedded,
    shutdown::Shutdown,
};

/// All migrations, compiled in.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// How long connections that are still in use may hold up the end.
const CLOSE: Duration = Duration::from_secs(2);
/// So that one held lock or one slow query does not use up all connections. Not for migrations.
const BOUNDS: [(&str, &str); 3] = [
    ("lock_timeout", "3s"),
    ("statement_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "10s"),
];

/// A database that has been reached and is up to date.
#[derive(Debug)]
pub struct Database {
    pub pool: Pool,
    embedded: Option<Embedded>,
}

/// Why there is no database. No variant holds a password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error("DATABASE_URL: {0}")]
    Options(String),
    #[error("the database did not answer within {patience:?}: {problem}")]
    Unreachable { patience: Duration, problem: String },
    #[error("the database refuses us: {0}")]
    Refused(String),
    #[error(
        "the database was migrated by a newer Donewell (migration {0} is unknown here); run that version"
    )]
    TooNew(i64),
    #[error("the database could not be migrated: {0}")]
    Migration(MigrateError),
    #[error("stopped before the database answered")]
    Stopped,
}

impl Database {
    /// Reaches the configured database and migrates it.
    pub async fn open(config: &Config, shutdown: &Shutdown) -> Result<Self, DatabaseError> {
        let embedded = match config.database {
            config::Database::Embedded => Some(Embedded::start(&config.data).await?),
            config::Database::Server(_) => None,
        };
        let opened = Self::connect(config, embedded.as_ref(), shutdown).await;
        match (opened, embedded) {
            (Ok(pool), embedded) => Ok(Self { pool, embedded }),
            (Err(error), Some(embedded)) => {
                embedded.stop().await;
                Err(error)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// For a command beside a server that may be running: with the embedded cluster, that server's is used.
    pub async fn reach(config: &Config) -> Result<Self, DatabaseError> {
        let shutdown =
            Shutdown::listen().map_err(|error| DatabaseError::Options(error.to_string()))?;
        match Self::open(config, &shutdown).await {
            Err(DatabaseError::Cluster(locked @ ClusterError::Locked { .. })) => {
                let url =
                    donewell_cluster::url_of_running(&config.data, "donewell").ok_or(locked)?;
                let options = parse_options(&url)?;
                make_ready(&options, config.database_wait).await?;
                Ok(Self {
                    pool: Pool::new(options, 2),
                    embedded: None,
                })
            }
            opened => opened,
        }
    }

    async fn connect(
        config: &Config,
        embedded: Option<&Embedded>,
        shutdown: &Shutdown,
    ) -> Result<Pool, DatabaseError> {
        let options = options(config, embedded)?;
        tokio::select! {
            ready = make_ready(&options, config.database_wait) => ready?,
            () = shutdown.clone().requested() => return Err(DatabaseError::Stopped),
        }
        let options = options.options(BOUNDS);
        Ok(Pool::new(options, config.database_max_connections))
    }

    /// Closes the connections and stops the embedded cluster.
    pub async fn close(self) {
        // Stopping the embedded cluster ends what still runs; another server rolls it back by itself.
        if timeout(CLOSE, self.pool.close()).await.is_err() {
            tracing::warn!("some queries did not end; stopping without them");
        }
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// The `migrate` command.
pub async fn migrate(config: &Config) -> Result<(), DatabaseError> {
    let database = Database::reach(config).await?;
    database.close().await;
    println!("The database is up to date.");
    Ok(())
}

fn options(
    config: &Config,
    embedded: Option<&Embedded>,
) -> Result<PgConnectOptions, DatabaseError> {
    let url = match (&config.database, embedded) {
        (config::Database::Server(url), _) => url.reveal(),
        (config::Database::Embedded, Some(embedded)) => embedded.url(),
        (config::Database::Embedded, None) => unreachable!("BUG: no cluster was started"),
    };
    parse_options(url)
}

fn parse_options(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    PgConnectOptions::from_str(url)
        .map(|options| {
            options
                .application_name("donewell")
                .log_statements(tracing::log::LevelFilter::Trace)
        })
        .map_err(|error| DatabaseError::Options(error.to_string()))
}

async fn make_ready(options: &PgConnectOptions, patience: Duration) -> Result<(), DatabaseError> {
    let mut connection = reach(options, patience).await?;
    MIGRATIONS
        .run(&mut connection)
        .await
        .map_err(migration_error)?;
    // It has done its work; how the connection ends does not matter.
    let _ = connection.close().await;
    Ok(())
}

/// Tries until the database answers, with growing waits, saying so.
async fn reach(
    options: &PgConnectOptions,
    patience: Duration,
) -> Result<PgConnection, DatabaseError> {
    let deadline = Instant::now() + patience;
    let mut wait = Duration::from_millis(250);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let problem = match timeout(left, options.connect()).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) if is_final(&error) => {
                return Err(DatabaseError::Refused(plainly(&error)));
            }
            Ok(Err(error)) => plainly(&error),
            Err(_) => "no answer".to_owned(),
        };
        if Instant::now() + wait >= deadline {
            return Err(DatabaseError::Unreachable { patience, problem });
        }
        tracing::warn!(%problem, "the database does not answer; trying again in {wait:?}");
        sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

/// What the database or the system said, without what sqlx puts around it.
fn plainly(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        sqlx::Error::Io(io) => io.to_string(),
        other => other.to_string(),
    }
}

/// Whether waiting cannot help: wrong password (28), no such database (3D), bad settings.
fn is_final(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Configuration(_) => true,
        sqlx::Error::Database(database) => database
            .code()
            .is_some_and(|code| code.starts_with("28") || code.starts_with("3D")),
        _ => false,
    }
}

fn migration_error(error: MigrateError) -> DatabaseError {
    match error {
        MigrateError::VersionMissing(version) => DatabaseError::TooNew(version),
        other => DatabaseError::Migration(other),
    }
}
