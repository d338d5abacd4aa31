//! Stores what trackers of sources are told, beside the work.

use std::time::Instant;

use pointsman_history::PostbackFold;

use crate::{
    Error,
    follower::{Follow, Follower},
};

/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 1_000;
/// After each piece it rests so many times as long as the piece took.
const REST: u32 = 1;

/// Follows the commit order.
#[derive(Debug, Default)]
pub(crate) struct SourcePostbacks {
    fold: PostbackFold,
}

impl Follow for SourcePostbacks {
    const DUTY: &'static str = "source_postbacks";
    const FAILED: &'static str = "postbacks to sources could not be stored yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let read = follower.store.read();
        // Nobody is told of what came before the first postbacks.
        let Some(since) = read.first_postback_settings().await? else {
            return Ok(());
        };
        let mut stored = read.source_postback_progress().await?;
        let last = read.order().await?.number;
        if stored >= last || !follower.claims::<Self>().await? {
            return Ok(());
        }
        while stored < last {
            let began = Instant::now();
            let from = stored.max(since - 1);
            let until = last.min(from + PIECE);
            let rows = self.fold.between(&read, from, until).await?;
            let put = follower.store.note(move |tx| {
                Box::pin(async move { tx.add_source_postbacks((stored, until), rows).await })
            });
            if !put.await? {
                // Another process was given the work meanwhile.
                break;
            }
            stored = until;
            if stored < last && follower.rest(began, REST).await {
                break;
            }
        }
        Ok(())
    }
}
