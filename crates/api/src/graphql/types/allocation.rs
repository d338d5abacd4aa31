//! Allocations: the weights of every bandit at one moment.

use async_graphql::{Context, Object, Result};
use pointsman_history::AllocationEpoch;

use super::bandit_weights::BanditWeights;
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::weigh,
    scalars::{Epoch, Timestamp},
};

/// The weights of every bandit at one moment.
pub(in crate::graphql) struct Allocation(pub(in crate::graphql) AllocationEpoch);

/// The weights of all bandits, published together under an epoch number.
#[Object]
impl Allocation {
    /// Epoch number, from 1.
    async fn epoch(&self) -> Epoch {
        Epoch(self.0.epoch)
    }

    /// Time of publication.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time up to which the posteriors take observations into account.
    async fn as_of(&self) -> Timestamp {
        self.0.as_of.into()
    }

    /// The weights that changed in this epoch.
    #[graphql(complexity = "weigh(1, 10, child_complexity)")]
    async fn changes(&self, context: &Context<'_>) -> Result<Vec<BanditWeights>> {
        let changes = context.history()?.weights_changed_in(self.0.epoch).await;
        Ok(changes.or_fault()?.into_iter().map(BanditWeights).collect())
    }
}
