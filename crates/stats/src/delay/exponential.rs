//! Rate and mean delay together, for successes that take an exponential time.

/// The smaller part of a line over the larger one, in the golden section.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The most likely rate and delay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    /// Part of the trials that succeed at last, in `[0, 1]`.
    pub rate: f64,
    /// Mean delay, in the unit of the ages.
    pub mean_delay: f64,
    /// Logarithm of the likelihood there.
    pub ln_likelihood: f64,
}

/// The rate and the mean delay that make most likely what was seen; none without a success.
///
/// Maximises `Π_arrived p λ e^(−λ d) · Π_pending (1 − p + p e^(−λ e))`. With few successes the two can hardly be told
/// apart, and a single best pair of them means little: use a prior and integrate instead.
///
/// * `delays`: of the successes, shape `(s,)`, at least 0, not all 0.
/// * `pending_ages`: of the trials without one, shape `(m,)`, in the same unit.
///
/// # Source
///
/// Chapelle, *Modeling Delayed Feedback in Display Advertising*, 2014.
pub fn fit_exponential(delays: &[f64], pending_ages: &[f64]) -> Option<Exponential> {
    let mean = delays.iter().sum::<f64>() / count(delays);
    if delays.is_empty() || mean <= 0.0 {
        return None;
    }
    let at = |ln_mean: f64| profile(delays, pending_ages, ln_mean.exp());
    // Outstanding successes are later than those seen, so the mean delay is at least theirs.
    let (mut low, mut high) = (mean.ln() - 1.0, mean.ln() + 15.0);
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (at(left), at(right));
    while high - low > 1e-9 {
        if at_left.ln_likelihood > at_right.ln_likelihood {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = at(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = at(right);
        }
    }
    Some(at(0.5 * (low + high)))
}

/// The most likely rate for a mean delay.
fn profile(delays: &[f64], pending_ages: &[f64], mean_delay: f64) -> Exponential {
    let successes = count(delays);
    let shares: Vec<f64> = pending_ages
        .iter()
        .map(|age| -(-age / mean_delay).exp_m1())
        .collect();
    // s / p = Σ g / (1 − p g): the left side falls in p, the right one rises.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let rate: f64 = 0.5 * (low + high);
        let expected: f64 = shares
            .iter()
            .map(|share| share / (1.0 - rate * share))
            .sum();
        if successes / rate > expected {
            low = rate;
        } else {
            high = rate;
        }
    }
    let rate = 0.5 * (low + high);
    let arrived = successes * (rate / mean_delay).ln() - delays.iter().sum::<f64>() / mean_delay;
    let pending: f64 = shares.iter().map(|share| (-rate * share).ln_1p()).sum();
    Exponential {
        rate,
        mean_delay,
        ln_likelihood: arrived + pending,
    }
}

fn count(values: &[f64]) -> f64 {
    super::float(values.len())
}
