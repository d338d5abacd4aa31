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
            Node::Split { arms, sticky } => {
                let arm = |arm: flow::SplitArm| SplitArm {
                    name: arm_name(arm.name.as_deref(), &arm.to),
                    weight_ppm: arm.weight_ppm,
                    to: arm.to,
                };
                Self::Split(SplitNode {
                    name,
                    arms: arms.into_iter().map(arm).collect(),
                    sticky,
                })
            }
            Node::Bandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
            } => {
                let arm = |arm: flow::BanditArm| BanditArm {
                    name: arm_name(arm.name.as_deref(), &arm.to),
                    to: arm.to,
                };
                let arms = arms.into_iter().map(arm).collect();
                Self::Bandit(BanditNode {
                    name,
                    arms,
                    maximize: maximize.into(),
                    explore_ppm,
                    segment_by,
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
