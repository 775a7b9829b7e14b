//! What was measured, as a file for programs and a page for people.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::baseline::Worse;
use super::figure::Part;
use super::html;
use super::machine::Machine;

#[derive(Debug, Serialize)]
pub struct Report {
    pub commit: String,
    pub date: String,
    pub machine: Machine,
    pub postgres: String,
    pub how: Vec<String>,
    pub parts: Vec<Part>,
}

impl Report {
    /// Each limit that is not kept, in words.
    pub fn shortfalls(&self) -> Vec<String> {
        let figures = self.parts.iter().flat_map(Part::figures);
        let short = figures.filter(|(_, figure)| !figure.is_within());
        short
            .map(|(place, figure)| {
                let limit = figure.limit_shown().unwrap_or_default();
                format!("{place}: {}, should be {limit}", figure.shown())
            })
            .collect()
    }

    pub fn write(&self, directory: &Path, worse: &[Worse], compared: &str) -> Result<()> {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        let json = serde_json::to_string_pretty(self)?;
        fs::write(directory.join("report.json"), json + "\n")?;
        let page = html::page(self, worse, compared);
        fs::write(directory.join("report.html"), page)?;
        Ok(())
    }
}
