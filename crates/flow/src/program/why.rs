//! Why a rule took its port, for people.

use serde::Serialize;

use super::{NodeIdx, Picker, Program, encode::Codes};
use crate::Node;

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
    },
    /// A `switch`.
    Switch {
        /// The field or scorecard.
        on: String,
        /// Position of the case, from 0; none: `otherwise`.
        case: Option<usize>,
    },
    /// A `table`.
    Table {
        /// Position of the row that matched, from 0; none: `otherwise`.
        row: Option<usize>,
        /// Up to three rows that one column alone kept from matching, with that column: the
        /// nearest misses before the row that matched.
        near: Vec<NearMiss>,
    },
}

/// A row that would have matched but for one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// Position of the row, from 0.
    pub row: usize,
    /// The column that did not match; `if` for the row's own predicate.
    pub column: String,
}

/// Most rows that nearly matched.
const MAX_NEAR: usize = 3;

impl Program {
    /// What a rule saw of a lead; `None` for a node that is no rule.
    ///
    /// The same index as [`Program::pick`] answers, so that the two cannot disagree.
    ///
    /// # Panics
    ///
    /// If `node` or `codes` are of another program and beyond this one's end.
    pub fn why(&self, node: NodeIdx, codes: &Codes) -> Option<Why> {
        let compiled = &self.nodes[usize::from(node.0)];
        let document = self.expanded().nodes.get(&compiled.name)?;
        Some(match (&compiled.picker, document) {
            (Picker::When(formula), Node::When { condition, .. }) => Why::When {
                predicate: condition.clone(),
                value: codes.value(formula),
            },
            (Picker::Switch(slot, cases, _), Node::Switch { on, cases: all, .. }) => {
                let case = usize::from(cases[usize::from(codes.0[slot.at()])]);
                Why::Switch {
                    on: on.clone(),
                    case: (case < all.len()).then_some(case),
                }
            }
            (Picker::Table(index, residuals, _), Node::Table { columns, .. }) => {
                let row = index.first(codes, residuals);
                let near = index.near_misses(codes, residuals, row, MAX_NEAR);
                Why::Table {
                    row,
                    near: near
                        .into_iter()
                        .map(|(row, column)| NearMiss {
                            row,
                            column: match column {
                                Some(column) => columns.get(column).cloned().unwrap_or_default(),
                                None => "if".to_owned(),
                            },
                        })
                        .collect(),
                }
            }
            _ => return None,
        })
    }
}
