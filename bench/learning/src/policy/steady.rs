//! The two ends of the scale: even draws, and the best arm first.

use rand_pcg::Pcg64;

use super::{Change, Draw, Policy, Trial, draw_weighted};
use crate::run::DAY;
use crate::truth::Truth;

/// Draws every arm alike.
#[derive(Debug)]
pub(crate) struct Even {
    weights: Vec<f64>,
}

impl Even {
    pub(crate) fn new(n_arms: usize) -> Self {
        Self {
            weights: vec![1.0; n_arms],
        }
    }
}

impl Policy for Even {
    fn trial(&mut self, _: &Trial) {}

    fn change(&mut self, _: &Change) {}

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        draw_weighted(draw, &self.weights, rng, order);
    }

    fn favourite(&mut self, _: usize, _: i64, rng: &mut Pcg64) -> usize {
        let open = vec![true; self.weights.len()];
        let draw = Draw {
            segment: 0,
            at: 0,
            open: &open,
            depth: 1,
        };
        super::any_open(draw, rng)
    }
}

/// Knows the truth: the best arm first, the rest evenly. Under caps the best of those that are open.
#[derive(Debug)]
pub(crate) struct Best {
    truth: Truth,
}

impl Best {
    pub(crate) fn new(truth: Truth) -> Self {
        Self { truth }
    }
}

impl Policy for Best {
    fn trial(&mut self, _: &Trial) {}

    fn change(&mut self, _: &Change) {}

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        let market = self.truth.market(draw.segment, days(draw.at));
        let first = if draw.open[market.best] {
            market.best
        } else {
            let worth = market.arms.iter().zip(draw.open);
            super::largest(worth.map(|(arm, open)| {
                if *open {
                    arm.worth()
                } else {
                    f64::NEG_INFINITY
                }
            }))
        };
        order.push(first);
        if draw.depth > 1 {
            let mut open = draw.open.to_vec();
            open[first] = false;
            let rest = Draw {
                open: &open,
                ..draw
            };
            let mut others = Vec::new();
            draw_weighted(rest, &vec![1.0; open.len()], rng, &mut others);
            order.extend(others);
        }
    }

    fn favourite(&mut self, segment: usize, at: i64, _: &mut Pcg64) -> usize {
        self.truth.market(segment, days(at)).best
    }
}

#[expect(clippy::cast_precision_loss, reason = "times of a run are below 2⁵³")]
fn days(at: i64) -> f64 {
    at as f64 / DAY
}
