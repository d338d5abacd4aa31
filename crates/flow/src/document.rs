//! A flow as people write it: nodes by name, predicates as text.

mod auction;
mod draw;
mod learning;
mod node;
mod parts;
mod read;
mod rotate;
mod value;
mod write;

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::Currency;
use serde::{Deserialize, Serialize};

use crate::Dedupe;

pub use auction::Bidder;
pub(crate) use auction::{deadline_ms, reserve};
pub(crate) use draw::salt_text;
pub use learning::{DelayPrior, LearningSettings, RatePrior};
pub(crate) use node::of_kind;
pub use node::{
    AuctionNode, BanditNode, DeriveNode, DestinationNode, Node, OfKind, RejectNode, RotateNode,
    ScorecardNode, SplitNode, SubflowNode, SwitchNode, TableNode, WaterfallNode, WhenNode,
};
pub use parts::{NodeArm, NodeArmMut};
pub(crate) use parts::{NodeDraw, NodeParts, NodeValue, Part, Reads, numbered, otherwise};
pub(crate) use read::{ReadNode, Reader};
pub(crate) use rotate::zone_or_utc;
pub use rotate::{RotateArm, RotateBy};
pub(crate) use value::default as literal_or_missing;

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
    /// Which leads count as duplicates of earlier ones, and are offered to nobody; none: no lead does. A flow that stands in
    /// another one as a subflow has that one's rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedupe: Option<Dedupe>,
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
    /// A text or label; for decimal fields digits such as `1.50`, for timestamps RFC 3339, for days
    /// `1990-01-31`.
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
    /// Least part of the leads that it draws in parts per million; none: its part of the exploration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_ppm: Option<u32>,
    /// Largest part of the leads that it draws in parts per million; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling_ppm: Option<u32>,
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
