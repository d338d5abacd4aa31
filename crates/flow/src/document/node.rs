//! The nodes of a flow, a struct for each kind, and the list of all kinds.

use serde::{Deserialize, Serialize};

use super::{
    BanditArm, Bidder, Case, Hit, LearningSettings, Literal, Objective, Points, RotateArm,
    RotateBy, Row, SplitArm, deadline_ms, value,
};
use crate::Hash;

/// One step of a flow. Every port is the name of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Node {
    /// Offers the lead to a destination.
    Destination(DestinationNode),
    /// Ends the walk: the lead is declined.
    Reject(RejectNode),
    /// Takes one of two ports by a predicate.
    When(WhenNode),
    /// Takes a port by the value of one field.
    Switch(SwitchNode),
    /// Takes the port of the row that matches.
    Table(TableNode),
    /// Draws an arm by fixed weights.
    Split(SplitNode),
    /// Draws an arm by weights that are learned.
    Bandit(BanditNode),
    /// Tries its arms in an order that history gives.
    Rotate(RotateNode),
    /// Asks its bidders for a bid at once, and offers the lead to the highest net bid.
    Auction(AuctionNode),
    /// Tries its ports in order.
    Waterfall(WaterfallNode),
    /// Stands for the nodes of another flow.
    Subflow(SubflowNode),
    /// Not a step but a value: an integer field for the predicates of other nodes.
    Scorecard(ScorecardNode),
    /// Not a step but a value: a number that is computed, for the predicates of other nodes.
    Derive(DeriveNode),
}

/// Offers the lead to a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestinationNode {
    /// Name of the destination in the catalog; none: the name of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
}

/// Ends the walk: the lead is declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectNode {
    /// Why, in the user's words.
    pub reason: String,
}

/// Takes one of two ports by a predicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenNode {
    /// The predicate, as CEL text.
    #[serde(rename = "if")]
    pub condition: String,
    /// Port if the predicate is true.
    pub then: String,
    /// Port if it is false or unknown.
    pub otherwise: String,
}

/// Takes a port by the value of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchNode {
    /// The field or computed value.
    pub on: String,
    /// The cases; no value is in two of them.
    pub cases: Vec<Case>,
    /// Port for every other value and for a missing one.
    pub otherwise: String,
}

/// Takes the port of the row that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableNode {
    /// What happens when several rows match.
    #[serde(default)]
    pub hit: Hit,
    /// The field or computed value that each column tests.
    pub columns: Vec<String>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Port if no row matches; none only if some row always does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

/// Draws an arm by fixed weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitNode {
    /// The arms; their order counts for nothing.
    pub arms: Vec<SplitArm>,
    /// The field whose value keeps its arm; none: each lead draws for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<String>,
    /// What keeps its draws apart from those of other nodes, 1 to 200 bytes; none: the names of
    /// flow and node, as in `auto-insurance/premium`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

/// Draws an arm by weights that are learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanditNode {
    /// The arms; their order counts for nothing.
    pub arms: Vec<BanditArm>,
    /// What the weights are to raise.
    #[serde(default)]
    pub maximize: Objective,
    /// Share of draws spread evenly over all arms, in all, in parts per million.
    pub explore_ppm: u32,
    /// Fields whose values each have weights of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segment_by: Vec<String>,
    /// What keeps its draws apart from those of other nodes, 1 to 200 bytes; none: the names of
    /// flow and node, as in `auto-insurance/premium`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// How it learns, where that is not as usual.
    #[serde(default, skip_serializing_if = "LearningSettings::is_usual")]
    pub learning: LearningSettings,
}

/// Tries its arms in an order that history gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateNode {
    /// What the order is made from.
    pub by: RotateBy,
    /// IANA zone in which the days and months of targets begin; none: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The arms; where history makes no difference, those declared first come first.
    pub arms: Vec<RotateArm>,
}

/// Asks its bidders for a bid at once, and offers the lead to the highest net bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuctionNode {
    /// Who is asked; of equal bids the one declared first comes first.
    pub bidders: Vec<Bidder>,
    /// Least net bid that is taken, in main units such as `12.50`; none: every bid is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<String>,
    /// How long bids are waited for, in milliseconds.
    #[serde(default = "deadline_ms")]
    pub deadline_ms: u32,
}

/// Tries its ports in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaterfallNode {
    /// The ports.
    pub to: Vec<String>,
}

/// Stands for the nodes of another flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubflowNode {
    /// Name of that flow.
    pub flow: String,
    /// Its version; none: the one that is live whenever the flow is compiled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Hash>,
}

/// Not a step but a value: an integer field for the predicates of other nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardNode {
    /// Points that a lead gets for each predicate that is true.
    pub points: Vec<Points>,
}

/// Not a step but a value: a number that is computed, for the predicates of other nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeriveNode {
    /// The expression: numbers, fields, other values, `+ - * / %`, `min`, `max`, `hour`, `weekday`.
    pub value: String,
    /// What stands in for a missing input, an overflow or a division by zero; null, which must be
    /// written: the value is missing.
    #[serde(deserialize_with = "value::default")]
    pub default: Option<Literal>,
    /// Digits after the point, 0 to 9; none: those that follow from the expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
}

/// A struct for one kind of node.
pub trait OfKind: Into<Node> {
    /// The word for the kind.
    const WORD: &'static str;

    /// What a node says, if it is of this kind.
    fn of(node: &Node) -> Option<&Self>;

    /// The same, to be changed.
    fn of_mut(node: &mut Node) -> Option<&mut Self>;
}

/// All that needs a list of the kinds. One that is left out here makes `of_kind!` incomplete, which the
/// compiler reports.
macro_rules! kinds {
    ($dollar:tt $($kind:ident($node:ident) = $word:literal,)*) => {
        /// Does the same with what a node says, of whatever kind it is.
        macro_rules! of_kind {
            ($dollar node:expr, $dollar said:ident => $dollar what:expr) => {
                match $dollar node {
                    $($crate::Node::$kind($dollar said) => $dollar what,)*
                }
            };
        }
        pub(crate) use of_kind;

        /// An array of what `$of` makes of each kind.
        macro_rules! each_kind {
            ($dollar of:ident) => {
                [$($dollar of::of::<$crate::$node>(),)*]
            };
        }
        pub(crate) use each_kind;

        $(
            impl From<$node> for Node {
                fn from(node: $node) -> Self {
                    Self::$kind(node)
                }
            }

            impl OfKind for $node {
                const WORD: &'static str = $word;

                fn of(node: &Node) -> Option<&Self> {
                    if let Node::$kind(node) = node { Some(node) } else { None }
                }

                fn of_mut(node: &mut Node) -> Option<&mut Self> {
                    if let Node::$kind(node) = node { Some(node) } else { None }
                }
            }
        )*
    };
}

kinds! { $
    Destination(DestinationNode) = "destination",
    Reject(RejectNode) = "reject",
    When(WhenNode) = "when",
    Switch(SwitchNode) = "switch",
    Table(TableNode) = "table",
    Split(SplitNode) = "split",
    Bandit(BanditNode) = "bandit",
    Rotate(RotateNode) = "rotate",
    Auction(AuctionNode) = "auction",
    Waterfall(WaterfallNode) = "waterfall",
    Subflow(SubflowNode) = "subflow",
    Scorecard(ScorecardNode) = "scorecard",
    Derive(DeriveNode) = "derive",
}
