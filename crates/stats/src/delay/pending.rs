//! The belief of a rate while some successes are outstanding, with the law of their delay known.

use crate::beta::{Beta, Fraction};
use crate::legendre::Rule;

/// Nodes per panel of half a standard deviation.
const ORDER: usize = 12;

/// Standard deviations of log-odds on either side that are looked at.
const REACH: i32 = 40;

/// Trials without a success so far that are about as old.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outstanding {
    /// How many.
    pub trials: f64,
    /// Share of their successes that would have arrived by now, in `[0, 1]`; 1 makes them failures.
    pub share: f64,
}

/// The law of a rate `θ` with density proportional to `θ^(a − 1) (1 − θ)^(b − 1) Π (1 − θ G_k)^(n_k)`.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingRate {
    a: f64,
    b: f64,
    outstanding: Vec<Outstanding>,
    /// Panels over the log-odds, ascending; the law has no mass outside that can be seen.
    breaks: Vec<f64>,
    /// Logarithm of what the density is divided by.
    ln_whole: f64,
    mean: f64,
    sd: f64,
}

impl PendingRate {
    /// The belief after what was seen.
    ///
    /// * `prior`: parameters of the Beta before, above 0.
    /// * `successes`: those that have arrived.
    /// * `outstanding`: trials without one by age; a few hundred ages take a millisecond.
    ///
    /// # Panics
    ///
    /// When a count is negative, a share is outside `[0, 1]`, or the prior is not above 0.
    ///
    /// # Source
    ///
    /// Chapelle, *Modeling Delayed Feedback in Display Advertising*, 2014, for the likelihood.
    pub fn new(prior: [f64; 2], successes: f64, outstanding: &[Outstanding]) -> Self {
        let is_right = |it: &Outstanding| it.trials >= 0.0 && (0.0..=1.0).contains(&it.share);
        assert!(
            successes >= 0.0 && outstanding.iter().all(is_right),
            "counts are not negative, and shares lie in [0, 1]"
        );
        let (a, b) = (prior[0] + successes, prior[1]);
        // About where it lies: outstanding trials count for the share of them that would have succeeded by now.
        let failures: f64 = outstanding.iter().map(|it| it.trials * it.share).sum();
        let near = Beta::new(a, b + failures);
        let (mean, sd) = (near.logit_mean(), near.logit_sd());
        let breaks = (-2 * REACH..=2 * REACH).map(|k| mean + 0.5 * f64::from(k) * sd);
        let mut law = Self {
            a,
            b,
            outstanding: outstanding.to_vec(),
            breaks: breaks.collect(),
            ln_whole: 0.0,
            mean: 0.0,
            sd: 0.0,
        };
        law.ln_whole = law.ln_density(Fraction::from_logit(mean));
        let [whole, first, second] = law.moments();
        law.ln_whole += whole.ln();
        law.mean = first / whole;
        law.sd = (second / whole - law.mean * law.mean).max(0.0).sqrt();
        law
    }

    /// Mean of the rate.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Standard deviation of the rate.
    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// The rate with probability `p` below it, to 10 digits.
    ///
    /// * `p`: in `(0, 1)`.
    pub fn quantile(&self, p: f64) -> f64 {
        let rule = Rule::<ORDER>::new();
        let mut below = 0.0;
        for panel in self.breaks.windows(2) {
            let mass = self.mass(&rule, panel[0], panel[1]);
            if below + mass >= p {
                let (mut low, mut high) = (panel[0], panel[1]);
                for _ in 0..60 {
                    let middle = 0.5 * (low + high);
                    if below + self.mass(&rule, panel[0], middle) < p {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                return Fraction::from_logit(0.5 * (low + high)).value();
            }
            below += mass;
        }
        1.0
    }

    /// Probability that this rate is larger than another one that is independent of it.
    pub fn exceeds(&self, other: &Self) -> f64 {
        let rule = Rule::<ORDER>::new();
        let mut breaks = [self.breaks.as_slice(), other.breaks.as_slice()].concat();
        breaks.sort_by(f64::total_cmp);
        let (mut sum, mut below) = (0.0, 0.0);
        for panel in breaks.windows(2) {
            let half = 0.5 * (panel[1] - panel[0]);
            let points = rule
                .nodes
                .map(|node| Fraction::from_logit(panel[0] + half * (node + 1.0)));
            let theirs = points.map(|x| other.ln_density(x).exp());
            for (r, x) in points.into_iter().enumerate() {
                let running: f64 = rule.running[r]
                    .iter()
                    .zip(&theirs)
                    .map(|(w, f)| w * f)
                    .sum();
                sum += half * rule.weights[r] * self.ln_density(x).exp() * (below + half * running);
            }
            below += half
                * rule
                    .weights
                    .iter()
                    .zip(&theirs)
                    .map(|(w, f)| w * f)
                    .sum::<f64>();
        }
        sum.clamp(0.0, 1.0)
    }

    /// Logarithm of the density of the log-odds.
    fn ln_density(&self, x: Fraction) -> f64 {
        let pending: f64 = self
            .outstanding
            .iter()
            .map(|it| {
                it.trials
                    * if it.share >= 1.0 {
                        x.ln_complement()
                    } else {
                        (-x.value() * it.share).ln_1p()
                    }
            })
            .sum();
        self.a * x.ln() + self.b * x.ln_complement() + pending - self.ln_whole
    }

    fn mass(&self, rule: &Rule<ORDER>, low: f64, high: f64) -> f64 {
        let half = 0.5 * (high - low);
        let at = |node: f64| {
            self.ln_density(Fraction::from_logit(low + half * (node + 1.0)))
                .exp()
        };
        half * rule
            .nodes
            .iter()
            .zip(rule.weights)
            .map(|(node, weight)| weight * at(*node))
            .sum::<f64>()
    }

    /// Integrals of the density as it stands, times 1, the rate, and its square.
    fn moments(&self) -> [f64; 3] {
        let rule = Rule::<ORDER>::new();
        let mut sums = [0.0; 3];
        for panel in self.breaks.windows(2) {
            let half = 0.5 * (panel[1] - panel[0]);
            for (node, weight) in rule.nodes.iter().zip(rule.weights) {
                let x = Fraction::from_logit(panel[0] + half * (node + 1.0));
                let mut mass = half * weight * self.ln_density(x).exp();
                for sum in &mut sums {
                    *sum += mass;
                    mass *= x.value();
                }
            }
        }
        sums
    }
}
