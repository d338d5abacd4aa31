//! Leads whose revenue or status was reckoned again.

use async_graphql::{Context, Object, Result};
use pointsman_store::RestatementRow;

use super::lead::{Lead, LeadStatus};
use crate::graphql::{
    asking::Asking as _,
    loaders::LeadById,
    scalars::{Money, Timestamp},
};

/// A lead that came out otherwise when it was reckoned again.
pub(in crate::graphql) struct Restatement(pub(in crate::graphql) RestatementRow);

/// A lead whose revenue or status came out otherwise when it was reckoned again from its deliveries and
/// conversions.
#[Object]
impl Restatement {
    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let row = context
            .rows()?
            .load_one(LeadById(self.0.lead_id.clone()))
            .await?;
        Ok(row.map(Lead))
    }

    /// Its revenue until then.
    async fn revenue_before(&self) -> Money {
        Money(self.0.revenue_before)
    }

    /// Its revenue from then on.
    async fn revenue_after(&self) -> Money {
        Money(self.0.revenue_after)
    }

    /// Its status until then.
    async fn status_before(&self) -> LeadStatus {
        self.0.status_before.into()
    }

    /// Its status from then on.
    async fn status_after(&self) -> LeadStatus {
        self.0.status_after.into()
    }

    /// When it was reckoned again.
    async fn restated_at(&self) -> Timestamp {
        Timestamp(self.0.restated_at)
    }
}
