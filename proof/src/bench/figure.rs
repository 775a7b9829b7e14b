//! What a measurement comes to: figures with a unit, a limit where one is set, and how sure they are; in tables, as
//! they are shown and compared.

use serde::{Deserialize, Serialize};

use super::stats;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    Ratio,
    PerSecond,
    Milliseconds,
    Bytes,
    Count,
    Score,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    Higher,
    Lower,
    /// Only told.
    Neither,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Figure {
    /// Under which the baseline knows it.
    pub key: String,
    pub value: f64,
    pub unit: Unit,
    pub better: Better,
    /// How far the rounds lay from their median, as a share of it.
    pub spread: f64,
    /// At least this if higher is better, else at most this.
    pub limit: Option<f64>,
}

impl Figure {
    fn new(key: impl Into<String>, value: f64, unit: Unit) -> Figure {
        let better = match unit {
            Unit::Ratio | Unit::PerSecond | Unit::Score => Better::Higher,
            Unit::Milliseconds | Unit::Bytes | Unit::Count => Better::Lower,
        };
        Figure {
            key: key.into(),
            value,
            unit,
            better,
            spread: 0.0,
            limit: None,
        }
    }

    pub fn ratio(key: impl Into<String>, value: f64) -> Figure {
        Figure::new(key, value, Unit::Ratio)
    }

    pub fn per_second(key: impl Into<String>, value: f64) -> Figure {
        Figure::new(key, value, Unit::PerSecond)
    }

    pub fn milliseconds(key: impl Into<String>, value: f64) -> Figure {
        Figure::new(key, value, Unit::Milliseconds)
    }

    pub fn bytes(key: impl Into<String>, value: f64) -> Figure {
        Figure::new(key, value, Unit::Bytes)
    }

    pub fn count(key: impl Into<String>, value: f64) -> Figure {
        Figure::new(key, value, Unit::Count)
    }

    /// For a place in a table where there is nothing to say.
    pub fn none() -> Figure {
        Figure::new("", f64::NAN, Unit::Count).told()
    }

    pub fn score(key: impl Into<String>, value: f64) -> Figure {
        Figure::new(key, value, Unit::Score)
    }

    /// The median of rounds, and how far they lie apart.
    pub fn of_rounds(self, rounds: &[f64]) -> Figure {
        Figure {
            value: stats::median(rounds),
            spread: stats::spread(rounds),
            ..self
        }
    }

    /// The median of many single samples, of which some are always far off.
    pub fn of_samples(self, samples: &[f64]) -> Figure {
        Figure {
            value: stats::median(samples),
            spread: stats::middle_spread(samples),
            ..self
        }
    }

    pub fn at_least(self, limit: f64) -> Figure {
        Figure {
            better: Better::Higher,
            limit: Some(limit),
            ..self
        }
    }

    pub fn at_most(self, limit: f64) -> Figure {
        Figure {
            better: Better::Lower,
            limit: Some(limit),
            ..self
        }
    }

    pub fn lower_is_better(self) -> Figure {
        Figure {
            better: Better::Lower,
            ..self
        }
    }

    /// Neither good nor bad.
    pub fn told(self) -> Figure {
        Figure {
            better: Better::Neither,
            ..self
        }
    }

    /// Whether it keeps its limit; what is no number does not.
    pub fn is_within(&self) -> bool {
        match (self.limit, self.better) {
            (None, _) => true,
            (Some(limit), Better::Higher) => self.value >= limit,
            (Some(limit), _) => self.value <= limit,
        }
    }

    pub fn shown(&self) -> String {
        shown(self.value, self.unit)
    }

    /// "at least 0.50"; none without a limit.
    pub fn limit_shown(&self) -> Option<String> {
        let bound = match self.better {
            Better::Higher => "at least",
            _ => "at most",
        };
        let limit = shown(self.limit?, self.unit);
        Some(format!("{bound} {limit}"))
    }
}

