//! A flow as people write it: nodes by name, predicates as text.

mod auction;
mod draw;
mod parts;
mod read;
mod rotate;
mod value;
mod write;

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::Currency;
use serde::{Deserialize, Serialize};

use crate::Hash;
pub use auction::Bidder;
pub(crate) use auction::{deadline_ms, reserve};
pub(crate) use draw::salt_text;
pub(crate) use rotate::zone_or_utc;
pub use rotate::{RotateArm, RotateBy};

/// Most nodes of a flow.
pub(crate) const MAX_NODES: usize = 4_096;

/// A flow as it is written, stored and diffed. Nothing in it is trusted before [`crate::check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Name of the flow; draws depend on it.
    pub flow: String,
    /// The vertical whose leads it routes.
    pub vertical: String,
    /// Currency of all its money.
    pub currency: Currency,
    /// Where every lead starts: the name of a node.
    pub root: String,
    /// How many destinations one lead may be sold to, 1 to 16.
    #[serde(default = "one")]
    pub max_sold: u8,
    /// The steps, by name.
    #[serde(deserialize_with = "value::distinct")]
    pub nodes: BTreeMap<String, Node>,
    /// A title for people; decisions do not depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Notes for people; decisions do not depend on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

impl From<&Document> for Arc<Document> {
    /// A copy that can be shared. Whoever has no more use for a document gives it away instead.
    fn from(document: &Document) -> Self {
        Self::new(document.clone())
    }
}

fn one() -> u8 {
    1
}

/// One step of a flow. Every port is the name of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// Offers the lead to a destination.
    Destination {
        /// Name of the destination in the catalog; none: the name of the node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        destination: Option<String>,
    },
    /// Ends the walk: the lead is declined.
    Reject {
        /// Why, in the user's words.
        reason: String,
    },
    /// Takes one of two ports by a predicate.
    When {
        /// The predicate, as CEL text.
        #[serde(rename = "if")]
        condition: String,
        /// Port if the predicate is true.
        then: String,
        /// Port if it is false or unknown.
        otherwise: String,
    },
    /// Takes a port by the value of one field.
    Switch {
        /// The field or computed value.
        on: String,
        /// The cases; no value is in two of them.
        cases: Vec<Case>,
        /// Port for every other value and for a missing one.
        otherwise: String,
    },
    /// Takes the port of the row that matches.
    Table {
        /// What happens when several rows match.
        #[serde(default)]
        hit: Hit,
        /// The field or computed value that each column tests.
        columns: Vec<String>,
        /// The rows, in order.
        rows: Vec<Row>,
        /// Port if no row matches; none only if some row always does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<String>,
    },
    /// Draws an arm by fixed weights.
    Split {
        /// The arms; their order counts for nothing.
        arms: Vec<SplitArm>,
        /// The field whose value keeps its arm; none: each lead draws for itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sticky: Option<String>,
        /// What keeps its draws apart from those of other nodes, 1 to 200 bytes; none: the names of
        /// flow and node, as in `auto-insurance/premium`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        salt: Option<String>,
    },
    /// Draws an arm by weights that are learned.
    Bandit {
        /// The arms; their order counts for nothing.
        arms: Vec<BanditArm>,
        /// What the weights are to raise.
        #[serde(default)]
        maximize: Objective,
        /// Share of draws spread evenly over all arms, in all, in parts per million.
        explore_ppm: u32,
        /// Fields whose values each have weights of their own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        segment_by: Vec<String>,
        /// What keeps its draws apart from those of other nodes, 1 to 200 bytes; none: the names of
        /// flow and node, as in `auto-insurance/premium`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        salt: Option<String>,
    },
    /// Tries its arms in an order that history gives.
    Rotate {
        /// What the order is made from.
        by: RotateBy,
        /// IANA zone in which the days and months of targets begin; none: UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        /// The arms; where history makes no difference, those declared first come first.
        arms: Vec<RotateArm>,
    },
    /// Asks its bidders for a bid at once, and offers the lead to the highest net bid.
    Auction {
        /// Who is asked; of equal bids the one declared first comes first.
        bidders: Vec<Bidder>,
        /// Least net bid that is taken, in main units such as `12.50`; none: every bid is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reserve: Option<String>,
        /// How long bids are waited for, in milliseconds.
        #[serde(default = "deadline_ms")]
        deadline_ms: u32,
    },
    /// Tries its ports in order.
    Waterfall {
        /// The ports.
        to: Vec<String>,
    },
    /// Stands for the nodes of another flow.
    Subflow {
        /// Name of that flow.
        flow: String,
        /// Its version; none: the one that is live whenever the flow is compiled.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Hash>,
    },
    /// Not a step but a value: an integer field for the predicates of other nodes.
    Scorecard {
        /// Points that a lead gets for each predicate that is true.
        points: Vec<Points>,
    },
    /// Not a step but a value: a number that is computed, for the predicates of other nodes.
    Derive {
        /// The expression: numbers, fields, other values, `+ - * / %`, `min`, `max`, `hour`, `weekday`.
        value: String,
        /// What stands in for a missing input, an overflow or a division by zero; null, which must be
        /// written: the value is missing.
        #[serde(deserialize_with = "value::default")]
        default: Option<Literal>,
        /// Digits after the point, 0 to 9; none: those that follow from the expression.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<u8>,
    },
}

