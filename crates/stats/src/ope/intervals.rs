//! Standard errors and intervals of anything that has an influence for each lead.

use super::{Error, Estimator, Log, influence::Columns};
use crate::weighted::count;

/// How far a mean is off, from its influences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard error, in the unit of the influences.
    pub se: f64,
    /// Leads, or clusters and leads that stand alone beside them, that are independent.
    pub n_independent: u64,
    /// Third moment of the independent sums, over the standard deviation of the whole to the third power; 0 where nothing varies.
    pub skewness: f64,
}

/// The standard error of a mean from the influence of each lead.
///
/// Leads alone: `√(n / (n − lost) Σψ²) / n`. With clusters: `√(G / (G − 1) Σ_g (Σ_{i∈g} ψᵢ)²) / n`, over clusters and over leads
/// that stand alone.
///
/// * `influences`: deviations from the mean, in the order of the log, shape `(n_leads,)`.
/// * `lost`: degrees of freedom that the mean took from leads without clusters: 1, or 0 for a ratio.
///
/// # Source
///
/// Liang and Zeger, *Longitudinal data analysis using generalized linear models*, 1986, for clusters.
pub fn spread(influences: &[f64], log: &Log, lost: f64) -> Spread {
    let mut sums = vec![0.0; log.n_independent()];
    for (group, influence) in log.groups().iter().zip(influences) {
        sums[*group] += influence;
    }
    let (squares, cubes) = sums.iter().fold((0.0, 0.0), |(squares, cubes), sum| {
        (squares + sum * sum, cubes + sum * sum * sum)
    });
    let n = count(log.n_leads() as u64);
    let g = count(log.n_independent() as u64);
    let factor = if log.has_clusters() {
        g / (g - 1.0)
    } else {
        n / (n - lost)
    };
    Spread {
        se: (factor * squares).sqrt() / n,
        n_independent: log.n_independent() as u64,
        skewness: if squares > 0.0 {
            cubes / squares / squares.sqrt()
        } else {
            0.0
        },
    }
}

/// Values of an estimator over logs that were drawn from a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// In ascending order, shape `(n_resamples,)`.
    values: Vec<f64>,
}

impl Bootstrap {
    /// The 95 % interval of percentiles.
    pub fn ci95(&self) -> [f64; 2] {
        [self.quantile(0.025), self.quantile(0.975)]
    }

    /// Standard deviation of the values, as a standard error of the estimate.
    pub fn se(&self) -> f64 {
        let n = count(self.values.len() as u64);
        let mean = self.values.iter().sum::<f64>() / n;
        let squares = self.values.iter().map(|value| (value - mean).powi(2));
        (squares.sum::<f64>() / (n - 1.0)).sqrt()
    }

    /// The value with a share `p` below it, between the two nearest ones (type 7 of Hyndman and Fan, 1996).
    fn quantile(&self, p: f64) -> f64 {
        let at = p * count(self.values.len() as u64 - 1);
        let below = position(at.floor());
        let above = position(at.ceil());
        let [low, high] = [self.values[below], self.values[above]];
        low + (at - at.floor()) * (high - low)
    }
}

