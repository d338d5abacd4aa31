//! Stores what sources are paid, beside the work.

use std::time::Instant;

use pointsman_history::PayoutFold;

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
pub(crate) struct Payouts {
    fold: PayoutFold,
}

impl Follow for Payouts {
    const DUTY: &'static str = "payouts";
    const FAILED: &'static str = "payouts could not be stored yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let read = follower.store.read();
        // Leads that came before the first terms are not paid for.
        let Some(since) = read.first_payout_terms().await? else {
            return Ok(());
        };
        let mut stored = read.payout_progress().await?;
        let last = read.order().await?.number;
        if stored >= last || !follower.claims::<Self>().await? {
            return Ok(());
        }
        while stored < last {
            let began = Instant::now();
            let from = stored.max(since - 1);
            let until = last.min(from + PIECE);
            let payouts = self.fold.between(&read, from, until).await?;
            let put = follower.store.note(move |tx| {
                Box::pin(async move { tx.add_payouts((stored, until), payouts).await })
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
