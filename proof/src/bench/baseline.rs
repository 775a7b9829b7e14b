//! The figures of an earlier run, committed, and what has become worse since by more than the noise.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::figure::{Better, Figure, Part, Unit, shown};
use super::machine::Machine;

/// Less than this is noise, however near to each other the rounds were.
const LEAST_NOISE: f64 = 0.1;
/// The same for what is counted and not timed.
const LEAST_NOISE_OF_COUNTS: f64 = 0.01;

#[derive(Debug, Serialize, Deserialize)]
pub struct Baseline {
    pub commit: String,
    pub date: String,
    pub machine: Machine,
    figures: BTreeMap<String, Known>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Known {
    value: f64,
    spread: f64,
}

/// One that is worse than it was.
#[derive(Debug, PartialEq)]
pub struct Worse {
    pub place: String,
    pub before: String,
    pub now: String,
    /// By how many percent.
    pub percent: f64,
}

impl Baseline {
    /// None if there is none.
    pub fn read(path: &Path) -> Result<Option<Baseline>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(path)?;
        let baseline = serde_json::from_str(&text);
        baseline
            .map(Some)
            .with_context(|| format!("{} is not a baseline", path.display()))
    }

    pub fn new(commit: String, date: String, machine: Machine, parts: &[Part]) -> Baseline {
        let figures = parts.iter().flat_map(Part::figures);
        let figures = figures.filter(|(_, figure)| figure.value.is_finite());
        Baseline {
            commit,
            date,
            machine,
            figures: figures
                .map(|(_, figure)| {
                    let known = Known {
                        value: rounded(figure.value),
                        spread: rounded(figure.spread),
                    };
                    (figure.key.clone(), known)
                })
                .collect(),
        }
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// On another machine only what does not depend on it is compared.
    pub fn worse(&self, parts: &[Part], machine: &Machine) -> Vec<Worse> {
        let is_same = *machine == self.machine;
        let figures = parts.iter().flat_map(Part::figures);
        figures
            .filter(|(_, figure)| is_same || is_portable(figure.unit))
            .filter_map(|(place, figure)| {
                let known = self.figures.get(&figure.key)?;
                let change = worsening(figure, *known)?;
                Some(Worse {
                    place,
                    before: shown(known.value, figure.unit),
                    now: figure.shown(),
                    percent: change * 100.0,
                })
            })
            .collect()
    }
}

/// Enough to compare by, and a short file.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

const fn is_portable(unit: Unit) -> bool {
    !matches!(unit, Unit::PerSecond | Unit::Milliseconds)
}

/// As a share of what it was; none if it is not worse, or by no more than the noise.
fn worsening(figure: &Figure, known: Known) -> Option<f64> {
    let by = match figure.better {
        Better::Higher => known.value - figure.value,
        Better::Lower => figure.value - known.value,
        Better::Neither => return None,
    };
    let counted = matches!(figure.unit, Unit::Count | Unit::Score)
        || (figure.unit == Unit::Bytes && figure.spread == 0.0);
    let least = if counted {
        LEAST_NOISE_OF_COUNTS
    } else {
        LEAST_NOISE
    };
    let noise = least.max(figure.spread).max(known.spread);
    let change = if known.value == 0.0 {
        if by > 0.0 { 1.0 } else { 0.0 }
    } else {
        by / known.value.abs()
    };
    (change > noise).then_some(change)
}

#[cfg(test)]
mod tests {
    use super::super::figure::Table;
    use super::*;

    fn known(value: f64, spread: f64) -> Known {
        Known { value, spread }
    }

    #[test]
    fn what_is_within_the_noise_is_not_worse() {
        let rate = |value| Figure::per_second("x", value);
        assert_eq!(worsening(&rate(95.0), known(100.0, 0.0)), None);
        assert!(worsening(&rate(85.0), known(100.0, 0.0)).is_some());
        assert_eq!(worsening(&rate(85.0), known(100.0, 0.2)), None);
        assert_eq!(worsening(&rate(150.0), known(100.0, 0.0)), None);
    }

    #[test]
    fn more_is_worse_where_less_is_better() {
        let time = Figure::milliseconds("x", 12.0);
        assert!(worsening(&time, known(10.0, 0.0)).is_some());
        let errors = Figure::count("x", 1.0);
        assert!(worsening(&errors, known(0.0, 0.0)).is_some());
        let told = Figure::milliseconds("x", 12.0).told();
        assert_eq!(worsening(&told, known(1.0, 0.0)), None);
    }

    #[test]
    fn sizes_that_do_not_vary_are_held_tighter() {
        let size = Figure::bytes("x", 103.0);
        assert!(worsening(&size, known(100.0, 0.0)).is_some());
    }

    #[test]
    fn another_machine_is_not_compared_by_its_speed() {
        let mut table = Table::new("T", &["", "rate", "share"]);
        table.row(
            "list",
            vec![
                Figure::per_second("rate", 100.0),
                Figure::ratio("share", 0.5),
            ],
        );
        let mut part = Part::new("p", "P");
        part.tables.push(table);
        let parts = [part];
        let here = Machine {
            processor: "a".to_owned(),
            cores: 2,
            memory: 8,
            system: String::new(),
        };
        let there = Machine {
            cores: 64,
            ..here.clone()
        };
        let mut baseline = Baseline::new(String::new(), String::new(), there.clone(), &parts);
        baseline
            .figures
            .insert("rate".to_owned(), known(1000.0, 0.0));
        baseline.figures.insert("share".to_owned(), known(0.9, 0.0));
        let places = |machine: &Machine| -> Vec<String> {
            let worse = baseline.worse(&parts, machine);
            worse.into_iter().map(|worse| worse.place).collect()
        };
        assert_eq!(places(&here), ["P, T: list, share"]);
        assert_eq!(places(&there).len(), 2);
    }
}
