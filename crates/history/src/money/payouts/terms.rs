//! The terms of sources over time.

use std::collections::BTreeMap;

use pointsman_source::PayoutTerms;
use pointsman_store::{LeadRow, Read};

use crate::Error;

/// The terms of all sources, each with the number in commit order from which they hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct DatedTerms {
    by_source: BTreeMap<String, Vec<(i64, Option<PayoutTerms>)>>,
}

impl DatedTerms {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for terms that this release cannot read.
    pub(crate) async fn load(read: &Read<'_>) -> Result<Self, Error> {
        let mut by_source: BTreeMap<String, Vec<(i64, Option<PayoutTerms>)>> = BTreeMap::new();
        for row in read.payout_terms().await? {
            let terms = row.terms_body.as_deref().map(serde_json::from_str);
            let terms = terms.transpose().map_err(|_| Error::Stored {
                what: format!(
                    "the payout terms of source {} at {}",
                    row.source, row.number
                ),
            })?;
            let of_source = by_source.entry(row.source).or_default();
            of_source.push((row.number, terms));
        }
        Ok(Self { by_source })
    }

    /// Those that held when a lead was stored.
    pub(crate) fn of(&self, lead: &LeadRow) -> Option<&PayoutTerms> {
        let of_source = self.by_source.get(&lead.source)?;
        let after = of_source.partition_point(|(number, _)| *number <= lead.seq);
        let (_, terms) = of_source.get(after.checked_sub(1)?)?;
        terms.as_ref()
    }

    /// The number from which some source is paid; `None` if none ever was.
    pub(crate) fn since(&self) -> Option<i64> {
        let first = self.by_source.values().filter_map(|terms| terms.first());
        first.map(|(number, _)| *number).min()
    }
}
