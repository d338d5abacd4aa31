//! What became known of offers whose answer was unknown, and what is due for offers.

use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::{DeliveryReleaseRow, OutboxRow};
pub use pointsman_store::{OutboxKind, ReleaseOrigin};

use super::{
    delivery::DeliveryState,
    handle::{History, id, texts},
};
use crate::Error;

/// What became known of an offer whose answer was unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRelease {
    /// The delivery.
    pub delivery_id: Id<kinds::Delivery>,
    /// When.
    pub at: Timestamp,
    /// What the destination did: accepted, rejected, or never got it.
    pub answer: DeliveryState,
    /// Who said so.
    pub origin: ReleaseOrigin,
    /// Which person; `None` where it was the destination.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What is due for an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// The delivery.
    pub delivery_id: Id<kinds::Delivery>,
    /// What is to be done.
    pub kind: OutboxKind,
    /// When.
    pub at: Timestamp,
}

impl History {
    /// What became known of deliveries, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn releases_of_deliveries(
        &self,
        deliveries: &[Id<kinds::Delivery>],
    ) -> Result<Vec<DeliveryRelease>, Error> {
        let rows = self
            .rows()
            .releases_of_deliveries(&texts(deliveries))
            .await?;
        let released = rows.into_iter().map(|row| {
            let DeliveryReleaseRow {
                delivery_id,
                seq: _,
                at,
                answer,
                origin,
                by_whom,
                reason,
                held_seq: _,
                held_at: _,
                ended_seq: _,
            } = row;
            Ok(DeliveryRelease {
                delivery_id: id(&delivery_id)?,
                at: Timestamp(at),
                answer: answer.into(),
                origin,
                by: by_whom,
                reason,
            })
        });
        released.collect()
    }

    /// What is due for deliveries, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn due_of_deliveries(
        &self,
        deliveries: &[Id<kinds::Delivery>],
    ) -> Result<Vec<DueDelivery>, Error> {
        let rows = self.rows().due_of_deliveries(&texts(deliveries)).await?;
        let due = rows.into_iter().map(|row| {
            let OutboxRow {
                delivery_id,
                kind,
                n: _,
                due_at,
            } = row;
            Ok(DueDelivery {
                delivery_id: id(&delivery_id)?,
                kind,
                at: Timestamp(due_at),
            })
        });
        due.collect()
    }
}
