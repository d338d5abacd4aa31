//! The value to read first, chosen by rule, and the others beside it.
//!
//! Four estimators have intervals that can be honest: [`Estimator::Ips`], [`Estimator::Snips`], [`Estimator::Dr`] and
//! [`Estimator::Sndr`]. Of those whose interval *is* honest on this log, the one with the narrowest is the default. Widths within
//! 5 % of the narrowest are equal, and of equal ones the doubly robust and self-normalised is taken: to pick by less than that is to
//! pick by chance, and the narrowest by chance covers less often than it says. The rule looks at widths and never at values. An
//! interval is honest if
//!
//! * the value rests on 25 equal rewards that were seen, and the next heavy weight cannot move it by more than all that were;
//! * a few payments do not outweigh all others;
//! * the mean weight may be 1, and at most 1 % of the policy's decisions are without support;
//! * where draws stick to clusters, they count as 100 equally large ones.
//!
//! How far an honest interval reaches to either side is a matter of skewness, as in [`spans`](crate::weighted::spans).

use super::{Diagnostics, Error, Estimator, Influence, Log, log::final_weight};
use crate::{
    comparison::payments::Payments,
    weighted::{
        count,
        spans::{self, Clusters, Span},
        tails::{Powers, Tail, tail},
    },
};

/// In the order in which equals are preferred.
const ESTIMATORS: [Estimator; 4] = [
    Estimator::Sndr,
    Estimator::Dr,
    Estimator::Snips,
    Estimator::Ips,
];
/// Widths up to this many times the narrowest are equal.
const EQUAL_WIDTH: f64 = 1.05;
/// Standard errors that a mean weight may be from 1: beyond, one in 1,000 right logs would be.
const MEAN_WEIGHT_Z_MAX: f64 = 3.29;
/// Share of the policy's decisions that may be without support.
const UNSUPPORTED_MAX: f64 = 0.01;
/// Clusters, as equally large ones, that draws which stick to them must have.
const STICKY_CLUSTERS_MIN: f64 = 100.0;
/// Weights that vary by less than this, as a share of their mean squared, do not vary.
const ROUNDING: f64 = 1e-9;

/// Why an interval would not be honest.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// There is no estimate at all.
    #[error(transparent)]
    NoEstimate(#[from] Error),
    /// The value rests on this many equal rewards, too few or with too heavy weights ahead.
    #[error(
        "the value rests on {rewards:.0} equal rewards, and 25 are needed of which no heavier one may be next"
    )]
    FewRewards {
        /// Rewards, as equal ones.
        rewards: f64,
    },
    /// A few payments outweigh all others.
    #[error("a few payments outweigh all others")]
    TopHeavy,
    /// The propensities are wrong, or the log lacks support.
    #[error(
        "weights average {mean:.4} (se {se:.4}) and not 1: propensities are wrong, or the log lacks support"
    )]
    MeanWeight {
        /// Mean weight.
        mean: f64,
        /// Its standard error.
        se: f64,
    },
    /// The policy goes where the log never goes.
    #[error("{:.1} % of the policy's decisions are without support in the log", 100.0 * share)]
    Unsupported {
        /// Share of its decisions.
        share: f64,
    },
    /// Draws stick to too few clusters.
    #[error(
        "draws stick to clusters, which count as {clusters:.0} equally large ones of 100 that are needed"
    )]
    StickyClusters {
        /// Clusters, as equally large ones.
        clusters: f64,
    },
}

/// An estimate with an honest interval, or the reason why it has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Readout {
    /// How it was made.
    pub estimator: Estimator,
    /// What it says; an error where there is none.
    pub estimate: Result<Influence, Error>,
    /// The 95 % interval.
    pub ci95: Result<[f64; 2], Why>,
}

impl Readout {
    /// Width of the interval; none without one.
    pub fn width(&self) -> Option<f64> {
        self.ci95.ok().map(|[low, high]| high - low)
    }
}

/// The four readouts of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Readouts {
    /// One for each estimator.
    pub all: [Readout; 4],
    /// Position of the default; none where no interval is honest.
    pub default: Option<usize>,
}

impl Readouts {
    /// Reads a log.
    ///
    /// * `unsupported`: share of the policy's decisions that the log never makes; none if unknown.
    pub fn of(log: &Log, unsupported: Option<f64>) -> Self {
        let evidence = Evidence::of(log);
        let doubt = evidence.doubt(log, unsupported);
        let all = ESTIMATORS.map(|estimator| {
            let estimate = estimator.estimate(log);
            let ci95 = match (&estimate, doubt) {
                (Err(error), _) => Err(Why::NoEstimate(*error)),
                (_, Some(why)) => Err(why),
                (Ok(found), None) => evidence.interval(estimator, found, log),
            };
            Readout {
                estimator,
                estimate,
                ci95,
            }
        });
        let default = narrowest(all.each_ref().map(Readout::width));
        Self { all, default }
    }

