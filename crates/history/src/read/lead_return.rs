//! Leads that their buyers gave back, or charged back.

use pointsman_lead::{Currency, Id, Micros, Timestamp, kinds};
use pointsman_store::ReturnRow;
pub use pointsman_store::{ReturnFilter, ReturnKind, ReturnOrigin, ReturnState};

use super::handle::{History, id, texts};
use crate::{Error, Page, Place};

/// A lead that its buyer gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadReturn {
    /// Its id.
    pub id: Id<kinds::Return>,
    /// The delivery by which the buyer has the lead.
    pub delivery_id: Id<kinds::Delivery>,
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// The buyer.
    pub destination: String,
    /// Whether somebody was asked.
    pub kind: ReturnKind,
    /// How far it has come.
    pub state: ReturnState,
    /// Why; `None` where none was given, or the person is forgotten.
    pub reason: Option<String>,
    /// The way on which it came.
    pub origin: ReturnOrigin,
    /// Who requested it.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
    /// Who accepted or denied it, and when.
    pub decided: Option<(String, Timestamp)>,
    /// What whoever decided last says to it.
    pub note: Option<String>,
    /// Who reversed it, and when.
    pub reversed: Option<(String, Timestamp)>,
    /// What it has taken back: never more than nothing.
    pub revenue: Micros,
    /// The currency of the revenue.
    pub currency: Currency,
}

impl LeadReturn {
    /// A return as it is stored.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] for a row that this release cannot read.
    pub fn of(row: ReturnRow) -> Result<Self, Error> {
        let ReturnRow {
            id: text,
            seq: _,
            delivery_id,
            lead_id,
            destination,
            natural_key: _,
            kind,
            state,
            reason,
            origin,
            requested_by,
            requested_at,
            decided_by,
            decided_at,
            note,
            reversed_by,
            reversed_at,
            revenue,
            currency,
        } = row;
        let at = |by: Option<String>, at: Option<i64>| Some((by?, Timestamp(at?)));
        let currency = currency.parse().map_err(|_| Error::Stored {
            what: format!("the currency `{currency}` of return {text}"),
        })?;
        Ok(Self {
            id: id(&text)?,
            delivery_id: id(&delivery_id)?,
            lead_id: id(&lead_id)?,
            destination,
            kind,
            state,
            reason,
            origin,
            requested_by,
            requested_at: Timestamp(requested_at),
            decided: at(decided_by, decided_at),
            note,
            reversed: at(reversed_by, reversed_at),
            revenue: Micros(revenue),
            currency,
        })
    }
}

impl History {
    /// A return by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_return(&self, id: Id<kinds::Return>) -> Result<Option<LeadReturn>, Error> {
        let row = self.rows().find_return(&id.to_string()).await?;
        row.map(LeadReturn::of).transpose()
    }

    /// The returns of deliveries, in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn returns_of_deliveries(
        &self,
        deliveries: &[Id<kinds::Delivery>],
    ) -> Result<Vec<LeadReturn>, Error> {
        let rows = self
            .rows()
            .returns_of_deliveries(&texts(deliveries))
            .await?;
        rows.into_iter().map(LeadReturn::of).collect()
    }

    /// Returns, the latest requested first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn returns(
        &self,
        filter: &ReturnFilter,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<LeadReturn>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().returns(filter, after, limit).await?;
        Page::of(rows, LeadReturn::of)
    }
}
