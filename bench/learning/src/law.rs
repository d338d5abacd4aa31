//! How much money comes, and when: laws of payouts and delays, as world files name them.

use anyhow::{Result, ensure};
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, Exp1, Gamma, LogNormal, Pareto, Weibull};
use serde::Deserialize;

/// A number of a world: the same in every run, or drawn for each.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum Number {
    /// Always this.
    Fixed(f64),
    /// Drawn evenly between the two at the start of each run.
    Drawn {
        /// Lower end.
        from: f64,
        /// Upper end.
        to: f64,
    },
}

impl Number {
    pub(crate) fn draw(self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Fixed(value) => value,
            Self::Drawn { from, to } => from + (to - from) * rng.random::<f64>(),
        }
    }

    /// The least and the most that it may be.
    pub(crate) fn range(self) -> [f64; 2] {
        match self {
            Self::Fixed(value) => [value; 2],
            Self::Drawn { from, to } => [from, to],
        }
    }
}

/// The law of a payout: a plain number, or a table with `law`. Money may be negative: a return.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Payout {
    /// Always the same.
    Fixed(f64),
    /// Any other.
    Spread(Spread),
}

/// Payouts that vary about their mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "law", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Spread {
    /// Gamma; `cv` is the standard deviation over the mean.
    Gamma { mean: f64, cv: f64 },
    /// Log-normal.
    Lognormal { mean: f64, cv: f64 },
    /// Pareto with a tail of the power `-shape`; heavier than any other here. `shape` above 1.
    Pareto { mean: f64, shape: f64 },
    /// One of several values.
    Choice { values: Vec<f64>, shares: Vec<f64> },
}

impl Payout {
    pub(crate) fn mean(&self) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Spread(
                Spread::Gamma { mean, .. }
                | Spread::Lognormal { mean, .. }
                | Spread::Pareto { mean, .. },
            ) => *mean,
            Self::Spread(Spread::Choice { values, shares }) => {
                let whole: f64 = shares.iter().sum();
                values.iter().zip(shares).map(|(v, s)| v * s).sum::<f64>() / whole
            }
        }
    }

    /// The largest value, or three standard deviations above the mean where there is none.
    pub(crate) fn scale(&self) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Spread(Spread::Gamma { mean, cv } | Spread::Lognormal { mean, cv }) => {
                mean * (1.0 + 3.0 * cv)
            }
            // Its variance may not exist; ten times the mean is exceeded by few.
            Self::Spread(Spread::Pareto { mean, .. }) => 10.0 * mean,
            Self::Spread(Spread::Choice { values, .. }) => {
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            }
        }
    }

    pub(crate) fn draw(&self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Spread(Spread::Gamma { mean, cv }) => gamma(*mean, *cv, rng),
            Self::Spread(Spread::Lognormal { mean, cv }) => lognormal(*mean, *cv, rng),
            Self::Spread(Spread::Pareto { mean, shape }) => {
                let least = mean * (shape - 1.0) / shape;
                let law = Pareto::new(least.abs(), *shape).expect("it was checked");
                law.sample(rng).copysign(*mean)
            }
            Self::Spread(Spread::Choice { values, shares }) => values[choose(shares, rng)],
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        ensure!(
            self.mean().is_finite(),
            "the mean of a payout is {}",
            self.mean()
        );
        match self {
            Self::Spread(Spread::Gamma { cv, .. } | Spread::Lognormal { cv, .. }) => {
                ensure!(*cv > 0.0, "the cv of a payout is {cv}, but above 0");
            }
            Self::Spread(Spread::Pareto { shape, mean }) => {
                ensure!(
                    *shape > 1.0,
                    "the shape of a Pareto is {shape}, but above 1"
                );
                ensure!(*mean != 0.0, "the mean of a Pareto is not 0");
            }
            Self::Spread(Spread::Choice { values, shares }) => {
                ensure!(
                    !values.is_empty() && values.len() == shares.len(),
                    "a choice has one share for each of its values"
                );
            }
            Self::Fixed(_) => {}
        }
        Ok(())
    }
}

/// How long a conversion takes from the lead on, in days.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "law", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Delay {
    /// Always the same.
    Fixed { days: f64 },
    /// Evenly between the two.
    Uniform { from_days: f64, to_days: f64 },
    /// Exponential.
    Exponential { mean_days: f64 },
    /// Gamma; `cv` is the standard deviation over the mean.
    Gamma { mean_days: f64, cv: f64 },
    /// Log-normal.
    Lognormal { mean_days: f64, cv: f64 },
    /// Weibull: `scale_days` and `shape`.
    Weibull { scale_days: f64, shape: f64 },
    /// One of several laws: hours for some, weeks for others.
    Mixture { parts: Vec<Part> },
}

/// A law in a mixture.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    share: f64,
    delay: Delay,
}

