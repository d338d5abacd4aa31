//! The sums of each hour made again from its leads alone, and compared with those that are stored.

use std::collections::BTreeMap;

use pointsman_store::{Read, RollupCell, RollupKey, Store};

use super::{HOUR, RollupFold, hour_of};
use crate::Error;

/// Differences that are named.
const NAMED_MAX: usize = 100;

/// A cell that is not what its leads add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollupDifference {
    /// Which.
    pub key: RollupKey,
    /// What is stored; `None` if there is no such cell.
    pub stored: Option<RollupCell>,
    /// What its leads add up to; `None` if there are none.
    pub rebuilt: Option<RollupCell>,
}

/// The cells that are not what their leads add up to as of the number that they were folded to: at most 100. An hour
/// is read at a time, whole; a fold may go on meanwhile.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
pub async fn rollup_differences(store: &Store) -> Result<Vec<RollupDifference>, Error> {
    let read = store.read();
    let mut fold = RollupFold::default();
    let mut found = Vec::new();
    let mut after = i64::MIN;
    while found.len() < NAMED_MAX {
        // The next hour that has leads or cells.
        let lead = read.first_received(after).await?.map(hour_of);
        let cell = read.rollup_hours(after, 1).await?.into_iter().next();
        let Some(hour) = lead.into_iter().chain(cell).min() else {
            break;
        };
        let (until, stored) = read.rollup_cells(hour).await?;
        let rebuilt = rebuilt(&mut fold, &read, hour, until).await?;
        found.extend(compared(&stored, &rebuilt));
        after = hour + HOUR - 1;
    }
    found.truncate(NAMED_MAX);
    Ok(found)
}

async fn rebuilt(
    fold: &mut RollupFold,
    read: &Read<'_>,
    hour: i64,
    until: i64,
) -> Result<BTreeMap<RollupKey, RollupCell>, Error> {
    let decisions = read.decisions_received(hour, hour + HOUR).await?;
    // Before the first number there is nothing.
    let mut changes = fold.changes(read, &decisions, (0, until)).await?;
    let change = changes.remove(&hour).unwrap_or_default();
    Ok(change.placed([]))
}

fn compared(
    stored: &BTreeMap<RollupKey, RollupCell>,
    rebuilt: &BTreeMap<RollupKey, RollupCell>,
) -> Vec<RollupDifference> {
    let gone = stored.keys().filter(|key| !rebuilt.contains_key(*key));
    let keys = rebuilt.keys().chain(gone);
    keys.filter(|key| stored.get(*key) != rebuilt.get(*key))
        .map(|key| RollupDifference {
            key: key.clone(),
            stored: stored.get(key).copied(),
            rebuilt: rebuilt.get(key).copied(),
        })
        .collect()
}
