//! Decision tables with their rows.

use async_graphql::{ComplexObject, Enum, Result, SimpleObject, connection::Connection};
use pointsman_flow as flow;

use super::json;
use crate::graphql::{
    paging::{Paging, by_position, cost},
    scalars::TableCell,
};

/// Hit policy of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Hit")]
pub(in crate::graphql) enum TableHit {
    /// The first matching row wins.
    First,
    /// At most one row may match.
    Unique,
}

/// A decision table: takes the port of the matching row.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct TableNode {
    /// Name of the node.
    name: String,
    /// Hit policy.
    hit: TableHit,
    /// The field or computed value that each column tests.
    columns: Vec<String>,
    /// Number of rows.
    row_count: usize,
    /// Child node if no row matches.
    otherwise: Option<String>,
    #[graphql(skip)]
    all_rows: Vec<flow::Row>,
}

#[ComplexObject]
impl TableNode {
    /// Rows in order.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn rows(
        &self,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, TableRow>> {
        let paging = Paging::new(first, after.as_deref())?;
        let rows = self.all_rows.iter().enumerate().collect();
        Ok(paging.of_list(
            rows,
            |(position, _)| by_position(*position),
            |(position, row)| TableRow {
                position,
                cells: row.cells.iter().map(|cell| TableCell(json(cell))).collect(),
                condition: row.condition.clone(),
                to: row.to.clone(),
            },
        ))
    }
}

/// One row of a table.
#[derive(SimpleObject)]
pub(in crate::graphql) struct TableRow {
    /// Position, from 0.
    position: usize,
    /// Condition for each column.
    cells: Vec<TableCell>,
    /// An additional predicate of the row, as CEL text; null: none.
    #[graphql(name = "if")]
    condition: Option<String>,
    /// Child node if all cells match and the predicate is true.
    to: String,
}

impl TableNode {
    pub(super) fn new(
        name: String,
        hit: flow::Hit,
        columns: Vec<String>,
        rows: Vec<flow::Row>,
        otherwise: Option<String>,
    ) -> Self {
        Self {
            name,
            hit: hit.into(),
            columns,
            row_count: rows.len(),
            otherwise,
            all_rows: rows,
        }
    }
}
