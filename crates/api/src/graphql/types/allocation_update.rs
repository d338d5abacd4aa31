//! New weights of one bandit and segment, as they are followed.

use async_graphql::SimpleObject;
use pointsman_bandit::{BanditKey, Posterior};
use pointsman_history::WeightsPoint;

use super::bandit_weights::{ArmPosterior, unit};
use crate::graphql::scalars::{Epoch, Timestamp};

/// Weights of one bandit and segment that hold from now on.
#[derive(SimpleObject)]
pub(in crate::graphql) struct AllocationUpdate {
    /// Name of the flow.
    flow: String,
    /// Name of the bandit node.
    node: String,
    /// Segment that is followed.
    segment: String,
    /// Whether the weights are the segment's own; else they are those of all segments that have none.
    is_own: bool,
    /// Epoch in which the weights were published.
    epoch: Epoch,
    /// Time of publication.
    at: Timestamp,
    /// Time up to which the beliefs take observations into account.
    as_of: Timestamp,
    /// What exploring costs: how much less a lead is expected to bring by these weights than by the arm first that is believed to be
    /// worth most, in the unit of `meanValue`. Null where a belief is not known.
    exploration_cost: Option<f64>,
    /// Arms by name.
    arms: Vec<ArmUpdate>,
}

/// Weight of one arm and what is believed of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ArmUpdate {
    /// Name.
    name: String,
    /// Share of draws, in parts per million.
    weight_ppm: u32,
    /// Believed share of what past leads bring that has not come yet, from 0 to 1.
    waiting_share: Option<f64>,
    /// Belief that the weight follows from; null where the segment was given the weights of all others.
    posterior: Option<ArmPosterior>,
}

impl AllocationUpdate {
    /// * `key`: what is followed.
    pub(in crate::graphql) fn of(key: BanditKey, point: WeightsPoint) -> Self {
        let is_count = point.posteriors.values().any(|belief| belief.is_count);
        let exploration_cost = point.exploration_cost().map(|cost| cost / unit(is_count));
        let WeightsPoint {
            epoch,
            at,
            as_of,
            is_own,
            entry,
            mut posteriors,
        } = point;
        let arms = entry.arms.into_iter().map(|(name, weight_ppm)| {
            let posterior = posteriors.remove(&name);
            ArmUpdate {
                waiting_share: posterior.as_ref().and_then(Posterior::waiting_share),
                posterior: posterior.map(ArmPosterior::from),
                name,
                weight_ppm,
            }
        });
        let BanditKey {
            flow,
            node,
            segment,
        } = key;
        Self {
            flow,
            node,
            segment,
            is_own,
            epoch: Epoch(epoch),
            at: at.into(),
            as_of: as_of.into(),
            exploration_cost,
            arms: arms.collect(),
        }
    }
}
