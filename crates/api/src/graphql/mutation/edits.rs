//! Edits of a draft as GraphQL takes them.

use async_graphql::{InputObject, OneofObject};
use pointsman_control::Edit;
use pointsman_flow::{Cell, Literal as Value, Node};
use pointsman_lead::Problem;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::graphql::{
    scalars::{FlowNodeDocument, Literal, TableCell},
    types::flow_node::Objective,
};

/// One edit of a draft.
#[derive(Debug, OneofObject)]
pub(crate) enum FlowEdit {
    /// Adds or replaces a node.
    PutNode(PutNodeEdit),
    /// Removes the node with this name.
    RemoveNode(String),
    /// Sets the root node.
    SetRoot(String),
    /// Sets the number of destinations that one lead may be sold to, 1 to 16.
    SetMaxSold(u8),
    /// Sets weights of a split.
    SetWeights(SetWeightsEdit),
    /// Adds an arm to a split, bandit or rotation.
    AddArm(AddArmEdit),
    /// Removes an arm of a split, bandit or rotation.
    RemoveArm(RemoveArmEdit),
    /// Sets the salt of a split or bandit; see `SplitNode.salt`. People may change arm.
    SetSalt(SetSaltEdit),
    /// Sets the key of an arm of a split or bandit; see `SplitArm.key`. People may change arm.
    SetArmKey(SetArmKeyEdit),
    /// Sets the targets of an arm of a rotation.
    SetTargets(SetTargetsEdit),
    /// Replaces a row of a table.
    SetTableRow(SetTableRowEdit),
    /// Adds a row to a table.
    InsertTableRow(InsertTableRowEdit),
    /// Removes a row of a table.
    RemoveTableRow(RemoveTableRowEdit),
    /// Sets a predicate of a `when` or scorecard.
    SetPredicate(SetPredicateEdit),
    /// Sets the points of an entry of a scorecard.
    SetPoints(SetPointsEdit),
    /// Sets the values of a case of a switch.
    SetCase(SetCaseEdit),
    /// Sets the child node of a port.
    SetPort(SetPortEdit),
    /// Sets the exploration share of a bandit.
    SetExplore(SetExploreEdit),
    /// Sets the objective of a bandit.
    SetObjective(SetObjectiveEdit),
}

/// A node to add or replace.
#[derive(Debug, InputObject)]
pub(crate) struct PutNodeEdit {
    /// Name.
    name: String,
    /// The node document.
    node: FlowNodeDocument,
}

/// Weights of arms of a split to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetWeightsEdit {
    /// Name of the split.
    node: String,
    /// New weights; the other arms share the rest in proportion to their weights.
    weights: Vec<ArmWeightInput>,
}

/// Weight of an arm.
#[derive(Debug, InputObject)]
pub(crate) struct ArmWeightInput {
    /// Name of the arm.
    arm: String,
    /// Share in parts per million.
    weight_ppm: u32,
}

/// An arm to add.
#[derive(Debug, InputObject)]
pub(crate) struct AddArmEdit {
    /// Name of the split, bandit or rotation.
    node: String,
    /// Name of the arm; default: the name of its destination or node.
    name: Option<String>,
    /// Name of the child node.
    to: String,
    /// Share in a split in parts per million, taken from the others pro rata; default: an equal share.
    weight_ppm: Option<u32>,
}

/// An arm to remove.
#[derive(Debug, InputObject)]
pub(crate) struct RemoveArmEdit {
    /// Name of the split, bandit or rotation.
    node: String,
    /// Name of the arm.
    arm: String,
}

/// A salt to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetSaltEdit {
    /// Name of the split or bandit.
    node: String,
    /// The salt, 1 to 200 bytes; omitted: the names of the flow and the node, as in `auto-insurance/premium`.
    salt: Option<String>,
}

/// A key of an arm to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetArmKeyEdit {
    /// Name of the split or bandit.
    node: String,
    /// Name of the arm.
    arm: String,
    /// The key, 1 to 64 bytes; omitted: the name of the arm.
    key: Option<String>,
}

/// Targets of an arm of a rotation to set; both are replaced.
#[derive(Debug, InputObject)]
pub(crate) struct SetTargetsEdit {
    /// Name of the rotation.
    node: String,
    /// Name of the arm.
    arm: String,
    /// Target of leads a day; omitted: none.
    daily: Option<u32>,
    /// Target of leads a month; omitted: none.
    monthly: Option<u32>,
}

/// A row to replace.
#[derive(Debug, InputObject)]
pub(crate) struct SetTableRowEdit {
    /// Name of the table.
    node: String,
    /// Position of the row, from 0.
    row: u32,
    /// One cell for each column.
    cells: Vec<Option<TableCell>>,
    /// An additional predicate of the row, as CEL text; omitted: none.
    #[graphql(name = "if")]
    condition: Option<String>,
    /// Name of the child node.
    to: String,
}

/// A row to add.
#[derive(Debug, InputObject)]
pub(crate) struct InsertTableRowEdit {
    /// Name of the table.
    node: String,
    /// Position of the new row, from 0; omitted: at the end.
    row: Option<u32>,
    /// One cell for each column.
    cells: Vec<Option<TableCell>>,
    /// An additional predicate of the row, as CEL text; omitted: none.
    #[graphql(name = "if")]
    condition: Option<String>,
    /// Name of the child node.
    to: String,
}

/// A row to remove.
#[derive(Debug, InputObject)]
pub(crate) struct RemoveTableRowEdit {
    /// Name of the table.
    node: String,
    /// Position of the row, from 0.
    row: u32,
}

