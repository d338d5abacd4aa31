//! The third pass: what can be proved about a flow that is typed and lowered, with leads that show it.

mod paths;
mod predicates;
mod proof;
mod tables;

use std::collections::BTreeMap;

use crate::{Catalog, Diagnostic, Document, Place, Program, lower::Lowered, typed_flow::Proofs};
use proof::{Example, TableFacts, World};

/// Words of work after which proofs are given up, about two seconds in all.
const MAX_WORK: usize = 1 << 31;

/// The proofs about one flow: what is known so far, and how much work is left.
pub(crate) struct Lint<'a> {
    document: &'a Document,
    proofs: Proofs,
    /// What the rows of each table ask, as far as something is to be proved about it, by node.
    tables: BTreeMap<&'a str, TableFacts>,
    /// For each slot the scorecard whose points it holds, if it is one.
    scorecards: Vec<Option<String>>,
    /// Words of work that are left.
    work: usize,
    /// What proofs were given up about.
    unproved: Vec<String>,
}

impl<'a> Lint<'a> {
    /// Looks at the tables of a flow: also at one that has mistakes, so that all are reported at once.
    pub(crate) fn of_tables(
        lowered: &Lowered,
        document: &'a Document,
        catalog: &Catalog,
        proofs: Proofs,
        found: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut lint = Self {
            document,
            proofs,
            tables: BTreeMap::new(),
            scorecards: lowered.scorecards.clone(),
            work: MAX_WORK,
            unproved: Vec::new(),
        };
        lint.tables = lint.facts(lowered);
        let world = World::new(&catalog.schema, &lowered.slots, lint.work);
        let tables = std::mem::take(&mut lint.tables);
        for (name, facts) in &tables {
            lint.table(name, facts, lowered, &world, found);
        }
        lint.work = world.left();
        lint.tables = tables;
        lint
    }

    /// Looks at the program of a flow without mistakes.
    pub(crate) fn program(&mut self, program: &Program, found: &mut Vec<Diagnostic>) {
        if self.proofs == Proofs::Needed {
            return;
        }
        let forms = paths::forms(program);
        let world = World::new(program.schema(), &program.slots, self.work);
        let unproved = &mut self.unproved;
        predicates::report(program, &self.scorecards, &world, found, unproved);
        paths::report(program, (&self.tables, &forms), &world, found, unproved);
    }

    /// Says what proofs were given up about, if any were.
    pub(crate) fn incomplete(&self, found: &mut Vec<Diagnostic>) {
        const MAX_SAID: usize = 20;
        if self.unproved.is_empty() {
            return;
        }
        let said = self.unproved.iter().take(MAX_SAID).map(String::as_str);
        let mut said: Vec<&str> = said.collect();
        if self.unproved.len() > MAX_SAID {
            said.push("and more");
        }
        let message = format!("it takes too long to prove that {}", said.join("; that "));
        let warning = Diagnostic::warning("checks_incomplete", Place::default(), message);
        let hint = "this may be as you want it; smaller tables and fewer paths are proved sooner";
        found.push(warning.hint(hint));
    }
}

fn with_example(finding: Diagnostic, example: Option<Example>) -> Diagnostic {
    match example {
        Some(example) => finding.example(example.json),
        None => finding,
    }
}
