//! Laws of payouts and delays, each as the amount that has a given probability below it.

use pointsman_stats::{gamma_law::Gamma, normal};
use serde::Deserialize;

/// A number of a world: the same always, or drawn for each seed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Number {
    Fixed(f64),
    Drawn { from: f64, to: f64 },
}

impl Number {
    pub(super) fn at(self, p: f64) -> f64 {
        match self {
            Self::Fixed(value) => value,
            Self::Drawn { from, to } => from + (to - from) * p,
        }
    }

    pub(super) fn range(self) -> [f64; 2] {
        match self {
            Self::Fixed(value) => [value; 2],
            Self::Drawn { from, to } => [from, to],
        }
    }
}

/// The law of a payout: a plain number, or a table with `law`. Below zero it is a return.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Payout {
    Fixed(f64),
    Spread(Spread),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "law", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Spread {
    Gamma { mean: f64, cv: f64 },
    Lognormal { mean: f64, cv: f64 },
    Pareto { mean: f64, shape: f64 },
    Choice { values: Vec<f64>, shares: Vec<f64> },
}

impl Payout {
    pub(super) fn at(&self, p: f64) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Spread(Spread::Gamma { mean, cv }) => gamma(*mean, *cv, p),
            Self::Spread(Spread::Lognormal { mean, cv }) => lognormal(*mean, *cv, p),
            Self::Spread(Spread::Pareto { mean, shape }) => {
                let least = mean * (shape - 1.0) / shape;
                least * (1.0 - p).powf(-1.0 / shape)
            }
            Self::Spread(Spread::Choice { values, shares }) => values[choose(shares, p)],
        }
    }

    pub(super) fn problem(&self) -> Option<String> {
        let is_sound = match self {
            Self::Fixed(value) => value.is_finite(),
            Self::Spread(Spread::Gamma { mean, cv }) => {
                *mean != 0.0 && mean.is_finite() && *cv > 0.0
            }
            Self::Spread(Spread::Lognormal { mean, cv }) => mean.is_finite() && *cv > 0.0,
            Self::Spread(Spread::Pareto { mean, shape }) => mean.is_finite() && *shape > 1.0,
            Self::Spread(Spread::Choice { values, shares }) => {
                !values.is_empty()
                    && values.len() == shares.len()
                    && shares.iter().all(|share| *share >= 0.0)
                    && shares.iter().sum::<f64>() > 0.0
            }
        };
        (!is_sound).then(|| format!("{self:?} is no law of a payout"))
    }
}

/// How long a conversion takes, in days.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "law", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Delay {
    Fixed { days: f64 },
    Uniform { from_days: f64, to_days: f64 },
    Exponential { mean_days: f64 },
    Gamma { mean_days: f64, cv: f64 },
    Lognormal { mean_days: f64, cv: f64 },
    Weibull { scale_days: f64, shape: f64 },
    Mixture { parts: Vec<Part> },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    share: f64,
    delay: Delay,
}

impl Delay {
    /// * `which`: chooses among the parts of a mixture.
    pub(super) fn at(&self, p: f64, which: f64) -> f64 {
        match self {
            Self::Fixed { days } => *days,
            Self::Uniform { from_days, to_days } => from_days + (to_days - from_days) * p,
            Self::Exponential { mean_days } => -mean_days * (-p).ln_1p(),
            Self::Gamma { mean_days, cv } => gamma(*mean_days, *cv, p),
            Self::Lognormal { mean_days, cv } => lognormal(*mean_days, *cv, p),
            Self::Weibull { scale_days, shape } => scale_days * (-(-p).ln_1p()).powf(1.0 / shape),
            Self::Mixture { parts } => {
                let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
                // Mixtures in mixtures choose by the same number, spread over the part that it fell into.
                let position = choose(&shares, which);
                let whole: f64 = shares.iter().sum();
                let before: f64 = shares[..position].iter().sum();
                let within = ((which * whole - before) / shares[position]).clamp(0.0, 1.0);
                parts[position].delay.at(p, within)
            }
        }
    }

