//! The weights that past leads were decided by.

use std::collections::{BTreeSet, VecDeque};

use pointsman_bandit::{Allocation, BanditKey, Entry};
use pointsman_store::{AllocationEntryRow, Read};

use crate::Error;

/// Most weights of segments that are held at once, over all allocations: about 300 MB.
const ENTRIES_MAX: usize = 1_000_000;
/// Epochs read at once.
const PAGE: i64 = 500;

/// The allocations that these epochs stand for, as far as they concern some flows.
///
/// # Errors
///
/// [`Error::Stored`] for weights that cannot be read, by their bandit and epoch; [`Error::TooLarge`] for
/// more weights than a process that takes leads should hold; [`Error::Store`].
pub async fn allocations(
    read: &Read<'_>,
    flows: &BTreeSet<&str>,
    epochs: &BTreeSet<u64>,
) -> Result<Vec<Allocation>, Error> {
    let mut changes = Changes {
        read,
        flows,
        latest: read.latest_epoch().await?,
        read_until: 0,
        rows: VecDeque::new(),
    };
    let mut allocation = Allocation::prior();
    let mut allocations = Vec::with_capacity(epochs.len());
    let mut n_entries = 0;
    for &epoch in epochs {
        // An epoch holds only what changed in it; the rest is what the epochs before left.
        while let Some(row) = changes.next_until(epoch).await? {
            let entry: Entry = serde_json::from_str(&row.weights_body).map_err(|_| {
                let (flow, node, epoch) = (&row.flow, &row.node, row.epoch);
                Error::Stored {
                    what: format!("the weights of {flow}/{node} in epoch {epoch}"),
                }
            })?;
            let key = BanditKey {
                flow: row.flow,
                node: row.node,
                segment: row.segment,
            };
            allocation.entries.insert(key, entry);
        }
        n_entries += allocation.entries.len();
        if n_entries > ENTRIES_MAX {
            return Err(Error::TooLarge(format!(
                "these leads were decided by {} allocations of many segments each, more than {ENTRIES_MAX} \
                 weights of segments; name a shorter time by from and until",
                epochs.len()
            )));
        }
        allocations.push(Allocation {
            epoch,
            ..allocation.clone()
        });
    }
    Ok(allocations)
}

/// What changed in the allocations, in the order of their epochs, read a page at a time.
struct Changes<'a> {
    read: &'a Read<'a>,
    flows: &'a BTreeSet<&'a str>,
    latest: i64,
    read_until: i64,
    rows: VecDeque<AllocationEntryRow>,
}

impl Changes<'_> {
    /// The next change up to an epoch; none: there are no more.
    async fn next_until(&mut self, epoch: u64) -> Result<Option<AllocationEntryRow>, Error> {
        while self.rows.is_empty() && self.read_until < self.latest {
            let until = self.read_until.saturating_add(PAGE);
            let rows = self.read.allocation_entries_between(self.read_until, until);
            self.rows.extend(rows.await?);
            self.rows
                .retain(|row| self.flows.contains(row.flow.as_str()));
            self.read_until = until;
        }
        let is_due = self
            .rows
            .front()
            .is_some_and(|row| u64::try_from(row.epoch).is_ok_and(|changed| changed <= epoch));
        Ok(if is_due { self.rows.pop_front() } else { None })
    }
}
