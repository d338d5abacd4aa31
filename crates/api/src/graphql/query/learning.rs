//! Bandit weights, allocations and simulations.

use async_graphql::{Context, ID, Object, Result, connection::Connection};
use pointsman_history::SegmentWeights;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        paging::{Paging, cost, weigh},
        scalars::Epoch,
        types::{
            allocation::Allocation,
            bandit_weights::BanditWeights,
            simulation::{KIND, Simulation},
        },
    },
};

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