/// Draws logs of as many clusters, with replacement, and estimates each: weights are divided by their mean within it.
///
/// Leads without a cluster are drawn one by one. A model's expectations stay what they are, so the bootstrap does not say how a
/// model varies; with [`Estimator::Dr`] and [`Estimator::Sndr`] that hardly matters, since they do not rest on the model.
///
/// * `n_resamples`: at least 2; some 1,000 for an interval.
/// * `draw`: the next of independent uniform numbers in `[0, 1)`. Equal draws give equal digits.
///
/// # Errors
///
/// As [`Estimator::estimate`], and [`Error::TooFewDraws`] for fewer than two resamples.
///
/// # Source
///
/// Efron, *Bootstrap methods: another look at the jackknife*, 1979; Field and Welsh, *Bootstrapping clustered data*, 2007.
pub fn bootstrap(
    estimator: Estimator,
    log: &Log,
    n_resamples: usize,
    mut draw: impl FnMut() -> f64,
) -> Result<Bootstrap, Error> {
    estimator.estimate(log)?;
    if n_resamples < 2 {
        return Err(Error::TooFewDraws { n: n_resamples });
    }
    let n_decisions = log.n_decisions_max();
    let mut groups = vec![Columns::with_len(n_decisions); log.n_independent()];
    for (group, lead) in log.groups().iter().zip(log.leads()) {
        groups[*group].add(estimator, lead);
    }
    let g = count(groups.len() as u64);
    let mut drawn = Columns::with_len(n_decisions);
    let mut values: Vec<f64> = (0..n_resamples)
        .map(|_| {
            drawn.clear();
            for _ in 0..groups.len() {
                let group = position(draw().clamp(0.0, 1.0) * g).min(groups.len() - 1);
                drawn.merge(&groups[group]);
            }
            drawn.value(estimator)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    Ok(Bootstrap { values })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions are at least 0 and far below 2⁵³"
)]
fn position(at: f64) -> usize {
    at as usize
}

#[cfg(test)]
mod tests {
    use super::super::Decision;
    use super::*;

    /// Uniform numbers by a linear congruential generator: enough to draw from a small log.
    fn draws(mut state: u64) -> impl FnMut() -> f64 {
        move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            count(state >> 11) / 9_007_199_254_740_992.0
        }
    }

    fn log(n: u64, cluster_size: Option<u64>) -> Log {
        let mut log = Log::default();
        let mut draw = draws(5);
        let mut of_cluster = 0.0;
        for lead in 0..n {
            if cluster_size.is_none_or(|size| lead % size == 0) {
                of_cluster = draw();
            }
            let decision = Decision {
                weight: 0.5 + draw(),
                reward: 4.0 * of_cluster + draw(),
                expected: 2.0,
                mean: 2.2,
            };
            log.add(&[decision], cluster_size.map(|size| lead / size))
                .unwrap();
        }
        log
    }

    #[test]
    fn a_bootstrap_and_a_linearised_error_agree_with_and_without_clusters() {
        for cluster_size in [None, Some(5)] {
            let log = log(2_000, cluster_size);
            for estimator in [
                Estimator::Ips,
                Estimator::Snips,
                Estimator::Dr,
                Estimator::Sndr,
            ] {
                let found = estimator.estimate(&log).unwrap();
                let drawn = bootstrap(estimator, &log, 1_000, draws(9)).unwrap();
                let ratio = drawn.se() / found.se();
                // 1,000 resamples know a standard deviation to 2.2 %.
                assert!((ratio - 1.0).abs() < 0.1, "{estimator:?}: {ratio}");
                let [low, high] = drawn.ci95();
                let [lower, upper] = found.ci95();
                assert!((low - lower).abs() < 0.3 * found.se());
                assert!((high - upper).abs() < 0.3 * found.se());
            }
        }
    }

    #[test]
    fn alike_leads_of_a_cluster_count_less() {
        let se = |cluster_size| {
            let log = log(2_000, cluster_size);
            Estimator::Snips.estimate(&log).unwrap().se()
        };
        // Most of the variance is that of clusters of five.
        assert!(se(Some(5)) > 1.8 * se(None));
    }

    #[test]
    fn equal_draws_give_equal_digits_and_bad_ones_do_not_panic() {
        let log = log(50, Some(5));
        let of = |seed| bootstrap(Estimator::Sndr, &log, 20, draws(seed)).unwrap();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert!(bootstrap(Estimator::Sndr, &log, 20, || f64::NAN).is_ok());
        assert_eq!(
            bootstrap(Estimator::Sndr, &log, 1, draws(1)),
            Err(Error::TooFewDraws { n: 1 })
        );
    }
}
