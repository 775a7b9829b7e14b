//! The router with the smallest site that it accepts.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use axum::Router;
use donewell_server::{
    config::{Config, Source},
    router::{self, State},
    site::Site,
};
use sqlx::PgPool;
use tempfile::TempDir;

static SITE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let site = write_site(directory.path());
    (directory, site)
});

pub fn router(pool: PgPool) -> Router {
    router_at(pool, "http://localhost:3000")
}

/// As people reach it by this origin.
pub fn router_at(pool: PgPool, public_url: &str) -> Router {
    let config = Config::parse(&Source::from([("PUBLIC_URL", public_url)])).expect("it is sound");
    let site = Site::find(Some(&SITE.1)).expect("it is whole");
    let public_url = config.public_url(config.listen);
    router::build(State::new(&site, pool, &public_url))
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
    let hashes = "js: 0123456789abcdef\nwasm: 0123456789abcdef\ncss: 0123456789abcdef\n";
    write(directory.join("hash.txt"), hashes);
    site
}
