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

/// The weights of every bandit at one moment, under the number of its epoch.
#[Object]
impl Allocation {
    /// Its number, from 1.
    async fn epoch(&self) -> Epoch {
        Epoch(self.0.epoch)
    }

    /// When it was published.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// Up to when its posteriors look.
    async fn as_of(&self) -> Timestamp {
        Timestamp(self.0.as_of)
    }

    /// The weights that changed in it.
    #[graphql(complexity = "weigh(1, 10, child_complexity)")]
    async fn changes(&self, context: &Context<'_>) -> Result<Vec<BanditWeights>> {
        let rows = context
            .read()?
            .allocation_entries_between(self.0.epoch - 1, self.0.epoch)
            .await;
        Ok(rows.or_fault()?.into_iter().map(BanditWeights).collect())
    }
}
