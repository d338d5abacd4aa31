//! The nodes of a flow, each kind as a type of its own.

use async_graphql::{ComplexObject, Enum, Result, SimpleObject, Union, connection::Connection};
use pointsman_flow as flow;
use pointsman_flow::{Document, Node};

use crate::graphql::{
    paging::{Paging, by_position, cost},
    scalars::{Literal, TableCell},
};

mod auction;
mod rotate;
mod values;

use auction::AuctionNode;
use rotate::RotateNode;
use values::{DeriveNode, ScorecardNode, ScorecardPoints};

/// One step of a flow.
#[derive(Union)]
pub(in crate::graphql) enum FlowNode {
    /// Offers the lead to a destination.
    Destination(DestinationNode),
    /// Ends the walk.
    Reject(RejectNode),
    /// Takes one of two ports by a predicate.
    When(WhenNode),
    /// Takes a port by the value of one field.
    Switch(SwitchNode),
    /// Takes the port of the row that matches.
    Table(TableNode),
    /// Draws an arm by fixed weights.
    Split(SplitNode),
    /// Draws an arm by learned weights.
    Bandit(BanditNode),
    /// Tries its arms in an order that history gives.
    Rotate(RotateNode),
    /// Asks its bidders for a bid, and offers the lead to the highest net one.
    Auction(AuctionNode),
    /// Tries its ports in order.
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

/// Ends the walk: the lead is declined.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RejectNode {
    /// Name of the node.
    name: String,
    /// Why.
    reason: String,
}

/// Takes one of two ports by a predicate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WhenNode {
    /// Name of the node.
    name: String,
    /// The predicate, as CEL text.
    #[graphql(name = "if")]
    condition: String,
    /// The node to go to if it is true.
    then: String,
    /// The node to go to if it is false or unknown.
    otherwise: String,
}

/// Takes a port by the value of one field.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SwitchNode {
    /// Name of the node.
    name: String,
    /// The field or computed value.
    on: String,
    /// The cases; no value is in two of them.
    cases: Vec<SwitchCase>,
    /// The node to go to for every other value and for a missing one.
    otherwise: String,
}

/// A port of a switch for some values.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SwitchCase {
    /// The values.
    values: Vec<Literal>,
    /// The node to go to.
    to: String,
}

/// What a table does when several rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Hit")]
pub(in crate::graphql) enum TableHit {
    /// The first of them counts.
    First,
    /// It may not happen.
    Unique,
}

/// Takes the port of the row that matches.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct TableNode {
    /// Name of the node.
    name: String,
    /// What happens when several rows match.
    hit: TableHit,
    /// The field or computed value that each column tests.
    columns: Vec<String>,
    /// How many rows it has.
    row_count: usize,
    /// The node to go to if no row matches.
    otherwise: Option<String>,
    #[graphql(skip)]
    all_rows: Vec<flow::Row>,
}

#[ComplexObject]
impl TableNode {
    /// Its rows, in order.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn rows(
        &self,
        #[graphql(desc = "Most entries, 1 to 100; 50 if left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
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
    /// Its position, from 0.
    position: usize,
    /// What it asks of each column.
    cells: Vec<TableCell>,
    /// What else must be true of the lead, as CEL text; absent: nothing.
    #[graphql(name = "if")]
    condition: Option<String>,
    /// The node to go to if all cells match and the predicate is true.
    to: String,
}

/// Draws an arm by fixed weights.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitNode {
    /// Name of the node.
    name: String,
    /// The arms; their order counts for nothing.
    arms: Vec<SplitArm>,
    /// The field whose value keeps its arm; absent: each lead draws for itself.
    sticky: Option<String>,
    /// What keeps its draws apart from those of other nodes; absent: the names of flow and node.
    salt: Option<String>,
}

/// An arm of a split.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitArm {
    /// Name in readouts.
    name: String,
    /// What draws know it by; absent: its name.
    key: Option<String>,
    /// Share in parts per million.
    weight_ppm: u32,
    /// The node to go to.
    to: String,
}

/// What a bandit's weights are to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Objective")]
pub(in crate::graphql) enum Objective {
    /// Revenue after returns.
    NetRevenue,
    /// Leads that convert.
    Conversions,
    /// Leads that are accepted.
    Accepted,
}

