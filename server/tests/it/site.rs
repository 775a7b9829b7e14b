//! The router with the smallest site that it accepts, and what belongs to it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use axum::Router;
use donewell_app::{
    auth::{accounts::Accounts, clock::Clock},
    pool::Pool,
};
use donewell_server::{
    accounts,
    config::{Config, Source},
    middleware::caller::Proxies,
    router::{self, State},
    site::Site,
};
use sqlx::{PgPool, postgres::PgConnectOptions};
use tempfile::TempDir;

static SITE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let site = write_site(directory.path());
    (directory, site)
});

pub const ORIGIN: &str = "http://localhost:3000";
pub const SECRET: &str = "a secret for tests that is long enough";

/// A server without its socket.
pub struct Server {
    pub router: Router,
    pub state: State,
    pub accounts: Arc<Accounts>,
    pub clock: Clock,
    pub data: TempDir,
}

pub async fn router(pool: PgPool) -> Router {
    router_at(pool, ORIGIN).await
}

/// As people reach it by this origin.
pub async fn router_at(pool: PgPool, public_url: &str) -> Router {
    server(pool, &[("PUBLIC_URL", public_url)]).await.router
}

/// With these variables on top of what every test has: no limits, and mail in a directory of its own.
pub async fn server(pool: PgPool, variables: &[(&str, &str)]) -> Server {
    let data = tempfile::tempdir().expect("a temporary directory");
    let path = data.path().to_str().expect("a path in UTF-8");
    let mut all = vec![
        ("PUBLIC_URL", ORIGIN),
        ("DONEWELL_DATA", path),
        ("AUTH_SECRET", SECRET),
        ("AUTH_RATE_LIMIT", "off"),
        ("MAIL_RATE_LIMIT", "off"),
        ("ADDRESS_RATE_LIMIT", "off"),
        ("ACCOUNT_LOCKOUT", "off"),
        ("API_RATE_LIMIT", "off"),
    ];
    all.retain(|(name, _)| variables.iter().all(|(other, _)| name != other));
    all.extend(variables);
    let config = Config::parse(&all.into_iter().collect::<Source>()).expect("it is sound");
    let site = Site::find(Some(&SITE.1)).expect("it is whole");
    let settings = accounts::settings(&config, &config.public_url(config.listen)).expect("sound");
    let clock = Clock::default();
    let accounts = Accounts::open(connections(&pool), settings, clock.clone())
        .await
        .expect("they open");
    let accounts = Arc::new(accounts);
    let proxies = Proxies::new(&config.trusted_proxies);
    let state = State::new(&site, accounts.clone(), proxies);
    Server {
        router: router::build(state.clone()),
        state,
        accounts,
        clock,
        data,
    }
}

/// As many connections as the test has itself; closed with its own, for its database is dropped then.
pub fn connections(pool: &PgPool) -> Pool {
    let options = PgConnectOptions::clone(&pool.connect_options());
    let connections = Pool::new(options, pool.options().get_max_connections());
    let (end, closing) = (pool.close_event(), connections.clone());
    tokio::spawn(async move {
        end.await;
        closing.close().await;
    });
    connections
}

/// The smallest site that the server accepts.
pub fn write_site(directory: &Path) -> PathBuf {
    let site = directory.join("site");
    let package = site.join("pkg");
    fs::create_dir_all(&package).expect("a directory can be made");
    let write = |path: PathBuf, text: &str| fs::write(path, text).expect("a file can be written");
    for kind in ["js", "wasm", "css"] {
        let name = format!("donewell.0123456789abcdef.{kind}");
        write(package.join(&name), "plain");
        write(package.join(format!("{name}.br")), "brotli");
        write(package.join(format!("{name}.gz")), "gzip");
    }
    write(site.join("robots.txt"), "User-agent: *\n");
    write(site.join("proof.html"), "plain");
    write(site.join("proof.html.br"), "brotli");
    write(site.join("more.html"), "more");
    let hashes = "js: 0123456789abcdef\nwasm: 0123456789abcdef\ncss: 0123456789abcdef\n";
    write(directory.join("hash.txt"), hashes);
    site
}
