//! The files that a scenario names besides its log.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Destination, Diagnostic, Document, Severity, check};
use pointsman_lead::{Problem, Schema, json};
use pointsman_router::HashKey;
use serde::de::DeserializeOwned;

use super::spec::SchemaSource;
use crate::policy::{Allocations, FlowPolicy, Policy};

/// The word for the policy that was logged.
const LOGGED: &str = "logged";
/// The word for the allocation before anything was learnt.
const PRIOR: &str = "prior";

/// A file with mistakes that have been told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faulty;

/// A folder, and the problems of reading files in it.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    pub(super) folder: &'a Path,
    pub(super) problems: Vec<Problem>,
    /// What the check of the flow that was checked last proves to be of no use: node and part.
    pub(super) dead_rules: BTreeSet<(String, String)>,
}

impl Sources<'_> {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn text(&mut self, key: &str, name: &str) -> Option<String> {
        let path = self.path(name);
        std::fs::read_to_string(&path)
            .map_err(|error| {
                let message = format!("`{}` cannot be read: {error}", path.display());
                let hint = "the path is relative to the folder of scenario.toml";
                self.problems
                    .push(Problem::new("file_unreadable", key, message).hint(hint));
            })
            .ok()
    }

    /// A value out of a JSON or TOML file, told apart by name.
    pub(super) fn parsed<T: DeserializeOwned>(&mut self, key: &str, name: &str) -> Option<T> {
        let text = self.text(key, name)?;
        let parsed = if is_toml(name) {
            toml::from_str(json::without_mark(&text)).map_err(|error| error.to_string())
        } else {
            json::parse(&text)
        };
        parsed
            .map_err(|error| {
                let message = format!("`{name}` is not a {key}: {error}");
                self.problems
                    .push(Problem::new("file_invalid", key, message));
            })
            .ok()
    }

    pub(super) fn schema(&mut self, source: &SchemaSource) -> Option<Schema> {
        match source {
            SchemaSource::Inline(schema) => Some(schema.clone()),
            SchemaSource::Path(name) => self.parsed("schema", name),
        }
    }

    pub(super) fn catalog(&mut self, name: &str) -> Option<Catalog> {
        self.parsed("catalog", name)
    }

    /// The document that a candidate or baseline names; none for the logged policy.
    ///
    /// # Errors
    ///
    /// [`Faulty`] for a document with mistakes; they are among the problems.
    pub(super) fn document(&mut self, key: &str, name: &str) -> Result<Option<Document>, Faulty> {
        if name == LOGGED {
            return Ok(None);
        }
        let text = self.text(key, name).ok_or(Faulty)?;
        let read = if is_toml(name) {
            Document::from_toml(&text)
        } else {
            Document::from_json(&text)
        };
        match read {
            Ok(document) => Ok(Some(document)),
            Err(diagnostics) => {
                self.refuse(key, &diagnostics);
                Err(Faulty)
            }
        }
    }

    /// Takes everything that is wrong with a document among the problems.
    pub(super) fn refuse(&mut self, key: &str, diagnostics: &[Diagnostic]) {
        let problems = diagnostics.iter();
        self.problems
            .extend(problems.map(|diagnostic| problem(key, diagnostic)));
    }

    /// The policy of a document. Oddities of the flow go to `warnings`.
    pub(super) fn policy(
        &mut self,
        key: &str,
        document: Option<&Document>,
        catalog: &Catalog,
        allocations: &Allocations,
        warnings: &mut Vec<String>,
    ) -> Option<Policy> {
        let Some(document) = document else {
            return Some(Policy::Logged);
        };
        match check(document, catalog) {
            Ok(checked) => {
                let dead = checked.warnings.iter().filter_map(dead_rule);
                self.dead_rules = dead.collect();
                warnings.extend(
                    checked
                        .warnings
                        .iter()
                        .map(|warning| format!("{key}: {}", warning.message)),
                );
                let allocations = allocations.clone();
                Some(Policy::Flow(Box::new(FlowPolicy {
                    program: checked.program,
                    allocations,
                    hash_key: HashKey::default(),
                })))
            }
            Err(diagnostics) => {
                let errors = diagnostics
                    .iter()
                    .filter(|diagnostic| diagnostic.severity == Severity::Error);
                self.problems
                    .extend(errors.map(|diagnostic| problem(key, diagnostic)));
                None
            }
        }
    }

    /// The allocations that bandits draw by.
    ///
    /// * `log`: path of the log; `<log>.allocations.json` beside it holds the allocations of its epochs.
    pub(super) fn allocations(&mut self, allocation: &str, log: &str) -> Option<Allocations> {
        match allocation {
            PRIOR => Some(Allocations::Frozen(Allocation::prior())),
            LOGGED => {
                let name = format!("{log}.allocations.json");
                if !self.path(&name).is_file() {
                    return Some(Allocations::logged([]));
                }
                self.parsed::<Vec<Allocation>>("allocation", &name)
                    .map(Allocations::logged)
            }
            name => self.parsed("allocation", name).map(Allocations::Frozen),
        }
    }
}

/// A catalog with the destinations of a flow: active, without caps and criteria.
pub(super) fn plain_catalog(document: &Document, schema: &Schema) -> Catalog {
    let nodes = document.nodes.iter();
    let names = nodes.filter_map(|(name, node)| node.destination(name));
    Catalog {
        schema: schema.clone(),
        currency: document.currency,
        destinations: names
            .map(|name| (name.to_owned(), Destination::default()))
            .collect(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    }
}

/// Node and part of what no lead can come to, if that is what a warning says.
fn dead_rule(warning: &Diagnostic) -> Option<(String, String)> {
    const DEAD: [&str; 5] = [
        "never_true",
        "shadowed_row",
        "duplicate_row",
        "never_taken",
        "unreachable",
    ];
    let part = warning.place.part.clone().unwrap_or_default();
    let node = warning.place.node.clone()?;
    DEAD.contains(&warning.code).then_some((node, part))
}

fn is_toml(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn problem(key: &str, diagnostic: &Diagnostic) -> Problem {
    let place = &diagnostic.place;
    let parts = [
        place.node.as_deref(),
        place.destination.as_deref(),
        place.part.as_deref(),
    ];
    let path = parts
        .into_iter()
        .flatten()
        .fold(key.to_owned(), |path, part| format!("{path}.{part}"));
    let problem = Problem::new(diagnostic.code, path, diagnostic.message.clone());
    match &diagnostic.hint {
        Some(hint) => problem.hint(hint.clone()),
        None => problem,
    }
}
