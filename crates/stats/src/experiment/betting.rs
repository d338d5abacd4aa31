//! Always-valid intervals of a mean of values in [0, 1] that hold exactly, for any number of them, whatever their law.
//!
//! Two means differ where their intervals, each at half of α, do not overlap.

use super::{Error, boundary::BetaBinomial, count, inside};

/// What a bet has to know of earlier values, with one made-up value of mean ½ and variance ¼ to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Past {
    n: u64,
    sum: f64,
    /// Squared distances of each value from the mean up to it.
    squares: f64,
}

impl Past {
    /// The next bet, before its value is known: about √(2 ln(1/α) / (σ² n ln n)).
    fn bet(&self, alpha: f64) -> f64 {
        let n = count(self.n + 1);
        let variance = (0.25 + self.squares) / n;
        (-2.0 * alpha.ln() / (n * n.ln_1p() * variance)).sqrt()
    }

    fn add(&mut self, value: f64) {
        self.n += 1;
        self.sum += value;
        let mean = (0.5 + self.sum) / count(self.n + 1);
        self.squares += (value - mean) * (value - mean);
    }

    /// The plain mean; 0 where there is no value yet.
    fn mean(&self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.sum / count(self.n)
        }
    }
}

fn in_unit(value: f64) -> Result<f64, Error> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(Error::Argument {
            name: "a value",
            value,
            rule: "in [0, 1]",
        })
    }
}

/// The empirical Bernstein sequence: constant work and memory for each value, wider than [`Betting`].
///
/// # Source
///
/// Waudby-Smith and Ramdas, *Estimating means of bounded random variables by betting*, 2024, theorem 2; after Howard et al., 2021.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmpiricalBernstein {
    alpha: f64,
    past: Past,
    bets: f64,
    weighted: f64,
    /// What the variance of the values and of their complements costs.
    cost: [f64; 2],
}

impl EmpiricalBernstein {
    /// A sequence that holds the mean with this confidence, in (0, 1).
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for another confidence.
    pub fn new(confidence: f64) -> Result<Self, Error> {
        Ok(Self {
            alpha: 1.0 - inside("the confidence", confidence)?,
            past: Past::default(),
            bets: 0.0,
            weighted: 0.0,
            cost: [0.0; 2],
        })
    }

    /// Adds a value.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a value outside [0, 1]; then nothing is added.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        let value = in_unit(value)?;
        let bet = self.past.bet(0.5 * self.alpha).min(0.5);
        let price = -(-bet).ln_1p() - bet;
        // Before the first value both the mean of the values and that of their complements are taken as 0.
        let before = self.past.mean();
        let complement = if self.past.n == 0 { 0.0 } else { 1.0 - before };
        self.cost[0] += price * (value - before).powi(2);
        self.cost[1] += price * (1.0 - value - complement).powi(2);
        self.bets += bet;
        self.weighted += bet * value;
        self.past.add(value);
        Ok(())
    }

    /// The interval of the mean now, in [0, 1]: all of it before the first value.
    pub fn interval(&self) -> [f64; 2] {
        if self.past.n == 0 {
            return [0.0, 1.0];
        }
        let margin = |cost: f64| (cost - (0.5 * self.alpha).ln()) / self.bets;
        let mean = self.weighted / self.bets;
        [
            (mean - margin(self.cost[0])).max(0.0),
            (mean + margin(self.cost[1])).min(1.0),
        ]
    }
}

/// The hedged betting sequence: the means against which no bettor has got rich.
///
/// For each of the means of a grid, one bets that values are higher, and one that they are lower. A mean is out once either has made
/// `2 / α` of 1. Work and memory grow with the grid.
///
/// # Source
///
/// Waudby-Smith and Ramdas, *Estimating means of bounded random variables by betting*, 2024, theorem 3.
#[derive(Debug, Clone, PartialEq)]
pub struct Betting {
    alpha: f64,
    past: Past,
    /// Logarithms of what both bettors have, for each mean of the grid.
    capital: Vec<[f64; 2]>,
    narrowest: [f64; 2],
}

impl Betting {
    /// A sequence that holds the mean with this confidence.
    ///
    /// * `confidence`: in (0, 1).
    /// * `steps`: of the grid of means, at least 2; the interval is up to one step wider to either side than it has to be.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for arguments outside these ranges.
    pub fn new(confidence: f64, steps: u32) -> Result<Self, Error> {
        let alpha = 1.0 - inside("the confidence", confidence)?;
        if steps < 2 {
            return Err(Error::Argument {
                name: "the number of steps",
                value: f64::from(steps),
                rule: "at least 2",
            });
        }
        Ok(Self {
            alpha,
            past: Past::default(),
            capital: vec![[0.0; 2]; steps as usize + 1],
            narrowest: [0.0, 1.0],
        })
    }

