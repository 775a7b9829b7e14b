//! Which functions can come later: their names, as short hashes.

use std::collections::BTreeSet;

use rustc_demangle::demangle;

use crate::site::hash::content_hash;

const LIST: &str = include_str!("later.txt");
/// Enough that two names hardly ever share one. If they do, one comes earlier or later than it had to.
const LENGTH: usize = 10;

#[derive(Debug)]
pub struct Later(BTreeSet<String>);

impl Later {
    /// As the last profile found it.
    pub fn known() -> Self {
        Self::parse(LIST)
    }

    pub fn parse(list: &str) -> Self {
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        Self(lines.map(str::to_owned).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&short(name))
    }
}

/// The same in every directory: without the hashes of the crates.
pub fn short(name: &str) -> String {
    let mut short = content_hash(format!("{:#}", demangle(name)).as_bytes());
    short.truncate(LENGTH);
    short
}
