//! Takes variables from a `Source` one by one and collects the faults.

use super::{Config, Fault, Secret, Source, variables};

pub(super) struct Parser<'a> {
    source: &'a Source,
    faults: Vec<Fault>,
}

/// What a reader of values answers: the value, or what would do instead.
pub(super) type Read<T> = Result<T, &'static str>;

impl<'a> Parser<'a> {
    pub fn new(source: &'a Source) -> Self {
        Self {
            source,
            faults: Vec::new(),
        }
    }

    /// The variable's value, or its default's.
    pub fn value<T>(&mut self, variable: &'static str, read: fn(&str) -> Read<T>) -> T {
        let default = variables::default(variable);
        self.optional(variable, read).unwrap_or_else(|| {
            read(default).unwrap_or_else(|_| panic!("BUG: {variable} has a bad default"))
        })
    }

    pub fn optional<T>(&mut self, variable: &'static str, read: fn(&str) -> Read<T>) -> Option<T> {
        let found = self.found(variable)?;
        match read(&found) {
            Ok(value) => Some(value),
            Err(wanted) => {
                self.fault(variable, format!("found {found:?}; wanted {wanted}"));
                None
            }
        }
    }

    /// Like `optional`, but a fault does not repeat what was found.
    pub fn secret(
        &mut self,
        variable: &'static str,
        check: fn(&str) -> Read<()>,
    ) -> Option<Secret> {
        let found = self.found(variable)?;
        match check(&found) {
            Ok(()) => Some(Secret::new(found)),
            Err(wanted) => {
                self.fault(
                    variable,
                    format!(
                        "found {} characters; wanted {wanted}",
                        found.chars().count()
                    ),
                );
                None
            }
        }
    }

    /// A list separated by commas.
    pub fn list<T>(&mut self, variable: &'static str, read: fn(&str) -> Read<T>) -> Vec<T> {
        let found = self.found(variable).unwrap_or_default();
        let items = found
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let mut values = Vec::new();
        for item in items {
            match read(item) {
                Ok(value) => values.push(value),
                Err(wanted) => {
                    self.fault(variable, format!("found {item:?}; wanted {wanted}"));
                }
            }
        }
        values
    }

    pub fn require(&mut self, variable: &'static str, because: &str) {
        if self.found(variable).is_none() {
            self.fault(variable, format!("not set; required because {because}"));
        }
    }

    pub fn all_or_none<const N: usize>(&mut self, variables: [&'static str; N]) {
        let set = variables
            .into_iter()
            .find(|name| self.found(name).is_some());
        if let Some(set) = set {
            for variable in variables {
                self.require(variable, &format!("{set} is set"));
            }
        }
    }

    pub fn finish(self, config: Config) -> Result<Config, Vec<Fault>> {
        if self.faults.is_empty() {
            Ok(config)
        } else {
            Err(self.faults)
        }
    }

    /// An empty value counts as unset, as compose files and shells write it.
    fn found(&mut self, variable: &'static str) -> Option<String> {
        match self.source.get(variable) {
            Ok(value) => value.filter(|text| !text.is_empty()),
            Err(problem) => {
                self.fault(variable, problem.to_owned());
                None
            }
        }
    }

    fn fault(&mut self, variable: &'static str, problem: String) {
        let fault = Fault { variable, problem };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}