/// A port of a switch for some values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The values.
    #[serde(rename = "in")]
    pub values: Vec<Literal>,
    /// The port.
    pub to: String,
}

/// What a table does when several rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hit {
    /// The first of them counts.
    #[default]
    First,
    /// It may not happen; overlapping rows are an error.
    Unique,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// One cell for each column.
    pub cells: Vec<Cell>,
    /// What else must be true of the lead, as CEL text over any fields; none: nothing.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The port if all cells match and the predicate is true.
    pub to: String,
}

/// What a row asks of one column.
///
/// Written as null, a list of values, `{"not_in": [x, y]}`, `{"from": x, "to": y}` with one end at
/// least, `{"starts_with": [x, y]}`, or `{"missing": true}`. One value alone is a list of one;
/// `{"any": true}` is null, for TOML.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Anything, also a missing value.
    Any,
    /// One of these values.
    OneOf(Vec<Literal>),
    /// A value, but none of these.
    NoneOf(Vec<Literal>),
    /// A text that starts with one of these.
    StartsWith(Vec<String>),
    /// A half-open range: `from` is in it, `to` is not.
    Range {
        /// First value in it; none: from the lowest.
        from: Option<Literal>,
        /// First value after it; none: to the highest.
        to: Option<Literal>,
    },
    /// No value.
    Missing,
}

/// A value in a document. The field it is compared with says what it means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Literal {
    /// True or false.
    Boolean(bool),
    /// A whole number, also for decimal fields.
    Integer(i64),
    /// A text or label; for decimal fields digits such as `1.50`, for timestamps RFC 3339.
    Text(String),
}

/// An arm of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitArm {
    /// Name in readouts; none: the destination's, if the port is one, else the port's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What draws know it by, 1 to 64 bytes; none: its name. An arm that keeps its key keeps its people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Share in parts per million; those of a split sum to 1,000,000.
    pub weight_ppm: u32,
    /// The port.
    pub to: String,
}

/// An arm of a bandit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanditArm {
    /// Name under which it learns; none: the destination's, if the port is one, else the port's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What draws know it by, 1 to 64 bytes; none: its name. An arm that keeps its key keeps its people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The port.
    pub to: String,
}

/// What a bandit's weights are to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Revenue after returns.
    #[default]
    NetRevenue,
    /// Leads that convert.
    Conversions,
    /// Leads that are accepted.
    Accepted,
}

/// Points of a scorecard for one predicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// The predicate, as CEL text.
    #[serde(rename = "if")]
    pub condition: String,
    /// Points if it is true; may be negative.
    pub points: i64,
}

#[cfg(test)]
mod tests;
