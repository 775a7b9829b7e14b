//! The `serve` command: start in the order in which failures are cheapest, serve, drain.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use donewell_app::auth::{
    accounts::{Accounts, AccountsError},
    clock::Clock,
};
use tokio::{
    net::{TcpListener, TcpSocket},
    time::sleep,
};

use crate::{
    accounts::{self, SettingsError},
    config::{Config, Origin},
    connections,
    database::{Database, DatabaseError},
    metrics::Metrics,
    middleware::caller::Proxies,
    router::{self, State},
    shutdown::Shutdown,
    site::{Site, SiteError},
};

/// How long requests that run may take to finish once we have been asked to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// How long mail that waits may take.
const MAIL_DRAIN: Duration = Duration::from_secs(3);

/// Connections that come at once and wait to be accepted. Whoever finds no place among them tries again only after a
/// second.
const QUEUE: u32 = 4096;

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("{variable}: cannot listen on {address}: {error}{hint}")]
    Listen {
        variable: &'static str,
        address: SocketAddr,
        error: io::Error,
        hint: &'static str,
    },
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Secret(#[from] SettingsError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error("the server stopped: {0}")]
    Io(#[from] io::Error),
}

/// Serves until asked to stop.
pub async fn run(config: &Config) -> Result<(), ServeError> {
    let shutdown = Shutdown::listen()?;
    let site = Site::find(config.site_root.as_deref())?;
    let listener = listen("LEPTOS_SITE_ADDR", config.listen)?;
    let metrics = match config.metrics {
        Some(address) => Some((listen("METRICS_ADDR", address)?, Metrics::install())),
        None => None,
    };
    let database = match Database::open(config, &shutdown).await {
        Err(DatabaseError::Stopped) => return Ok(()),
        opened => opened?,
    };
    let public_url = config.public_url(listener.local_addr()?);
    let accounts = match open_accounts(config, &database, &public_url).await {
        Ok(accounts) => accounts,
        Err(error) => {
            database.close().await;
            return Err(error);
        }
    };
    let proxies = Proxies::new(&config.trusted_proxies);
    let router = router::build(State::new(&site, accounts.clone(), proxies));
    if let Some((listener, metrics)) = metrics {
        tokio::spawn(metrics.serve(listener, database.pool.clone()));
    }
    announce(&format!(
        "Donewell is ready: {public_url} (listening on {})",
        listener.local_addr()?
    ));
    let outcome = serve(listener, router, shutdown).await;
    accounts.mailer.drain(MAIL_DRAIN).await;
    database.close().await;
    outcome.map_err(ServeError::Io)
}

async fn open_accounts(
    config: &Config,
    database: &Database,
    public_url: &Origin,
) -> Result<Arc<Accounts>, ServeError> {
    let settings = accounts::settings(config, public_url)?;
    let accounts = Accounts::open(database.pool.clone(), settings, Clock::default()).await?;
    let accounts = Arc::new(accounts);
    accounts.spawn_background();
    Ok(accounts)
}

fn listen(variable: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    bind(address).map_err(|error| ServeError::Listen {
        variable,
        address,
        hint: match error.kind() {
            io::ErrorKind::AddrInUse => "; another program uses it: choose another address",
            io::ErrorKind::PermissionDenied => "; ports below 1024 need the right to use them",
            _ => "",
        },
        error,
    })
}

/// As `TcpListener::bind`, with a longer queue.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // Or a restart would have to wait until the system has forgotten the connections before it.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

async fn serve(listener: TcpListener, router: Router, shutdown: Shutdown) -> io::Result<()> {
    let serving = connections::serve(listener, router, shutdown.clone());
    let too_long = async {
        shutdown.requested().await;
        sleep(DRAIN).await;
    };
    tokio::select! {
        outcome = serving => outcome,
        () = too_long => {
            tracing::warn!("some requests did not finish within {DRAIN:?}; stopping without them");
            Ok(())
        }
    }
}

/// The one line on standard output. Nobody may be reading it any more: that must not end the server.
fn announce(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
