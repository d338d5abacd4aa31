//! Turns beliefs into weights, and weights into the next allocation.

use std::collections::BTreeMap;

use pointsman_stats::arms;
use serde::{Deserialize, Serialize};

use crate::allocation::{Allocation, Entry};
use crate::key::BanditKey;
use crate::observation::Objective;
use crate::posterior::{Config, Posterior, Summary};
use crate::state::State;
use crate::weights::{TOTAL_PPM, apportion};

/// A bandit node of a live flow, as far as its weights depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanditSpec {
    /// Name of the flow.
    pub flow: String,
    /// Name of the node.
    pub node: String,
    /// Names of its arms, distinct, in any order.
    pub arms: Vec<String>,
    /// Part of the leads spread evenly over the arms whatever is believed, in ppm for all arms together.
    pub explore_ppm: u32,
    /// What the bandit maximises.
    pub objective: Objective,
}

/// A segment whose weights the new allocation changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The bandit and the segment.
    pub key: BanditKey,
    /// Its weights from now on.
    pub entry: Entry,
    /// The beliefs that they follow from, by arm.
    pub posteriors: BTreeMap<String, Posterior>,
}

/// What publishing came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The allocation that holds from now on.
    pub allocation: Allocation,
    /// What it changes; empty if it is the one before.
    pub changes: Vec<Change>,
    /// Segments whose weights could not be found, and why: they keep those that they had.
    pub failures: Vec<(BanditKey, arms::Error)>,
}

/// Integer weights of arms: the probability of each to be the best, mixed with even exploration.
///
/// Additive: `weight = explore / k + (1 − explore) · P(best)`, rounded to ppm, so that order and spacing of the arms are kept and no arm
/// falls below its share of the exploration. They sum to 1,000,000, each at least 1.
///
/// * `posteriors`: shape `(k,)`, all in one unit of payout.
/// * `explore_ppm`: for all arms together; beyond 1,000,000 it is that.
///
/// # Errors
///
/// As [`arms::best`]: for no arm, and for posteriors that are not the work of [`crate::posteriors`].
pub fn weights_ppm(posteriors: &[Posterior], explore_ppm: u32) -> Result<Vec<u32>, arms::Error> {
    let payoffs: Vec<arms::Arm> = posteriors.iter().map(Posterior::payoff).collect();
    Ok(mix(&arms::best(&payoffs)?.probabilities, explore_ppm))
}

/// Mixes even exploration into probabilities that sum to 1.
// Mixed in, not clipped and scaled back to 1: scaling would push the clipped arms below their floor again.
fn mix(probabilities: &[f64], explore_ppm: u32) -> Vec<u32> {
    const SCALE: f64 = 4_503_599_627_370_496.0; // 2⁵²
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a probability times 2⁵² is in range"
    )]
    let scaled: Vec<u128> = probabilities
        .iter()
        .map(|probability| (probability * SCALE).round() as u128)
        .collect();
    let sum: u128 = scaled.iter().sum();
    let explore = u128::from(explore_ppm.min(TOTAL_PPM));
    let exploit = u128::from(TOTAL_PPM) - explore;
    let k = scaled.len() as u128;
    apportion(
        &scaled
            .iter()
            .map(|probability| explore * sum + exploit * k * probability)
            .collect::<Vec<_>>(),
    )
}

/// The next allocation, and what it changes: every segment seen so far, with weights as of a moment.
///
/// A segment changes when its arms do, or when a weight has moved by `change_ppm` since it was last published. If none
/// has, the allocation and its epoch stay. Entries of nodes that are not asked for stay too. A segment
/// without a trial has no entry: its arms are drawn evenly. One whose weights cannot be found, as
/// [`weights_ppm`] says, keeps its old ones and holds nobody else up.
///
/// * `as_of`: epoch microseconds.
/// * `bandits`: the nodes to publish; two with the same flow and node are not expected, and the later wins.
pub fn publish(
    previous: &Allocation,
    state: &State,
    as_of: i64,
    config: &Config,
    bandits: &[BanditSpec],
) -> Published {
    let (mut changes, mut failures) = (Vec::new(), Vec::new());
    for spec in bandits {
        let Some(node) = state.node(&spec.flow, &spec.node) else {
            continue;
        };
        let arms: Vec<&str> = spec.arms.iter().map(String::as_str).collect();
        let summary = Summary::new(node, &arms, spec.objective, as_of, config);
        for segment in node.segments.keys() {
            let posteriors: Vec<Posterior> = (0..arms.len())
                .map(|i| summary.posterior(i, segment, config))
                .collect();
            let key = BanditKey {
                flow: spec.flow.clone(),
                node: spec.node.clone(),
                segment: segment.clone(),
            };
            let weights = match weights_ppm(&posteriors, spec.explore_ppm) {
                Ok(weights) => weights,
                Err(error) => {
                    failures.push((key, error));
                    continue;
                }
            };
            let entry = Entry {
                arms: spec.arms.iter().cloned().zip(weights).collect(),
            };
            if previous
                .entries
                .get(&key)
                .is_none_or(|before| has_moved(before, &entry, config.change_ppm))
            {
                let posteriors = spec.arms.iter().cloned().zip(posteriors).collect();
                changes.push(Change {
                    key,
                    entry,
                    posteriors,
                });
            }
        }
    }
    let mut allocation = previous.clone();
    if !changes.is_empty() {
        allocation.epoch += 1;
        allocation.entries.extend(
            changes
                .iter()
                .map(|change| (change.key.clone(), change.entry.clone())),
        );
    }
    Published {
        allocation,
        changes,
        failures,
    }
}

fn has_moved(before: &Entry, after: &Entry, change_ppm: u32) -> bool {
    !before.arms.keys().eq(after.arms.keys())
        || before
            .arms
            .values()
            .zip(after.arms.values())
            .any(|(before, after)| before.abs_diff(*after) >= change_ppm.max(1))
}

#[cfg(test)]
mod tests;