impl Delay {
    pub(crate) fn draw_days(&self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Fixed { days } => *days,
            Self::Uniform { from_days, to_days } => {
                from_days + (to_days - from_days) * rng.random::<f64>()
            }
            Self::Exponential { mean_days } => {
                let one: f64 = Exp1.sample(rng);
                mean_days * one
            }
            Self::Gamma { mean_days, cv } => gamma(*mean_days, *cv, rng),
            Self::Lognormal { mean_days, cv } => lognormal(*mean_days, *cv, rng),
            Self::Weibull { scale_days, shape } => {
                let law = Weibull::new(*scale_days, *shape).expect("it was checked");
                law.sample(rng)
            }
            Self::Mixture { parts } => {
                let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
                parts[choose(&shares, rng)].delay.draw_days(rng)
            }
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let above_0 = |name: &str, value: f64| {
            ensure!(
                value > 0.0 && value.is_finite(),
                "{name} of a delay is {value}, but above 0"
            );
            Ok(())
        };
        match self {
            Self::Fixed { days } => ensure!(*days >= 0.0, "a delay of {days} days"),
            Self::Uniform { from_days, to_days } => ensure!(
                0.0 <= *from_days && from_days <= to_days,
                "a delay from {from_days} to {to_days} days"
            ),
            Self::Exponential { mean_days } => above_0("mean_days", *mean_days)?,
            Self::Gamma { mean_days, cv } | Self::Lognormal { mean_days, cv } => {
                above_0("mean_days", *mean_days)?;
                above_0("cv", *cv)?;
            }
            Self::Weibull { scale_days, shape } => {
                above_0("scale_days", *scale_days)?;
                above_0("shape", *shape)?;
            }
            Self::Mixture { parts } => {
                ensure!(!parts.is_empty(), "a mixture of delays has no part");
                for part in parts {
                    above_0("share", part.share)?;
                    part.delay.check()?;
                }
            }
        }
        Ok(())
    }
}

fn gamma(mean: f64, cv: f64, rng: &mut impl Rng) -> f64 {
    let shape = 1.0 / (cv * cv);
    let law = Gamma::new(shape, mean.abs() / shape).expect("it was checked");
    law.sample(rng).copysign(mean)
}

fn lognormal(mean: f64, cv: f64, rng: &mut impl Rng) -> f64 {
    let variance = (cv * cv).ln_1p();
    let law = LogNormal::new(-0.5 * variance, variance.sqrt()).expect("it was checked");
    mean * law.sample(rng)
}

/// A position, in the proportions of the shares.
pub(crate) fn choose(shares: &[f64], rng: &mut impl Rng) -> usize {
    let whole: f64 = shares.iter().sum();
    let mut rest = whole * rng.random::<f64>();
    for (i, share) in shares.iter().enumerate() {
        rest -= share;
        if rest < 0.0 {
            return i;
        }
    }
    shares.len() - 1
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_pcg::Pcg64;

    use super::*;

    const N: u32 = 200_000;

    #[derive(Deserialize)]
    struct Laws {
        payout: Vec<Payout>,
        delay: Vec<Delay>,
        means: Vec<f64>,
    }

    #[test]
    fn draws_have_the_mean_that_their_law_names() {
        let laws: Laws = toml::from_str(
            "payout = [7.0, { law = 'gamma', mean = 50.0, cv = 0.5 }, { law = 'lognormal', mean = 50.0, cv = 1.5 },
                { law = 'pareto', mean = 60.0, shape = 3.0 }, { law = 'choice', values = [1.0, 10.0], shares = [3.0, 1.0] },
                { law = 'gamma', mean = -20.0, cv = 0.3 }]
            delay = [{ law = 'fixed', days = 2.0 }, { law = 'uniform', from_days = 1.0, to_days = 4.0 },
                { law = 'exponential', mean_days = 6.0 }, { law = 'gamma', mean_days = 3.0, cv = 0.2 },
                { law = 'lognormal', mean_days = 9.0, cv = 1.0 }, { law = 'weibull', scale_days = 2.0, shape = 2.0 },
                { law = 'mixture', parts = [{ share = 1.0, delay = { law = 'fixed', days = 1.0 } },
                    { share = 3.0, delay = { law = 'exponential', mean_days = 5.0 } }] }]
            means = [2.0, 2.5, 6.0, 3.0, 9.0, 1.772_453_850_9, 4.0]",
        )
        .unwrap();
        let mut rng = Pcg64::seed_from_u64(1);
        for payout in &laws.payout {
            payout.check().unwrap();
            let sum: f64 = (0..N).map(|_| payout.draw(&mut rng)).sum();
            let (found, expected) = (sum / f64::from(N), payout.mean());
            assert!((found / expected - 1.0).abs() < 0.02, "{payout:?}: {found}");
            assert!(payout.scale() >= expected || expected < 0.0);
        }
        for (delay, expected) in laws.delay.iter().zip(&laws.means) {
            delay.check().unwrap();
            let sum: f64 = (0..N).map(|_| delay.draw_days(&mut rng)).sum();
            let found = sum / f64::from(N);
            assert!((found / expected - 1.0).abs() < 0.02, "{delay:?}: {found}");
        }
    }
}
