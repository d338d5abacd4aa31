//! The chance of one worth to be above another, beside an integral that shares nothing with ours but the named laws.
//!
//! Over rates from .01 to .999, known well and hardly, and payouts whose mean is known to anything between exactly and within twice
//! itself. `cargo test --release -p pointsman-stats --test law_grid -- --nocapture` prints the worst errors.

use pointsman_stats::{
    beta::Beta,
    gamma_law::Gamma,
    law::{Law, Part, largest},
};

/// Points of the independent integral, and equally likely parts of each of its factors.
const POINTS: u32 = 40_009;
const PARTS: u32 = 4_000;

/// Irrational steps for six dimensions: powers of the root of `x⁷ = x + 1`.
///
/// # Source
///
/// Roberts, *The Unreasonable Effectiveness of Quasirandom Sequences*, 2018.
const STEPS: [f64; 6] = [
    0.898_653_712_628_699,
    0.807_578_495_221_345,
    0.725_733_412_969_760,
    0.652_183_025_943_971,
    0.586_086_697_577_969,
    0.526_688_986_700_736,
];

/// A rate that is believed as after so many cases.
#[derive(Debug, Clone, Copy)]
struct Rate {
    rate: f64,
    n: f64,
}

/// An amount with its mean and the coefficient of variation of what is believed of it.
#[derive(Debug, Clone, Copy)]
struct Amount {
    mean: f64,
    cv: f64,
}

/// What a lead is worth, by streams.
#[derive(Debug, Clone, Copy)]
struct Worth {
    accept: Rate,
    paid: Amount,
    /// What refused leads earn elsewhere: how often, and how much.
    refused: Option<(Rate, Amount)>,
    /// What comes later.
    later: Option<(Rate, Amount)>,
}

impl Rate {
    fn law(self) -> Law {
        let (a, b) = (self.rate * self.n, (1.0 - self.rate) * self.n);
        Law::beta_mixture(&[Part { weight: 1.0, a, b }])
    }

    fn parts(self) -> Vec<f64> {
        let beta = Beta::new(self.rate * self.n, (1.0 - self.rate) * self.n);
        middles(|p| beta.quantile(p))
    }
}

impl Amount {
    fn law(self) -> Law {
        Law::gamma(self.mean, (self.cv * self.mean).powi(2))
    }

    fn parts(self) -> Vec<f64> {
        if self.cv == 0.0 {
            return vec![self.mean];
        }
        let gamma = Gamma::with_moments(self.mean, self.cv * self.mean);
        middles(|p| gamma.quantile(p))
    }
}

impl Worth {
    /// As the learner puts it together.
    fn law(&self) -> Law {
        let times = |(rate, amount): (Rate, Amount)| rate.law().times(&amount.law());
        let refused = self.refused.map_or(Law::point(0.0), times);
        let law = self.accept.law().blend(&self.paid.law(), &refused);
        law.plus(&self.later.map_or(Law::point(0.0), times))
    }

    /// The worth at points that fill the unit cube evenly, ascending.
    fn points(&self) -> Vec<f64> {
        let one = || vec![0.0];
        let of = |pair: Option<(Rate, Amount)>| {
            pair.map_or((one(), one()), |(rate, amount)| {
                (rate.parts(), amount.parts())
            })
        };
        let (accept, paid) = (self.accept.parts(), self.paid.parts());
        let ((refused_rate, refused), (later_rate, later)) = (of(self.refused), of(self.later));
        let mut points: Vec<f64> = (0..POINTS)
            .map(|i| {
                let at = |parts: &[f64], dimension: usize| {
                    let u = (0.5 + f64::from(i) * STEPS[dimension]).fract();
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        clippy::cast_precision_loss,
                        reason = "a position in a short list"
                    )]
                    let position = (u * parts.len() as f64) as usize;
                    parts[position.min(parts.len() - 1)]
                };
                let accept = at(&accept, 0);
                let other = at(&refused_rate, 2) * at(&refused, 3);
                let first = accept * at(&paid, 1) + (1.0 - accept) * other;
                first + at(&later_rate, 4) * at(&later, 5)
            })
            .collect();
        points.sort_by(f64::total_cmp);
        points
    }

    fn mean(&self) -> f64 {
        let times = |(rate, amount): (Rate, Amount)| rate.rate * amount.mean;
        let accept = self.accept.rate;
        accept * self.paid.mean
            + (1.0 - accept) * self.refused.map_or(0.0, times)
            + self.later.map_or(0.0, times)
    }

    /// The same with every amount by a factor.
    fn scaled(self, by: f64) -> Self {
        let amount = |it: Amount| Amount {
            mean: it.mean * by,
            ..it
        };
        Self {
            paid: amount(self.paid),
            refused: self.refused.map(|(rate, it)| (rate, amount(it))),
            later: self.later.map(|(rate, it)| (rate, amount(it))),
            ..self
        }
    }
}

