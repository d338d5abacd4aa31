//! The bandits that a lead could meet: weights, and what was believed when they were made.

use std::collections::BTreeMap;

use pointsman_bandit::Posterior;
use pointsman_flow::{LearningSettings, Program};
use pointsman_router::Context;
use pointsman_store::{AllocationEntryRow, Error};
use serde::Serialize;

/// A bandit as this lead saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BanditExplanation {
    /// Name of the node.
    pub node: String,
    /// The segment of the lead.
    pub segment: String,
    /// The allocation that the lead was decided by.
    pub epoch: u64,
    /// Arm and weight in ppm, as declared.
    pub weights: Vec<(String, u32)>,
    /// Arm, and the least and the largest weight that the version lets it have, in ppm; empty if it says nothing of that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<(String, u32, u32)>,
    /// What the version says of how it learns, where that is not as usual.
    #[serde(skip_serializing_if = "LearningSettings::is_usual")]
    pub learning: LearningSettings,
    /// What was believed of the arms when these weights were made; empty for weights of the prior.
    pub posteriors: BTreeMap<String, Posterior>,
}

impl BanditExplanation {
    /// Adds what was believed when the weights were made.
    ///
    /// * `rows`: the allocation of the epoch, as stored.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] for beliefs that cannot be read.
    pub(super) fn believe(
        &mut self,
        program: &Program,
        rows: &[AllocationEntryRow],
    ) -> Result<(), Error> {
        let node = program
            .nodes()
            .find(|(node, _)| program.node_name(*node) == self.node);
        let Some((node, _)) = node else { return Ok(()) };
        let origin = program.origin(node);
        let row = rows.iter().find(|row| {
            row.flow == origin.flow && row.node == origin.node && row.segment == self.segment
        });
        if let Some(row) = row {
            let read = serde_json::from_str(&row.posterior_body);
            self.posteriors = read.map_err(|_| Error::Corrupt {
                what: format!("the beliefs of {} in epoch {}", row.node, row.epoch),
            })?;
        }
        Ok(())
    }
}

/// The bandits with their weights, without what was believed.
pub(super) fn explained(context: Context<'_>, epoch: u64) -> Vec<BanditExplanation> {
    let bandits = context.program.nodes().filter_map(|(node, op)| {
        let learning = op.bandit()?;
        let weights = context.subject.weights(node, op);
        let arms = op.arms().iter().map(|arm| arm.name.clone());
        Some(BanditExplanation {
            node: context.program.node_name(node).to_owned(),
            segment: context.subject.segment(node)?.to_owned(),
            epoch,
            weights: arms.clone().zip(weights.iter().copied()).collect(),
            limits: arms
                .zip(learning.limits)
                .map(|(arm, limits)| (arm, limits.floor_ppm, limits.ceiling_ppm))
                .collect(),
            learning: *learning.settings,
            posteriors: BTreeMap::new(),
        })
    });
    bandits.collect()
}
