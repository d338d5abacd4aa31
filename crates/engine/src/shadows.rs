//! Decides leads by versions that send nothing, beside the work.

use std::time::Instant;

use pointsman_history::{Library, OpenShadow, ShadowSums};
use pointsman_router::HashKey;
use pointsman_store::ShadowRow;

use crate::{
    Error,
    follower::{Follow, Follower},
};

/// Between two pieces of work, so many times what the first one took: leads that come in need the processor more.
const REST: u32 = 4;
/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 2_000;

/// Follows the commit order for each version that decides leads without sending anything.
#[derive(Debug)]
pub(crate) struct Shadows {
    library: Library,
}

impl Shadows {
    /// * `hash_key`: of the database.
    pub(crate) fn new(hash_key: HashKey) -> Self {
        Self {
            library: Library::new(hash_key),
        }
    }

    /// * `last`: the number in commit order to come to.
    async fn follow(
        &mut self,
        follower: &Follower,
        row: &ShadowRow,
        last: i64,
    ) -> Result<(), Error> {
        let read = follower.store.read();
        let shadow = OpenShadow::of(&read, row).await?;
        let last = shadow.until().map_or(last, |until| last.min(until));
        let mut row = row.clone();
        while row.folded_seq < last && !follower.is_stopping() {
            let began = Instant::now();
            let from = row.folded_seq;
            let mut sums = ShadowSums::stored(&read, &row).await?;
            let until = last.min(from + PIECE);
            shadow
                .follow(&mut self.library, &read, &mut sums, until)
                .await?;
            row = sums.row.clone();
            let stored = follower
                .store
                .note(move |tx| Box::pin(async move { sums.put(tx, from).await }));
            if !stored.await? {
                // Another process was given the work meanwhile.
                break;
            }
            if until < last && follower.rest(began, REST).await {
                break;
            }
        }
        Ok(())
    }
}

impl Follow for Shadows {
    const DUTY: &'static str = "shadows";
    const FAILED: &'static str = "leads could not be decided by a shadow yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let read = follower.store.read();
        // Read first: a catalog that comes meanwhile counts for later numbers alone.
        let last = read.order().await?.number;
        let behind = read.shadows_behind(last).await?;
        if behind.is_empty() || !follower.claims::<Self>().await? {
            return Ok(());
        }
        let mut followed = Ok(());
        for row in &behind {
            // One that cannot be read must not keep the others from going on.
            if let Err(error) = self.follow(follower, row, last).await {
                tracing::error!(flow = row.flow, error = %error, "its shadow does not go on");
                followed = Err(error);
            }
        }
        followed
    }
}