    /// Adds a value.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a value outside [0, 1]; then nothing is added.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        let value = in_unit(value)?;
        let bet = self.past.bet(0.5 * self.alpha);
        let steps = count(self.capital.len() as u64 - 1);
        for (position, capital) in self.capital.iter_mut().enumerate() {
            let mean = count(position as u64) / steps;
            let apart = value - mean;
            // Half of what would be lost with the worst value at most, so that nobody is ever broke.
            let gain = |bet: f64, apart: f64| if apart == 0.0 { 0.0 } else { bet * apart };
            capital[0] += gain(bet.min(0.5 / mean), apart).ln_1p();
            capital[1] += gain(bet.min(0.5 / (1.0 - mean)), -apart).ln_1p();
        }
        self.past.add(value);
        let [low, high] = self.interval();
        self.narrowest = [self.narrowest[0].max(low), self.narrowest[1].min(high)];
        Ok(())
    }

    /// The interval of the mean now, in [0, 1]: all means that are still in. All of it where none is.
    pub fn interval(&self) -> [f64; 2] {
        let rich = (2.0 / self.alpha).ln();
        let is_in = |capital: &[f64; 2]| capital[0].max(capital[1]) <= rich;
        let step = 1.0 / count(self.capital.len() as u64 - 1);
        let first = self.capital.iter().position(is_in);
        let last = self.capital.iter().rposition(is_in);
        match (first, last) {
            (Some(first), Some(last)) => [
                ((count(first as u64) - 1.0) * step).max(0.0),
                ((count(last as u64) + 1.0) * step).min(1.0),
            ],
            _ => [0.0, 1.0],
        }
    }

    /// What the intervals of all looks so far have in common: right where the mean does not change.
    pub fn narrowest(&self) -> [f64; 2] {
        self.narrowest
    }
}

/// The always-valid interval of a share of successes, by the beta-binomial mixture: exact and narrow.
///
/// * `successes`, `trials`: so far; at most as many successes, at least one trial.
/// * `confidence`: in (0, 1).
/// * `n_tight`: trials at which it is tightest, at least 1.
///
/// # Errors
///
/// [`Error::TooFew`] for no trials; [`Error::Argument`] for arguments outside these ranges.
///
/// # Source
///
/// Howard, Ramdas, McAuliffe, Sekhon, *Time-uniform, nonparametric, nonasymptotic confidence sequences*, 2021, proposition 7.
pub fn share(
    successes: u64,
    trials: u64,
    confidence: f64,
    n_tight: u64,
) -> Result<[f64; 2], Error> {
    if trials == 0 {
        return Err(Error::TooFew { n: 0, needed: 1 });
    }
    let alpha = 1.0 - inside("the confidence", confidence)?;
    let found = in_unit(count(successes) / count(trials))?;
    let is_in = |p: f64| -> Result<bool, Error> {
        if p <= 0.0 || p >= 1.0 {
            return Ok(false);
        }
        let variance = p * (1.0 - p);
        let mixture = BetaBinomial::tuned(variance * count(n_tight), alpha, [p, 1.0 - p], false)?;
        let n = count(trials);
        Ok(mixture.ln_mixture((found - p) * n, variance * n) < -alpha.ln())
    };
    let edge = |mut out: f64| -> Result<f64, Error> {
        let mut inner = found;
        for _ in 0..100 {
            let middle = 0.5 * (out + inner);
            if is_in(middle)? {
                inner = middle;
            } else {
                out = middle;
            }
        }
        Ok(0.5 * (out + inner))
    };
    Ok([
        if successes == 0 { 0.0 } else { edge(0.0)? },
        if successes == trials { 1.0 } else { edge(1.0)? },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_value_everything_is_possible() {
        let found = [
            EmpiricalBernstein::new(0.95).unwrap().interval(),
            Betting::new(0.95, 100).unwrap().interval(),
            Betting::new(0.95, 100).unwrap().narrowest(),
        ];
        for [low, high] in found {
            assert!(low <= 0.0 && high >= 1.0);
        }
    }

    #[test]
    fn equal_values_leave_room_and_the_ends_are_ends() {
        let mut betting = Betting::new(0.95, 100).unwrap();
        let mut bernstein = EmpiricalBernstein::new(0.95).unwrap();
        for _ in 0..200 {
            betting.add(1.0).unwrap();
            bernstein.add(1.0).unwrap();
        }
        for [low, high] in [betting.interval(), bernstein.interval()] {
            assert!(low > 0.8 && (high - 1.0).abs() < 1e-12, "[{low}, {high}]");
        }
        let [low, high] = share(200, 200, 0.95, 200).unwrap();
        assert!(low > 0.95 && (high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn values_and_their_complements_mirror_each_other() {
        let mut one = Betting::new(0.9, 64).unwrap();
        let mut other = one.clone();
        for i in 0..150_u32 {
            let value = f64::from(i * i % 17) / 16.0;
            one.add(value).unwrap();
            other.add(1.0 - value).unwrap();
        }
        let ([low, high], [l, h]) = (one.interval(), other.interval());
        assert!((low - (1.0 - h)).abs() < 1e-12 && (high - (1.0 - l)).abs() < 1e-12);
    }

    #[test]
    fn what_is_outside_is_refused() {
        let mut bernstein = EmpiricalBernstein::new(0.95).unwrap();
        for bad in [-0.1, 1.1, f64::NAN] {
            assert!(bernstein.add(bad).is_err());
            assert!(Betting::new(0.95, 10).unwrap().add(bad).is_err());
        }
        assert!(Betting::new(0.95, 1).is_err());
        assert!(share(0, 0, 0.95, 10).is_err() && share(3, 2, 0.95, 10).is_err());
    }
}