fn middles(quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..PARTS)
        .map(|i| quantile((f64::from(i) + 0.5) / f64::from(PARTS)))
        .collect()
}

/// Share of pairs in which the first is larger; half of those that are equal.
fn wins(first: &[f64], second: &[f64]) -> f64 {
    let (mut below, mut equal, mut sum) = (0_u32, 0_u32, 0.0);
    for value in first {
        while second
            .get(below as usize)
            .is_some_and(|other| other < value)
        {
            below += 1;
        }
        equal = equal.max(below);
        while second
            .get(equal as usize)
            .is_some_and(|other| other <= value)
        {
            equal += 1;
        }
        sum += 0.5 * (f64::from(below) + f64::from(equal));
    }
    sum / (f64::from(POINTS) * f64::from(POINTS))
}

const RATES: [f64; 5] = [0.01, 0.1, 0.5, 0.9, 0.999];
const CVS: [f64; 5] = [0.0, 0.05, 0.5, 1.0, 2.0];

/// Worths of one shape over the grid, all with the same mean.
fn grid(worth: impl Fn(Rate, Amount) -> Worth) -> Vec<Worth> {
    let mut worths = Vec::new();
    for rate in RATES {
        for n in [12.0, 2_000.0] {
            for cv in CVS {
                let mean = 30.0 / rate;
                let worth = worth(Rate { rate, n }, Amount { mean, cv });
                worths.push(worth.scaled(30.0 / worth.mean()));
            }
        }
    }
    worths
}

/// The worst error over pairs of worths.
fn worst(worths: &[Worth], step: usize) -> (f64, usize, usize) {
    let points: Vec<Vec<f64>> = worths.iter().map(Worth::points).collect();
    let laws: Vec<Law> = worths.iter().map(Worth::law).collect();
    let mut worst = (0.0, 0, 0);
    for i in 0..worths.len() {
        for j in (0..i).rev().step_by(step) {
            let ours = largest(&[laws[i].clone(), laws[j].clone()]).probabilities[0];
            let error = (ours - wins(&points[i], &points[j])).abs();
            if error > worst.0 {
                worst = (error, i, j);
            }
        }
    }
    worst
}

#[expect(clippy::print_stderr, reason = "the worst errors are published")]
fn assert_close(what: &str, worths: &[Worth], step: usize, within: f64) {
    let (error, i, j) = worst(worths, step);
    eprintln!("{what}: the worst error is {error:.1e}");
    assert!(
        error < within,
        "{what}: {error} for {:?} against {:?}",
        worths[i],
        worths[j]
    );
}

#[test]
fn what_is_paid_at_once() {
    let worths = grid(|accept, paid| Worth {
        accept,
        paid,
        refused: None,
        later: None,
    });
    assert_close("a rate times a payout", &worths, 3, 1e-3);
}

#[test]
fn what_is_paid_at_once_or_else_elsewhere() {
    let worths = grid(|accept, paid| Worth {
        accept,
        paid,
        refused: Some((
            Rate { rate: 0.6, n: 30.0 },
            Amount {
                mean: 12.0,
                cv: paid.cv.min(0.5),
            },
        )),
        later: None,
    });
    assert_close("with what refused leads earn elsewhere", &worths, 3, 1e-3);
}

#[test]
fn what_is_paid_at_once_or_else_elsewhere_and_nothing_of_it_known() {
    let worths = grid(|accept, paid| Worth {
        accept,
        paid,
        refused: Some((
            Rate { rate: 0.3, n: 8.0 },
            Amount {
                mean: 40.0,
                cv: paid.cv,
            },
        )),
        later: None,
    });
    // Both amounts known to within twice themselves have most of their mass next to 0: nothing smooths what they do there.
    assert_close("with amounts elsewhere as unknown", &worths, 3, 3e-3);
}

#[test]
fn what_is_paid_at_once_and_later() {
    let worths = grid(|rate, amount| Worth {
        accept: Rate { rate: 0.8, n: 40.0 },
        paid: Amount {
            mean: 15.0,
            cv: 0.1,
        },
        refused: None,
        later: Some((rate, amount)),
    });
    assert_close("with what comes later", &worths, 3, 1e-3);
}

#[test]
fn all_streams_together() {
    let worths = grid(|rate, amount| Worth {
        accept: Rate { rate: 0.8, n: 40.0 },
        paid: Amount {
            mean: 15.0,
            cv: 0.1,
        },
        refused: Some((
            Rate { rate: 0.6, n: 30.0 },
            Amount {
                mean: 12.0,
                cv: amount.cv.min(0.5),
            },
        )),
        later: Some((rate, amount)),
    });
    assert_close("with both", &worths, 3, 1e-3);
}
