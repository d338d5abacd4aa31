//! The arm with the best mean so far, except for a tenth of the leads.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::{Change, Draw, Policy, Sums, Trial, any_open, grid, largest};
use crate::world::World;

/// Part of the leads that are drawn evenly.
const EPSILON: f64 = 0.1;

/// ε-greedy. An arm without trials comes first, and of equal means the first in the file is the best. The literature
/// leaves both open; of the usual choices these come nearest to the regrets that the classic worlds quote, so that those
/// confirm nothing about this policy.
#[derive(Debug)]
pub(crate) struct EpsilonGreedy {
    sums: Vec<Vec<Sums>>,
    values: Vec<f64>,
}

impl EpsilonGreedy {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            sums: grid(world, Sums::default()),
            values: vec![0.0; world.arms.len()],
        }
    }
}

impl Policy for EpsilonGreedy {
    fn trial(&mut self, trial: &Trial) {
        self.sums[trial.segment][trial.arm].trial();
    }

    fn change(&mut self, change: &Change) {
        self.sums[change.trial.segment][change.trial.arm].change(change);
    }

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        for (value, sums) in self.values.iter_mut().zip(&self.sums[draw.segment]) {
            *value = if sums.n == 0.0 {
                f64::INFINITY
            } else {
                sums.mean()
            };
        }
        order.extend((0..self.values.len()).filter(|&i| draw.open[i]));
        order.sort_by(|&i, &j| self.values[j].total_cmp(&self.values[i]));
        order.truncate(draw.depth);
        if rng.random::<f64>() < EPSILON {
            let drawn = any_open(draw, rng);
            match order.iter().position(|i| *i == drawn) {
                Some(place) => order[..=place].rotate_right(1),
                None => order[0] = drawn,
            }
        }
    }

    fn favourite(&mut self, segment: usize, _: i64, _: &mut Pcg64) -> usize {
        largest(self.sums[segment].iter().map(Sums::mean))
    }
}
