//! Policies of optimism: each arm has an upper bound of its mean, and the highest bound gets the lead.

use rand_pcg::Pcg64;

use super::{Change, Draw, Policy, Sums, Trial, grid, highest_first, largest, scales};
use crate::truth::Truth;
use crate::world::World;

/// How the bound is found. Money is divided by the most that the arm may pay, which the policy is told.
///
/// # Source
///
/// Auer, Cesa-Bianchi, Fischer, *Finite-time Analysis of the Multiarmed Bandit Problem*, 2002, for the first two;
/// Garivier and Cappé, *The KL-UCB Algorithm for Bounded Stochastic Bandits and Beyond*, 2011, for the third.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// `mean + √(2 ln t / n)`.
    Ucb1,
    /// `mean + √(ln t / n · min(¼, variance + √(2 ln t / n)))`.
    UcbTuned,
    /// The largest `q` with `n · kl(mean, q) ≤ ln t`.
    KlUcb,
}

/// A policy by such bounds, found anew before each lead.
#[derive(Debug)]
pub(crate) struct Indexed {
    rule: Rule,
    sums: Vec<Vec<Sums>>,
    leads: Vec<f64>,
    scales: Vec<Vec<f64>>,
    values: Vec<f64>,
}

impl Indexed {
    pub(crate) fn new(world: &World, truth: &Truth, rule: Rule) -> Self {
        let mut scales = scales(world, truth);
        if matches!(rule, Rule::Ucb1 | Rule::UcbTuned) {
            // They have one range for all arms.
            for row in &mut scales {
                let most = row.iter().copied().fold(0.0, f64::max);
                row.fill(most);
            }
        }
        Self {
            rule,
            sums: grid(world, Sums::default()),
            leads: vec![0.0; world.segments.len()],
            scales,
            values: vec![0.0; world.arms.len()],
        }
    }

    fn bound(&self, segment: usize, i: usize) -> f64 {
        let (sums, scale) = (self.sums[segment][i], self.scales[segment][i]);
        if sums.n == 0.0 {
            return f64::INFINITY;
        }
        let (n, mean) = (sums.n, (sums.mean() / scale).clamp(0.0, 1.0));
        let ln_t = self.leads[segment].max(1.0).ln();
        let bound = match self.rule {
            Rule::Ucb1 => mean + (2.0 * ln_t / n).sqrt(),
            Rule::UcbTuned => {
                let square = sums.money_sq / n / (scale * scale);
                let variance = (square - mean * mean).max(0.0) + (2.0 * ln_t / n).sqrt();
                mean + (ln_t / n * variance.min(0.25)).sqrt()
            }
            Rule::KlUcb => kl_bound(mean, ln_t / n),
        };
        scale * bound
    }
}

impl Policy for Indexed {
    fn trial(&mut self, trial: &Trial) {
        self.sums[trial.segment][trial.arm].trial();
        self.leads[trial.segment] += 1.0;
    }

    fn change(&mut self, change: &Change) {
        self.sums[change.trial.segment][change.trial.arm].change(change);
    }

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>) {
        for i in 0..self.values.len() {
            self.values[i] = self.bound(draw.segment, i);
        }
        highest_first(draw, &self.values, rng, order);
    }

    fn favourite(&mut self, segment: usize, _: i64, _: &mut Pcg64) -> usize {
        largest(self.sums[segment].iter().map(Sums::mean))
    }
}

/// The largest `q` at least `mean` whose divergence from it is at most `limit`.
///
/// Newton's method from above, in `−ln(1 − q)`: the divergence is convex in that, so that it comes down to the solution
/// and never past it, also from next to 1.
fn kl_bound(mean: f64, limit: f64) -> f64 {
    const STEPS_MAX: u32 = 50;
    // Pinsker's inequality: the divergence is at least twice the squared distance.
    let mut q = (mean + (0.5 * limit).sqrt()).min(1.0 - 1e-15);
    for _ in 0..STEPS_MAX {
        let above = divergence(mean, q) - limit;
        if above <= 0.0 {
            break;
        }
        let before = q;
        q = 1.0 - (1.0 - q) * (above * q / (q - mean)).exp();
        if before - q < 1e-9 * q {
            break;
        }
    }
    q.max(mean)
}

/// `kl(p, q)` of two coins.
fn divergence(p: f64, q: f64) -> f64 {
    let part = |p: f64, q: f64| {
        if p == 0.0 {
            0.0
        } else {
            p * (p / q.max(f64::MIN_POSITIVE)).ln()
        }
    };
    part(p, q) + part(1.0 - p, 1.0 - q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_solves_its_equation() {
        for mean in [0.0, 0.003, 0.2, 0.9, 0.999] {
            for limit in [1e-4, 0.02, 0.7, 3.0] {
                let q = kl_bound(mean, limit);
                assert!(q > mean && q < 1.0, "{mean} {limit}: {q}");
                assert!(divergence(mean, q - 1e-7) <= limit, "{mean} {limit}: {q}");
                let beyond = q + 1e-7;
                assert!(
                    beyond >= 1.0 || divergence(mean, beyond) >= limit,
                    "{mean} {limit}: {q}"
                );
            }
        }
    }
}
