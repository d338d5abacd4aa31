//! Bandit weights, allocations and simulations.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, connection::Connection};
use pointsman_bandit::BanditKey;
use pointsman_history::{POINTS_MAX, SegmentWeights};
use pointsman_lead as lead;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        paging::{Paging, cost, weigh},
        scalars::{Epoch, Timestamp},
        types::{
            allocation::Allocation,
            allocation_series::AllocationSeries,
            bandit_weights::BanditWeights,
            simulation::{KIND, Simulation},
        },
    },
};

/// How far back a series goes unless it is said, in microseconds: 30 days.
const SERIES_DEFAULT: i64 = 30 * 24 * 3_600_000_000;
/// Points of a series unless it is said.
const POINTS_DEFAULT: u32 = 200;

/// Queries of bandit weights, allocations and simulations.
#[derive(Debug, Default)]
pub(crate) struct LearningQuery;

#[Object]
impl LearningQuery {
    /// Current weights of the bandits of a flow, by node and segment. A bandit that has learned nothing yet
    /// has even weights and is not listed.
    #[graphql(complexity = "weigh(1, 20, child_complexity)")]
    async fn bandit_weights(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "Name of one bandit; default: all.")] node: Option<String>,
        #[graphql(desc = "One segment; default: all.")] segment: Option<String>,
        #[graphql(desc = "Epoch of the allocation; default: the current one.")] epoch: Option<
            Epoch,
        >,
    ) -> Result<Vec<BanditWeights>> {
        context.require(Right::Read)?;
        let is_wanted = |weights: &SegmentWeights| {
            let key = &weights.key;
            key.flow == flow
                && node.as_ref().is_none_or(|node| *node == key.node)
                && segment
                    .as_ref()
                    .is_none_or(|segment| *segment == key.segment)
        };
        let epoch = epoch.map(|epoch| epoch.0);
        let weights = context.history()?.weights_at(epoch).await;
        let weights = weights.or_fault()?.into_iter();
        Ok(weights.filter(is_wanted).map(BanditWeights).collect())
    }

    /// Weights and beliefs of one bandit and segment over a time, as they were published, in columns for a chart. At `4 × points` moments,
    /// evenly spread from `from`, or from the first weights if they are younger, it looks at what held then; of more changes than points
    /// those are kept that draw the lines of the weights best (largest triangle, three buckets). A bandit of more than 40 arms has fewer points.
    #[graphql(complexity = "weigh(20, 2, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn allocation_over_time(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "Name of the bandit node.")] node: String,
        #[graphql(
            desc = "Segment, such as `state=CA`; default: all segments without weights of their own, or a bandit without segments."
        )]
        segment: Option<String>,
        #[graphql(desc = "Where the time begins; default: 30 days before `until`.")] from: Option<
            Timestamp,
        >,
        #[graphql(desc = "Where it ends; default: now.")] until: Option<Timestamp>,
        #[graphql(desc = "Most points, 2 to 500; default 200.")] points: Option<u32>,
    ) -> Result<AllocationSeries> {
        context.require(Right::Read)?;
        let now = context.engine()?.clock().now();
        let until = until.map_or(now, lead::Timestamp::from);
        let from = from.map_or(until.plus(-SERIES_DEFAULT), lead::Timestamp::from);
        if from >= until {
            return Err(fault::bad_input("`from` must be before `until`"));
        }
        let points = points.unwrap_or(POINTS_DEFAULT);
        if !(2..=POINTS_MAX).contains(&points) {
            let message = format!("`points` is {points}; it must be 2 to {POINTS_MAX}");
            return Err(fault::bad_input(message));
        }
        let key = BanditKey {
            flow,
            node,
            segment: segment.unwrap_or_default(),
        };
        let history = context.history()?;
        let series = history.weights_over_time(&key, from, until, points).await;
        Ok(AllocationSeries(Arc::new(series.or_fault()?)))
    }

    /// Allocations, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn allocations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Allocation>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .allocations(paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Allocation))
    }

    /// Epoch number of the current allocation.
    async fn epoch(&self, context: &Context<'_>) -> Result<Epoch> {
        context.require(Right::Read)?;
        let epoch = i64::try_from(context.engine()?.learner().allocation().epoch);
        epoch.map(Epoch).map_err(|_| fault::internal())
    }

    /// Simulations, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn simulations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Simulation>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let jobs = context.engine()?.jobs();
        let page = jobs.list(paging.after.as_ref(), paging.limit).await;
        let page = page.or_fault()?.only(|job| job.kind == KIND);
        Ok(paging.of(page, Simulation))
    }

    /// A simulation.
    async fn simulation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Simulation>> {
        context.require(Right::Read)?;
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        Simulation::find(context, id).await
    }
}
