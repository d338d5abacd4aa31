//! The bandits that a lead could meet, as they decided it.

use async_graphql::SimpleObject;
use pointsman_history as history;

use crate::graphql::{
    scalars::Epoch,
    types::{bandit_weights::ArmPosterior, flow_node::LearningSettings},
};

/// A bandit with the weights that decided this lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedBandit {
    /// Name of the node.
    node: String,
    /// Segment of the lead; empty for a bandit without segments.
    segment: String,
    /// Epoch of the allocation that decided the lead.
    epoch: Epoch,
    /// Arms in declared order.
    arms: Vec<ExplainedArm>,
    /// How the version that decided the lead learns, where that is not as usual.
    learning: LearningSettings,
}

/// A bandit arm in the allocation that decided this lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedArm {
    /// Name.
    name: String,
    /// Share of draws, in parts per million.
    weight_ppm: u32,
    /// Posterior; null before anything was learned.
    posterior: Option<ArmPosterior>,
    /// Least share that the version lets it have, in parts per million; null if it says nothing of that.
    floor_ppm: Option<u32>,
    /// Largest share that the version lets it have, in parts per million; null if it says nothing of that.
    ceiling_ppm: Option<u32>,
}

impl From<history::BanditExplanation> for ExplainedBandit {
    fn from(bandit: history::BanditExplanation) -> Self {
        let history::BanditExplanation {
            node,
            segment,
            epoch,
            weights,
            limits,
            learning,
            mut posteriors,
        } = bandit;
        let arms = weights.into_iter().map(|(name, weight_ppm)| {
            let posterior = posteriors.remove(&name).map(ArmPosterior::from);
            let limits = limits.iter().find(|(arm, _, _)| *arm == name);
            ExplainedArm {
                floor_ppm: limits.map(|(_, floor, _)| *floor),
                ceiling_ppm: limits.map(|(_, _, ceiling)| *ceiling),
                name,
                weight_ppm,
                posterior,
            }
        });
        let epoch = Epoch(i64::try_from(epoch).unwrap_or(i64::MAX));
        Self {
            node,
            segment,
            epoch,
            arms: arms.collect(),
            learning: LearningSettings::new(learning),
        }
    }
}
