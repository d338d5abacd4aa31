//! What is wrong or odd about a table, with leads that show it.

use std::collections::BTreeMap;

use super::{
    Lint,
    proof::{Findings, Gap, Rows, TableFacts, TooHard, World},
    with_example,
};
use crate::{
    Diagnostic, Hit, OfKind as _, Place, Row, TableNode,
    diagnostic::note,
    lower::{Lowered, MAX_BYTES},
    program::{Picker, table::BitTable},
    typed_flow::Proofs,
};

/// Words of work for the search of leads that match no row.
const GAP_WORK: usize = 1 << 30;

/// Most rows of one table that are said never to decide.
const MAX_FINDINGS: usize = 20;

impl<'a> Lint<'a> {
    /// What the rows of each table ask, as far as something is to be proved about it.
    pub(super) fn facts(&self, lowered: &Lowered) -> BTreeMap<&'a str, TableFacts> {
        let tables = lowered.tables.iter().filter_map(|(name, rule)| {
            let (name, _) = self.document.nodes.get_key_value(name)?;
            let Some(Picker::Table(_, residuals, _)) = lowered.pickers.get(name) else {
                return None;
            };
            let facts = || TableFacts::new(rule, residuals.clone(), &lowered.maps);
            self.asks_for_proofs(name).then(|| (name.as_str(), facts()))
        });
        tables.collect()
    }

    /// Looks at one table.
    pub(super) fn table(
        &mut self,
        name: &str,
        facts: &TableFacts,
        lowered: &Lowered,
        world: &World<'_>,
        found: &mut Vec<Diagnostic>,
    ) {
        let Some(Picker::Table(index, ..)) = lowered.pickers.get(name) else {
            return;
        };
        if let Some(table) = index.in_order() {
            return self.analyse(name, facts, table, world, found);
        }
        // Proofs are about rows before others. The table has fewer words than its arrangement, so
        // the bytes of that one suffice.
        let mut bytes = MAX_BYTES;
        let rule = lowered.tables.get(name);
        let table = rule.and_then(|rule| BitTable::new(rule, &lowered.maps, &mut bytes).ok());
        if let Some(table) = table {
            self.analyse(name, facts, &table, world, found);
        }
    }

    /// Whether anything is to be proved about a table.
    fn asks_for_proofs(&self, name: &str) -> bool {
        let is_sound = |table: &TableNode| table.hit == Hit::First && table.otherwise.is_some();
        self.proofs == Proofs::All || !self.node(name).is_some_and(is_sound)
    }

    /// The table of this name, as it is written.
    fn node(&self, name: &str) -> Option<&'a TableNode> {
        TableNode::of(self.document.nodes.get(name)?)
    }

    /// Reports overlaps, gaps, and rows that never decide.
    fn analyse(
        &mut self,
        name: &str,
        facts: &TableFacts,
        table: &BitTable,
        world: &World<'_>,
        noted: &mut Vec<Diagnostic>,
    ) {
        let Some(TableNode {
            hit,
            otherwise,
            rows: written,
            columns: _,
        }) = self.node(name)
        else {
            return;
        };
        let all = self.proofs == Proofs::All;
        let tables = Tables {
            name,
            written,
            rows: Rows::new(facts, table, world),
        };
        let mut found = Vec::new();
        if all {
            found.extend(tables.impossible(&mut self.unproved));
        }
        match hit {
            Hit::Unique => found.extend(tables.overlaps()),
            Hit::First if all => found.extend(tables.shadows(&mut self.unproved)),
            Hit::First => {}
        }
        if all || otherwise.is_none() {
            found.extend(tables.gap(otherwise.is_some(), &mut self.unproved));
        }
        for finding in found {
            note(noted, finding);
        }
    }
}

struct Tables<'a, 'w> {
    name: &'a str,
    written: &'a [Row],
    rows: Rows<'a, 'w>,
}

impl Tables<'_, '_> {
    fn impossible(&self, unproved: &mut Vec<String>) -> Vec<Diagnostic> {
        let Ok(rows) = self.rows.impossible() else {
            unproved.push(format!("every row of `{}` can match", self.name));
            return Vec::new();
        };
        let rows = rows.into_iter().map(|row| {
            let message = format!("no lead matches row {}", row + 1);
            Diagnostic::warning("never_true", self.place(row), message)
                .hint("its cells and its predicate leave no value; correct or delete it")
        });
        rows.collect()
    }

