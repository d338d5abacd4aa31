//! Which leads stand in the way of those of a batch, and what the batch changes of that.

use std::collections::BTreeSet;

use pointsman_history::HeldKeys;
use pointsman_lead::Timestamp;
use pointsman_ledger::{Hold, HoldKey, Holds};
use pointsman_store::{DedupeHoldRow, Error, WriteTx};

use super::command::Command;
use crate::ident;

/// What holds the keys of all leads of a batch, before it.
pub(super) async fn find(commands: &[Command], tx: &WriteTx) -> Result<HeldKeys, Error> {
    let mut keys: BTreeSet<&HoldKey> = BTreeSet::new();
    for command in commands {
        match command {
            Command::Accept { active, .. } => keys.extend(active.keys.all()),
            Command::Settle { active, .. } => keys.extend(active.keys.all()),
            Command::Release { release, .. } => {
                keys.extend(release.active.iter().flat_map(|active| active.keys.all()));
            }
            _ => {}
        }
    }
    if keys.is_empty() {
        return Ok(HeldKeys::default());
    }
    let keys: Vec<(String, String)> = keys.into_iter().map(pair).collect();
    let stored = tx.read().find_holds(&keys).await?;
    let mut held = Vec::with_capacity(stored.len());
    for row in stored {
        let hold = Hold {
            lead: ident::stored(&row.lead_id)?,
            at: Timestamp(row.at),
        };
        let key = HoldKey {
            scope: row.scope,
            hash: row.hash,
        };
        held.push((key, hold));
    }
    Ok(HeldKeys::new(Holds::new(held)))
}

/// Writes down what has changed.
pub(super) async fn write(held: &HeldKeys, tx: &WriteTx) -> Result<(), Error> {
    let (mut taken, mut released) = (Vec::new(), Vec::new());
    for (key, hold) in held.changes() {
        match hold {
            Some(hold) => taken.push(DedupeHoldRow {
                scope: key.scope.clone(),
                hash: key.hash.clone(),
                lead_id: hold.lead.to_string(),
                at: hold.at.0,
            }),
            None => released.push(pair(key)),
        }
    }
    tx.put_holds(taken).await?;
    tx.release_holds(&released).await
}

fn pair(key: &HoldKey) -> (String, String) {
    (key.scope.clone(), key.hash.clone())
}

#[cfg(test)]
mod tests;
