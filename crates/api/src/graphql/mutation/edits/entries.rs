//! Edits of what a node lists: rows of tables, cases of switches, predicates and points.

use async_graphql::InputObject;
use pointsman_control::Edit;
use pointsman_flow::{Cell, Literal as Value, Row};
use pointsman_lead::Problem;
use serde_json::Value as Json;

use super::parse_all;
use crate::graphql::scalars::{Literal, TableCell};

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

impl SetTableRowEdit {
    /// # Errors
    ///
    /// Every cell that is none.
    pub(super) fn read(self) -> Result<Edit, Vec<Problem>> {
        let Self {
            node,
            row,
            cells,
            condition,
            to,
        } = self;
        let cells = parse_cells(cells)?;
        Ok(Edit::SetTableRow {
            node,
            row: row as usize,
            new: Row {
                cells,
                condition,
                to,
            },
        })
    }
}

impl InsertTableRowEdit {
    /// # Errors
    ///
    /// Every cell that is none.
    pub(super) fn read(self) -> Result<Edit, Vec<Problem>> {
        let Self {
            node,
            row,
            cells,
            condition,
            to,
        } = self;
        let cells = parse_cells(cells)?;
        Ok(Edit::InsertRow {
            node,
            row: row.map(|row| row as usize),
            new: Row {
                cells,
                condition,
                to,
            },
        })
    }
}

impl SetCaseEdit {
    /// # Errors
    ///
    /// Every value that is none.
    pub(super) fn read(self) -> Result<Edit, Vec<Problem>> {
        let Self { node, case, values } = self;
        let values: Vec<Value> = parse_all("values", values.into_iter().map(|value| value.0))?;
        Ok(Edit::SetCase {
            node,
            case: case as usize,
            values,
        })
    }
}

impl From<RemoveTableRowEdit> for Edit {
    fn from(edit: RemoveTableRowEdit) -> Self {
        let RemoveTableRowEdit { node, row } = edit;
        Self::RemoveRow {
            node,
            row: row as usize,
        }
    }
}

impl From<SetPredicateEdit> for Edit {
    fn from(edit: SetPredicateEdit) -> Self {
        let SetPredicateEdit { node, entry, cel } = edit;
        Self::SetPredicate {
            node,
            entry: entry.map(|entry| entry as usize),
            cel,
        }
    }
}

impl From<SetPointsEdit> for Edit {
    fn from(edit: SetPointsEdit) -> Self {
        let SetPointsEdit {
            node,
            entry,
            points,
        } = edit;
        Self::SetPoints {
            node,
            entry: entry as usize,
            points,
        }
    }
}

fn parse_cells(cells: Vec<Option<TableCell>>) -> Result<Vec<Cell>, Vec<Problem>> {
    parse_all(
        "cells",
        cells
            .into_iter()
            .map(|cell| cell.map_or(Json::Null, |cell| cell.0)),
    )
}
