//! The laws that delays may have: a grid, over which what is not known of a delay is integrated out.
//!
//! A law is an exponential, or two of them in some proportion: quick and slow money in one stream. Every law ends at the
//! attribution window: what comes later does not count.

use crate::delay_step::{end, step};

/// Microseconds in a day.
pub(crate) const MICROS_A_DAY: f64 = 86_400e6;

/// How many mean delays are on the grid.
pub(crate) const MEANS: usize = 18;
/// The shortest of them, in days: half an hour.
const SHORTEST: f64 = 0.02;
/// The longest, in days.
const LONGEST: f64 = 25.0;
/// Of which exponentials two are put together, by their place.
const PAIRED: [usize; 5] = [1, 5, 9, 13, 16];
/// Shares of the quicker of two exponentials.
const SHARES: [f64; 2] = [0.35, 0.65];

/// Two exponentials, by their place among the means, and the share of the first; a single one is twice the same.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mixed {
    quick: usize,
    slow: usize,
    share: f64,
}

/// The grid of laws for one attribution window.
#[derive(Debug, Clone)]
pub(crate) struct DelayLaws {
    window: f64,
    /// Share of each exponential that comes within the window.
    within: [f64; MEANS],
    rates: [f64; MEANS],
    laws: Vec<Mixed>,
    /// Logarithm of the prior share of each law.
    ln_prior: Vec<f64>,
    /// For each law, the logarithm of its probability of each step.
    ln_steps: Vec<Vec<f64>>,
}

/// Trials of one age, each as many as it counts for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Exposure {
    /// Days since the trials.
    pub(crate) age: f64,
    pub(crate) trials: f64,
    /// Those of them whose event has come.
    pub(crate) events: f64,
}

impl DelayLaws {
    /// * `window`: microseconds, above 0.
    /// * `mixed`: prior share of the laws with two exponentials.
    /// * `assumed`: mean delay in days, and for how many conversions it counts: their delays are spread as an exponential with
    ///   this mean, up to the window.
    pub(crate) fn new(window: i64, mixed: f64, assumed: Option<(f64, f64)>) -> Self {
        let window_days = days(window);
        let ratio = (LONGEST / SHORTEST).ln() / (index(MEANS) - 1.0);
        let mut rates = [0.0; MEANS];
        for (i, rate) in rates.iter_mut().enumerate() {
            *rate = 1.0 / (SHORTEST * (ratio * index(i)).exp());
        }
        let within = rates.map(|rate: f64| -(-rate * window_days).exp_m1());
        let laws = all_laws(mixed > 0.0);
        let prior = even_prior(laws.len(), mixed);
        let last = usize::from(step(window.saturating_sub(1)));
        let by_step = |rate: f64| -> Vec<f64> {
            let within = -(-rate * window_days).exp_m1();
            (0..=last)
                .map(|k| {
                    let from = if k == 0 { 0.0 } else { days(end(to_u8(k - 1))) };
                    let to = days(end(to_u8(k))).min(window_days);
                    let (from, to) = (-rate * from, -rate * to);
                    -from.exp() * (to - from).exp_m1() / within
                })
                .collect()
        };
        let base: Vec<Vec<f64>> = rates.iter().map(|rate| by_step(*rate)).collect();
        let ln_steps: Vec<Vec<f64>> = laws
            .iter()
            .map(|law| {
                (0..=last)
                    .map(|k| {
                        let mass =
                            law.share * base[law.quick][k] + (1.0 - law.share) * base[law.slow][k];
                        mass.max(1e-300).ln()
                    })
                    .collect()
            })
            .collect();
        let ln_even = prior.into_iter().map(f64::ln);
        let ln_prior = match assumed {
            None => ln_even.collect(),
            Some((mean, strength)) => {
                let spread = by_step(1.0 / mean);
                let likely = ln_steps.iter().map(|ln| {
                    let sum = spread.iter().zip(ln).map(|(share, ln)| share * ln);
                    strength * sum.sum::<f64>()
                });
                shares(
                    ln_even
                        .zip(likely)
                        .map(|(even, likely)| even + likely)
                        .collect(),
                )
            }
        };
        Self {
            window: window_days,
            within,
            rates,
            laws,
            ln_prior,
            ln_steps,
        }
    }

    /// How many laws there are.
    pub(crate) fn len(&self) -> usize {
        self.laws.len()
    }