    /// The readout to read first; none where no interval is honest.
    pub fn default(&self) -> Option<&Readout> {
        self.default.and_then(|position| self.all.get(position))
    }
}

/// The rule of the default by widths alone: the position of the first interval that is as narrow as the narrowest, widths within 5 %
/// being equal; none where there is no interval.
///
/// * `widths`: of honest intervals, of [`Estimator::Sndr`], [`Estimator::Dr`], [`Estimator::Snips`] and [`Estimator::Ips`] in this
///   order, each 0 or more; none where one is withheld.
///
/// ```
/// use pointsman_stats::ope::narrowest;
///
/// assert_eq!(narrowest([None, Some(1.04), Some(1.0), Some(2.0)]), Some(1));
/// assert_eq!(narrowest([None; 4]), None);
/// ```
pub fn narrowest(widths: [Option<f64>; 4]) -> Option<usize> {
    let least = widths
        .iter()
        .flatten()
        .copied()
        .fold(f64::INFINITY, f64::min);
    let is_least = |width: f64| width <= EQUAL_WIDTH * least;
    widths.iter().position(|width| width.is_some_and(is_least))
}

/// What an interval rests on.
struct Evidence {
    gains: Tail,
    losses: Tail,
    payments: Payments,
}

impl Evidence {
    fn of(log: &Log) -> Self {
        let mut sums = vec![[0.0; 3]; log.n_independent()];
        let mut payments = Payments::default();
        for (lead, group) in log.leads().zip(log.groups()) {
            let value: f64 = lead
                .iter()
                .map(|decision| decision.weight * decision.reward)
                .sum();
            let weights = lead.iter().map(|decision| decision.weight);
            let most = weights.reduce(f64::max).unwrap_or(1.0);
            let row = [value.max(0.0), (-value).max(0.0), most];
            for (sum, value) in sums[*group].iter_mut().zip(row) {
                *sum += value;
            }
            payments.add(lead.iter().map(|decision| decision.reward.abs()).sum());
        }
        let [mut gains, mut losses, mut weights] = [Powers::default(); 3];
        for [gain, loss, weight] in sums {
            gains.add(gain);
            losses.add(loss);
            weights.add(weight);
        }
        Self {
            gains: tail(gains, weights),
            losses: tail(losses, weights),
            payments,
        }
    }

    /// What would make every interval dishonest.
    fn doubt(&self, log: &Log, unsupported: Option<f64>) -> Option<Why> {
        if let Some(share) = unsupported
            && (share.is_nan() || share > UNSUPPORTED_MAX)
        {
            return Some(Why::Unsupported { share });
        }
        if self.payments.are_top_heavy() {
            return Some(Why::TopHeavy);
        }
        if let Ok(found) = Diagnostics::of(log, unsupported)
            && found.mean_weight_z().abs() > MEAN_WEIGHT_Z_MAX
        {
            return Some(Why::MeanWeight {
                mean: found.mean_weight,
                se: found.mean_weight_se,
            });
        }
        sticky_clusters(log).map(|clusters| Why::StickyClusters { clusters })
    }

    fn interval(
        &self,
        estimator: Estimator,
        found: &Influence,
        log: &Log,
    ) -> Result<[f64; 2], Why> {
        let spread = found.spread();
        let clusters = Clusters {
            n: spread.n_independent,
            skewness: spread.skewness,
        };
        let of = |clusters| spans::of_value(&self.gains, &self.losses, clusters);
        let span = match (log.has_clusters(), estimator.uses_model()) {
            (true, _) => of(Some(clusters)),
            (false, false) => of(None),
            // What a model leaves unexplained is no sum of rewards, and bends by its own third moment. That it is shown is a
            // matter of rewards all the same.
            (false, true) => of(None)
                .zip(of(Some(clusters)))
                .map(|(shown, bent)| wider(shown, bent)),
        };
        let rewards = self.gains.count() + self.losses.count();
        span.map(|span| span.around(found.value(), found.se()))
            .ok_or(Why::FewRewards { rewards })
    }
}

fn wider(a: Span, b: Span) -> Span {
    Span {
        below: a.below.max(b.below),
        above: a.above.max(b.above),
    }
}

