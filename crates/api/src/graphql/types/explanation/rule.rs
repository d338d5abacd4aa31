//! What rules and criteria asked of a lead, and what they saw.

use async_graphql::{SimpleObject, Union};
use pointsman_flow as flow;

/// One thing that was read of a lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SeenValue {
    /// A field, a part of one such as `hour(received_at, "UTC")`, or a computed value.
    name: String,
    /// Its value as a predicate would write it; absent: the lead has none.
    value: Option<String>,
}

/// One thing that was asked of a lead, with the answer.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Asked {
    /// The question, as CEL text.
    text: String,
    /// The answer; absent: unknown, since a value is missing.
    answer: Option<bool>,
    /// What was read for it.
    seen: Vec<SeenValue>,
}

/// What a rule saw of a lead.
#[derive(Union)]
pub(in crate::graphql) enum ExplainedRule {
    /// A `when`.
    When(ExplainedWhen),
    /// A `switch`.
    Switch(ExplainedSwitch),
    /// A `table`.
    Table(ExplainedTable),
}

/// What a `when` saw.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedWhen {
    /// The predicate as written.
    predicate: String,
    /// Its value; absent: unknown, since a field is missing.
    value: Option<bool>,
    /// Its parts that are joined by `&&`, each with its answer.
    parts: Vec<Asked>,
}

/// What a `switch` saw.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedSwitch {
    /// What it reads.
    on: SeenValue,
    /// Position of the case, from 0; absent: `otherwise`.
    case: Option<u64>,
}

/// What a `table` saw.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedTable {
    /// Position of the row that matched, from 0; absent: `otherwise`.
    row: Option<u64>,
    /// How many rows there are.
    row_count: u64,
    /// What the row that matched asks; empty for `otherwise`.
    cells: Vec<Asked>,
    /// How the index found it, column by column.
    columns: Vec<ExplainedColumn>,
    /// The rows that came nearest to being taken, at most three: those before the row that matched of
    /// which the fewest things failed.
    near_misses: Vec<NearMiss>,
}

/// What one column of a table left of its rows.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedColumn {
    /// What the column tests.
    column: SeenValue,
    /// How many rows this value alone matches.
    matching: u64,
    /// How many rows are left after this column and those before it.
    left: u64,
}

/// A row that did not match.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NearMiss {
    /// Position of the row, from 0.
    row: u64,
    /// Name of the node that it leads to.
    to: String,
    /// What failed: cells, and parts of the row's own predicate.
    failed: Vec<Asked>,
}

impl From<flow::Seen> for SeenValue {
    fn from(seen: flow::Seen) -> Self {
        let flow::Seen { name, value } = seen;
        Self { name, value }
    }
}

impl From<flow::Asked> for Asked {
    fn from(asked: flow::Asked) -> Self {
        let flow::Asked { text, answer, seen } = asked;
        Self {
            text,
            answer,
            seen: seen.into_iter().map(SeenValue::from).collect(),
        }
    }
}

impl From<flow::Why> for ExplainedRule {
    fn from(why: flow::Why) -> Self {
        match why {
            flow::Why::When {
                predicate,
                value,
                parts,
            } => Self::When(ExplainedWhen {
                predicate,
                value,
                parts: all(parts),
            }),
            flow::Why::Switch { on, case } => Self::Switch(ExplainedSwitch {
                on: on.into(),
                case: case.map(count),
            }),
            flow::Why::Table {
                row,
                n_rows,
                cells,
                columns,
                near,
            } => Self::Table(ExplainedTable {
                row: row.map(count),
                row_count: count(n_rows),
                cells: all(cells),
                columns: columns.into_iter().map(ExplainedColumn::from).collect(),
                near_misses: near.into_iter().map(NearMiss::from).collect(),
            }),
        }
    }
}

impl From<flow::ColumnCount> for ExplainedColumn {
    fn from(column: flow::ColumnCount) -> Self {
        let flow::ColumnCount {
            column,
            matching,
            left,
        } = column;
        Self {
            column: column.into(),
            matching: count(matching),
            left: count(left),
        }
    }
}

impl From<flow::NearMiss> for NearMiss {
    fn from(miss: flow::NearMiss) -> Self {
        let flow::NearMiss { row, to, failed } = miss;
        Self {
            row: count(row),
            to,
            failed: all(failed),
        }
    }
}

fn all(questions: Vec<flow::Asked>) -> Vec<Asked> {
    questions.into_iter().map(Asked::from).collect()
}

fn count(n: usize) -> u64 {
    n as u64
}
