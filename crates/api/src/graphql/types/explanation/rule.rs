//! Rules and criteria, evaluated for a lead.

use async_graphql::{SimpleObject, Union};
use pointsman_flow as flow;

/// One input that was read from a lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct InputValue {
    /// Name of a field or a computed value, or an expression over one such as `hour(received_at, "UTC")`.
    name: String,
    /// Its value as a CEL literal; null: the lead has none.
    value: Option<String>,
}

/// One condition, evaluated for a lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ConditionResult {
    /// The condition, as CEL text.
    text: String,
    /// Its value; null: unknown, because an input is missing.
    value: Option<bool>,
    /// The inputs that it read.
    inputs: Vec<InputValue>,
}

/// How a rule was evaluated for a lead.
#[derive(Union)]
pub(in crate::graphql) enum ExplainedRule {
    /// A `when`.
    When(ExplainedWhen),
    /// A `switch`.
    Switch(ExplainedSwitch),
    /// A `table`.
    Table(ExplainedTable),
}

/// How a `when` was evaluated.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedWhen {
    /// The predicate, as CEL text.
    predicate: String,
    /// Its value; null: unknown, because an input is missing.
    value: Option<bool>,
    /// The operands of its top-level `&&`, each evaluated.
    parts: Vec<ConditionResult>,
}

/// How a `switch` was evaluated.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedSwitch {
    /// The input of the switch.
    on: InputValue,
    /// Position of the matching case, from 0; null: `otherwise`.
    case: Option<u64>,
}

/// How a `table` was evaluated.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedTable {
    /// Position of the matching row, from 0; null: `otherwise`.
    row: Option<u64>,
    /// Number of rows.
    row_count: u64,
    /// Cells of the matching row, evaluated; empty for `otherwise`.
    cells: Vec<ConditionResult>,
    /// How the columns narrowed the rows down, column by column.
    columns: Vec<ExplainedColumn>,
    /// At most three rows before the matching row, those with the fewest failed conditions.
    near_misses: Vec<NearMiss>,
}

/// How one column narrowed down the rows of a table.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedColumn {
    /// The input that the column tests.
    column: InputValue,
    /// Number of rows that match this column alone.
    matching: u64,
    /// Number of rows that match this column and all columns before it.
    left: u64,
}

/// A table row that nearly matched.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NearMiss {
    /// Position of the row, from 0.
    row: u64,
    /// Name of the node that the row leads to.
    to: String,
    /// The failed conditions: cells, and parts of the predicate of the row.
    failed: Vec<ConditionResult>,
}

impl From<flow::Seen> for InputValue {
    fn from(seen: flow::Seen) -> Self {
        let flow::Seen { name, value } = seen;
        Self { name, value }
    }
}

impl From<flow::Asked> for ConditionResult {
    fn from(asked: flow::Asked) -> Self {
        let flow::Asked { text, answer, seen } = asked;
        Self {
            text,
            value: answer,
            inputs: seen.into_iter().map(InputValue::from).collect(),
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

fn all(conditions: Vec<flow::Asked>) -> Vec<ConditionResult> {
    conditions.into_iter().map(ConditionResult::from).collect()
}

fn count(n: usize) -> u64 {
    n as u64
}
