//! What rules and criteria asked of a lead, and what they saw, for people.
//!
//! The rows, values and codes that decide are those of [`Program::pick`] and [`Program::criteria`]:
//! what is told here cannot differ from what was decided.

mod asked;
mod label;
mod rows;

use pointsman_lead::Values;
use serde::Serialize;

use super::{Codes, DestinationIdx, NodeIdx, Picker, Program};
use crate::{OfKind as _, SwitchNode, TableNode, WhenNode};
pub(crate) use label::{Label, labels};

/// What the rules of a program read of one lead: codes to decide by, words to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    codes: Codes,
    /// By slot; none where the value is missing.
    words: Vec<Option<String>>,
}

/// One thing that rules read of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// A field, a part of one such as `hour(received_at, "UTC")`, or a computed value.
    pub name: String,
    /// Its value as a predicate would write it; none: the lead has none.
    pub value: Option<String>,
}

/// One thing that was asked of a lead, with the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The question, as CEL text.
    pub text: String,
    /// The answer; none: unknown, since a value is missing.
    pub answer: Option<bool>,
    /// What was read for it.
    pub seen: Vec<Seen>,
}

/// What one rule saw of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Why {
    /// A `when`.
    When {
        /// The predicate as written.
        predicate: String,
        /// Its value; none: unknown, since a field is missing.
        value: Option<bool>,
        /// Its parts that are joined by `&&`, each with its answer.
        parts: Vec<Asked>,
    },
    /// A `switch`.
    Switch {
        /// The field or computed value.
        on: Seen,
        /// Position of the case, from 0; none: `otherwise`.
        case: Option<usize>,
    },
    /// A `table`.
    Table {
        /// Position of the row that matched, from 0; none: `otherwise`.
        row: Option<usize>,
        /// How many rows there are.
        n_rows: usize,
        /// What the row that matched asks; empty for `otherwise`.
        cells: Vec<Asked>,
        /// How the index found it, column by column.
        columns: Vec<ColumnCount>,
        /// The rows that came nearest to being taken, at most three: those before the row that matched
        /// of which the fewest things failed.
        near: Vec<NearMiss>,
    },
}

/// What one column of a table left of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnCount {
    /// What the column tests.
    pub column: Seen,
    /// How many rows this value alone matches.
    pub matching: usize,
    /// How many rows are left after this column and those before it.
    pub left: usize,
}

/// A row that did not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// Position of the row, from 0.
    pub row: usize,
    /// Name of the node that it leads to.
    pub to: String,
    /// What failed: cells, and parts of the row's own predicate.
    pub failed: Vec<Asked>,
}

impl Readings {
    /// The codes that decide.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }
}

impl Program {
    /// Reads of a lead what the rules of this program read, for [`Program::why`].
    ///
    /// * `values`: [`pointsman_lead::Fields`] of this program's schema, or a [`super::TypedLead`].
    pub fn readings(&self, values: &impl Values) -> Readings {
        let codes = self.encode(values);
        let words = label::words(self, &codes, values);
        Readings { codes, words }
    }

    /// Everything that the rules and criteria of this program read of a lead, in their order.
    ///
    /// # Panics
    ///
    /// If `readings` are of another program.
    pub fn seen(&self, readings: &Readings) -> Vec<Seen> {
        let names = self.labels.iter().map(Label::name);
        names
            .zip(&readings.words)
            .map(|(name, value)| Seen {
                name: name.to_owned(),
                value: value.clone(),
            })
            .collect()
    }

    /// What a rule saw of a lead; `None` for a node that is no rule.
    ///
    /// The same index as [`Program::pick`] answers, so that the two cannot disagree.
    ///
    /// # Panics
    ///
    /// If `node` or `readings` are of another program and beyond this one's end.
    pub fn why(&self, node: NodeIdx, readings: &Readings) -> Option<Why> {
        let compiled = &self.nodes[usize::from(node.0)];
        let document = self.expanded().nodes.get(&compiled.name)?;
        match &compiled.picker {
            Picker::None => None,
            Picker::When(formula) => {
                let condition = &WhenNode::of(document)?.condition;
                Some(Why::When {
                    predicate: condition.clone(),
                    value: readings.codes.value(formula),
                    parts: self.asked(condition, formula, readings),
                })
            }
            Picker::Switch(slot, by_class, _) => {
                let code = readings.codes.0[slot.at()];
                let case = usize::from(by_class[usize::from(code)]);
                let n_cases = SwitchNode::of(document)?.cases.len();
                Some(Why::Switch {
                    on: self.seen_at(*slot, readings),
                    case: (case < n_cases).then_some(case),
                })
            }
            Picker::Table(index, residuals, _) => {
                let TableNode { columns, rows, .. } = TableNode::of(document)?;
                Some(self.why_rows((index, residuals), (columns, rows), readings))
            }
        }
    }

    /// What the criteria of a destination asked of a lead, part by part; empty if it wants every lead.
    ///
    /// The lead meets them if every answer is true: just then [`Program::criteria`] has its bit.
    ///
    /// # Panics
    ///
    /// If `destination` or `readings` are of another program.
    pub fn why_wanted(&self, destination: DestinationIdx, readings: &Readings) -> Vec<Asked> {
        let mut conditional = self.conditional.iter();
        let formula = conditional.find(|(known, _)| *known == destination);
        let settings = &self.destinations[usize::from(destination.0)].settings;
        match (formula, &settings.criteria) {
            (Some((_, formula)), Some(text)) => self.asked(text, formula, readings),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