/// As people read it.
pub fn shown(value: f64, unit: Unit) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    match unit {
        Unit::Ratio => format!("{value:.2}"),
        Unit::PerSecond if value < 100.0 => format!("{value:.1}/s"),
        Unit::PerSecond => format!("{value:.0}/s"),
        Unit::Milliseconds if value < 10.0 => format!("{value:.2} ms"),
        Unit::Milliseconds if value < 10_000.0 => format!("{value:.0} ms"),
        Unit::Milliseconds => format!("{:.1} s", value / 1e3),
        Unit::Bytes if value < 10_000.0 => format!("{value:.0} B"),
        Unit::Bytes if value < 10_000_000.0 => format!("{:.0} kB", value / 1e3),
        Unit::Bytes => format!("{:.1} MB", value / 1e6),
        Unit::Count | Unit::Score => {
            let text = format!("{value:.3}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    pub label: String,
    pub figures: Vec<Figure>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    pub title: String,
    /// Above the labels, then above each figure.
    pub heads: Vec<String>,
    pub rows: Vec<Row>,
    /// Which of the figures of each row is drawn as a bar.
    pub chart: Option<usize>,
}

impl Table {
    pub fn new(title: &str, heads: &[&str]) -> Table {
        Table {
            title: title.to_owned(),
            heads: heads.iter().map(|&head| head.to_owned()).collect(),
            rows: Vec::new(),
            chart: None,
        }
    }

    #[must_use]
    pub fn with_chart_of(mut self, figure: usize) -> Table {
        self.chart = Some(figure);
        self
    }

    pub fn row(&mut self, label: impl Into<String>, figures: Vec<Figure>) {
        let label = label.into();
        self.rows.push(Row { label, figures });
    }
}

/// What one of the benches found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub title: String,
    /// How it was measured.
    pub how: Vec<String>,
    pub tables: Vec<Table>,
    /// Why it is not whole.
    pub faults: Vec<String>,
    pub seconds: f64,
}

impl Part {
    pub fn new(name: &str, title: &str) -> Part {
        Part {
            name: name.to_owned(),
            title: title.to_owned(),
            how: Vec::new(),
            tables: Vec::new(),
            faults: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Every figure, with where it stands.
    pub fn figures(&self) -> impl Iterator<Item = (String, &Figure)> {
        self.tables.iter().flat_map(move |table| {
            table.rows.iter().flat_map(move |row| {
                let heads = table.heads.iter().skip(1);
                let figures = row.figures.iter().zip(heads);
                figures
                    .filter(|(figure, _)| !figure.key.is_empty())
                    .map(move |(figure, head)| {
                        let place =
                            format!("{}, {}: {}, {head}", self.title, table.title, row.label);
                        (place, figure)
                    })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_to_the_side_that_is_better() {
        assert!(Figure::ratio("a", 0.5).at_least(0.5).is_within());
        assert!(!Figure::ratio("a", 0.49).at_least(0.5).is_within());
        assert!(Figure::bytes("a", 10.0).at_most(10.0).is_within());
        assert!(!Figure::bytes("a", 11.0).at_most(10.0).is_within());
        assert!(!Figure::score("a", f64::NAN).at_least(100.0).is_within());
        assert!(Figure::bytes("a", 11.0).is_within());
    }

    #[test]
    fn figures_read_well() {
        let said = [
            shown(0.512, Unit::Ratio),
            shown(8123.4, Unit::PerSecond),
            shown(4.25, Unit::Milliseconds),
            shown(512_345.0, Unit::Bytes),
            shown(43_000_000.0, Unit::Bytes),
            shown(100.0, Unit::Score),
            shown(0.05, Unit::Count),
        ];
        let expected = [
            "0.51", "8123/s", "4.25 ms", "512 kB", "43.0 MB", "100", "0.05",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_figure_is_found_with_its_place() {
        let mut part = Part::new("x", "Part");
        let mut table = Table::new("T", &["", "rate"]);
        table.row("list", vec![Figure::per_second("x.list", 1.0)]);
        table.row("get", vec![Figure::none()]);
        part.tables.push(table);
        let places: Vec<String> = part.figures().map(|(place, _)| place).collect();
        assert_eq!(places, ["Part, T: list, rate"]);
    }
}
