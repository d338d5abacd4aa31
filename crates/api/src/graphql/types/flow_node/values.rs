//! Nodes that are no steps: values for the rules of others.

use async_graphql::SimpleObject;
use pointsman_flow as flow;

use crate::graphql::scalars::Literal;

/// Counts points for the predicates of other nodes.
    Scorecard(ScorecardNode),
    /// Computes a number for the predicates of other nodes.
    Derive(DeriveNode),
}

/// Offers the lead to a destination.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DestinationNode {
    /// Name of the node.
    pub(super) name: String,
    /// Name of the destination.
    destination: String,
}

/// Ends the walk: the lead is declined.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RejectNode {
    /// Name of the node.
    pub(super) name: String,
    /// Why.
    reason: String,
}

/// Takes one of two ports by a predicate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WhenNode {
    /// Name of the node.
    pub(super) name: String,
    /// The predicate, as CEL text.
    #[graphql(name = "if")]
    pub(super) condition: String,
    /// The node to go to if it is true.
    then: String,
    /// The node to go to if it is false or unknown.
    otherwise: String,
}

/// Takes a port by the value of one field.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SwitchNode {
    /// Name of the node.
    pub(super) name: String,
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
    pub(super) name: String,
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
    /// The node to go to if all cells match.
    to: String,
}

/// Draws an arm by fixed weights.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitNode {
    /// Name of the node.
    pub(super) name: String,
    /// The arms, in the order in which draws see them.
    arms: Vec<SplitArm>,
    /// The field whose value keeps its arm; absent: each lead draws for itself.
    sticky: Option<String>,
}

/// An arm of a split.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitArm {
    /// Name in readouts.
    pub(super) name: String,
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
    pub(super) name: String,
    /// The arms, in the order in which draws see them.
    arms: Vec<BanditArm>,
    /// What the weights are to raise.
    maximize: Objective,
    /// Share of draws spread evenly over all arms, in all, in parts per million.
    explore_ppm: u32,
    /// Fields whose values each have weights of their own.
    segment_by: Vec<String>,
}

/// An arm of a bandit.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditArm {
    /// Name under which it learns.
    pub(super) name: String,
    /// The node to go to.
    to: String,
}

/// Tries its ports in order.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WaterfallNode {
    /// Name of the node.
    pub(super) name: String,
    /// The nodes to go to.
    to: Vec<String>,
}

/// Stands for the nodes of another flow. In traces their names begin with that of this node and `/`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SubflowNode {
    /// Name of the node.
    pub(super) name: String,
    /// Name of the other flow.
    flow: String,
    /// Hash of its version; absent: the live one.
    version: Option<String>,
}

/// Counts points for the predicates of other nodes; no lead goes through it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ScorecardNode {
    /// Name of the node, and of the value in predicates.
    pub(super) name: String,
    /// The points for each predicate that is true.
    pub(super) points: Vec<ScorecardPoints>,
}

/// Points of a scorecard for one predicate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ScorecardPoints {
    /// The predicate, as CEL text.
    #[graphql(name = "if")]
    pub(super) condition: String,
    /// Points if it is true.
    pub(super) points: i64,
}

/// Computes a number for the predicates of other nodes; no lead goes through it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DeriveNode {
    /// Name of the node, and of the value in predicates.
    pub(super) name: String,
    /// The expression.
    pub(super) value: String,
    /// What stands in for a missing input, an overflow or a division by zero; absent: the value is
    /// missing.
    pub(super) default: Option<Literal>,
    /// Digits after the point that are declared; absent: those that follow from the expression.
    pub(super) scale: Option<u8>,
}

impl From<flow::Points> for ScorecardPoints {
    fn from(flow::Points { condition, points }: flow::Points) -> Self {
        Self { condition, points }
    }
}
