//! How a stretch of the commit order changes the sums.

use std::collections::BTreeMap;

use pointsman_store::{ROLLUP_SUMS, Read, RollupCell, RollupKey};

use super::{
    admission::Admission,
    contribution::{Contribution, Measured},
    part, without_status,
};
use crate::{
    Error, StoredWalk,
    currencies::Currencies,
    money::payouts::{DatedTerms, Payable},
};

/// Walks that are read at once.
const PAGE: usize = 200;

/// What stretches of the commit order change. It remembers nothing but the currencies of versions.
#[derive(Debug, Default)]
pub struct RollupFold {
    currencies: Currencies,
}

/// What becomes of the cells of an hour.
#[derive(Debug, Default)]
pub(super) struct HourChange {
    /// What is added to each cell, before it is known which keys have cells of their own.
    sums: BTreeMap<RollupKey, RollupCell>,
    /// Keys that come up, without their status, by the number with which they do.
    new: BTreeMap<RollupKey, i64>,
}

impl RollupFold {
    /// What is to be added to cells once they are those of the number `from`.
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
    ) -> Result<BTreeMap<RollupKey, RollupCell>, Error> {
        let touched: Vec<String> = read
            .decisions_numbered(from, until)
            .await?
            .into_iter()
            .collect();
        let hours = self.changes(read, &touched, (from, until)).await?;
        let mut added = BTreeMap::new();
        for (hour, change) in hours {
            let known = read.rollup_keys(hour).await?;
            added.extend(change.placed(known.iter().map(without_status)));
        }
        Ok(added)
    }

    /// What leads add as of a number, less what they added as of an earlier one, by hour.
    pub(super) async fn changes(
        &mut self,
        read: &Read<'_>,
        decisions: &[String],
        (from, until): (i64, i64),
    ) -> Result<BTreeMap<i64, HourChange>, Error> {
        let mut hours: BTreeMap<i64, HourChange> = BTreeMap::new();
        let terms = DatedTerms::load(read).await?;
        for ids in decisions.chunks(PAGE) {
            let rows = read.decisions_by_id(ids).await?;
            self.currencies.learn(read, &rows).await?;
            let walks = StoredWalk::load(read, rows).await?;
            let latencies = latencies(read, &walks).await?;
            for walk in &walks {
                let currency = self.currencies.of(&walk.decision);
                let measured = Measured {
                    walk,
                    currency,
                    latencies: &latencies,
                    payable: Payable::new(terms.of(&walk.lead), currency),
                };
                for it in measured.as_of(until)? {
                    let hour = hours.entry(it.key.hour).or_default();
                    hour.add(it, from);
                }
                for it in measured.as_of(from)? {
                    let hour = hours.entry(it.key.hour).or_default();
                    hour.take(it);
                }
            }
        }
        Ok(hours)
    }
}

/// How long answers took, milliseconds, by delivery.
async fn latencies(
    read: &Read<'_>,
    walks: &[StoredWalk],
) -> Result<BTreeMap<String, Vec<i64>>, Error> {
    let deliveries = walks.iter().flat_map(|walk| &walk.rows.deliveries);
    let ids: Vec<String> = deliveries.map(|delivery| delivery.id.clone()).collect();
    let mut latencies: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for attempt in read.attempts_of_deliveries(&ids).await? {
        if let Some(ms) = attempt.latency_ms {
            latencies.entry(attempt.delivery_id).or_default().push(ms);
        }
    }
    Ok(latencies)
}

impl HourChange {
    /// * `from`: keys that come up after this number are new.
    fn add(&mut self, added: Contribution, from: i64) {
        let Contribution { key, since, sums } = added;
        if since > from {
            let first = self.new.entry(without_status(&key)).or_insert(since);
            *first = since.min(*first);
        }
        let cell = self.sums.entry(key).or_insert([0; ROLLUP_SUMS.len()]);
        for (sum, more) in cell.iter_mut().zip(sums) {
            *sum += more;
        }
    }

    fn take(&mut self, taken: Contribution) {
        let Contribution { key, sums, .. } = taken;
        let cell = self.sums.entry(key).or_insert([0; ROLLUP_SUMS.len()]);
        for (sum, less) in cell.iter_mut().zip(sums) {
            *sum -= less;
        }
    }

    /// The same by the keys that have cells, without those to which nothing is added.
    ///
    /// * `known`: the keys of the hour so far, without their status.
    pub(super) fn placed(
        self,
        known: impl IntoIterator<Item = RollupKey>,
    ) -> BTreeMap<RollupKey, RollupCell> {
        let mut admission = Admission::of(known);
        let mut new: Vec<(i64, RollupKey)> =
            self.new.into_iter().map(|(key, seq)| (seq, key)).collect();
        new.sort();
        for (_, key) in &new {
            admission.admit(key);
        }
        let mut placed: BTreeMap<RollupKey, RollupCell> = BTreeMap::new();
        for (key, sums) in self.sums {
            let mut found = admission.find(&without_status(&key));
            found.parts[part::STATUS].clone_from(&key.parts[part::STATUS]);
            let cell = placed.entry(found).or_insert([0; ROLLUP_SUMS.len()]);
            for (sum, more) in cell.iter_mut().zip(sums) {
                *sum += more;
            }
        }
        placed.retain(|_, sums| sums.iter().any(|sum| *sum != 0));
        placed
    }
}