    fn shadows(&self, unproved: &mut Vec<String>) -> Vec<Diagnostic> {
        let Findings { found, given_up } = self.rows.shadows();
        if !given_up.is_empty() {
            let message = format!("{} of `{}` can decide", listed(&given_up), self.name);
            unproved.push(message);
        }
        let n_more = found.len().saturating_sub(MAX_FINDINGS);
        let shadows = found.into_iter().take(MAX_FINDINGS).map(|shadow| {
            let (row, place) = (shadow.row + 1, self.place(shadow.row));
            let by = listed(&shadow.by);
            let warning = if shadow.is_double {
                let message = format!("{by} asks the same as row {row} and comes first");
                let same_port = shadow
                    .by
                    .iter()
                    .all(|&by| self.port(by) == self.port(shadow.row));
                Diagnostic::warning("duplicate_row", place, message).hint(if same_port {
                    "delete it"
                } else {
                    "they lead to different nodes; delete the one that is wrong"
                })
            } else {
                let take = if shadow.by.len() == 1 {
                    "takes"
                } else {
                    "together take"
                };
                let message = format!("row {row} never decides: {by} {take} all of its leads");
                let warning = Diagnostic::warning("shadowed_row", place, message);
                warning.hint("move it up, or delete it")
            };
            let world = self.rows.world;
            let example = world.ask(&self.rows.matching(shadow.row));
            with_example(warning, example.ok().flatten())
        });
        let more = (n_more > 0).then(|| {
            let place = Place::node(self.name).part("rows");
            let message = format!("{n_more} more rows never decide");
            Diagnostic::warning("shadowed_row", place, message).hint("mend the ones above first")
        });
        shadows.chain(more).collect()
    }

    fn overlaps(&self) -> Vec<Diagnostic> {
        let Findings { found, given_up } = self.rows.overlaps();
        let overlaps = found.into_iter().map(|overlap| {
            let (row, other) = (overlap.row + 1, overlap.other + 1);
            let message = format!("row {other} overlaps row {row}, and only one row may match");
            let error = Diagnostic::error("overlap", self.place(overlap.other), message)
                .hint("narrow one of them, or take the `first` hit");
            with_example(error, overlap.example)
        });
        let mut found: Vec<Diagnostic> = overlaps.collect();
        if !given_up.is_empty() {
            let what = format!("{} overlap no other row", listed(&given_up));
            found.push(not_proved(self.name, &what, "take the `first` hit"));
        }
        found
    }

    /// * `is_caught`: whether there is an `otherwise`.
    fn gap(&self, is_caught: bool, unproved: &mut Vec<String>) -> Option<Diagnostic> {
        let place = Place::node(self.name).part("otherwise");
        let gap = self.rows.world.within(GAP_WORK, || self.rows.gap());
        match (gap, is_caught) {
            (Ok(Gap::Shown(_) | Gap::Open), true) | (Ok(Gap::Closed), false) => None,
            (Ok(Gap::Closed), true) => {
                let message = "no lead takes `otherwise`: every lead matches some row";
                let warning = Diagnostic::warning("never_taken", place, message);
                Some(warning.hint("leave it out, and the check holds you to it"))
            }
            (Ok(gap), false) => {
                let message = "some leads match no row, and there is no `otherwise`";
                let error = Diagnostic::error("gap", place, message).hint("add `otherwise`");
                let example = match gap {
                    Gap::Shown(example) => Some(example),
                    Gap::Open | Gap::Closed => None,
                };
                Some(with_example(error, example))
            }
            (Err(TooHard), false) => Some(not_proved(
                self.name,
                "every lead matches some row",
                "add `otherwise`",
            )),
            (Err(TooHard), true) => {
                unproved.push(format!("some lead takes `otherwise` of `{}`", self.name));
                None
            }
        }
    }

    fn place(&self, row: usize) -> Place {
        Place::node(self.name).part(format!("rows[{row}]"))
    }

    fn port(&self, row: usize) -> Option<&str> {
        self.written.get(row).map(|row| row.to.as_str())
    }
}

fn not_proved(node: &str, what: &str, hint: &str) -> Diagnostic {
    let message = format!("it takes too long to prove that {what}");
    Diagnostic::error("not_proved", Place::node(node), message).hint(hint)
}

/// `row 3`, or `rows 3, 4 and 9`; of many only the first.
fn listed(rows: &[usize]) -> String {
    const MAX_LISTED: usize = 8;
    let numbers: Vec<String> = rows
        .iter()
        .take(MAX_LISTED)
        .map(|row| (row + 1).to_string())
        .collect();
    match numbers.split_last() {
        Some((only, [])) => format!("row {only}"),
        _ if rows.len() > MAX_LISTED => {
            format!(
                "rows {} and {} more",
                numbers.join(", "),
                rows.len() - MAX_LISTED
            )
        }
        Some((last, others)) => format!("rows {} and {last}", others.join(", ")),
        None => String::new(),
    }
}
