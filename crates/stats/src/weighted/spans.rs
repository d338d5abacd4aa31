//! How far a 95 % interval reaches to either side of a sum of skewed rewards.
//!
//! Sales are rare, and the sum of rare rewards is skewed: the symmetric interval of the normal distribution ends too low
//! on both sides. A sum of n equal rewards is n times their size with n a Poisson number, whose limits are known. A sum
//! of uneven ones is taken for such a number that has its variance and its skewness: as many equal rewards as its third
//! moment counts. The two sides of a difference, what speaks for the candidate and what speaks against it, are
//! independent Poisson numbers; their limits are put together as variances are.
//!
//! An interval is shown only when enough rewards were seen, and logs that happen to have many are shown more often than
//! those that happen to have few. So each limit asks how likely the sum was *among the logs that are shown*.
//!
//! All of it is arithmetic on three sums of powers: equal logs give equal digits, on any number of cores.
//!
//! # Source
//!
//! Wilson and Hilferty, *The distribution of chi-square*, 1931, for Poisson limits; Zou and Donner, *Construction of
//! confidence limits about effect measures: a general approach* (MOVER), 2008; Hall, *On the removal of skewness by
//! transformation*, 1992, for matching the third moment; Lee, Sun, Sun, Taylor, *Exact post-selection inference*, 2016,
//! for the condition of being shown.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::tails::{REWARDS_MIN, Tail};
use crate::normal::{self, Z_95};

/// What a 95 % interval may miss on either side.
const MISS: f64 = 0.025;
/// Halvings of a bracket; more would change no digit.
const HALVINGS: usize = 64;
/// Above this many degrees of freedom the t distribution is normal to five digits, and its quantile less exact than that.
const NORMAL_FROM: u64 = 10_000;
/// A side with a smaller share of the variance cannot bend an interval by much.
const MATTERS_FROM: f64 = 1.0 / 3.0;
/// Rewards on such a side from which their skewness is worth a thought.
const MINOR_MIN: f64 = 5.0;
/// Clusters, counted by skewness, below which one of them decides alone.
const CLUSTERS_BY_SKEWNESS_MIN: f64 = 4.0;
/// The reach of the normal distribution.
const SYMMETRIC: Span = Span {
    below: Z_95,
    above: Z_95,
};

/// Reach of a 95 % interval in standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Below the estimate.
    pub below: f64,
    /// Above the estimate.
    pub above: f64,
}

impl Span {
    /// The interval around an estimate.
    pub fn around(self, estimate: f64, se: f64) -> [f64; 2] {
        [estimate - self.below * se, estimate + self.above * se]
    }
}

/// Clusters that a sum is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clusters {
    /// How many are independent.
    pub n: u64,
    /// Third moment of their sums around what each should be, over the standard deviation of the whole to the third power.
    pub skewness: f64,
}

/// The reach of an interval for a difference.
///
/// * `gains`, `losses`: the terms above and below 0, each as what it is away from 0; summed up within clusters.
/// * `clusters`: none if leads are independent.
///
/// None where either side rests on too few rewards.
pub fn of_difference(gains: &Tail, losses: &Tail, clusters: Option<Clusters>) -> Option<Span> {
    if !(gains.is_enough() && losses.is_enough()) {
        return None;
    }
    if let Some(clusters) = clusters {
        return of_clusters(clusters);
    }
    let of_gains = limits(gains, Below::ForVerdicts);
    let of_losses = limits(losses, Below::ForVerdicts);
    Some(together(gains, losses, of_gains, of_losses))
}

/// The reach of an interval for a value, arguments as for [`of_difference`].
///
/// A side that hardly matters (some returns among many sales) need not be known well.
pub fn of_value(gains: &Tail, losses: &Tail, clusters: Option<Clusters>) -> Option<Span> {
    let all = gains.rewards.squares() + losses.rewards.squares();
    let side = |tail: &Tail| {
        if tail.rewards.squares() > MATTERS_FROM * all {
            tail.is_enough().then(|| limits(tail, Below::ForReading))
        } else {
            Some(of_minor_side(tail))
        }
    };
    (all > 0.0).then_some(())?;
    let (of_gains, of_losses) = (side(gains)?, side(losses)?);
    match clusters {
        Some(clusters) => of_clusters(clusters),
        None => Some(together(gains, losses, of_gains, of_losses)),
    }
}

