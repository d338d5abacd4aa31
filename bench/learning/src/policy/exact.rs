//! Draws by the exact probability of each arm to be best, found before each lead: Thompson sampling without its draws.

use pointsman_stats::arms::{self, Arm};
use rand_pcg::Pcg64;

use super::{Change, Draw, Policy, Sums, Trial, draw_weighted, grid, largest, scales};
use crate::truth::Truth;
use crate::world::World;

/// Each arm is `payout · θ` with `θ ~ Beta(1 + successes, 1 + failures)`, however young its leads are.
#[derive(Debug)]
pub(crate) struct Exact {
    sums: Vec<Vec<Sums>>,
    /// What a success pays before any was seen; it counts as one.
    scales: Vec<Vec<f64>>,
}

impl Exact {
    pub(crate) fn new(world: &World, truth: &Truth) -> Self {
        Self {
            sums: grid(world, Sums::default()),
            scales: scales(world, truth),
        }
    }

    fn probabilities(&self, segment: usize) -> Vec<f64> {
        let arms: Vec<Arm> = self.sums[segment]
            .iter()
            .zip(&self.scales[segment])
            .map(|(sums, scale)| Arm {
                a: 1.0 + sums.successes,
                b: 1.0 + sums.n - sums.successes,
                payout: (sums.money + scale) / (sums.successes + 1.0),
            })
            .collect();
        let best = arms::best(&arms).expect("counts of a run are in range");
        best.probabilities
    }
}

impl Policy for Exact {
    fn trial(&mut self, trial: &Trial) {
        self.sums[trial.segment][trial.arm].trial();
    }

    fn change(&mut self, change: &Change) {
        self.sums[change.trial.segment][change.trial.arm].change(change);
    }

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        draw_weighted(draw, &self.probabilities(draw.segment), rng, order);
    }

    fn favourite(&mut self, segment: usize, _: i64, _: &mut Pcg64) -> usize {
        largest(self.probabilities(segment))
    }
}
