//! Edits of a draft as GraphQL takes them.

use async_graphql::{InputObject, OneofObject};
use pointsman_control::Edit;
use pointsman_flow::Node;
use pointsman_lead::Problem;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::graphql::scalars::FlowNodeDocument;

mod arms;
mod entries;
mod learning;

use arms::{
    AddArmEdit, RemoveArmEdit, SetArmKeyEdit, SetArmLimitsEdit, SetExploreEdit, SetObjectiveEdit,
    SetSaltEdit, SetTargetsEdit, SetWeightsEdit,
};
use entries::{
    InsertTableRowEdit, RemoveTableRowEdit, SetCaseEdit, SetPointsEdit, SetPredicateEdit,
    SetTableRowEdit,
};
use learning::SetLearningEdit;

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
    /// Sets the floor and the ceiling of an arm of a bandit.
    SetArmLimits(SetArmLimitsEdit),
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
    /// Sets how a bandit learns.
    SetLearning(SetLearningEdit),
}

/// A node to add or replace.
#[derive(Debug, InputObject)]
pub(crate) struct PutNodeEdit {
    /// Name.
    name: String,
    /// The node document.
    node: FlowNodeDocument,
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
            Self::SetWeights(edit) => edit.into(),
            Self::AddArm(edit) => edit.into(),
            Self::RemoveArm(edit) => edit.into(),
            Self::SetSalt(edit) => edit.into(),
            Self::SetArmKey(edit) => edit.into(),
            Self::SetTargets(edit) => edit.into(),
            Self::SetArmLimits(edit) => edit.into(),
            Self::SetTableRow(edit) => edit.read()?,
            Self::InsertTableRow(edit) => edit.read()?,
            Self::RemoveTableRow(edit) => edit.into(),
            Self::SetPredicate(edit) => edit.into(),
            Self::SetPoints(edit) => edit.into(),
            Self::SetCase(edit) => edit.read()?,
            Self::SetPort(SetPortEdit { node, port, to }) => Edit::SetPort { node, port, to },
            Self::SetExplore(edit) => edit.into(),
            Self::SetObjective(edit) => edit.into(),
            Self::SetLearning(edit) => edit.into(),
        })
    }
}

fn parse<T: DeserializeOwned>(path: &str, value: Json) -> Result<T, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::new("wrong_shape", path, error.to_string()))
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
