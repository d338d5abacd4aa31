//! Turns beliefs into weights, and weights into the next allocation.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_stats::arms;
use serde::{Deserialize, Serialize};

use crate::allocation::{Allocation, Entry};
use crate::belief::{Model, NodeBelief};
use crate::config::Config;
use crate::key::BanditKey;
use crate::kin::{Delays, Kin};
use crate::limits::keep_within;
use crate::posterior::{Posterior, chances, rest};
use crate::spec::BanditSpec;
use crate::state::{DAY, NodeState, State};
use crate::weights::{TOTAL_PPM, apportion};

impl BanditSpec {
    /// Moves weights of the arms, in their order, between their floors and ceilings.
    fn limit(&self, weights: &mut [u32]) {
        if !self.limits.is_empty() {
            let limits = self.arms.iter().map(|arm| self.limits.get(arm).copied());
            keep_within(
                weights,
                self.explore_ppm,
                limits.map(Option::unwrap_or_default),
            );
        }
    }

    fn believe<'a>(
        &self,
        model: &'a Model<'a>,
        node: &NodeState,
        elsewhere: &[Delays],
    ) -> NodeBelief<'a> {
        let arms: Vec<&str> = self.arms.iter().map(String::as_str).collect();
        NodeBelief::new(model, node, &arms, self.objective, elsewhere)
    }

    /// Whether an entry has another weight than its floors and ceilings allow.
    fn breaks(&self, entry: &Entry) -> bool {
        let known = self.arms.iter().map(|arm| entry.arms.get(arm).copied());
        let weights: Vec<u32> = known.map(Option::unwrap_or_default).collect();
        let mut kept = weights.clone();
        self.limit(&mut kept);
        kept != weights
    }
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

/// Integer weights of arms: the probability of each to be best, sharpened, and mixed with even exploration.
///
/// Additive: `weight = explore / k + (1 − explore) · chance^focus / Σ chance^focus`, rounded to ppm, so that order and spacing of
/// the arms are kept and no arm falls below its share of the exploration. They sum to 1,000,000, each at least 1.
///
/// * `chances`: shape `(k,)`, each at least 0; they sum to 1.
/// * `focus`: at least 0; at 1 weights are chances.
/// * `explore_ppm`: for all arms together; beyond 1,000,000 it is that.
pub fn weights_ppm(chances: &[f64], focus: f64, explore_ppm: u32) -> Vec<u32> {
    let top = chances.iter().copied().fold(0.0, f64::max);
    let sharpened: Vec<f64> = chances
        .iter()
        .map(|chance| {
            if top > 0.0 {
                (chance / top).powf(focus)
            } else {
                1.0
            }
        })
        .collect();
    let sum: f64 = sharpened.iter().sum();
    let shares: Vec<f64> = sharpened.iter().map(|share| share / sum).collect();
    mix(&shares, explore_ppm)
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

/// The next allocation, and what it changes, with weights as of a moment.
///
/// The segments with the most trials in the last 30 days have weights of their own, as many as [`Config::segments`] says; one entry
/// of the empty segment holds for all others, also those that have not been seen. A segment changes when its arms do, or
/// when a weight has moved by `change_ppm` since it was last published, or is beyond its floor or ceiling. If none has, the allocation and its epoch
/// stay. Entries of nodes that are not asked for stay too. One whose weights cannot be found keeps its old ones and holds
/// nobody else up.
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
    publish_some(previous, state, as_of, config, bandits, |_| true)
}

/// The same, of some segments: those in which something was observed, say. The others keep what they have.
///
/// * `is_wanted`: whether to look at a segment; the entry for all others is looked at with any of its node.
pub fn publish_some(
    previous: &Allocation,
    state: &State,
    as_of: i64,
    config: &Config,
    bandits: &[BanditSpec],
    is_wanted: impl Fn(&BanditKey) -> bool,
) -> Published {
    let mut published = Published {
        allocation: previous.clone(),
        changes: Vec::new(),
        failures: Vec::new(),
    };
    let kin = Kin::new(bandits);
    for spec in bandits {
        if let Some(node) = state.node(&spec.flow, &spec.node) {
            let config = config.with(&spec.settings);
            let now = Now {
                previous,
                state,
                node,
                kin: &kin,
                as_of,
                config: &config,
            };
            now.publish(spec, &is_wanted, &mut published);
        }
    }
    if !published.changes.is_empty() {
        published.allocation.epoch += 1;
        let changes = published.changes.iter();
        let entries = changes.map(|change| (change.key.clone(), change.entry.clone()));
        published.allocation.entries.extend(entries);
    }
    published
}

/// What is believed of a node's arms at a moment, as weights are made from it; in their order.
///
/// * `bandits`: all nodes that are live; what they know of the same destinations counts.
/// * `segment`, `as_of`, `config`: as in [`posteriors`](crate::posteriors); the node's settings are laid over `config`.
pub fn beliefs(
    state: &State,
    spec: &BanditSpec,
    segment: &str,
    as_of: i64,
    config: &Config,
    bandits: &[BanditSpec],
) -> Vec<Posterior> {
    let Some(node) = state.node(&spec.flow, &spec.node) else {
        return Vec::new();
    };
    let config = config.with(&spec.settings);
    let model = Model::new(&config, as_of);
    let elsewhere = Kin::new(bandits).delays(state, spec, as_of, model.n_steps());
    let mut believed = spec
        .believe(&model, node, &elsewhere)
        .arms_in(node, segment);
    // Beliefs without chances are still beliefs.
    let _ = chances(&mut believed);
    believed
        .into_iter()
        .map(|(posterior, _)| posterior)
        .collect()
}