/// The limits of a side that is not asked to be known well, and so not shown by luck.
fn of_minor_side(tail: &Tail) -> Span {
    let equal = tail.count_by_skewness();
    if equal < MINOR_MIN {
        return SYMMETRIC;
    }
    poisson(equal, |_| 1.0, |_, _| MISS)
}

/// The sums of clusters are no Poisson numbers, but what bends their interval is their skewness all the same.
///
/// None where one cluster outweighs nearly all others.
fn of_clusters(clusters: Clusters) -> Option<Span> {
    let Clusters { n, skewness } = clusters;
    let equal = 1.0 / (skewness * skewness).max(1e-12);
    if equal.is_nan() || equal < CLUSTERS_BY_SKEWNESS_MIN {
        return None;
    }
    let right = poisson(equal, |_| 1.0, |_, _| MISS);
    let wider = few_clusters(n);
    let (below, above) = if skewness > 0.0 {
        (right.below, right.above)
    } else {
        (right.above, right.below)
    };
    Some(Span {
        below: below * wider,
        above: above * wider,
    })
}

/// The reach of an interval for a sum without a term on its other side.
pub(crate) fn of_one_side(tail: &Tail) -> Option<Span> {
    tail.is_enough().then(|| limits(tail, Below::ForVerdicts))
}

/// Most equal rewards, of which none was seen, that a log leaves possible with 97.5 % confidence: −ln 0.025.
pub fn unseen_rewards() -> f64 {
    -MISS.ln()
}

fn together(gains: &Tail, losses: &Tail, of_gains: Span, of_losses: Span) -> Span {
    let (a, b) = (gains.rewards.squares(), losses.rewards.squares());
    let mix = |gain: f64, loss: f64| ((a * gain * gain + b * loss * loss) / (a + b)).sqrt();
    Span {
        below: mix(of_gains.below, of_losses.above),
        above: mix(of_gains.above, of_losses.below),
    }
}

/// By how much few clusters widen an interval: their spread is itself an estimate.
fn few_clusters(n_clusters: u64) -> f64 {
    if !(2..NORMAL_FROM).contains(&n_clusters) {
        return 1.0;
    }
    let freedom = super::moments::count(n_clusters - 1);
    StudentsT::new(0.0, 1.0, freedom).map_or(1.0, |t| t.inverse_cdf(1.0 - MISS) / Z_95)
}

/// What the lower limit keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    /// At most 2.5 % of all logs end too high, shown or not: what a verdict rests on.
    ForVerdicts,
    /// Of the logs that are shown, 5 % miss the truth on either side: few of them can end too low when more than few
    /// rewards are needed to be shown.
    ForReading,
}

/// How far a Poisson number that was counted as `tail` may lie from its mean, in its standard deviations.
fn limits(tail: &Tail, below: Below) -> Span {
    let (seen, equal) = (tail.count(), tail.count_by_skewness());
    // A mean of m equal rewards by skewness is one of m · seen / equal rewards by count, which must be enough to be shown.
    let shown = |mean: f64, needed: f64| at_least(needed, mean * seen / equal).max(1e-12);
    poisson(
        equal,
        |mean| shown(mean, REWARDS_MIN),
        |mean, is_shown| match below {
            Below::ForVerdicts => MISS * (2.0 * is_shown).min(1.0) / is_shown,
            // No limit can lie below the truth when the smallest number that is shown is itself too likely.
            Below::ForReading if 1.0 - shown(mean, REWARDS_MIN + 1.0) / is_shown > 2.0 * MISS => {
                1.5 * MISS
            }
            Below::ForReading => MISS,
        },
    )
}