/// A predicate to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetPredicateEdit {
    /// Name of the `when` or scorecard.
    node: String,
    /// Position of the entry in a scorecard, from 0; omitted for a `when`.
    entry: Option<u32>,
    /// The predicate, as CEL text.
    cel: String,
}

/// Points of one entry of a scorecard to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetPointsEdit {
    /// Name of the scorecard.
    node: String,
    /// Position of the entry, from 0.
    entry: u32,
    /// Its points.
    points: i64,
}

/// Values of one case of a switch to set; they replace the old ones.
#[derive(Debug, InputObject)]
pub(crate) struct SetCaseEdit {
    /// Name of the switch.
    node: String,
    /// Position of the case, from 0.
    case: u32,
    /// Its values.
    values: Vec<Literal>,
}

/// A child node of a port to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetPortEdit {
    /// Name of the node.
    node: String,
    /// The port, such as `then`, `otherwise`, `arms[0].to`, `rows[3].to` or `to[2]`.
    port: String,
    /// Name of the child node.
    to: String,
}

/// An exploration share of a bandit to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetExploreEdit {
    /// Name of the bandit node.
    node: String,
    /// Exploration share of all draws together, in parts per million.
    explore_ppm: u32,
}

/// An objective of a bandit to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetObjectiveEdit {
    /// Name of the bandit node.
    node: String,
    /// The objective.
    maximize: Objective,
}

impl FlowEdit {
    /// The edit with its documents read.
    ///
    /// # Errors
    ///
    /// Everything in it that is not the shape of a node, cell or value.
    pub(super) fn read(self) -> Result<Edit, Vec<Problem>> {
        Ok(match self {
            Self::PutNode(PutNodeEdit { name, node }) => {
                let node: Node = parse("node", node.0).map_err(|problem| vec![problem])?;
                Edit::PutNode {
                    name,
                    node: Box::new(node),
                }
            }
            Self::RemoveNode(name) => Edit::RemoveNode { name },
            Self::SetRoot(to) => Edit::SetRoot { to },
            Self::SetMaxSold(max_sold) => Edit::SetMaxSold { max_sold },
            Self::SetWeights(SetWeightsEdit { node, weights }) => {
                let weights = weights
                    .into_iter()
                    .map(|weight| (weight.arm, weight.weight_ppm))
                    .collect();
                Edit::SetWeights { node, weights }
            }
            Self::AddArm(AddArmEdit {
                node,
                name,
                to,
                weight_ppm,
            }) => Edit::AddArm {
                node,
                name,
                to,
                weight_ppm,
            },
            Self::RemoveArm(RemoveArmEdit { node, arm }) => Edit::RemoveArm { node, arm },
            Self::SetSalt(SetSaltEdit { node, salt }) => Edit::SetSalt { node, salt },
            Self::SetArmKey(SetArmKeyEdit { node, arm, key }) => Edit::SetKey { node, arm, key },
            Self::SetTargets(SetTargetsEdit {
                node,
                arm,
                daily,
                monthly,
            }) => Edit::SetTargets {
                node,
                arm,
                daily,
                monthly,
            },
            Self::SetTableRow(SetTableRowEdit {
                node,
                row,
                cells,
                condition,
                to,
            }) => Edit::SetTableRow {
                node,
                row: row as usize,
                cells: parse_cells(cells)?,
                condition,
                to,
            },
            Self::InsertTableRow(InsertTableRowEdit {
                node,
                row,
                cells,
                condition,
                to,
            }) => Edit::InsertRow {
                node,
                row: row.map(|row| row as usize),
                cells: parse_cells(cells)?,
                condition,
                to,
            },
            Self::RemoveTableRow(RemoveTableRowEdit { node, row }) => Edit::RemoveRow {
                node,
                row: row as usize,
            },
            Self::SetPredicate(SetPredicateEdit { node, entry, cel }) => Edit::SetPredicate {
                node,
                entry: entry.map(|entry| entry as usize),
                cel,
            },
            Self::SetPoints(SetPointsEdit {
                node,
                entry,
                points,
            }) => Edit::SetPoints {
                node,
                entry: entry as usize,
                points,
            },
            Self::SetCase(SetCaseEdit { node, case, values }) => {
                let values: Vec<Value> =
                    parse_all("values", values.into_iter().map(|value| value.0))?;
                Edit::SetCase {
                    node,
                    case: case as usize,
                    values,
                }
            }
            Self::SetPort(SetPortEdit { node, port, to }) => Edit::SetPort { node, port, to },
            Self::SetExplore(SetExploreEdit { node, explore_ppm }) => {
                Edit::SetExplore { node, explore_ppm }
            }
            Self::SetObjective(SetObjectiveEdit { node, maximize }) => Edit::SetObjective {
                node,
                maximize: maximize.into(),
            },
        })
    }
}

fn parse<T: DeserializeOwned>(path: &str, value: Json) -> Result<T, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::new("wrong_shape", path, error.to_string()))
}

fn parse_cells(cells: Vec<Option<TableCell>>) -> Result<Vec<Cell>, Vec<Problem>> {
    parse_all(
        "cells",
        cells
            .into_iter()
            .map(|cell| cell.map_or(Json::Null, |cell| cell.0)),
    )
}

fn parse_all<T: DeserializeOwned>(
    path: &str,
    values: impl Iterator<Item = Json>,
) -> Result<Vec<T>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut parsed = Vec::new();
    for (idx, value) in values.enumerate() {
        match parse(&format!("{path}[{idx}]"), value) {
            Ok(value) => parsed.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(parsed)
    } else {
        Err(problems)
    }
}