/// What a node's new weights are made from.
struct Now<'a> {
    previous: &'a Allocation,
    state: &'a State,
    node: &'a NodeState,
    kin: &'a Kin<'a>,
    as_of: i64,
    config: &'a Config,
}

impl Now<'_> {
    /// Adds what changes for one node.
    fn publish(
        &self,
        spec: &BanditSpec,
        is_wanted: impl Fn(&BanditKey) -> bool,
        published: &mut Published,
    ) {
        let Self {
            previous,
            state,
            node,
            kin,
            as_of,
            config,
        } = *self;
        let key = |segment: &str| BanditKey {
            flow: spec.flow.clone(),
            node: spec.node.clone(),
            segment: segment.to_owned(),
        };
        let own = busiest(node, as_of, config.segments);
        let wanted: Vec<BanditKey> = own
            .iter()
            .map(|segment| key(segment))
            .filter(|key| is_wanted(key))
            .collect();
        if wanted.is_empty() && !node.segments().is_empty() {
            return;
        }
        let model = Model::new(config, as_of);
        let belief = spec.believe(
            &model,
            node,
            &kin.delays(state, spec, as_of, model.n_steps()),
        );
        for key in std::iter::once(key("")).chain(wanted) {
            let mut believed = belief.arms_in(node, &key.segment);
            let chances = match chances(&mut believed) {
                Ok(chances) => chances,
                Err(error) => {
                    published.failures.push((key, error));
                    continue;
                }
            };
            let mut weights = weights_ppm(&chances, config.focus, spec.explore_ppm);
            spec.limit(&mut weights);
            let rest = rest(&believed, config.focus);
            let entry = Entry {
                arms: spec.arms.iter().cloned().zip(weights).collect(),
                rest: spec.arms.iter().cloned().zip(rest).collect(),
            };
            let stays = |before: &Entry| {
                !has_moved(before, &entry, config.change_ppm) && !spec.breaks(before)
            };
            if !previous.entries.get(&key).is_some_and(stays) {
                let posteriors = believed.into_iter().map(|(posterior, _)| posterior);
                published.changes.push(Change {
                    key,
                    entry,
                    posteriors: spec.arms.iter().cloned().zip(posteriors).collect(),
                });
            }
        }
        demote(previous, spec, &own, published);
    }
}

/// The segments with the most trials in the 30 days before a moment, at most so many; by name where they have as many.
fn busiest(node: &NodeState, as_of: i64, n: usize) -> BTreeSet<&str> {
    let since = as_of.saturating_sub(30 * DAY);
    let mut by_trials: Vec<(u64, &str)> = node
        .segments()
        .iter()
        .map(|(segment, arms)| {
            let buckets = arms
                .values()
                .flat_map(|arm| arm.buckets.range(since..=as_of));
            (
                buckets.map(|(_, bucket)| bucket.trials).sum(),
                segment.as_str(),
            )
        })
        .collect();
    if by_trials.len() > n {
        by_trials.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        by_trials.truncate(n);
    }
    by_trials.into_iter().map(|(_, segment)| segment).collect()
}

/// Segments that had weights of their own and are no longer among the busiest get those of all others.
fn demote(
    previous: &Allocation,
    spec: &BanditSpec,
    own: &BTreeSet<&str>,
    published: &mut Published,
) {
    let is_of_all = |change: &&Change| {
        change.key.flow == spec.flow
            && change.key.node == spec.node
            && change.key.segment.is_empty()
    };
    let all = BanditKey::unsegmented(&spec.flow, &spec.node);
    let changed = published.changes.iter().find(is_of_all);
    let Some(entry) = changed
        .map(|change| &change.entry)
        .or(previous.entries.get(&all))
        .cloned()
    else {
        return;
    };
    let segments = previous
        .entries
        .range(all..)
        .take_while(|(key, _)| key.flow == spec.flow && key.node == spec.node);
    let left = segments.filter(|(key, before)| {
        !key.segment.is_empty() && !own.contains(key.segment.as_str()) && **before != entry
    });
    let left: Vec<Change> = left
        .map(|(key, _)| Change {
            key: key.clone(),
            entry: entry.clone(),
            posteriors: BTreeMap::new(),
        })
        .collect();
    published.changes.extend(left);
}

/// Whether weights have moved, or what the arms share when not all can be drawn: that counts once it is twenty times as far, since
/// it only holds for some leads.
fn has_moved(before: &Entry, after: &Entry, change_ppm: u32) -> bool {
    let change_ppm = change_ppm.max(1);
    !before.arms.keys().eq(after.arms.keys())
        || !before.rest.keys().eq(after.rest.keys())
        || rest_moved(&before.rest, &after.rest) >= change_ppm.saturating_mul(20)
        || before
            .arms
            .values()
            .zip(after.arms.values())
            .any(|(before, after)| before.abs_diff(*after) >= change_ppm)
}

/// By how many parts per million an arm's share has moved among itself and those that have no larger part: the most of all arms.
///
/// * `before`, `after`: of the same arms.
fn rest_moved(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> u32 {
    let mut by_part: Vec<(u64, u64)> = before
        .values()
        .copied()
        .zip(after.values().copied())
        .collect();
    by_part.sort_unstable_by_key(|(_, after)| std::cmp::Reverse(*after));
    let (mut sums, mut most) = ((0_u128, 0_u128), 0);
    for (before, after) in by_part.into_iter().rev() {
        let (before, after) = (u128::from(before), u128::from(after));
        sums = (sums.0 + before, sums.1 + after);
        let share = |part: u128, sum: u128| part * u128::from(TOTAL_PPM) / sum.max(1);
        let moved = share(before, sums.0).abs_diff(share(after, sums.1));
        most = most.max(u32::try_from(moved).unwrap_or(u32::MAX));
    }
    most
}

#[cfg(test)]
mod tests;
