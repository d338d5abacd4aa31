//! Conversions: later events worth money.

use async_graphql::{Context, Enum, ID, Object, Result};
use pointsman_store::{ConversionRow, ConversionStatus as Stored};

use super::delivery::Delivery;
use crate::graphql::{
    asking::Asking as _,
    loaders::DeliveryById,
    scalars::{Money, Timestamp},
};

/// What a conversion says about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stored")]
pub(in crate::graphql) enum ConversionStatus {
    /// Reported, but not yet worth money.
    Pending,
    /// Worth money.
    Sale,
    /// Worth money again.
    Rebill,
    /// Not worth money after all.
    Cancelled,
}

/// A later event worth money.
pub(in crate::graphql) struct Conversion(pub(in crate::graphql) ConversionRow);

/// A later event worth money, reported by a destination.
#[Object]
impl Conversion {
    /// Names it among everything.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// The offer that it is about.
    async fn delivery(&self, context: &Context<'_>) -> Result<Option<Delivery>> {
        let row = context
            .rows()?
            .load_one(DeliveryById(self.0.delivery_id.clone()))
            .await?;
        Ok(row.map(Delivery))
    }

    /// The click id that it came with.
    async fn click_id(&self) -> &str {
        &self.0.click_id
    }

    /// The destination's own id of the event.
    async fn txid(&self) -> Option<&str> {
        self.0.txid.as_deref()
    }

    /// What it says about the money.
    async fn status(&self) -> ConversionStatus {
        self.0.status.into()
    }

    /// The word that the destination used.
    async fn original_status(&self) -> &str {
        &self.0.original_status
    }

    /// What it adds to our revenue; negative for one taken back.
    async fn revenue(&self) -> Money {
        Money(self.0.revenue)
    }

    /// ISO 4217 code of the revenue.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// When it happened.
    async fn occurred_at(&self) -> Timestamp {
        Timestamp(self.0.occurred_at)
    }

    /// When we heard of it.
    async fn received_at(&self) -> Timestamp {
        Timestamp(self.0.received_at)
    }
}
