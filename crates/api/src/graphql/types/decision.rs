//! Decisions: the whole walk of one lead, with the probability of every step.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use pointsman_flow::Mask;
use pointsman_history::{
    self as history, explain,
    record::TraceRecord,
    rotation::{RotationArmRecord, RotationRecord},
};
use pointsman_lead::{Id, kinds};

use super::{
    bid::Bid, delivery::Delivery, explanation::Explanation, flow_version::FlowVersion, lead::Lead,
};
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    loaders::{DeliveriesOfLead, DestinationsOfCatalog, LeadById, StepsOfDecision, VersionByHash},
    paging::weigh,
    scalars::{Epoch, Timestamp},
};

mod outlook;

use outlook::Outlook;

/// End state of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::EndState")]
pub(in crate::graphql) enum EndState {
    /// At least one destination accepted the lead. With `maxSold` above 1, fewer than `maxSold` may have accepted it.
    Sold,
    /// A `reject` node declined the lead.
    Declined,
    /// No destination accepted it.
    Unsold,
    /// A destination's answer is unknown and its policy is `HOLD`: nobody else is offered the lead.
    Held,
}

/// Kind of step of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::StepKind")]
pub(in crate::graphql) enum StepKind {
    /// Destinations are pinged for bids.
    Ping,
    /// The lead is offered to a destination.
    Offer,
    /// The walk ends.
    Done,
}

/// The walk of one lead.
pub(in crate::graphql) struct Decision(pub(in crate::graphql) history::Decision);

/// The walk of one lead through a flow, with everything that is needed to run it again.
#[Object]
impl Decision {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let lead = context
            .batches()?
            .load_one(LeadById(self.0.lead_id))
            .await?;
        Ok(lead.map(Lead))
    }

    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// The version of the flow.
    async fn version(&self, context: &Context<'_>) -> Result<Option<FlowVersion>> {
        let version = context
            .batches()?
            .load_one(VersionByHash(self.0.version_hash.clone()))
            .await?;
        Ok(version.map(FlowVersion))
    }

    /// Hash of the version of the flow.
    async fn version_hash(&self) -> &str {
        &self.0.version_hash
    }

    /// Hash of the catalog: schema, destinations, prices, caps and schedules that the flow uses.
    async fn catalog_hash(&self) -> &str {
        &self.0.catalog_hash
    }

    /// Version of the rules that made this decision, such as how draws are made. Every version stays runnable.
    async fn semantics(&self) -> i64 {
        self.0.semantics
    }

    /// Epoch of the allocation, pinned at the first step.
    async fn epoch(&self) -> Epoch {
        Epoch(self.0.epoch)
    }

    /// What the draws of this lead are made from: its source and idempotency key, or its id if it has no key. Leads
    /// with equal unit keys draw alike.
    async fn unit_key(&self) -> &str {
        &self.0.unit_key
    }

    /// End state; null while the walk is under way.
    async fn end_state(&self) -> Option<EndState> {
        self.0.end_state.map(EndState::from)
    }

    /// Reason of the end, if there is one.
    async fn end_reason(&self) -> Option<&str> {
        self.0.end_reason.as_deref()
    }

    /// Steps in order.
    #[graphql(complexity = "weigh(1, 5, child_complexity)")]
    async fn steps(&self, context: &Context<'_>) -> Result<Vec<DecisionStep>> {
        let batches = context.batches()?;
        let steps = batches
            .load_one(StepsOfDecision(self.0.id))
            .await?
            .unwrap_or_default();
        let names = batches
            .load_one(DestinationsOfCatalog(self.0.catalog_hash.clone()))
            .await?;
        let names = names.unwrap_or_default();
        Ok(steps
            .into_iter()
            .map(|step| DecisionStep {
                step,
                names: Arc::clone(&names),
                lead_id: self.0.lead_id,
            })
            .collect())
    }

    /// Why each destination was offered the lead or not; computed by running the decision again.
    #[graphql(complexity = "weigh(200, 5, child_complexity)")]
    async fn explanation(&self, context: &Context<'_>) -> Result<Option<Explanation>> {
        let explained = explain(context.engine()?.store(), self.0.id).await;
        Ok(explained.or_fault()?.map(Explanation::from))
    }
}

/// One step of a walk: a ping, an offer, or the end.
pub(in crate::graphql) struct DecisionStep {
    step: history::DecisionStep,
    /// Names of the destinations, in the order of the availability's bits.
    names: Arc<Vec<String>>,
    lead_id: Id<kinds::Lead>,
}

/// One step of a walk: a ping, an offer, or the end.
#[Object]
impl DecisionStep {
    /// Position in the walk, from 0.
    async fn number(&self) -> i64 {
        self.step.number()
    }

    /// Time of the step.
    async fn at(&self) -> Timestamp {
        self.step.at().into()
    }

