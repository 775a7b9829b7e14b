//! Where variables come from: the environment, and below it a `.env` file in the working directory.

use std::{collections::HashMap, ffi::OsString, io, path::Path};

/// The variables as they were found.
#[derive(Default)]
pub struct Source {
    variables: HashMap<OsString, OsString>,
}

/// A `.env` file that is there but of no use.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(".env: cannot be read: {0}")]
    Unreadable(io::Error),
    // The line itself may hold a secret.
    #[error(".env: line {0} is not of the form NAME=value")]
    Malformed(usize),
}

impl Source {
    /// The environment, with `.env` for what it leaves open.
    pub fn from_surroundings() -> Result<Self, SourceError> {
        let mut source = Self::from_file(Path::new(".env"))?;
        source.variables.extend(std::env::vars_os());
        Ok(source)
    }

    fn from_file(path: &Path) -> Result<Self, SourceError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(SourceError::Unreadable(error)),
        };
        let mut variables = HashMap::new();
        for item in dotenvy::from_read_iter(text.as_bytes()) {
            let (name, value) = item.map_err(|error| malformed(&text, &error))?;
            // The first of two wins, as in the shell tools that read such files.
            variables.entry(name.into()).or_insert(value.into());
        }
        Ok(Self { variables })
    }

    pub(super) fn get(&self, variable: &str) -> Result<Option<String>, &'static str> {
        self.variables
            .get(&OsString::from(variable))
            .map(|value| value.to_str().map(str::to_owned).ok_or("not valid UTF-8"))
            .transpose()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Source {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self {
            variables: pairs
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Source {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let owned = |(name, value): (&str, &str)| (name.into(), value.into());
        Self {
            variables: pairs.into_iter().map(owned).collect(),
        }
    }
}

impl std::fmt::Debug for Source {
    /// The names only: some of the values are secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_set()
            .entries(self.variables.keys())
            .finish()
    }
}

fn malformed(text: &str, error: &dotenvy::Error) -> SourceError {
    let line = match error {
        dotenvy::Error::LineParse(line, _) => text
            .lines()
            .position(|candidate| candidate.trim() == line.trim())
            .map_or(0, |index| index + 1),
        _ => 0,
    };
    SourceError::Malformed(line)
}
