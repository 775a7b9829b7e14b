//! `.sqlx/`: what Postgres says about every query, committed, so that a build needs no database.
//!
//! sqlx-cli takes minutes to install and is not needed: with `SQLX_OFFLINE_DIR` set, the `query!` macros
//! that ask a database write down what they hear. So: a fresh database with the migrations in it, `cargo check`, or
//! clippy, which checks too, of all that has queries, whether it has been checked before or not, and a comparison.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use super::{Database, SERVER_SIDE};
use crate::shell::Job;
use crate::step::step;
use crate::workspace;

const DATABASE: &str = "donewell_queries";
/// What has queries, or depends on what has.
const CRATE_ROOTS: [&str; 3] = ["app/src/lib.rs", "server/src/lib.rs", "server/src/main.rs"];

type Queries = BTreeMap<String, Vec<u8>>;

/// Writes `.sqlx/`.
pub fn prepare() -> Result<()> {
    step("prepare", "asking Postgres about every query", || {
        let database = Database::start()?;
        // Their times are put back: otherwise every other build would compile these crates again.
        let _touched: Vec<Touched> = CRATE_ROOTS
            .iter()
            .map(|root| workspace::root().join(root))
            .filter(|root| root.exists())
            .map(Touched::touch)
            .collect::<Result<_>>()?;
        let check = Job::cargo("sqlx-check").args(["check", "--all-targets"]);
        let current = ask(&database, check.args(SERVER_SIDE))?;
        let committed = read(&committed_directory())?;
        fs::create_dir_all(committed_directory())?;
        for (name, content) in &current {
            fs::write(committed_directory().join(name), content)?;
        }
        for name in committed.keys().filter(|name| !current.contains_key(*name)) {
            fs::remove_file(committed_directory().join(name))?;
        }
        Ok(((), format!(".sqlx holds {} queries", current.len())))
    })
}

/// Does `check`, which compiles anew all that has queries, and refuses a `.sqlx/` that is not what `prepare` would write.
pub fn check(database: &Database, check: Job) -> Result<()> {
    let asked = ask(database, check).context("nothing can be said of .sqlx")?;
    let differences = differences(&read(&committed_directory())?, &asked);
    if differences.is_empty() {
        return Ok(());
    }
    bail!(
        ".sqlx is out of date: run `cargo xtask prepare` and commit it\n{}",
        differences.join("\n")
    )
}

fn differences(committed: &Queries, current: &Queries) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (name, content) in current {
        match committed.get(name) {
            None => all.push(format!("  missing: {name}")),
            Some(other) if other != content => all.push(format!("  different: {name}")),
            Some(_) => {}
        }
    }
    let unused = committed.keys().filter(|name| !current.contains_key(*name));
    all.extend(unused.map(|name| format!("  no longer used: {name}")));
    all
}

fn committed_directory() -> PathBuf {
    workspace::root().join(".sqlx")
}

fn read(directory: &Path) -> Result<Queries> {
    let mut queries = Queries::new();
    if !directory.exists() {
        return Ok(queries);
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            queries.insert(name, fs::read(&path)?);
        }
    }
    Ok(queries)
}

fn ask(database: &Database, check: Job) -> Result<Queries> {
    migrate(database)?;
    let answers = tempfile::tempdir()?;
    check
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", answers.path())
        .env("DATABASE_URL", database.cluster.url(DATABASE))
        .run()?;
    read(answers.path())
}

/// The migrations as they stand, by psql: the server that would run them need not compile for this.
fn migrate(database: &Database) -> Result<()> {
    let psql = |log: &str, target: &str| {
        Job::new(database.cluster.bin_directory().join("psql"), log)
            .args([
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--dbname",
            ])
            .args([database.cluster.url(target)])
    };
    psql("sqlx-database", "postgres")
        .args(["--command", &format!("CREATE DATABASE {DATABASE}")])
        .run()?;
    let directory = workspace::root().join("migrations");
    let mut files: Vec<PathBuf> = fs::read_dir(&directory)
        .with_context(|| format!("cannot read {}", directory.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    for file in files {
        psql("sqlx-migrate", DATABASE)
            .args(["--file".as_ref(), file.as_os_str()])
            .run()?;
    }
    Ok(())
}

/// A file that looks changed to cargo as long as this value lives.
#[derive(Debug)]
struct Touched {
    file: File,
    before: SystemTime,
}

impl Touched {
    fn touch(path: PathBuf) -> Result<Touched> {
        let file = File::options()
            .append(true)
            .open(&path)
            .with_context(|| format!("cannot touch {}", path.display()))?;
        let before = file.metadata()?.modified()?;
        file.set_modified(SystemTime::now())?;
        Ok(Touched { file, before })
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        // Failing costs a needless compilation later, and nothing else.
        self.file.set_modified(self.before).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(all: &[(&str, &str)]) -> Queries {
        all.iter()
            .map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn every_way_to_be_out_of_date_is_named() {
        let committed = queries(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let current = queries(&[("a", "1"), ("b", "2"), ("d", "1")]);
        assert_eq!(
            differences(&committed, &current),
            ["  different: b", "  missing: d", "  no longer used: c"]
        );
        assert!(differences(&current, &current).is_empty());
    }

    #[test]
    fn a_touched_file_gets_its_time_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lib.rs");
        fs::write(&path, "// kept").expect("a file");
        let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        File::options()
            .append(true)
            .open(&path)
            .expect("it opens")
            .set_modified(old)
            .expect("it can be set");
        let changed = || {
            fs::metadata(&path)
                .and_then(|found| found.modified())
                .expect("a time")
        };

        let touched = Touched::touch(path.clone()).expect("it can be touched");
        assert!(changed() > old);
        drop(touched);
        assert_eq!(changed(), old);
        assert_eq!(fs::read_to_string(&path).expect("it reads"), "// kept");
    }
}
