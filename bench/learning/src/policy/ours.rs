//! Our own bandit, as the service runs it: observations into a state, a state into an allocation, weights into draws.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use pointsman_bandit::{
    Allocation, BanditKey, BanditSpec, Config, Observation, Outcome, Settings, State, TOTAL_PPM,
    publish, segment, weights_among,
};
use rand_pcg::Pcg64;

use super::{Change, Draw, Earned, Policy, Trial, draw_weighted, grid, largest};
use crate::world::World;

/// What we do, by the public functions of `pointsman-bandit` alone.
#[derive(Debug)]
pub(crate) struct Ours {
    keys: Vec<BanditKey>,
    names: Vec<String>,
    spec: BanditSpec,
    config: Config,
    state: State,
    allocation: Allocation,
    /// No arm may have fewer parts of a million: its share of the exploration, but for rounding.
    floor: u32,
    /// The published weights as numbers to draw with.
    weights: Vec<Vec<f64>>,
    /// What the arms share when not all can be drawn.
    rest: Vec<Vec<u64>>,
}

impl Ours {
    pub(crate) fn new(world: &World) -> Result<Self> {
        let names: Vec<String> = world.arms.iter().map(|arm| arm.name.clone()).collect();
        let keys = world.segments.iter().map(|it| BanditKey {
            flow: "flow".to_owned(),
            node: "node".to_owned(),
            segment: if it.name.is_empty() {
                String::new()
            } else {
                segment(&[("segment", Some(&it.name))])
            },
        });
        let config = world.settings.clone().try_into();
        Ok(Self {
            keys: keys.collect(),
            spec: BanditSpec {
                flow: "flow".to_owned(),
                node: "node".to_owned(),
                arms: names.clone(),
                explore_ppm: ppm(world.explore),
                objective: world.objective,
                limits: BTreeMap::new(),
                settings: Settings::default(),
                destinations: BTreeMap::new(),
            },
            names,
            config: config.context("settings of our bandit")?,
            state: State::default(),
            allocation: Allocation::prior(),
            floor: (ppm(world.explore / count(world.arms.len())).saturating_sub(1)).max(1),
            weights: grid(world, 1.0),
            rest: grid(world, 1),
        })
    }
}

impl Policy for Ours {
    fn trial(&mut self, trial: &Trial) {
        let key = self.keys[trial.segment].clone();
        let arm = self.names[trial.arm].clone();
        let at = trial.at;
        self.state.apply(&if trial.answered {
            Observation::Trial { key, arm, at }
        } else {
            Observation::Unanswered {
                key,
                arm,
                at,
                is_over: false,
            }
        });
    }

    fn change(&mut self, change: &Change) {
        let Trial {
            segment, arm, at, ..
        } = change.trial;
        self.state.apply(&Observation::Reward {
            key: self.keys[segment].clone(),
            arm: self.names[arm].clone(),
            trial_at: at,
            at: change.at,
            before: outcome(change.before),
            after: outcome(change.after),
            is_later: change.is_later,
        });
    }

    fn update(&mut self, at: i64) {
        let bandits = std::slice::from_ref(&self.spec);
        let published = publish(&self.allocation, &self.state, at, &self.config, bandits);
        assert!(
            published.failures.is_empty(),
            "weights could not be found: {:?}",
            published.failures
        );
        self.allocation = published.allocation;
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let of_segments = self.weights.iter_mut().zip(&mut self.rest);
        for (key, (weights, rest)) in self.keys.iter().zip(of_segments) {
            let ppm = self.allocation.weights(key, &names);
            assert!(
                ppm.iter().sum::<u32>() == TOTAL_PPM && ppm.iter().all(|it| *it >= self.floor),
                "weights sum to a million, each at least {}: {ppm:?}",
                self.floor
            );
            *weights = ppm.into_iter().map(f64::from).collect();
            let mut parts = Vec::with_capacity(names.len());
            let bandit = [key.flow.as_str(), &key.node, &key.segment];
            self.allocation.rest(bandit, names.iter().copied(), &mut parts);
            if !parts.is_empty() {
                *rest = parts;
            }
        }
    }

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        let mut open = draw.open.to_vec();
        for _ in 0..draw.depth {
            let left: Vec<usize> = (0..open.len()).filter(|&arm| open[arm]).collect();
            if left.is_empty() {
                break;
            }
            let mut weights = self.weights[draw.segment].clone();
            if left.len() < weights.len() {
                let parts: Vec<u64> = left.iter().map(|&arm| self.rest[draw.segment][arm]).collect();
                let mut among = vec![0; parts.len()];
                weights_among(&parts, self.spec.explore_ppm, &[], &mut among);
                for (&arm, weight) in left.iter().zip(among) {
                    weights[arm] = f64::from(weight);
                }
            }
            let one = Draw { open: &open, depth: 1, ..draw };
            draw_weighted(one, &weights, rng, order);
            if let Some(&drawn) = order.last() {
                open[drawn] = false;
            }
        }
    }

    fn favourite(&mut self, segment: usize, _: i64, _: &mut Pcg64) -> usize {
        largest(self.weights[segment].iter().copied())
    }
}

fn outcome(earned: Earned) -> Outcome {
    Outcome {
        accepted: earned.accepted,
        converted: earned.converted,
        revenue: earned.micros,
        elsewhere: earned.elsewhere,
        only_elsewhere: earned.only_elsewhere,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of 1 in millionths"
)]
fn ppm(part: f64) -> u32 {
    (part * 1e6).round() as u32
}

fn count(arms: usize) -> f64 {
    f64::from(u32::try_from(arms).expect("arms are few"))
}
