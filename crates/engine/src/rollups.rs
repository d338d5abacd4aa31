//! Adds leads up by the hour, beside the work.

use std::{collections::BTreeMap, time::Instant};

use pointsman_history::{ROLLUP_FORMAT, RollupFold};
use pointsman_store::{RollupCell, RollupKey, RollupProgress, Store};

use crate::{
    Error,
    follower::{Follow, Follower},
};

/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 1_000;
/// After each piece it rests so many times as long as the piece took.
const REST: u32 = 2;

/// Follows the commit order.
#[derive(Debug, Default)]
pub(crate) struct Rollups {
    fold: RollupFold,
}

impl Follow for Rollups {
    const DUTY: &'static str = "rollups";
    const FAILED: &'static str = "leads could not be added up yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let read = follower.store.read();
        let RollupProgress { format, folded_seq } = read.rollup_progress().await?;
        let last = read.order().await?.number;
        if folded_seq >= last && format == ROLLUP_FORMAT {
            return Ok(());
        }
        if !follower.claims::<Self>().await? {
            return Ok(());
        }
        let mut from = folded_seq;
        if format != ROLLUP_FORMAT {
            let reset = follower
                .store
                .note(|tx| Box::pin(async move { tx.reset_rollups(ROLLUP_FORMAT).await }));
            reset.await?;
            from = 0;
        }
        while from < last {
            let began = Instant::now();
            let until = last.min(from + PIECE);
            let added = self.fold.between(&read, from, until).await?;
            if !store_piece(&follower.store, (from, until), added).await? {
                // Another process was given the work meanwhile.
                break;
            }
            from = until;
            if from < last && follower.rest(began, REST).await {
                break;
            }
        }
        Ok(())
    }
}

/// Stores what came of a stretch of the commit order, with the number that it was followed to; whether nobody else had.
async fn store_piece(
    store: &Store,
    (from, until): (i64, i64),
    added: BTreeMap<RollupKey, RollupCell>,
) -> Result<bool, Error> {
    let stored = store.note(move |tx| {
        Box::pin(async move {
            if !tx.move_rollups_on(from, until).await? {
                return Ok(false);
            }
            tx.add_to_rollups(added).await?;
            Ok(true)
        })
    });
    Ok(stored.await?)
}