    /// Kind of step.
    async fn kind(&self) -> StepKind {
        self.step.kind().into()
    }

    /// Destination of the offer; null for other steps.
    async fn destination(&self) -> Option<&str> {
        self.step.destination()
    }

    /// Probability of this step given all steps before it, over all
    /// paths that lead to it; in (0, 1].
    async fn propensity(&self) -> f64 {
        self.step.propensity()
    }

    /// Destinations that were available: active, open, below their caps, with a closed circuit breaker.
    /// Criteria are not considered.
    async fn available(&self) -> Result<Vec<String>> {
        Ok(self.named(&self.step.available(self.n_destinations()).or_fault()?))
    }

    /// Auction node of the ping; null for other steps.
    async fn node(&self) -> Option<&str> {
        self.step.node()
    }

    /// Destinations that are pinged; empty for other steps.
    async fn asked(&self) -> Result<Vec<String>> {
        let asked = self.step.asked(self.n_destinations()).or_fault()?;
        Ok(asked.map(|asked| self.named(&asked)).unwrap_or_default())
    }

    /// Answers to the ping; null while bids are awaited, and for other steps.
    async fn bids(&self) -> Result<Option<Vec<Bid>>> {
        let records = self.step.bids().or_fault()?;
        Ok(records.map(|records| records.into_iter().map(Bid::from).collect()))
    }

    /// Probability distribution over all possible next steps.
    async fn outlook(&self) -> Result<Outlook> {
        Ok(self.step.outlook().or_fault()?.into())
    }

    /// State of every rotation of the flow before this step; empty if the flow has none, or if the deadline had
    /// passed.
    async fn rotations(&self) -> Result<Vec<StepRotation>> {
        let records = self.step.rotations().or_fault()?;
        Ok(records.into_iter().map(StepRotation::from).collect())
    }

    /// Choices on the path from the root, in order.
    async fn trace(&self) -> Result<Vec<TraceChoice>> {
        let records = self.step.trace().or_fault()?;
        Ok(records.into_iter().map(TraceChoice::from).collect())
    }

    /// Delivery of the offer; null for other steps.
    async fn delivery(&self, context: &Context<'_>) -> Result<Option<Delivery>> {
        let deliveries = context
            .batches()?
            .load_one(DeliveriesOfLead(self.lead_id))
            .await?;
        let own = deliveries
            .unwrap_or_default()
            .into_iter()
            .find(|delivery| delivery.step == self.step.number());
        Ok(own.map(Delivery))
    }
}

impl DecisionStep {
    fn n_destinations(&self) -> u16 {
        u16::try_from(self.names.len()).unwrap_or(u16::MAX)
    }

    /// The names of a set of destinations.
    fn named(&self, mask: &Mask) -> Vec<String> {
        let names = mask.iter();
        names
            .filter_map(|idx| self.names.get(usize::from(idx.0)).cloned())
            .collect()
    }
}

/// One choice on the path of a step, as it is stored.
#[derive(SimpleObject)]
pub(in crate::graphql) struct TraceChoice {
    /// Name of the node.
    node: String,
    /// Position of the port or arm taken, from 0.
    choice: u16,
    /// Name of the arm, at a split, bandit or rotation; of the bidder, at an auction.
    arm: Option<String>,
    /// Segment that the bandit drew for; empty for a bandit without segments.
    segment: Option<String>,
}

impl From<TraceRecord> for TraceChoice {
    fn from(record: TraceRecord) -> Self {
        let TraceRecord {
            node,
            choice,
            arm,
            bandit,
        } = record;
        Self {
            node,
            choice,
            arm,
            segment: bandit.map(|bandit| bandit.segment),
        }
    }
}

/// State of a rotation before a step.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StepRotation {
    /// Name of the node.
    node: String,
    /// Arms in the order in which they are tried.
    arms: Vec<StepRotationArm>,
    /// Arm to which the offer of this step was counted; null if the step made no offer or its path did not pass this
    /// rotation.
    charged: Option<String>,
}

/// An arm of a rotation with the leads it had received before a step, including offers that await an
/// answer.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StepRotationArm {
    /// Name of the arm.
    name: String,
    /// Time of its last lead; null: never.
    last_at: Option<Timestamp>,
    /// Leads since midnight in the zone of the rotation.
    today: u64,
    /// Leads since the first of the month in the zone of the rotation.
    this_month: u64,
}

impl From<RotationRecord> for StepRotation {
    fn from(record: RotationRecord) -> Self {
        let RotationRecord {
            node,
            arms,
            charged,
        } = record;
        let arms = arms.into_iter().map(|arm| {
            let RotationArmRecord {
                arm: name,
                last_at,
                today,
                this_month,
            } = arm;
            StepRotationArm {
                name,
                last_at: last_at.map(Timestamp::from),
                today,
                this_month,
            }
        });
        Self {
            node,
            arms: arms.collect(),
            charged,
        }
    }
}
