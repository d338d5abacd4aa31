//! Allocations: the weights of every bandit at one moment.

use async_graphql::{Context, Object, Result};
use pointsman_store::AllocationRow;

use super::bandit_weights::BanditWeights;
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::weigh,
    scalars::{Epoch, Timestamp},
};

/// The weights of every bandit at one moment.
pub(in crate::graphql) struct Allocation(pub(in crate::graphql) AllocationRow);

/// The weights of all bandits, published together under an epoch number.
#[Object]
impl Allocation {
    /// Epoch number, from 1.
    async fn epoch(&self) -> Epoch {
        Epoch(self.0.epoch)
    }

    /// Time of publication.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// Time up to which the posteriors take observations into account.
    async fn as_of(&self) -> Timestamp {
        Timestamp(self.0.as_of)
    }

    /// The weights that changed in this epoch.
    #[graphql(complexity = "weigh(1, 10, child_complexity)")]
    async fn changes(&self, context: &Context<'_>) -> Result<Vec<BanditWeights>> {
        let rows = context
            .read()?
            .allocation_entries_between(self.0.epoch - 1, self.0.epoch)
            .await;
        Ok(rows.or_fault()?.into_iter().map(BanditWeights).collect())
    }
}
