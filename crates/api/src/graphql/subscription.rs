//! The subscriptions.

mod allocation;
mod leads;
mod settings;
mod simulation;
mod watching;

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::Stream;
use pointsman_bandit::BanditKey;

use super::{
    asking::Asking as _,
    types::{
        allocation_update::AllocationUpdate,
        lead::{Lead, LeadFilterInput},
        live::{DraftUpdate, NewLeads},
        rollout::Rollout,
        simulation::Simulation,
        stage::Stage,
    },
};
use crate::access::Right;
pub(super) use watching::Looks;

/// What can be followed while it changes.
#[derive(Debug, Default)]
pub(crate) struct Subscription;

/// What can be followed while it changes, over `graphql-transport-ws` at `/graphql/ws`. Each begins with how it is now. Of several
/// changes that come within a second, or while the answer to one is not read, the newest is sent. What another server of the same
/// database changes is told as well.
#[Subscription]
impl Subscription {
    /// Weights of one bandit and segment: those of now, if there are any, and those of each allocation that changes them. Of several allocations
    /// that come while the answer to one is not read, the newest is sent.
    async fn allocation_published(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "Name of the bandit node.")] node: String,
        #[graphql(
            desc = "Segment, such as `state=CA`; default: all segments without weights of their own, or a bandit without segments."
        )]
        segment: Option<String>,
    ) -> Result<impl Stream<Item = Result<AllocationUpdate>>> {
        context.require(Right::Read)?;
        let segment = segment.unwrap_or_default();
        allocation::follow(
            context,
            BanditKey {
                flow,
                node,
                segment,
            },
        )
    }

    /// A lead, whenever something of it has changed: its status, steps, offers, attempts, conversions or returns, or that it was erased.
    /// A source token follows its own leads only.
    async fn lead_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<impl Stream<Item = Result<Lead>>> {
        leads::follow_one(context, &id).await
    }

    /// How many leads came in that match, whenever the number has changed. A source token counts its own leads only.
    async fn new_leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter, as that of `leads`; default: all leads.")] filter: Option<
            LeadFilterInput,
        >,
        #[graphql(
            desc = "Count leads after this `position`, which a page of `leads` has, or an earlier answer; default: from now on."
        )]
        since: Option<String>,
    ) -> Result<impl Stream<Item = Result<NewLeads>>> {
        leads::follow_new(context, filter, since).await
    }

    /// A simulation, whenever its state or progress has changed. Ends with the simulation.
    async fn simulation_progress(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<impl Stream<Item = Result<Simulation>>> {
        context.require(Right::Read)?;
        simulation::follow(context, &id).await
    }

    /// Revision of the draft of a flow, whenever somebody has saved or edited it.
    async fn draft_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
    ) -> Result<impl Stream<Item = Result<DraftUpdate>>> {
        context.require(Right::Read)?;
        settings::follow_draft(context, flow).await
    }

    /// A stage of a flow, whenever it was moved. Nothing comes before its first move.
    async fn stage_moved(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "Name of the stage.", default_with = "String::from(\"live\")")]
        stage: String,
    ) -> Result<impl Stream<Item = Result<Stage>>> {
        context.require(Right::Read)?;
        settings::follow_stage(context, flow, stage).await
    }

    /// The newest rollout of a flow, whenever one was started, went on, was paused, or ended. Nothing comes before the first one.
    async fn rollout_moved(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
    ) -> Result<impl Stream<Item = Result<Rollout>>> {
        context.require(Right::Read)?;
        settings::follow_rollout(context, flow).await
    }
}
