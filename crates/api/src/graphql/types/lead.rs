//! Leads with their state and revenue.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_history as history;
use pointsman_lead::{Id, kinds};

use super::{
    decision::Decision, delivery::Delivery, payout::Payout, source_postback::SourcePostback,
};
use crate::{
    access::{LeadScope, Right},
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        loaders::{
            DecisionOfLead, DeliveriesOfLead, GivenOfLead, PayoutsOfLead, SourcePostbacksOfLead,
        },
        paging::weigh,
        personal,
        scalars::{LeadFields, Money, Timestamp},
    },
};

/// Status of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::LeadStatus")]
pub(in crate::graphql) enum LeadStatus {
    /// Reserved: this version sets it on no lead.
    Received,
    /// It is stored, and its walk goes on.
    Queued,
    /// A destination's answer is unknown, and nobody else is offered the lead. The status stays, also if the
    /// destination reports a sale later; the revenue counts.
    Held,
    /// The flow declined it.
    Declined,
    /// No destination accepted it.
    Unsold,
    /// A destination accepted it.
    Sold,
    /// A destination accepted it and returned it later.
    Returned,
    /// The same person came before, and was sold or may still be. It was offered to nobody.
    Duplicate,
    /// Reserved: this version sets it on no lead. There are no suppression lists.
    Suppressed,
}

/// A filter for leads; omitted members do not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct LeadFilterInput {
    /// Only leads of this flow.
    flow: Option<String>,
    /// Only leads with this status.
    status: Option<LeadStatus>,
    /// Only leads of this source.
    source: Option<String>,
    /// Only leads that were offered to this destination, whatever came of it.
    destination: Option<String>,
    /// Only leads with this idempotency key.
    idempotency_key: Option<String>,
    /// Only test leads, or only others.
    is_test: Option<bool>,
    /// Only leads received at this time or later.
    received_from: Option<Timestamp>,
    /// Only leads received before this time.
    received_before: Option<Timestamp>,
}

impl From<LeadFilterInput> for history::LeadFilter {
    fn from(input: LeadFilterInput) -> Self {
        let LeadFilterInput {
            flow,
            status,
            source,
            destination,
            idempotency_key,
            is_test,
            received_from,
            received_before,
        } = input;
        Self {
            flow,
            status: status.map(history::LeadStatus::from),
            source,
            destination,
            idempotency_key,
            is_test,
            from: received_from.map(pointsman_lead::Timestamp::from),
            until: received_before.map(pointsman_lead::Timestamp::from),
        }
    }
}

/// A lead: one person's details, intent and consent.
pub(in crate::graphql) struct Lead(pub(in crate::graphql) history::Lead);

/// A look at the personal data of a lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct PersonalRead {
    /// Time of the look.
    at: Timestamp,
    /// Name of the token.
    by: String,
}

impl From<pointsman_control::PersonalRead> for PersonalRead {
    fn from(read: pointsman_control::PersonalRead) -> Self {
        let pointsman_control::PersonalRead { at, by } = read;
        Self { at: at.into(), by }
    }
}

/// A lead as its source sent it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LeadGiven {
    /// Revision of the document that has read it.
    source_revision: i64,
    /// Values by field, as they were sent.
    fields: LeadFields,
    /// Answers that no field took, by key.
    unknown: LeadFields,
}

impl From<history::LeadGiven> for LeadGiven {
    fn from(given: history::LeadGiven) -> Self {
        let history::LeadGiven {
            lead_id: _,
            source_revision,
            fields,
            unknown,
        } = given;
        Self {
            source_revision,
            fields: LeadFields(fields),
            unknown: LeadFields(unknown),
        }
    }
}

impl Lead {
    /// A lead, if it is there and may be seen: a source sees its own.
    pub(in crate::graphql) async fn find(
        context: &Context<'_>,
        id: Id<kinds::Lead>,
    ) -> Result<Option<Self>> {
        let scope = scope(context)?;
        let lead = context.history()?.find_lead(id).await.or_fault()?;
        Ok(lead.filter(|lead| scope.holds(&lead.source)).map(Self))
    }
}

/// Whose leads may be seen. Refuses those who may see none.
pub(in crate::graphql) fn scope(context: &Context<'_>) -> Result<LeadScope> {
    LeadScope::of(context.principal()?).map_err(|refused| fault::new(fault::FORBIDDEN, refused))
}

/// A lead: details, intent and consent of one person, as the source submitted them.
#[Object]
impl Lead {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Vertical: the kind of lead.
    async fn vertical(&self) -> &str {
        &self.0.vertical
    }

    /// Name of the flow that routes the lead.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Source of the lead.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Idempotency key of the source.
    async fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// Whether it is a test lead; nothing is learned from it.
    async fn is_test(&self) -> bool {
        self.0.is_test
    }

    /// Current status.
    async fn status(&self) -> LeadStatus {
        self.0.status.into()
    }

    /// All fields, including those that every lead has. Personal data reads `[personal]` for a token that may not
    /// read it, and in browsers until `revealLead` shows it; a source reads that of its own leads.
    async fn fields(&self, context: &Context<'_>) -> Result<LeadFields> {
        let mut fields = self.0.fields().or_fault()?;
        if !personal::may_read(context)?
            && let Some(members) = fields.as_object_mut()
        {
            let open = personal::open_fields(context, &self.0.vertical).await?;
            for (name, value) in members {
                if !open.contains(name) && !value.is_null() {
                    *value = personal::MASK.into();
                }
            }
        }
        Ok(LeadFields(fields))
    }

