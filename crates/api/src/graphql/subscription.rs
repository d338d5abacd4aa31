//! The subscriptions.

use async_graphql::{Context, Result, Subscription};
use futures_util::{Stream, stream};
use pointsman_bandit::{BanditKey, Entry};
use pointsman_engine::Learner;
use pointsman_history::{History, WeightsPoint};
use tokio::sync::watch;

use super::{
    asking::Asking as _, fault, fault::OrFault as _, types::allocation_update::AllocationUpdate,
};
use crate::access::Right;

/// What can be followed while it changes.
#[derive(Debug, Default)]
pub(crate) struct Subscription;

/// What can be followed while it changes, over `graphql-transport-ws` at `/graphql/ws`.
#[Subscription]
impl Subscription {
    /// Weights of one bandit and segment: those of now, if there are any, and those of each allocation that changes them. Of several allocations
    /// that come while the answer to one is not read, the newest is sent.
    async fn allocation_published(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "Name of the bandit node.")] node: String,
        #[graphql(
            desc = "Segment, such as `state=CA`; default: all segments without weights of their own, or a bandit without segments."
        )]
        segment: Option<String>,
    ) -> Result<impl Stream<Item = Result<AllocationUpdate>>> {
        context.require(Right::Read)?;
        let learner = context.engine()?.learner().clone();
        if !learner.is_live(&flow, &node) {
            let message = format!("no live flow has a bandit `{node}` of the flow `{flow}`");
            return Err(fault::bad_input(message));
        }
        let mut epochs = learner.epochs();
        // The weights of now are sent, too.
        epochs.mark_changed();
        let following = Following {
            key: BanditKey {
                flow,
                node,
                segment: segment.unwrap_or_default(),
            },
            sent: 0,
            seen: None,
            history: context.history()?,
            learner,
            epochs,
        };
        Ok(stream::unfold(following, Following::next))
    }
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
