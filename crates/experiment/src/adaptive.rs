//! Draws of a bandit, whose weights depended on what earlier leads brought.

use std::collections::BTreeMap;

use pointsman_stats::experiment::{
    ArmDifference, Error, Mean,
    adaptive::{Steps, Weights},
    sample_ratio::ChangingSplit,
};

use crate::{Metric, Plan, UnitTotals};

/// Below this probability of an arm intervals get too narrow: what it brings is known from a few leads that weigh much.
const PROBABILITY_MIN: f64 = 0.02;

/// The draws of a bandit in their order, with the probabilities that their decisions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptiveDraws {
    arms: Vec<String>,
    split: ChangingSplit,
    steps: BTreeMap<Metric, Steps>,
    /// Of each arm: leads that count, and by metric what they come to, and that squared.
    leads: Vec<u64>,
    rewards: BTreeMap<Metric, Vec<[f64; 2]>>,
    least: f64,
}

/// The difference of two arms, and what it stands on.
pub(crate) struct AdaptiveDifference {
    pub(crate) contrast: ArmDifference,
    pub(crate) base: f64,
    pub(crate) units: u64,
}

impl AdaptiveDraws {
    /// No draws yet of a plan's arms.
    pub fn new(plan: &Plan) -> Self {
        let arms: Vec<String> = plan.subject.arms().into_iter().map(str::to_owned).collect();
        let metrics = plan.metrics().into_iter();
        // Nothing is expected of an arm before it was drawn; 0 is a number.
        let steps = metrics.filter_map(|it| Some((it, Steps::new(arms.len(), 0.0).ok()?)));
        Self {
            split: ChangingSplit::new(arms.len()),
            steps: steps.collect(),
            leads: vec![0; arms.len()],
            rewards: BTreeMap::new(),
            least: 1.0,
            arms,
        }
    }

    /// Adds the next draw in commit order.
    ///
    /// Among the compared arms: that a lead drew one of them at all tells nothing of which.
    ///
    /// * `weights`: of all arms that could be drawn, the compared ones among them.
    /// * `totals`: what came of the lead; none while it does not count yet.
    ///
    /// # Errors
    ///
    /// In words, what cannot be: an arm that could not be drawn.
    pub fn add(
        &mut self,
        arm: &str,
        weights: &BTreeMap<String, u32>,
        totals: Option<&UnitTotals>,
    ) -> Result<(), String> {
        let of = |name: &String| f64::from(weights.get(name).copied().unwrap_or(0));
        let sum: f64 = self.arms.iter().map(of).sum();
        let probabilities: Vec<f64> = self.arms.iter().map(|it| of(it) / sum).collect();
        let drawn = self.arms.iter().position(|it| it == arm);
        let drawn = drawn.ok_or_else(|| format!("`{arm}` is not compared"))?;
        let told = |error: Error| error.to_string();
        self.split.add(drawn, &probabilities).map_err(told)?;
        let Some(totals) = totals else {
            return Ok(());
        };
        for (metric, steps) in &mut self.steps {
            let reward = totals.of(*metric);
            steps.add(drawn, reward, &probabilities).map_err(told)?;
            let sums = self.rewards.entry(*metric);
            let sums = sums.or_insert_with(|| vec![[0.0; 2]; self.leads.len()]);
            sums[drawn][0] += reward;
            sums[drawn][1] += reward * reward;
        }
        self.leads[drawn] += 1;
        self.least = probabilities.into_iter().fold(self.least, f64::min);
        Ok(())
    }

    /// Leads of an arm that count.
    pub(crate) fn leads(&self, arm: &str) -> u64 {
        self.position(arm).map_or(0, |arm| self.leads[arm])
    }

    /// What the leads of an arm come to in a metric, and that squared.
    pub(crate) fn rewards(&self, arm: &str, metric: Metric) -> [f64; 2] {
        let known = self.rewards.get(&metric).zip(self.position(arm));
        known.map_or([0.0; 2], |(sums, arm)| sums[arm])
    }

    /// What a lead of an arm brings.
    pub(crate) fn mean(&self, arm: &str, metric: Metric) -> Option<Mean> {
        let steps = self.steps.get(&metric)?;
        steps.mean(self.position(arm)?, Weights::Stable).ok()
    }

    pub(crate) fn difference(
        &self,
        first: &str,
        arm: &str,
        metric: Metric,
    ) -> Result<AdaptiveDifference, String> {
        let told = |error: Error| error.to_string();
        let unknown = || "it is not compared".to_owned();
        let steps = self.steps.get(&metric).ok_or_else(unknown)?;
        let [first, arm] = [first, arm].map(|arm| self.position(arm).ok_or_else(unknown));
        let (first, arm) = (first?, arm?);
        Ok(AdaptiveDifference {
            contrast: steps
                .difference(first, arm, Weights::Stable)
                .map_err(told)?,
            base: steps.mean(first, Weights::Stable).map_err(told)?.value(),
            units: steps.n() as u64,
        })
    }

    /// The chance of a split this far from the weights at any look.
    pub(crate) fn split_p(&self) -> Option<f64> {
        self.split.sequential_p().ok()
    }

    /// What a reader should know of the probabilities.
    pub(crate) fn note(&self) -> Option<String> {
        (self.least < PROBABILITY_MIN).then(|| {
            format!(
                "an arm was drawn with a probability of {:.2} % at times: let the bandit explore more, since intervals are too narrow \
                 where an arm gets less than {} %",
                self.least * 100.0,
                PROBABILITY_MIN * 100.0
            )
        })
    }

    fn position(&self, arm: &str) -> Option<usize> {
        self.arms.iter().position(|it| it == arm)
    }
}