    /// What it was given as, where the document of its source has read it. Null for leads that came as our own JSON, for
    /// tokens that may not read personal data, and in browsers.
    async fn given(&self, context: &Context<'_>) -> Result<Option<LeadGiven>> {
        if !personal::may_read(context)? {
            return Ok(None);
        }
        let given = context.batches()?.load_one(GivenOfLead(self.0.id)).await?;
        Ok(given.map(LeadGiven::from))
    }

    /// Who had its personal data shown in a browser, newest first, at most 50. Null for tokens that may not read it.
    #[graphql(complexity = "weigh(5, 2, child_complexity)")]
    async fn personal_reads(&self, context: &Context<'_>) -> Result<Option<Vec<PersonalRead>>> {
        if !Right::ReadPersonal.is_of(context.principal()?.role) {
            return Ok(None);
        }
        let reads = context.control()?.personal_reads(self.0.id).await;
        let reads = reads.or_fault()?.into_iter();
        Ok(Some(reads.map(PersonalRead::from).collect()))
    }

    /// Names of the fields of this lead that are personal data by the lead schema of today, or that it does not have.
    async fn personal_fields(&self, context: &Context<'_>) -> Result<Vec<String>> {
        let fields = self.0.fields().or_fault()?;
        let open = personal::open_fields(context, &self.0.vertical).await?;
        let names = fields.as_object().into_iter().flat_map(|it| it.keys());
        Ok(names
            .filter(|name| !open.contains(*name))
            .cloned()
            .collect())
    }

    /// Whether its personal fields were removed.
    async fn is_erased(&self) -> bool {
        self.0.is_erased
    }

    /// The lead that it is a duplicate of. Requires permission to read everything.
    async fn duplicate_of(&self, context: &Context<'_>) -> Result<Option<ID>> {
        context.require(Right::Read)?;
        if self.0.status != history::LeadStatus::Duplicate {
            return Ok(None);
        }
        let decision = context
            .batches()?
            .load_one(DecisionOfLead(self.0.id))
            .await?;
        let reason = decision.and_then(|decision| decision.end_reason);
        let first = history::duplicate_of(reason.as_deref());
        Ok(first.map(|first| ID(first.to_string())))
    }

    /// Revenue so far. Requires permission to read everything.
    async fn revenue(&self, context: &Context<'_>) -> Result<Money> {
        context.require(Right::Read)?;
        Ok(self.0.revenue.into())
    }

    /// Payouts to its source, in the order in which they were earned. Requires permission to read everything.
    #[graphql(complexity = "weigh(1, 4, child_complexity)")]
    async fn payouts(&self, context: &Context<'_>) -> Result<Vec<Payout>> {
        context.require(Right::Read)?;
        let payouts = context
            .batches()?
            .load_one(PayoutsOfLead(self.0.id))
            .await?;
        Ok(payouts.into_iter().flatten().map(Payout::from).collect())
    }

    /// What the tracker of its source is told of it, in commit order. Requires permission to read everything.
    #[graphql(complexity = "weigh(1, 4, child_complexity)")]
    async fn source_postbacks(&self, context: &Context<'_>) -> Result<Vec<SourcePostback>> {
        context.require(Right::Read)?;
        let postbacks = context
            .batches()?
            .load_one(SourcePostbacksOfLead(self.0.id))
            .await?;
        Ok(postbacks
            .into_iter()
            .flatten()
            .map(SourcePostback)
            .collect())
    }

    /// Time of receipt.
    async fn received_at(&self) -> Timestamp {
        self.0.received_at.into()
    }

    /// Time at which its walk ended.
    async fn settled_at(&self) -> Option<Timestamp> {
        self.0.settled_at.map(Timestamp::from)
    }

    /// Its walk through the flow. Requires permission to read everything.
    async fn decision(&self, context: &Context<'_>) -> Result<Option<Decision>> {
        context.require(Right::Read)?;
        let decision = context
            .batches()?
            .load_one(DecisionOfLead(self.0.id))
            .await?;
        Ok(decision.map(Decision))
    }

    /// Its deliveries in order. Requires permission to read everything.
    #[graphql(complexity = "weigh(1, 4, child_complexity)")]
    async fn deliveries(&self, context: &Context<'_>) -> Result<Vec<Delivery>> {
        context.require(Right::Read)?;
        let deliveries = context
            .batches()?
            .load_one(DeliveriesOfLead(self.0.id))
            .await?
            .unwrap_or_default();
        Ok(deliveries.into_iter().map(Delivery).collect())
    }
}

/// Number and revenue of the leads with one status.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LeadCount {
    /// The status.
    status: LeadStatus,
    /// Number of leads.
    leads: i64,
    /// Sum of their revenue so far. A sum above 9223372036854.775807 is given as that amount.
    revenue: Money,
}

impl From<history::LeadCount> for LeadCount {
    fn from(count: history::LeadCount) -> Self {
        let history::LeadCount {
            status,
            leads,
            revenue,
        } = count;
        Self {
            status: status.into(),
            leads,
            revenue: revenue.into(),
        }
    }
}