    /// For each law, the logarithm of the likelihood of delays: step of the delay, and how many there were.
    pub(crate) fn ln_likelihoods(&self, delays: &[f64]) -> Vec<f64> {
        let seen: Vec<(usize, f64)> = delays
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, n)| *n > 0.0)
            .collect();
        self.ln_steps
            .iter()
            .map(|ln| seen.iter().filter_map(|(k, n)| Some(n * ln.get(*k)?)).sum())
            .collect()
    }

    /// Logarithm of each law's share, of which a part is as other arms teach: the rest knows nothing of them, so that
    /// one slow arm among quick ones stays possible.
    ///
    /// * `ln_others`: logarithm of the likelihood of the others' delays under each law.
    /// * `strength`: what that counts for, in `[0, 1]`.
    /// * `kinship`: the part.
    pub(crate) fn taught(&self, ln_others: &[f64], strength: f64, kinship: f64) -> Vec<f64> {
        let ln: Vec<f64> = self
            .ln_prior
            .iter()
            .zip(ln_others)
            .map(|(prior, ln)| prior + strength * ln)
            .collect();
        let top = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let whole: f64 = ln.iter().map(|ln| (ln - top).exp()).sum();
        let shares = ln.iter().map(|ln| (ln - top).exp() / whole);
        let priors = self.ln_prior.iter().map(|ln| ln.exp());
        priors
            .zip(shares)
            .map(|(prior, share)| ((1.0 - kinship) * prior + kinship * share).ln())
            .collect()
    }

    /// Those shares, of which a part is as the same destination's delays elsewhere teach.
    ///
    /// * `ln_shares`: logarithm of each law's share without that.
    /// * `delays`: those delays, by step; they count for a few, however many there are: another flow has other leads.
    pub(crate) fn taught_elsewhere(&self, ln_shares: Vec<f64>, delays: &[f64]) -> Vec<f64> {
        const LESSON: f64 = 10.0;
        const KINSHIP: f64 = 0.8;
        let n: f64 = delays.iter().sum();
        if n <= 0.0 {
            return ln_shares;
        }
        let strength = LESSON / n.max(LESSON);
        let ln_delays = self.ln_likelihoods(delays).into_iter();
        let likely = ln_shares
            .iter()
            .zip(ln_delays)
            .map(|(own, ln)| own + strength * ln);
        let mixed = shares(likely.collect()).into_iter().zip(&ln_shares);
        mixed
            .map(|(taught, own)| (KINSHIP * taught.exp() + (1.0 - KINSHIP) * own.exp()).ln())
            .collect()
    }

    /// How many steps end within the window.
    pub(crate) fn n_steps(&self) -> usize {
        self.ln_steps[0].len()
    }

    /// Share of the events of each exponential that have come at an age in days.
    fn arrived(&self, age: f64) -> [f64; MEANS] {
        let mut arrived = [0.0; MEANS];
        let age = age.min(self.window);
        for ((arrived, rate), within) in arrived.iter_mut().zip(self.rates).zip(self.within) {
            *arrived = -(-rate * age).exp_m1() / within;
        }
        arrived
    }

    /// For each exponential, and each group of trials, the share that has come.
    pub(crate) fn table(&self, exposures: impl Iterator<Item = f64>) -> Vec<[f64; MEANS]> {
        exposures.map(|age| self.arrived(age)).collect()
    }

    /// What one law makes of such a row.
    pub(crate) fn of_law(&self, g: usize, row: &[f64; MEANS]) -> f64 {
        let law = self.laws[g];
        law.share * row[law.quick] + (1.0 - law.share) * row[law.slow]
    }

    /// Sum of rows, each weighed.
    pub(crate) fn weighed(
        table: &[[f64; MEANS]],
        weights: impl Iterator<Item = f64>,
    ) -> [f64; MEANS] {
        let mut sums = [0.0; MEANS];
        for (row, weight) in table.iter().zip(weights) {
            for (sum, share) in sums.iter_mut().zip(row) {
                *sum += weight * share;
            }
        }
        sums
    }

    /// Mean delay of a law within the window, in days.
    pub(crate) fn mean_delay(&self, g: usize) -> f64 {
        let of = |i: usize| {
            let rate = self.rates[i];
            1.0 / rate - self.window * (-rate * self.window).exp() / self.within[i]
        };
        let law = self.laws[g];
        law.share * of(law.quick) + (1.0 - law.share) * of(law.slow)
    }
}

/// Logarithms of shares that sum to 1, none so small that nothing could be learned of it any more.
/// Each single exponential, and mixtures of two where they are asked for.
fn all_laws(with_mixed: bool) -> Vec<Mixed> {
    let single = |i: usize| Mixed {
        quick: i,
        slow: i,
        share: 1.0,
    };
    let mut laws: Vec<Mixed> = (0..MEANS).map(single).collect();
    if with_mixed {
        for (i, &quick) in PAIRED.iter().enumerate() {
            for &slow in &PAIRED[i + 1..] {
                laws.extend(SHARES.map(|share| Mixed { quick, slow, share }));
            }
        }
    }
    laws
}

/// Prior shares: those of one exponential are equal to each other, and those of two.
fn even_prior(n_laws: usize, mixed: f64) -> Vec<f64> {
    let n_mixed = index(n_laws - MEANS);
    let share = |g: usize| {
        if g < MEANS {
            (1.0 - mixed) / index(MEANS)
        } else {
            mixed / n_mixed
        }
    };
    (0..n_laws).map(share).collect()
}

fn shares(ln: Vec<f64>) -> Vec<f64> {
    const LN_LEAST: f64 = -300.0;
    let top = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let whole: f64 = ln.iter().map(|ln| (ln - top).exp()).sum();
    let share = |ln: f64| (ln - top - whole.ln()).max(LN_LEAST);
    ln.into_iter().map(share).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an age needs no more than 15 digits"
)]
pub(crate) fn days(micros: i64) -> f64 {
    micros as f64 / MICROS_A_DAY
}

fn index(i: usize) -> f64 {
    f64::from(u32::try_from(i).unwrap_or(u32::MAX))
}

fn to_u8(k: usize) -> u8 {
    u8::try_from(k).unwrap_or(u8::MAX)
}
