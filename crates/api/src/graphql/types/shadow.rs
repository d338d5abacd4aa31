//! Shadows: versions that decide leads without sending anything.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use pointsman_control as control;
use pointsman_history::{FirstChoice, Unknown};

use super::flow_version::FlowVersion;
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    loaders::VersionByHash,
    paging::weigh,
    scalars::{Money, Timestamp},
};

/// Most pairs that are listed.
const CELLS_MAX: usize = 2_500;
/// Most leads that are kept.
const LEADS_MAX: u64 = 100;

/// What happens to a lead first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum FirstChoiceKind {
    /// It is offered to a destination.
    Offer,
    /// A `reject` node declines it.
    Declined,
    /// No destination is free for it.
    Unsold,
    /// Unknown: a destination would have been asked for a bid that was not asked.
    UnknownBids,
    /// Unknown: a field has another kind than the version expects.
    UnknownFields,
    /// Unknown: the stored decision cannot be read.
    UnknownStored,
    /// All pairs without a row of their own.
    Rest,
}

/// What happens to a lead first.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ShadowChoice {
    /// Kind.
    kind: FirstChoiceKind,
    /// Name of the destination, of an offer; null otherwise.
    destination: Option<String>,
}

impl From<FirstChoice> for ShadowChoice {
    fn from(choice: FirstChoice) -> Self {
        let kind = match choice {
            FirstChoice::Offer(_) => FirstChoiceKind::Offer,
            FirstChoice::Declined => FirstChoiceKind::Declined,
            FirstChoice::Unsold => FirstChoiceKind::Unsold,
            FirstChoice::Unknown(Unknown::Bids) => FirstChoiceKind::UnknownBids,
            FirstChoice::Unknown(Unknown::Fields) => FirstChoiceKind::UnknownFields,
            FirstChoice::Unknown(Unknown::Stored) => FirstChoiceKind::UnknownStored,
            FirstChoice::Rest => FirstChoiceKind::Rest,
        };
        let destination = match choice {
            FirstChoice::Offer(destination) => Some(destination),
            _ => None,
        };
        Self { kind, destination }
    }
}

/// Leads that the live version treated in one way, and that the shadow would have treated in another.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ShadowCell {
    /// What the live version did first.
    live: ShadowChoice,
    /// What the shadow would have done first.
    candidate: ShadowChoice,
    /// Leads.
    leads: u64,
    /// Leads to expect here by the probabilities of the shadow, whatever was drawn.
    expected_leads: f64,
    /// Leads of these for whose destination caps and breakers are unknown, since the live version does not use it.
    assumed: u64,
    /// Leads of these that a destination accepted.
    accepted: i64,
    /// Revenue of these leads, by the live version.
    revenue: Money,
}

impl From<control::ShadowCell> for ShadowCell {
    fn from(cell: control::ShadowCell) -> Self {
        let control::ShadowCell {
            live,
            candidate,
            leads,
            assumed,
            expected_ppm,
            accepted,
            revenue,
        } = cell;
        #[expect(clippy::cast_precision_loss, reason = "a number of leads for people")]
        let expected_leads = expected_ppm as f64 / 1e6;
        Self {
            live: live.into(),
            candidate: candidate.into(),
            leads,
            expected_leads,
            assumed,
            accepted,
            revenue: revenue.into(),
        }
    }
}

/// A lead that the shadow sends elsewhere first.
#[derive(SimpleObject)]
pub(in crate::graphql) struct MovedLead {
    /// Id of the lead.
    lead_id: String,
    /// What the live version did first.
    live: ShadowChoice,
    /// What the shadow would have done first.
    candidate: ShadowChoice,
    /// Probability that the shadow does this.
    probability: f64,
    /// Whether caps and breakers of the destination are unknown, since the live version does not use it.
    is_assumed: bool,
}

impl From<control::MovedLead> for MovedLead {
    fn from(lead: control::MovedLead) -> Self {
        let control::MovedLead {
            lead_id,
            live,
            candidate,
            probability,
            is_assumed,
        } = lead;
        Self {
            lead_id,
            live: live.into(),
            candidate: candidate.into(),
            probability,
            is_assumed,
        }
    }
}

/// Start or end of a shadow.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ShadowChange {
    /// Time.
    at: Timestamp,
    /// Token that did it; `rollout` or `check` where no person did.
    by: String,
    /// Reason, if one was given.
    note: Option<String>,
}

impl From<control::ShadowChange> for ShadowChange {
    fn from(change: control::ShadowChange) -> Self {
        let control::ShadowChange { at, by, note } = change;
        Self {
            at: at.into(),
            by,
            note,
        }
    }
}

/// A version that decides leads beside the live one.
pub(in crate::graphql) struct Shadow(pub(in crate::graphql) control::Shadow);

/// A version that decides leads beside the live one, without sending anything. A lead is compared when its walk has ended.
#[Object]
impl Shadow {
    /// Number of its start in commit order, unique.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Hash of the version.
    async fn version_hash(&self) -> &str {
        &self.0.version
    }

    /// The version.
    async fn version(&self, context: &Context<'_>) -> Result<Option<FlowVersion>> {
        let hash = self.0.version.clone();
        let version = context.batches()?.load_one(VersionByHash(hash)).await?;
        Ok(version.map(FlowVersion))
    }

    /// Share of leads that it decides, in parts per million.
    async fn share_ppm(&self) -> u32 {
        self.0.share_ppm
    }

    /// Its start.
    async fn since(&self) -> ShadowChange {
        self.0.since.clone().into()
    }

    /// Its end; null while it goes on.
    async fn until(&self) -> Option<ShadowChange> {
        self.0.until.clone().map(ShadowChange::from)
    }

    /// Leads that it decided.
    async fn leads(&self) -> u64 {
        self.0.leads
    }

    /// Leads that it sends elsewhere first.
    async fn moved(&self) -> u64 {
        self.0.moved
    }

    /// Leads of which it is unknown.
    async fn undecided(&self) -> u64 {
        self.0.undecided
    }

    /// Numbers in commit order that are still to be read.
    async fn behind(&self, context: &Context<'_>) -> Result<u64> {
        context.control()?.shadow_behind(&self.0).await.or_fault()
    }

    /// What leads add up to, by what was done and what would have been done; most leads first.
    #[graphql(complexity = "weigh(20, 20, child_complexity)")]
    async fn cells(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Number of pairs, 1 to 2,500.", default = 100)] first: u32,
    ) -> Result<Vec<ShadowCell>> {
        let cells = context.control()?.shadow_cells(self.0.number).await;
        let most = usize::try_from(first).unwrap_or(0).min(CELLS_MAX);
        let cells = cells.or_fault()?.into_iter().take(most);
        Ok(cells.map(ShadowCell::from).collect())
    }

    /// The latest leads that it sends elsewhere first, newest first; 100 are kept.
    #[graphql(complexity = "weigh(20, 20, child_complexity)")]
    async fn moved_leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Number of leads, 1 to 100.", default = 20)] first: u32,
    ) -> Result<Vec<MovedLead>> {
        let most = u64::from(first).min(LEADS_MAX);
        let leads = context.control()?.moved_leads(self.0.number, most).await;
        Ok(leads.or_fault()?.into_iter().map(MovedLead::from).collect())
    }
}
