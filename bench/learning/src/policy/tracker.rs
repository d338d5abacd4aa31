//! The heuristic of trackers: weights in proportion to what an arm has earned a lead in the last 24 hours.

use std::collections::VecDeque;

use rand_pcg::Pcg64;

use super::{Change, Draw, Policy, Sums, Trial, as_money, draw_weighted, grid, largest};
use crate::world::World;

/// How far back it looks, in microseconds.
const WINDOW: i64 = 86_400_000_000;

/// Every arm keeps at least this part of the leads.
const FLOOR: f64 = 0.05;

/// Money counts when it arrives, leads when they come; an arm that has earned nothing in the window keeps the floor,
/// and while nobody has earned anything all are drawn evenly.
#[derive(Debug)]
pub(crate) struct Tracker {
    leads: Vec<Vec<VecDeque<i64>>>,
    money: Vec<Vec<VecDeque<(i64, f64)>>>,
    weights: Vec<Vec<f64>>,
    sums: Vec<Vec<Sums>>,
}

impl Tracker {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            leads: grid(world, VecDeque::new()),
            money: grid(world, VecDeque::new()),
            weights: grid(world, 1.0),
            sums: grid(world, Sums::default()),
        }
    }

    /// Money a lead in the window.
    fn earned(&mut self, segment: usize, i: usize, at: i64) -> f64 {
        let (leads, money) = (&mut self.leads[segment][i], &mut self.money[segment][i]);
        while leads.front().is_some_and(|it| at - it > WINDOW) {
            leads.pop_front();
        }
        while money.front().is_some_and(|it| at - it.0 > WINDOW) {
            money.pop_front();
        }
        let sum: f64 = money.iter().map(|it| it.1).sum();
        let n = u32::try_from(leads.len()).expect("a day has fewer leads");
        (sum / f64::from(n.max(1))).max(0.0)
    }
}

impl Policy for Tracker {
    fn trial(&mut self, trial: &Trial) {
        self.leads[trial.segment][trial.arm].push_back(trial.at);
        self.sums[trial.segment][trial.arm].trial();
    }

    fn change(&mut self, change: &Change) {
        let Trial { segment, arm, .. } = change.trial;
        let money = as_money(change.after.micros - change.before.micros);
        self.money[segment][arm].push_back((change.at, money));
        self.sums[segment][arm].change(change);
    }

    fn update(&mut self, at: i64) {
        for segment in 0..self.weights.len() {
            let n_arms = self.weights[segment].len();
            let earned: Vec<f64> = (0..n_arms).map(|i| self.earned(segment, i, at)).collect();
            let whole: f64 = earned.iter().sum();
            for (weight, earned) in self.weights[segment].iter_mut().zip(&earned) {
                *weight = if whole > 0.0 {
                    (earned / whole).max(FLOOR)
                } else {
                    1.0
                };
            }
        }
    }

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        draw_weighted(draw, &self.weights[draw.segment], rng, order);
    }

    fn favourite(&mut self, segment: usize, _: i64, _: &mut Pcg64) -> usize {
        largest(self.weights[segment].iter().copied())
    }
}
