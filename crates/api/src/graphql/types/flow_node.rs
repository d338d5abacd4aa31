//! The nodes of a flow, each kind as a type of its own.

use async_graphql::{ComplexObject, Enum, Result, SimpleObject, Union, connection::Connection};
use pointsman_flow as flow;
use pointsman_flow::{Document, Node};

use crate::graphql::{
    paging::{Paging, by_position, cost},
    scalars::{Literal, TableCell},
};

mod auction;
mod draw;
mod rotate;
mod values;

use auction::AuctionNode;
use draw::{BanditNode, SplitNode};
pub(in crate::graphql) use draw::{LearningSettings, Objective};
use rotate::RotateNode;
use values::{DeriveNode, ScorecardNode};

/// One step of a flow.
#[derive(Union)]
pub(in crate::graphql) enum FlowNode {
    /// Offers the lead to a destination.
    Destination(DestinationNode),
    /// Ends the walk.
    Reject(RejectNode),
    /// Chooses one of two ports by a predicate.
    When(WhenNode),
    /// A switch: chooses a port by the value of one field.
    Switch(SwitchNode),
    /// A decision table: takes the port of the matching row.
    Table(TableNode),
    /// A split: draws an arm by fixed weights.
    Split(SplitNode),
    /// Draws an arm by learned weights.
    Bandit(BanditNode),
    /// A rotation: tries its arms in an order that depends on the leads they have received.
    Rotate(RotateNode),
    /// Asks its bidders for a bid, and offers the lead to the highest net one.
    Auction(AuctionNode),
    /// A waterfall: tries its ports in order.
    Waterfall(WaterfallNode),
    /// Stands for the nodes of another flow.
    Subflow(SubflowNode),
    /// Counts points for the predicates of other nodes.
    Scorecard(ScorecardNode),
    /// Computes a number for the predicates of other nodes.
    Derive(DeriveNode),
}

/// Offers the lead to a destination.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DestinationNode {
    /// Name of the node.
    name: String,
    /// Name of the destination.
    destination: String,
}

/// Declines the lead and ends the walk.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RejectNode {
    /// Name of the node.
    name: String,
    /// Reason.
    reason: String,
}

/// Chooses one of two ports by a predicate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WhenNode {
    /// Name of the node.
    name: String,
    /// The predicate, as CEL text.
    #[graphql(name = "if")]
    condition: String,
    /// Child node if the predicate is true.
    then: String,
    /// Child node if the predicate is false or unknown.
    otherwise: String,
}

/// A switch: chooses a port by the value of one field.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SwitchNode {
    /// Name of the node.
    name: String,
    /// The field or computed value.
    on: String,
    /// The cases; no value is in two of them.
    cases: Vec<SwitchCase>,
    /// Child node for all other values and for a missing value.
    otherwise: String,
}

/// A case of a switch.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SwitchCase {
    /// The values.
    values: Vec<Literal>,
    /// Name of the child node.
    to: String,
}

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

/// A waterfall: tries its ports in order.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WaterfallNode {
    /// Name of the node.
    name: String,
    /// Names of the child nodes, in order.
    to: Vec<String>,
}

/// A reference to another flow. In traces, names of its nodes are prefixed with the name of this node and
/// `/`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SubflowNode {
    /// Name of the node.
    name: String,
    /// Name of the other flow.
    flow: String,
    /// Pinned version hash; null: the live version.
    version: Option<String>,
}

/// A plain value as JSON.
fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    // Texts, numbers and lists of them become JSON without fail.
    serde_json::to_value(value).unwrap_or_default()
}

impl From<flow::Case> for SwitchCase {
    fn from(flow::Case { values, to }: flow::Case) -> Self {
        let values = values.iter().map(|value| Literal(json(value)));
        Self {
            values: values.collect(),
            to,
        }
    }
}

impl FlowNode {
    /// A node of a document.
    pub(in crate::graphql) fn new(document: &Document, name: String, node: Node) -> Self {
        match node {
            Node::Destination(node) => Self::Destination(DestinationNode::new(name, node)),
            Node::Reject(node) => Self::Reject(RejectNode::new(name, node)),
            Node::When(node) => Self::When(WhenNode::new(name, node)),
            Node::Switch(node) => Self::Switch(SwitchNode::new(name, node)),
            Node::Table(node) => Self::Table(TableNode::new(name, node)),
            Node::Split(node) => Self::Split(SplitNode::new(document, name, node)),
            Node::Bandit(node) => Self::Bandit(BanditNode::new(document, name, node)),
            Node::Rotate(node) => Self::Rotate(RotateNode::new(document, name, node)),
            Node::Auction(node) => Self::Auction(AuctionNode::new(name, node)),
            Node::Waterfall(node) => Self::Waterfall(WaterfallNode::new(name, node)),
            Node::Subflow(node) => Self::Subflow(SubflowNode::new(name, node)),
            Node::Scorecard(node) => Self::Scorecard(ScorecardNode::new(name, node)),
            Node::Derive(node) => Self::Derive(DeriveNode::new(name, node)),
        }
    }
}

impl DestinationNode {
    fn new(name: String, node: flow::DestinationNode) -> Self {
        let flow::DestinationNode { destination } = node;
        let destination = destination.unwrap_or_else(|| name.clone());
        Self { name, destination }
    }
}

impl RejectNode {
    fn new(name: String, node: flow::RejectNode) -> Self {
        let flow::RejectNode { reason } = node;
        Self { name, reason }
    }
}

impl WhenNode {
    fn new(name: String, node: flow::WhenNode) -> Self {
        let flow::WhenNode {
            condition,
            then,
            otherwise,
        } = node;
        Self {
            name,
            condition,
            then,
            otherwise,
        }
    }
}

impl SwitchNode {
    fn new(name: String, node: flow::SwitchNode) -> Self {
        let flow::SwitchNode {
            on,
            cases,
            otherwise,
        } = node;
        Self {
            name,
            on,
            cases: cases.into_iter().map(SwitchCase::from).collect(),
            otherwise,
        }
    }
}

impl TableNode {
    fn new(name: String, node: flow::TableNode) -> Self {
        let flow::TableNode {
            hit,
            columns,
            rows,
            otherwise,
        } = node;
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

impl WaterfallNode {
    fn new(name: String, node: flow::WaterfallNode) -> Self {
        let flow::WaterfallNode { to } = node;
        Self { name, to }
    }
}

impl SubflowNode {
    fn new(name: String, node: flow::SubflowNode) -> Self {
        let flow::SubflowNode { flow, version } = node;
        Self {
            name,
            flow,
            version: version.map(|hash| hash.to_string()),
        }
    }
}
