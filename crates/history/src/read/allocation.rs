//! The weights of bandits, by epoch.

mod over_time;

use std::collections::BTreeMap;

use pointsman_bandit::{BanditKey, Entry, Posterior};
use pointsman_lead::Timestamp;
use pointsman_store::{AllocationEntryRow, AllocationRow};

use super::handle::{History, json};
use crate::{Error, Page, Place};

pub use over_time::{POINTS_MAX, WeightsOverTime, WeightsPoint};

/// The allocation of one moment, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocationEpoch {
    /// Its number, from 1.
    pub epoch: i64,
    /// When it was published.
    pub created_at: Timestamp,
    /// Up to when its posteriors take observations into account.
    pub as_of: Timestamp,
}

impl From<AllocationRow> for AllocationEpoch {
    fn from(row: AllocationRow) -> Self {
        let AllocationRow {
            epoch,
            created_at,
            as_of,
        } = row;
        Self {
            epoch,
            created_at: Timestamp(created_at),
            as_of: Timestamp(as_of),
        }
    }
}

/// The weights of one bandit in one segment, as published in an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentWeights {
    /// The bandit and the segment.
    pub key: BanditKey,
    /// The epoch that they were published in.
    pub epoch: i64,
    weights_body: String,
    posterior_body: String,
}

impl SegmentWeights {
    /// The weights by arm.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn entry(&self) -> Result<Entry, Error> {
        json(&self.named("weights"), &self.weights_body)
    }

    /// The posteriors that the weights follow from, by arm.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn posteriors(&self) -> Result<BTreeMap<String, Posterior>, Error> {
        json(&self.named("posteriors"), &self.posterior_body)
    }

    fn named(&self, what: &str) -> String {
        format!(
            "the {what} of bandit `{}` of flow `{}` in epoch {}",
            self.key.node, self.key.flow, self.epoch
        )
    }
}

impl From<AllocationEntryRow> for SegmentWeights {
    fn from(row: AllocationEntryRow) -> Self {
        let AllocationEntryRow {
            flow,
            node,
            segment,
            epoch,
            weights_body,
            posterior_body,
        } = row;
        Self {
            key: BanditKey {
                flow,
                node,
                segment,
            },
            epoch,
            weights_body,
            posterior_body,
        }
    }
}

impl History {
    /// Allocations, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn allocations(
        &self,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<AllocationEpoch>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().allocations(after, limit).await?;
        Page::of(rows, |row| Ok(row.into()))
    }

    /// The weights of an epoch, by flow, node and segment.
    ///
    /// * `epoch`: `None` for the current one.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn weights_at(&self, epoch: Option<i64>) -> Result<Vec<SegmentWeights>, Error> {
        let rows = self.rows();
        let epoch = match epoch {
            Some(epoch) => epoch,
            None => rows.latest_epoch().await?,
        };
        let rows = rows.allocation_at(epoch).await?;
        Ok(rows.into_iter().map(SegmentWeights::from).collect())
    }

    /// The weights that changed in an epoch, by flow, node and segment.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn weights_changed_in(&self, epoch: i64) -> Result<Vec<SegmentWeights>, Error> {
        let rows = self
            .rows()
            .allocation_entries_between(epoch - 1, epoch)
            .await?;
        Ok(rows.into_iter().map(SegmentWeights::from).collect())
    }

    /// The weights of one bandit in one segment, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn weights_of_segment(
        &self,
        key: &BanditKey,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<SegmentWeights>, Error> {
        let key = (key.flow.as_str(), key.node.as_str(), key.segment.as_str());
        let after = after.map(Place::cursor);
        let rows = self.rows().allocation_history(key, after, limit).await?;
        Page::of(rows, |row| Ok(row.into()))
    }
}
