//! Payouts of a stretch of the commit order.

use pointsman_store::{PayoutRow, Read};

use super::{DatedTerms, Payable};
use crate::{Error, StoredWalk, currencies::Currencies};

/// Walks that are read at once.
const PAGE: usize = 200;
/// Numbers in commit order that are looked at at once.
const STRETCH: i64 = 10_000;

/// What stretches of the commit order bring sources. It remembers nothing but the currencies of versions.
#[derive(Debug, Default)]
pub struct PayoutFold {
    currencies: Currencies,
}

impl PayoutFold {
    /// The payouts of a stretch, by number.
    ///
    /// * `from`, `until`: numbers in commit order, the first excluded. All up to `until` are committed.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
    pub async fn between(
        &mut self,
        read: &Read<'_>,
        from: i64,
        until: i64,
    ) -> Result<Vec<PayoutRow>, Error> {
        let terms = DatedTerms::load(read).await?;
        if terms.since().is_none_or(|since| since > until) {
            return Ok(Vec::new());
        }
        let touched = read.decisions_numbered(from, until).await?;
        let touched: Vec<String> = touched.into_iter().collect();
        let mut payouts = Vec::new();
        for ids in touched.chunks(PAGE) {
            let rows = read.decisions_by_id(ids).await?;
            self.currencies.learn(read, &rows).await?;
            for walk in StoredWalk::load(read, rows).await? {
                let currency = self.currencies.of(&walk.decision);
                let payable = Payable::new(terms.of(&walk.lead), currency);
                payouts.extend(payable.between(&walk, (from, until)));
            }
        }
        payouts.sort_by(|a, b| (a.number, &a.lead_id).cmp(&(b.number, &b.lead_id)));
        Ok(payouts)
    }

    /// All payouts after a number, a stretch at a time.
    ///
    /// # Errors
    ///
    /// As [`PayoutFold::between`].
    pub(crate) async fn after(
        mut self,
        read: &Read<'_>,
        after: i64,
        last: i64,
    ) -> Result<Vec<PayoutRow>, Error> {
        let mut payouts = Vec::new();
        // Leads that came before the first terms are not paid for.
        let Some(since) = read.first_payout_terms().await? else {
            return Ok(payouts);
        };
        let mut from = after.max(since - 1);
        while from < last {
            let until = last.min(from + STRETCH);
            payouts.extend(self.between(read, from, until).await?);
            from = until;
        }
        Ok(payouts)
    }
}
