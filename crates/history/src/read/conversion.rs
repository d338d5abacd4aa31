//! Conversions: later events worth money.

use pointsman_lead::{Currency, Id, Micros, Timestamp, kinds};
use pointsman_store::{ConversionRow, ConversionStatus as StoredStatus};

use super::handle::{History, id, texts};
use crate::{Error, Page, Place};

/// What a conversion means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConversionStatus {
    /// Reported, and not yet worth money.
    Pending,
    /// Worth money.
    Sale,
    /// Worth money once more.
    Rebill,
    /// Worth nothing any more.
    Cancelled,
    /// The lead was returned or charged back.
    Returned,
    /// That was reversed.
    Reinstated,
}

impl From<StoredStatus> for ConversionStatus {
    fn from(stored: StoredStatus) -> Self {
        match stored {
            StoredStatus::Pending => Self::Pending,
            StoredStatus::Sale => Self::Sale,
            StoredStatus::Rebill => Self::Rebill,
            StoredStatus::Cancelled => Self::Cancelled,
            StoredStatus::Returned => Self::Returned,
            StoredStatus::Reinstated => Self::Reinstated,
        }
    }
}

/// A conversion of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// Its id.
    pub id: Id<kinds::Conversion>,
    /// The delivery.
    pub delivery_id: Id<kinds::Delivery>,
    /// The click id that came with it.
    pub click_id: String,
    /// The destination's own transaction id, if it sent one.
    pub txid: Option<String>,
    /// What it means.
    pub status: ConversionStatus,
    /// What the destination called it.
    pub original_status: String,
    /// What it adds to what the delivery has earned; negative for what it takes back.
    pub revenue: Micros,
    /// The currency of the revenue.
    pub currency: Currency,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
}

impl Conversion {
    fn of(row: ConversionRow) -> Result<Self, Error> {
        let ConversionRow {
            id: text,
            seq: _,
            delivery_id,
            natural_key: _,
            click_id,
            txid,
            status,
            original_status,
            revenue,
            currency,
            occurred_at,
            received_at,
            raw_body: _,
            event_body: _,
            sales: _,
            accepted: _,
        } = row;
        let currency = currency.parse().map_err(|_| Error::Stored {
            what: format!("the currency `{currency}` of conversion {text}"),
        })?;
        Ok(Self {
            id: id(&text)?,
            delivery_id: id(&delivery_id)?,
            click_id,
            txid,
            status: status.into(),
            original_status,
            revenue: Micros(revenue),
            currency,
            occurred_at: Timestamp(occurred_at),
            received_at: Timestamp(received_at),
        })
    }
}

impl History {
    /// A conversion by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_conversion(
        &self,
        id: Id<kinds::Conversion>,
    ) -> Result<Option<Conversion>, Error> {
        let row = self.rows().find_conversion(&id.to_string()).await?;
        row.map(Conversion::of).transpose()
    }

    /// The conversions of deliveries, in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn conversions_of_deliveries(
        &self,
        deliveries: &[Id<kinds::Delivery>],
    ) -> Result<Vec<Conversion>, Error> {
        let rows = self
            .rows()
            .conversions_of_deliveries(&texts(deliveries))
            .await?;
        rows.into_iter().map(Conversion::of).collect()
    }

    /// Conversions, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn conversions(
        &self,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Conversion>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().conversions(after, limit).await?;
        Page::of(rows, Conversion::of)
    }
}
