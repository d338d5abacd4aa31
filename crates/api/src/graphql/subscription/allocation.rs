//! Weights of a bandit, as they are followed.

use async_graphql::{Context, Result};
use futures_util::{Stream, stream};
use pointsman_bandit::{BanditKey, Entry};
use pointsman_engine::Learner;
use pointsman_history::{History, WeightsPoint};
use tokio::sync::watch;

use crate::graphql::{
    asking::Asking as _, fault, fault::OrFault as _, types::allocation_update::AllocationUpdate,
};

/// Follows the weights of a bandit's segment that is live.
pub(super) fn follow(
    context: &Context<'_>,
    key: BanditKey,
) -> Result<impl Stream<Item = Result<AllocationUpdate>> + use<>> {
    let learner = context.engine()?.learner().clone();
    let BanditKey { flow, node, .. } = &key;
    if !learner.is_live(flow, node) {
        let message = format!("no live flow has a bandit `{node}` of the flow `{flow}`");
        return Err(fault::bad_input(message));
    }
    let mut epochs = learner.epochs();
    // The weights of now are sent, too.
    epochs.mark_changed();
    let following = Following {
        key,
        sent: 0,
        seen: None,
        history: context.history()?,
        learner,
        epochs,
    };
    Ok(stream::unfold(following, Following::next))
}

/// The weights of a segment as somebody follows them.
struct Following {
    key: BanditKey,
    /// Epoch of the weights sent last.
    sent: i64,
    /// The weights in memory when the database was asked last.
    seen: Option<Entry>,
    epochs: watch::Receiver<u64>,
    learner: Learner,
    history: History,
}

impl Following {
    /// Waits for weights that were not sent.
    async fn next(mut self) -> Option<(Result<AllocationUpdate>, Self)> {
        loop {
            self.epochs.changed().await.ok()?;
            // The database is asked only where the weights in memory are others.
            let allocation = self.learner.allocation();
            let base = BanditKey::unsegmented(&self.key.flow, &self.key.node);
            let entries = &allocation.entries;
            let entry = entries.get(&self.key).or_else(|| entries.get(&base));
            if entry.is_none() || entry == self.seen.as_ref() {
                continue;
            }
            self.seen = entry.cloned();
            match self.history.newest_weights(&self.key).await.or_fault() {
                Ok(Some(point)) if point.epoch > self.sent => {
                    self.sent = point.epoch;
                    let update = self.update(point);
                    return Some((Ok(update), self));
                }
                Ok(_) => {}
                Err(fault) => return Some((Err(fault), self)),
            }
        }
    }

    fn update(&self, point: WeightsPoint) -> AllocationUpdate {
        AllocationUpdate::of(self.key.clone(), point)
    }
}
