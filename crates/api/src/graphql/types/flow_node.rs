//! The nodes of a flow, each kind as a type of its own.

use async_graphql::{SimpleObject, Union};
use pointsman_flow as flow;
use pointsman_flow::{Document, Node};

use crate::graphql::scalars::Literal;

mod auction;
mod draw;
mod rotate;
mod table;
mod values;

pub(in crate::graphql) use draw::Objective;

use auction::AuctionNode;
use draw::{BanditArm, BanditNode, SplitNode};
use rotate::RotateNode;
use table::TableNode;
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

fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    // Texts, numbers and lists of them become JSON without fail.
    serde_json::to_value(value).unwrap_or_default()
}

impl SwitchNode {
    fn new(name: String, on: String, cases: Vec<flow::Case>, otherwise: String) -> Self {
        Self {
            name,
            on,
            cases: cases.into_iter().map(SwitchCase::from).collect(),
            otherwise,
        }
    }
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
            Node::Destination { destination } => Self::Destination(DestinationNode {
                destination: destination.unwrap_or_else(|| name.clone()),
                name,
            }),
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
            } => Self::Switch(SwitchNode::new(name, on, cases, otherwise)),
            Node::Table {
                hit,
                columns,
                rows,
                otherwise,
            } => Self::Table(TableNode::new(name, hit, columns, rows, otherwise)),
            Node::Split { arms, sticky, salt } => {
                Self::Split(SplitNode::new(document, name, arms, sticky, salt))
            }
            Node::Bandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
                salt,
            } => Self::Bandit(BanditNode {
                name,
                arms: BanditArm::all(document, arms),
                maximize: maximize.into(),
                explore_ppm,
                segment_by,
                salt,
            }),
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
            } => {
                let default = default.map(|default| Literal(json(&default)));
                Self::Derive(DeriveNode::new(name, value, default, scale))
            }
            Node::Scorecard { points } => Self::Scorecard(ScorecardNode::new(name, points)),
        }
    }
}
