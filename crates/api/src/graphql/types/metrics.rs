//! Metrics over time.

use async_graphql::{Enum, InputObject, Object, SimpleObject};
use pointsman_history as history;
use pointsman_history::{LATENCY_BOUNDS_MS, LatencyRange, MetricsDimension as Dimension};

use super::lead::LeadStatus;
use crate::graphql::{
    paging::weigh,
    scalars::{Money, Timestamp},
};

/// What metrics are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::MetricsDimension")]
pub(in crate::graphql) enum MetricsDimension {
    /// Flow.
    Flow,
    /// Version of the flow that decided, by its hash.
    Version,
    /// Source.
    Source,
    /// Destination that was offered the lead. A lead counts once for each destination.
    Destination,
    /// Split, bandit, rotation or auction that drew. A lead counts once for each node, by the node's first draw, with
    /// the offers from that draw on.
    Node,
    /// Arm of the node; requires `NODE` here or `node` in the filter.
    Arm,
    /// Segment of the bandit; requires `NODE` here or `node` in the filter.
    Segment,
    /// Status of the lead.
    Status,
}

/// Time covered by a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::MetricsBucket")]
pub(in crate::graphql) enum MetricsBucket {
    /// One hour.
    Hour,
    /// One day of the zone.
    Day,
    /// The whole range.
    Total,
}

/// Filter of metrics; omitted fields do not restrict. Test leads never count.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct MetricsFilterInput {
    /// Flow.
    flow: Option<String>,
    /// Hash of the version that decided.
    version: Option<String>,
    /// Source.
    source: Option<String>,
    /// Destination that was offered the lead.
    destination: Option<String>,
    /// Node that drew.
    node: Option<String>,
    /// Arm of the node; requires a node.
    arm: Option<String>,
    /// Segment of the bandit; requires a node.
    segment: Option<String>,
    /// Status of the lead.
    status: Option<LeadStatus>,
    /// Earliest receipt of the leads, rounded down to the bucket; default: 7 days before `to` for hours, else 30 days.
    from: Option<Timestamp>,
    /// Time before which the leads were received, rounded up to the bucket; default: now.
    to: Option<Timestamp>,
}

/// The question that the arguments ask.
pub(in crate::graphql) fn question(
    filter: MetricsFilterInput,
    by: Vec<MetricsDimension>,
    bucket: MetricsBucket,
    zone: String,
    groups: i32,
) -> history::MetricsQuestion {
    let MetricsFilterInput {
        flow,
        version,
        source,
        destination,
        node,
        arm,
        segment,
        status,
        from,
        to,
    } = filter;
    let only = [
        (Dimension::Flow, flow),
        (Dimension::Version, version),
        (Dimension::Source, source),
        (Dimension::Destination, destination),
        (Dimension::Node, node),
        (Dimension::Arm, arm),
        (Dimension::Segment, segment),
    ];
    let only = only.into_iter();
    history::MetricsQuestion {
        from: from.map(Into::into),
        until: to.map(Into::into),
        only: only
            .filter_map(|(dimension, value)| Some((dimension, value?)))
            .collect(),
        status: status.map(Into::into),
        by: by.into_iter().map(Into::into).collect(),
        bucket: bucket.into(),
        zone,
        groups: usize::try_from(groups).unwrap_or(0),
    }
}

/// Range of a latency quantile. Latencies are counted in fixed ranges, so the quantile is known to lie in one of them.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LatencyQuantile {
    /// The quantile is more than this, in milliseconds; or 0.
    above_ms: i64,
    /// The quantile is at most this, in milliseconds; null beyond the last bound.
    at_most_ms: Option<i64>,
}

/// Metrics, and how far they reach.
pub(in crate::graphql) struct Metrics {
    pub(in crate::graphql) answer: history::Metrics,
    pub(in crate::graphql) by: Vec<MetricsDimension>,
}

/// Sums of leads over time. Everything that comes of a lead is booked at the hour in which the lead was received,
/// however much later it came: a conversion of today changes the past.
#[Object]
impl Metrics {
    /// Everything committed before this time is in the sums; null if nothing is added up yet.
    async fn as_of(&self) -> Option<Timestamp> {
        self.answer.as_of.map(Into::into)
    }

    /// Commit number up to which everything is in the sums, as decimal text.
    async fn as_of_number(&self) -> String {
        self.answer.as_of_number.to_string()
    }

    /// Number of hours or days that a point covers; more than 1 if there would be more than 2,000 points.
    async fn step(&self) -> usize {
        self.answer.step
    }

    /// Upper bounds of the ranges in which latencies are counted, in milliseconds; the last range has none.
    async fn latency_bounds_ms(&self) -> &[i64] {
        &LATENCY_BOUNDS_MS
    }

    /// The sums by time, largest groups first; those without a lead are omitted. At most 2,000.
    #[graphql(complexity = "weigh(200, 100, child_complexity)")]
    async fn points(&self) -> Vec<MetricsPoint<'_>> {
        let points = self.answer.points.iter();
        points
            .map(|point| MetricsPoint {
                point,
                metrics: self,
            })
            .collect()
    }
}

/// The sums of one group within one bucket.
pub(in crate::graphql) struct MetricsPoint<'a> {
    point: &'a history::MetricsPoint,
    metrics: &'a Metrics,
}

impl MetricsPoint<'_> {
    fn value(&self, dimension: MetricsDimension) -> Option<&str> {
        let position = self.metrics.by.iter().position(|it| *it == dimension)?;
        self.point.by.get(position)?.as_deref()
    }
}