/// Clusters, as equally large ones, where most of what weights vary is between them and they are too few.
fn sticky_clusters(log: &Log) -> Option<f64> {
    if !log.has_clusters() {
        return None;
    }
    let mut of_groups = vec![(0.0, 0.0); log.n_independent()];
    let (mut sum, mut squares) = (0.0, 0.0);
    for (lead, group) in log.leads().zip(log.groups()) {
        let weight = final_weight(lead);
        of_groups[*group].0 += 1.0;
        of_groups[*group].1 += weight;
        sum += weight;
        squares += weight * weight;
    }
    let mut leads = Powers::default();
    let mut between = 0.0;
    for (n, sum) in of_groups {
        leads.add(n);
        between += sum * sum / n;
    }
    let of_mean = sum * sum / count(log.n_leads() as u64);
    let all = squares - of_mean;
    let is_sticky = between - of_mean > 0.5 * all && all > ROUNDING * of_mean;
    (is_sticky && leads.count() < STICKY_CLUSTERS_MIN).then(|| leads.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ope::Decision;

    /// Every fifth lead brings 1 beside what the model knows; draws are even among two.
    fn decisions(n: u64, explained: f64) -> impl Iterator<Item = Decision> {
        (0..n).map(move |lead| {
            let weight = if lead % 2 == 0 { 2.0 } else { 0.0 };
            let known = count(lead / 2 % 3) * explained;
            Decision {
                weight,
                reward: known + if lead / 2 % 5 == 0 { 1.0 } else { 0.0 },
                expected: known + 0.2,
                mean: known + 0.2,
            }
        })
    }

    fn log(n: u64, explained: f64, leads_of_cluster: Option<u64>) -> Log {
        let mut log = Log::default();
        for (lead, decision) in decisions(n, explained).enumerate() {
            let cluster = leads_of_cluster.map(|size| lead as u64 / size);
            log.add(&[decision], cluster).unwrap();
        }
        log
    }

    #[test]
    fn the_narrowest_honest_interval_is_the_default() {
        let readouts = Readouts::of(&log(6_000, 3.0, None), Some(0.0));
        let chosen = readouts.default().unwrap();
        assert!(chosen.estimator.uses_model(), "{:?}", chosen.estimator);
        let width = chosen.width().unwrap();
        for readout in &readouts.all {
            assert!(1.05 * readout.width().unwrap() >= width);
        }
        let ips = &readouts.all[3];
        assert_eq!(ips.estimator, Estimator::Ips);
        assert!(ips.width().unwrap() > 1.5 * width);
    }

    #[test]
    fn dishonest_intervals_are_withheld_with_the_reason() {
        let why = |log: &Log, unsupported| {
            let readouts = Readouts::of(log, unsupported);
            assert_eq!(readouts.default, None);
            assert!(readouts.default().is_none());
            readouts.all[3].ci95.unwrap_err()
        };
        let few = log(200, 0.0, None);
        assert!(matches!(why(&few, None), Why::FewRewards { rewards } if rewards < 25.0));
        let share = 0.3;
        let enough = log(6_000, 0.0, None);
        assert_eq!(why(&enough, Some(share)), Why::Unsupported { share });
        let mut wrong = Log::default();
        for decision in decisions(6_000, 0.0) {
            let weight = 1.1 * decision.weight;
            wrong.add(&[Decision { weight, ..decision }], None).unwrap();
        }
        assert!(matches!(why(&wrong, None), Why::MeanWeight { .. }));
        let nothing = why(&Log::default(), None);
        assert_eq!(nothing, Why::NoEstimate(Error::TooFew { n: 0 }));
    }

    #[test]
    fn draws_that_stick_to_few_clusters_have_no_interval() {
        let mut sticky = Log::default();
        for lead in 0..6_000_u64 {
            let cluster = lead % 60;
            let decision = Decision {
                weight: if cluster % 2 == 0 { 2.0 } else { 0.0 },
                reward: if lead % 7 == 0 { 1.0 } else { 0.0 },
                ..Decision::default()
            };
            sticky.add(&[decision], Some(cluster)).unwrap();
        }
        let found = Readouts::of(&sticky, None).all[0].ci95.unwrap_err();
        assert!(
            matches!(found, Why::StickyClusters { clusters } if (clusters - 60.0).abs() < 1e-9)
        );
        // The same leads, drawn within clusters.
        assert!(
            Readouts::of(&log(6_000, 0.0, Some(100)), None)
                .default
                .is_some()
        );
    }
}
