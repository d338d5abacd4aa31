//! What sources are paid for leads.

use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_source::PayoutKind;

use super::{
    History,
    handle::{id, texts},
};
use crate::{
    Error, StoredWalk,
    currencies::Currencies,
    money::payouts::{DatedTerms, Payable},
};

/// What a source is paid for a lead, or what is taken back of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// What it is paid for.
    pub kind: PayoutKind,
    /// When that was stored.
    pub at: Timestamp,
    /// Negative for what is taken back.
    pub amount: Micros,
    /// ISO 4217.
    pub currency: String,
}

impl History {
    /// The payouts of leads, in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn payouts_of_leads(&self, leads: &[Id<kinds::Lead>]) -> Result<Vec<Payout>, Error> {
        let read = self.rows();
        let terms = DatedTerms::load(&read).await?;
        if terms.since().is_none() {
            return Ok(Vec::new());
        }
        let decisions = read.decisions_of_leads(&texts(leads)).await?;
        let mut currencies = Currencies::default();
        currencies.learn(&read, &decisions).await?;
        let mut payouts = Vec::new();
        for walk in StoredWalk::load(&read, decisions).await? {
            let payable = Payable::new(terms.of(&walk.lead), currencies.of(&walk.decision));
            let lead_id = id(&walk.lead.id)?;
            for (kind, row) in payable.changes(&walk, (0, i64::MAX)) {
                payouts.push(Payout {
                    lead_id,
                    kind,
                    at: Timestamp(row.at),
                    amount: Micros(row.amount),
                    currency: row.currency,
                });
            }
        }
        Ok(payouts)
    }
}