/// The sums of one group of leads that were received within one bucket.
#[Object]
impl MetricsPoint<'_> {
    /// Earliest receipt of the leads.
    async fn from(&self) -> Timestamp {
        self.point.from.into()
    }

    /// Time before which the leads were received.
    async fn to(&self) -> Timestamp {
        self.point.until.into()
    }

    /// Everything committed before this time is in the sums; null if nothing is added up yet.
    async fn as_of(&self) -> Option<Timestamp> {
        self.metrics.answer.as_of.map(Into::into)
    }

    /// Flow; null unless grouped by it, and in the rest.
    async fn flow(&self) -> Option<&str> {
        self.value(MetricsDimension::Flow)
    }

    /// Hash of the version; null unless grouped by it, and in the rest.
    async fn version(&self) -> Option<&str> {
        self.value(MetricsDimension::Version)
    }

    /// Source; null unless grouped by it, and in the rest.
    async fn source(&self) -> Option<&str> {
        self.value(MetricsDimension::Source)
    }

    /// Destination; null unless grouped by it, and in the rest.
    async fn destination(&self) -> Option<&str> {
        self.value(MetricsDimension::Destination)
    }

    /// Node; null unless grouped by it, and in the rest.
    async fn node(&self) -> Option<&str> {
        self.value(MetricsDimension::Node)
    }

    /// Arm; null unless grouped by it, and in the rest.
    async fn arm(&self) -> Option<&str> {
        self.value(MetricsDimension::Arm)
    }

    /// Segment; null unless grouped by it, and in the rest.
    async fn segment(&self) -> Option<&str> {
        self.value(MetricsDimension::Segment)
    }

    /// Status, in lower case; null unless grouped by it, and in the rest.
    async fn status(&self) -> Option<&str> {
        self.value(MetricsDimension::Status)
    }

    /// Whether the point is the rest: every group without a point of its own.
    async fn is_rest(&self) -> bool {
        self.point.is_rest
    }

    /// ISO 4217 code of the currency. Amounts of different currencies are never added.
    async fn currency(&self) -> &str {
        &self.point.currency
    }

    /// Leads.
    async fn leads(&self) -> i64 {
        self.point.leads()
    }

    /// Leads that a destination accepted, returned ones included.
    async fn sold(&self) -> i64 {
        self.point.sold()
    }

    /// Leads with a sale reported by the destination that stands.
    async fn converted(&self) -> i64 {
        self.point.converted()
    }

    /// Leads with something taken back.
    async fn returned(&self) -> i64 {
        self.point.returned()
    }

    /// Offers.
    async fn offers(&self) -> i64 {
        self.point.offers()
    }

    /// Accepted offers.
    async fn accepted(&self) -> i64 {
        self.point.accepted()
    }

    /// Rejected offers.
    async fn rejected(&self) -> i64 {
        self.point.rejected()
    }

    /// Offers that reached no destination.
    async fn not_sent(&self) -> i64 {
        self.point.not_sent()
    }

    /// Offers with an unknown answer.
    async fn unknown(&self) -> i64 {
        self.point.unknown()
    }

    /// Reported conversions with status `PENDING`.
    async fn pending_conversions(&self) -> i64 {
        self.point.pending_reports()
    }

    /// Reported conversions with status `SALE`, corrections included.
    async fn sale_conversions(&self) -> i64 {
        self.point.sale_reports()
    }

    /// Reported conversions with status `REBILL`.
    async fn rebill_conversions(&self) -> i64 {
        self.point.rebill_reports()
    }

    /// Reported conversions with status `CANCELLED`.
    async fn cancelled_conversions(&self) -> i64 {
        self.point.cancel_reports()
    }

    /// Sales that stand.
    async fn sales(&self) -> i64 {
        self.point.sales()
    }

    /// Revenue from destinations, less what was taken back.
    async fn revenue(&self) -> Money {
        self.point.revenue().into()
    }

    /// Revenue that was taken back.
    async fn taken_back(&self) -> Money {
        self.point.taken_back().into()
    }

    /// Payouts to sources in the currency of the point. What a source is paid for each lead is left out where points are by
    /// destination.
    async fn payout(&self) -> Money {
        self.point.payout().into()
    }

    /// Revenue less `payout`. Fixed payouts in another currency than the point's are not in it.
    async fn margin(&self) -> Money {
        self.point.margin().into()
    }

    /// Revenue per lead.
    async fn revenue_per_lead(&self) -> Option<Money> {
        self.point.revenue_per_lead().map(Into::into)
    }

    /// Accepted offers as a share of those accepted, rejected or unknown; null without any.
    async fn accept_rate(&self) -> Option<f64> {
        self.point.accept_rate()
    }

    /// Converted leads as a share of all leads.
    async fn conversion_rate(&self) -> Option<f64> {
        self.point.conversion_rate()
    }

    /// Leads with something taken back, as a share of all leads.
    async fn return_rate(&self) -> Option<f64> {
        self.point.return_rate()
    }

    /// Latency of answers: the range of a quantile; null if none was measured.
    async fn latency(
        &self,
        #[graphql(desc = "Quantile in parts per million.", default = 500_000)] ppm: u32,
    ) -> Option<LatencyQuantile> {
        let range = self.point.latency(ppm.min(1_000_000));
        range.map(
            |LatencyRange {
                 above_ms,
                 at_most_ms,
             }| LatencyQuantile {
                above_ms,
                at_most_ms,
            },
        )
    }
}
