//! Leads and what became of them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_store::{LeadFilter, LeadRow, LeadStatus as Stored};

use super::{decision::Decision, delivery::Delivery};
use crate::{
    access::{LeadScope, Right},
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        loaders::{DecisionOfLead, DeliveriesOfLead},
        paging::weigh,
        scalars::{LeadFields, Money, Timestamp},
    },
};

/// How far a lead has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stored")]
pub(in crate::graphql) enum LeadStatus {
    /// It is on disk.
    Received,
    /// It is on its way to destinations.
    Queued,
    /// An answer is unknown, and it must not be sold twice.
    Held,
    /// The flow said no.
    Declined,
    /// Nobody took it.
    Unsold,
    /// Somebody took it.
    Sold,
    /// Somebody took it and gave it back.
    Returned,
    /// The same person came before.
    Duplicate,
    /// The person must not be contacted.
    Suppressed,
}

/// Which leads to list; what is left out does not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct LeadFilterInput {
    /// Of this flow.
    flow: Option<String>,
    /// Of this status.
    status: Option<LeadStatus>,
    /// Of this source.
    source: Option<String>,
    /// Received then or later.
    received_from: Option<Timestamp>,
    /// Received before.
    received_before: Option<Timestamp>,
}

impl From<LeadFilterInput> for LeadFilter {
    fn from(input: LeadFilterInput) -> Self {
        let LeadFilterInput {
            flow,
            status,
            source,
            received_from,
            received_before,
        } = input;
        Self {
            flow,
            status: status.map(Stored::from),
            source,
            from: received_from.map(|at| at.0),
            until: received_before.map(|at| at.0),
        }
    }
}

/// A lead: one person's details, intent and consent.
pub(in crate::graphql) struct Lead(pub(in crate::graphql) LeadRow);

impl Lead {
    /// A lead, if it is there and may be seen: a source sees its own.
    pub(in crate::graphql) async fn find(context: &Context<'_>, id: &str) -> Result<Option<Self>> {
        let scope = scope(context)?;
        let row = context.read()?.find_lead(id).await.or_fault()?;
        Ok(row.filter(|row| scope.holds(&row.source)).map(Self))
    }
}

/// Whose leads may be seen. Refuses those who may see none.
pub(in crate::graphql) fn scope(context: &Context<'_>) -> Result<LeadScope> {
    LeadScope::of(context.principal()?).map_err(|refused| fault::new(fault::FORBIDDEN, refused))
}

/// A lead: one person's details, intent and consent, as its source sent them.
#[Object]
impl Lead {
    /// Names it among everything.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// What kind of lead it is.
    async fn vertical(&self) -> &str {
        &self.0.vertical
    }

    /// The flow that routes it.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Who sent it.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// The source's own key for it.
    async fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// Whether it is a test, from which nothing is learned.
    async fn is_test(&self) -> bool {
        self.0.is_test
    }

    /// How far it has come.
    async fn status(&self) -> LeadStatus {
        self.0.status.into()
    }

    /// Its fields, those that every lead has among them.
    async fn fields(&self) -> Result<LeadFields> {
        Ok(LeadFields(
            serde_json::from_str(&self.0.fields_body).or_fault()?,
        ))
    }

    /// What destinations pay for it so far. Needs the right to read everything.
    async fn revenue(&self, context: &Context<'_>) -> Result<Money> {
        context.require(Right::Read)?;
        Ok(Money(self.0.revenue))
    }

    /// When it came.
    async fn received_at(&self) -> Timestamp {
        Timestamp(self.0.received_at)
    }

    /// When its walk through the flow ended.
    async fn settled_at(&self) -> Option<Timestamp> {
        self.0.settled_at.map(Timestamp)
    }

    /// Its walk through the flow. Needs the right to read everything.
    async fn decision(&self, context: &Context<'_>) -> Result<Option<Decision>> {
        context.require(Right::Read)?;
        let row = context
            .rows()?
            .load_one(DecisionOfLead(self.0.id.clone()))
            .await?;
        Ok(row.map(Decision))
    }

    /// Its offers, in order. Needs the right to read everything.
    #[graphql(complexity = "weigh(1, 4, child_complexity)")]
    async fn deliveries(&self, context: &Context<'_>) -> Result<Vec<Delivery>> {
        context.require(Right::Read)?;
        let rows = context
            .rows()?
            .load_one(DeliveriesOfLead(self.0.id.clone()))
            .await?;
        Ok(rows.unwrap_or_default().into_iter().map(Delivery).collect())
    }
}

/// How many leads have a status, and what they brought.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LeadCount {
    /// The status.
    status: LeadStatus,
    /// How many leads.
    leads: i64,
    /// What they brought so far; nine trillion units and more count as nine trillion.
    revenue: Money,
}

impl From<pointsman_store::LeadCount> for LeadCount {
    fn from(count: pointsman_store::LeadCount) -> Self {
        let pointsman_store::LeadCount {
            status,
            leads,
            revenue,
        } = count;
        Self {
            status: status.into(),
            leads,
            revenue: Money(i64::try_from(revenue).unwrap_or(i64::MAX)),
        }
    }
}