/// Draws an arm by weights that are learned.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditNode {
    /// Name of the node.
    name: String,
    /// The arms; their order counts for nothing.
    arms: Vec<BanditArm>,
    /// What the weights are to raise.
    maximize: Objective,
    /// Share of draws spread evenly over all arms, in all, in parts per million.
    explore_ppm: u32,
    /// Fields whose values each have weights of their own.
    segment_by: Vec<String>,
    /// What keeps its draws apart from those of other nodes; absent: the names of flow and node.
    salt: Option<String>,
}

/// An arm of a bandit.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditArm {
    /// Name under which it learns.
    name: String,
    /// What draws know it by; absent: its name.
    key: Option<String>,
    /// The node to go to.
    to: String,
}

/// Tries its ports in order.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WaterfallNode {
    /// Name of the node.
    name: String,
    /// The nodes to go to.
    to: Vec<String>,
}

/// Stands for the nodes of another flow. In traces their names begin with that of this node and `/`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SubflowNode {
    /// Name of the node.
    name: String,
    /// Name of the other flow.
    flow: String,
    /// Hash of its version; absent: the live one.
    version: Option<String>,
}

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
        let arm_name = |own: Option<&str>, to: &str| document.arm_name(own, to).to_owned();
        match node {
            Node::Destination { destination } => {
                let destination = destination.unwrap_or_else(|| name.clone());
                Self::Destination(DestinationNode { name, destination })
            }
            Node::Reject { reason } => Self::Reject(RejectNode { name, reason }),
            Node::When {
                condition,
                then,
                otherwise,
            } => Self::When(WhenNode {
                name,
                condition,
                then,
                otherwise,
            }),
            Node::Switch {
                on,
                cases,
                otherwise,
            } => Self::Switch(SwitchNode {
                name,
                on,
                cases: cases.into_iter().map(SwitchCase::from).collect(),
                otherwise,
            }),
            Node::Table {
                hit,
                columns,
                rows,
                otherwise,
            } => {
                let (hit, row_count) = (hit.into(), rows.len());
                Self::Table(TableNode {
                    name,
                    hit,
                    columns,
                    row_count,
                    otherwise,
                    all_rows: rows,
                })
            }
            Node::Split { arms, sticky, salt } => {
                let arm = |arm: flow::SplitArm| SplitArm {
                    name: arm_name(arm.name.as_deref(), &arm.to),
                    key: arm.key,
                    weight_ppm: arm.weight_ppm,
                    to: arm.to,
                };
                Self::Split(SplitNode {
                    name,
                    arms: arms.into_iter().map(arm).collect(),
                    sticky,
                    salt,
                })
            }
            Node::Bandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
                salt,
            } => {
                let arm = |arm: flow::BanditArm| BanditArm {
                    name: arm_name(arm.name.as_deref(), &arm.to),
                    key: arm.key,
                    to: arm.to,
                };
                let arms = arms.into_iter().map(arm).collect();
                Self::Bandit(BanditNode {
                    name,
                    arms,
                    maximize: maximize.into(),
                    explore_ppm,
                    segment_by,
                    salt,
                })
            }
            Node::Rotate { by, zone, arms } => {
                Self::Rotate(RotateNode::new(document, name, by, zone, arms))
            }
            Node::Auction {
                bidders,
                reserve,
                deadline_ms,
            } => Self::Auction(AuctionNode::new(name, bidders, reserve, deadline_ms)),
            Node::Waterfall { to } => Self::Waterfall(WaterfallNode { name, to }),
            Node::Subflow { flow, version } => Self::Subflow(SubflowNode {
                name,
                flow,
                version: version.map(|hash| hash.to_string()),
            }),
            Node::Derive {
                value,
                default,
                scale,
            } => Self::Derive(DeriveNode {
                name,
                value,
                default: default.map(|default| Literal(json(&default))),
                scale,
            }),
            Node::Scorecard { points } => Self::Scorecard(ScorecardNode {
                name,
                points: points.into_iter().map(ScorecardPoints::from).collect(),
            }),
        }
    }
}