/// How far a Poisson number may lie from its mean, in its standard deviations.
///
/// * `seen`: the number, which need not be whole.
/// * `shown`: the probability that a log with this mean is shown.
/// * `above`: what share of the logs shown may have a number that is too high for this mean.
fn poisson(seen: f64, shown: impl Fn(f64) -> f64, above: impl Fn(f64, f64) -> f64) -> Span {
    let too_high = |mean: f64| {
        let is_shown = shown(mean);
        at_least(seen + 0.5, mean) > above(mean, is_shown) * is_shown
    };
    let too_low = |mean: f64| {
        let is_shown = shown(mean);
        is_shown - at_least(seen + 0.5, mean) < MISS * is_shown
    };
    let sd = seen.sqrt();
    Span {
        below: (seen - bisect(too_high, 0.0, seen)) / sd,
        above: (bisect(too_low, seen, 3.0 * seen + 60.0) - seen) / sd,
    }
}

/// Where an answer turns from no to yes.
fn bisect(is_above: impl Fn(f64) -> bool, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if is_above(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Probability that a Poisson number with this mean is at least `count`, which need not be whole.
///
/// The cube root of a gamma variable is close to normal; at counts of 5 and more the error is below 0.001.
fn at_least(count: f64, mean: f64) -> f64 {
    let ninth = 1.0 / (9.0 * count);
    normal::cdf(3.0 * count.sqrt() * ((mean / count).cbrt() - 1.0 + ninth))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many equal rewards, each in a lead of its own that is one of `leads`.
    fn tail(rewards: u64, leads: u64) -> Tail {
        let mut tail = Tail::default();
        for lead in 0..leads {
            tail.add(if lead < rewards { 2.0 } else { 0.0 }, 1.0);
        }
        tail
    }

    #[test]
    fn many_rewards_have_the_limits_of_a_poisson_number() {
        // Mid-p limits of 100 and 1000 by the gamma distribution: 81.04 and 121.06, 939.4 and 1063.5.
        for (rewards, low, high) in [(100, 81.8, 121.1), (1_000, 939.5, 1_063.4)] {
            let span = limits(&tail(rewards, 10 * rewards), Below::ForVerdicts);
            let n = super::super::moments::count(rewards);
            let [lower, upper] = span.around(n, n.sqrt());
            assert!((lower - low).abs() < 0.5, "{lower}");
            assert!((upper - high).abs() < 0.5, "{upper}");
        }
    }

    #[test]
    fn a_sum_that_was_barely_shown_may_be_far_less() {
        let barely = limits(&tail(26, 300), Below::ForVerdicts);
        let well = limits(&tail(60, 300), Below::ForVerdicts);
        assert!(barely.below > 4.0, "{barely:?}");
        assert!(well.below < Z_95 && well.above > Z_95, "{well:?}");
    }

    #[test]
    fn too_few_rewards_have_no_interval() {
        assert_eq!(of_difference(&tail(24, 100), &tail(90, 100), None), None);
        assert_eq!(of_difference(&tail(90, 100), &tail(0, 100), None), None);
        assert_eq!(of_value(&tail(24, 100), &tail(0, 100), None), None);
        assert!(of_value(&tail(25, 100), &tail(0, 100), None).is_some());
        // Some returns among many sales need not be known well.
        assert!(of_value(&tail(90, 100), &tail(3, 100), None).is_some());
    }

    #[test]
    fn few_clusters_widen_and_skewed_ones_bend() {
        let (gains, losses) = (tail(60, 100), tail(60, 100));
        let of =
            |n, skewness| of_difference(&gains, &losses, Some(Clusters { n, skewness })).unwrap();
        let even = of(30, 0.0);
        assert!((even.below - 2.045_23).abs() < 1e-4 && (even.above - 2.045_23).abs() < 1e-4);
        let (right, left) = (of(100, 0.2), of(100, -0.2));
        assert!(
            right.below < even.below && even.above < right.above,
            "{right:?}"
        );
        assert_eq!((right.below, right.above), (left.above, left.below));
        let clusters = Clusters {
            n: 30,
            skewness: 0.9,
        };
        assert_eq!(of_difference(&gains, &losses, Some(clusters)), None);
    }
}