    pub(super) fn problem(&self) -> Option<String> {
        let above_0 = |value: f64| value > 0.0 && value.is_finite();
        let is_sound = match self {
            Self::Fixed { days } => *days >= 0.0 && days.is_finite(),
            Self::Uniform { from_days, to_days } => 0.0 <= *from_days && from_days <= to_days,
            Self::Exponential { mean_days } => above_0(*mean_days),
            Self::Gamma { mean_days, cv } | Self::Lognormal { mean_days, cv } => {
                above_0(*mean_days) && above_0(*cv)
            }
            Self::Weibull { scale_days, shape } => above_0(*scale_days) && above_0(*shape),
            Self::Mixture { parts } => {
                let mut parts = parts.iter();
                let problem = |part: &Part| part.delay.problem();
                parts.len() > 0 && parts.all(|part| above_0(part.share) && problem(part).is_none())
            }
        };
        (!is_sound).then(|| format!("{self:?} is no law of a delay"))
    }
}

fn gamma(mean: f64, cv: f64, p: f64) -> f64 {
    let size = mean.abs();
    Gamma::with_moments(size, cv * size)
        .quantile(p)
        .copysign(mean)
}

fn lognormal(mean: f64, cv: f64, p: f64) -> f64 {
    let variance = (cv * cv).ln_1p();
    // A probability of 0 has no amount.
    let z = normal::quantile(p.max(1e-16));
    mean * (variance.sqrt() * z - 0.5 * variance).exp()
}

/// A position, in the proportions of the shares.
fn choose(shares: &[f64], p: f64) -> usize {
    let mut rest = p * shares.iter().sum::<f64>();
    for (position, share) in shares.iter().enumerate() {
        rest -= share;
        if rest < 0.0 {
            return position;
        }
    }
    shares.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Laws {
        payout: Vec<Payout>,
        delay: Vec<Delay>,
    }

    /// The mean over even probabilities.
    fn mean(at: impl Fn(f64) -> f64) -> f64 {
        let n = 100_000_u32;
        let points = (0..n).map(|i| (f64::from(i) + 0.5) / f64::from(n));
        points.map(at).sum::<f64>() / f64::from(n)
    }

    #[test]
    fn laws_have_the_means_that_they_name() {
        let laws: Laws = toml::from_str(
            "payout = [7.0, { law = 'gamma', mean = 50.0, cv = 0.5 }, { law = 'lognormal', mean = 50.0, cv = 1.5 },
                { law = 'pareto', mean = 60.0, shape = 3.0 }, { law = 'choice', values = [1.0, 10.0], shares = [3.0, 1.0] },
                { law = 'gamma', mean = -20.0, cv = 0.3 }]
            delay = [{ law = 'fixed', days = 2.0 }, { law = 'uniform', from_days = 1.0, to_days = 4.0 },
                { law = 'exponential', mean_days = 6.0 }, { law = 'gamma', mean_days = 3.0, cv = 0.2 },
                { law = 'lognormal', mean_days = 9.0, cv = 1.0 }, { law = 'weibull', scale_days = 2.0, shape = 2.0 }]",
        )
        .unwrap();
        let expected = [7.0, 50.0, 50.0, 60.0, 3.25, -20.0];
        for (payout, expected) in laws.payout.iter().zip(expected) {
            assert_eq!(payout.problem(), None);
            let found = mean(|p| payout.at(p));
            assert!(
                (found / expected - 1.0).abs() < 0.005,
                "{payout:?}: {found}"
            );
        }
        let expected = [2.0, 2.5, 6.0, 3.0, 9.0, 1.772_453_850_9];
        for (delay, expected) in laws.delay.iter().zip(expected) {
            assert_eq!(delay.problem(), None);
            let found = mean(|p| delay.at(p, 0.5));
            assert!((found / expected - 1.0).abs() < 0.005, "{delay:?}: {found}");
        }
    }

    #[test]
    fn mixtures_choose_by_their_shares() {
        let text = "delay = { law = 'mixture', parts = [{ share = 1.0, delay = { law = 'fixed', days = 1.0 } },
            { share = 3.0, delay = { law = 'fixed', days = 5.0 } }] }";
        let laws: std::collections::BTreeMap<String, Delay> = toml::from_str(text).unwrap();
        let delay = &laws["delay"];
        assert!((mean(|which| delay.at(0.5, which)) - 4.0).abs() < 1e-3);
    }
}
