//! Conversions: later events worth money.

use async_graphql::{Context, Enum, ID, Object, Result};
use pointsman_history as history;

use super::delivery::Delivery;
use crate::graphql::{
    asking::Asking as _,
    loaders::DeliveryById,
    scalars::{Money, Timestamp},
};

/// Status of a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::ConversionStatus")]
pub(in crate::graphql) enum ConversionStatus {
    /// Reported, but not confirmed yet.
    Pending,
    /// Confirmed sale.
    Sale,
    /// Repeated payment for the same customer.
    Rebill,
    /// Declined, cancelled or refunded, in whole or in part; `originalStatus` has the word of the destination. As an
    /// input: cancelled for good.
    Cancelled,
    /// The lead was returned or charged back. As an input: its destination returns it.
    Returned,
    /// A return or chargeback was reversed. Not an input.
    Reinstated,
}

/// A later event worth money.
pub(in crate::graphql) struct Conversion(pub(in crate::graphql) history::Conversion);

/// A later event worth money that a destination reported by postback.
#[Object]
impl Conversion {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The delivery that the conversion belongs to.
    async fn delivery(&self, context: &Context<'_>) -> Result<Option<Delivery>> {
        let delivery = context
            .batches()?
            .load_one(DeliveryById(self.0.delivery_id))
            .await?;
        Ok(delivery.map(Delivery))
    }

    /// Click id of the postback.
    async fn click_id(&self) -> &str {
        &self.0.click_id
    }

    /// Transaction id of the destination.
    async fn txid(&self) -> Option<&str> {
        self.0.txid.as_deref()
    }

    /// Status of the conversion.
    async fn status(&self) -> ConversionStatus {
        self.0.status.into()
    }

    /// Status as the destination wrote it.
    async fn original_status(&self) -> &str {
        &self.0.original_status
    }

    /// Amount that it adds to our revenue; negative for a reversal.
    async fn revenue(&self) -> Money {
        self.0.revenue.into()
    }

    /// ISO 4217 code of the revenue.
    async fn currency(&self) -> String {
        self.0.currency.to_string()
    }

    /// Time of the event.
    async fn occurred_at(&self) -> Timestamp {
        self.0.occurred_at.into()
    }

    /// Time at which the postback was received.
    async fn received_at(&self) -> Timestamp {
        self.0.received_at.into()
    }
}
