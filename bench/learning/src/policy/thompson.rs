//! Thompson sampling that takes a lead without money for a failure, however young it is.

use rand_distr::{Beta, Distribution as _};
use rand_pcg::Pcg64;

use super::{Change, Draw, Policy, Sums, Trial, grid, highest_first, largest, scales};
use crate::truth::Truth;
use crate::world::World;

/// One draw of each arm's Beta times its mean payout; the largest wins. Before each lead.
#[derive(Debug)]
pub(crate) struct Thompson {
    sums: Vec<Vec<Sums>>,
    /// What a success pays before any was seen; it counts as one.
    scales: Vec<Vec<f64>>,
    values: Vec<f64>,
}

impl Thompson {
    pub(crate) fn new(world: &World, truth: &Truth) -> Self {
        Self {
            sums: grid(world, Sums::default()),
            scales: scales(world, truth),
            values: vec![0.0; world.arms.len()],
        }
    }

    fn payout(&self, segment: usize, i: usize) -> f64 {
        let sums = self.sums[segment][i];
        (sums.money + self.scales[segment][i]) / (sums.successes + 1.0)
    }
}

impl Policy for Thompson {
    fn trial(&mut self, trial: &Trial) {
        self.sums[trial.segment][trial.arm].trial();
    }

    fn change(&mut self, change: &Change) {
        self.sums[change.trial.segment][change.trial.arm].change(change);
    }

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        for i in 0..self.values.len() {
            let sums = self.sums[draw.segment][i];
            let law = Beta::new(1.0 + sums.successes, 1.0 + sums.n - sums.successes);
            let rate = law.expect("there are no more successes than trials");
            self.values[i] = rate.sample(rng) * self.payout(draw.segment, i);
        }
        highest_first(draw, &self.values, rng, order);
    }

    fn favourite(&mut self, segment: usize, _: i64, _: &mut Pcg64) -> usize {
        let mean = |i: usize| {
            let sums = self.sums[segment][i];
            (1.0 + sums.successes) / (2.0 + sums.n) * self.payout(segment, i)
        };
        largest((0..self.values.len()).map(mean))
    }
}
