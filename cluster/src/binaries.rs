//! Finding Postgres. A new cluster gets the newest that is installed; one that exists gets its own
//! major version or none at all, because no other may touch its files.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::directory::DataDirectory;
use crate::error::ClusterError;

/// ICU as a database's own collation came with 15.
pub const OLDEST_MAJOR: u32 = 15;

/// The directories in which `initdb` and `postgres` are looked for.
#[derive(Debug, Clone)]
pub struct Search {
    directories: Vec<PathBuf>,
}

/// One installation: `initdb` and `postgres` in one directory.
#[derive(Debug, Clone)]
pub struct Binaries {
    pub directory: PathBuf,
    pub major: u32,
}

impl Search {
    /// PATH, and where Debian, the PGDG packages, Homebrew and the sources install to.
    pub fn installed() -> Search {
        let mut directories: Vec<PathBuf> = env::var_os("PATH")
            .map(|path| env::split_paths(&path).collect())
            .unwrap_or_default();
        for (parent, start) in [
            ("/usr/lib/postgresql", ""),
            ("/usr", "pgsql-"),
            ("/opt/homebrew/opt", "postgresql"),
            ("/usr/local/opt", "postgresql"),
            ("/home/linuxbrew/.linuxbrew/opt", "postgresql"),
        ] {
            directories.extend(
                entries_starting_with(Path::new(parent), start).map(|entry| entry.join("bin")),
            );
        }
        directories.push(PathBuf::from("/usr/local/pgsql/bin"));
        Search { directories }
    }

    /// Only these directories.
    pub fn within(directories: impl IntoIterator<Item = PathBuf>) -> Search {
        Search {
            directories: directories.into_iter().collect(),
        }
    }

    pub(crate) fn find(
        &self,
        directory: &DataDirectory,
        existing: Option<u32>,
    ) -> Result<Binaries, ClusterError> {
        let all = self.all();
        let mut majors: Vec<u32> = all.iter().map(|found| found.major).collect();
        majors.sort_unstable();
        majors.dedup();
        match existing {
            Some(cluster) => all
                .into_iter()
                .find(|found| found.major == cluster)
                .ok_or_else(|| ClusterError::OtherMajor {
                    directory: directory.cluster(),
                    cluster,
                    installed: majors,
                }),
            None => all
                .into_iter()
                .filter(|found| found.major >= OLDEST_MAJOR)
                .max_by_key(|found| found.major)
                .ok_or(ClusterError::NoBinaries { older: majors }),
        }
    }

    fn all(&self) -> Vec<Binaries> {
        let mut seen = BTreeSet::new();
        self.directories
            .iter()
            .filter_map(|directory| home_of(directory))
            .filter(|directory| seen.insert(directory.clone()))
            .filter_map(|directory| {
                let major = major_of(&directory.join("postgres"))?;
                Some(Binaries { directory, major })
            })
            .collect()
    }
}

fn entries_starting_with(parent: &Path, start: &str) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(move |entry| entry.file_name().to_string_lossy().starts_with(start))
        .map(|entry| entry.path())
}

/// Where the binaries really are. PATH may hold links to them, alone or without their neighbours.
fn home_of(directory: &Path) -> Option<PathBuf> {
    let postgres = fs::canonicalize(directory.join("postgres")).ok()?;
    let home = postgres.parent()?.to_owned();
    (home.join("postgres").is_file() && home.join("initdb").is_file()).then_some(home)
}

fn major_of(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)`, `… 18beta1`, `… 19devel`.
fn parse_major(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL) ")?;
    let end = number
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn the_major_version_is_read_from_releases_betas_and_development_versions() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(parse_major(debian), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(parse_major("postgres (PostgreSQL) 9"), Some(9));
    }

    #[test]
    fn another_program_of_that_name_has_no_major_version() {
        assert_eq!(parse_major("postgres, the mail server, 15"), None);
        assert_eq!(parse_major("postgres (PostgreSQL) x"), None);
        assert_eq!(parse_major(""), None);
    }
}
