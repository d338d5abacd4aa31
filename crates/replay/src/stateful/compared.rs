//! Two policies replayed with a state, side by side.

use pointsman_stats::student::quantile;
use serde::Serialize;

use super::{
    answers::units,
    service::ServiceCheck,
    totals::{Fate, StatefulOutcome, share},
};

/// What a stateful replay found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatefulReport {
    /// Version of this part of the report.
    pub format: u32,
    /// Where answers came from: `recorded` or `model`.
    pub answers: String,
    /// What that means for the reader.
    pub meaning: String,
    /// When bandits made new weights.
    pub learning: String,
    /// What the log's leads brought in the log.
    pub logged_revenue: f64,
    /// The candidate; with a model, under the first seed.
    pub candidate: StatefulOutcome,
    /// The baseline, if it is a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<StatefulOutcome>,
    /// The money of both over the leads whose fate is known under both; none where they cannot be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<StatefulDifference>,
    /// The money under each seed of a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seeds: Option<Seeds>,
    /// How far the live version, replayed, comes to what the service came to; only for an exported history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceCheck>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

impl StatefulReport {
    /// The version of this part of the report.
    pub const FORMAT: u32 = 1;
}

/// The money of two policies over the same leads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatefulDifference {
    /// Leads whose fate is known under both.
    pub leads: u64,
    /// The others.
    pub not_compared: u64,
    /// Their share of all leads.
    pub not_compared_share: f64,
    /// What the candidate brought.
    pub candidate: f64,
    /// What the baseline brought.
    pub baseline: f64,
    /// Candidate minus baseline.
    pub diff: f64,
    /// Leads that bring another amount.
    pub leads_that_differ: u64,
}

impl StatefulDifference {
    /// * `baseline`: of the same leads, in the same order.
    pub(super) fn of(candidate: &[Fate], baseline: &[Fate]) -> Self {
        let both = candidate.iter().zip(baseline);
        let known: Vec<(i64, i64)> = both
            .filter(|(a, b)| a.is_known && b.is_known)
            .map(|(a, b)| (a.revenue, b.revenue))
            .collect();
        let (of_candidate, of_baseline) = known
            .iter()
            .fold((0_i64, 0_i64), |(a, b), (more, less)| (a + more, b + less));
        let n = candidate.len() as u64;
        let not_compared = n - known.len() as u64;
        Self {
            leads: known.len() as u64,
            not_compared,
            not_compared_share: share(not_compared, n),
            candidate: units(of_candidate),
            baseline: units(of_baseline),
            diff: units(of_candidate - of_baseline),
            leads_that_differ: known.iter().filter(|(a, b)| a != b).count() as u64,
        }
    }
}

/// The money under many seeds of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seeds {
    /// How many.
    pub n: u64,
    /// The candidate.
    pub candidate: Interval,
    /// The baseline, if it is a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Interval>,
    /// Candidate minus baseline, seed by seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Interval>,
    /// Each seed.
    pub each: Vec<SeedMoney>,
}

/// The money under one seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedMoney {
    /// The seed.
    pub seed: u64,
    /// What the candidate brought.
    pub candidate: f64,
    /// What the baseline brought, if it is a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
}

/// How a sum of money is spread over seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// Where it lies under 95 of 100 seeds, by Student's law; none for fewer than ten seeds.
    pub range95: Option<[f64; 2]>,
    /// The least and the most.
    pub ends: [f64; 2],
}

/// Seeds without which nothing is said of where 95 of 100 lie.
const SEEDS_MIN: usize = 10;

impl Interval {
    /// * `sums`: at least one.
    pub(super) fn of(sums: &[f64]) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "seeds are few")]
        let n = sums.len() as f64;
        let mean = sums.iter().sum::<f64>() / n;
        let squares: f64 = sums.iter().map(|sum| (sum - mean) * (sum - mean)).sum();
        let sd = (squares / (n - 1.0).max(1.0)).sqrt();
        // Of one more seed: its own chance, and that of the mean.
        let has_range = sums.len() >= SEEDS_MIN;
        let t = if has_range {
            quantile(0.975, n - 1.0)
        } else {
            0.0
        };
        let reach = t * sd * (1.0 + 1.0 / n).sqrt();
        let ends = sums
            .iter()
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], sum| {
                [low.min(*sum), high.max(*sum)]
            });
        Self {
            mean,
            sd,
            range95: has_range.then_some([mean - reach, mean + reach]),
            ends,
        }
    }
}

impl Seeds {
    pub(super) fn of(each: Vec<SeedMoney>) -> Self {
        let candidate: Vec<f64> = each.iter().map(|seed| seed.candidate).collect();
        let baseline: Option<Vec<f64>> = each.iter().map(|seed| seed.baseline).collect();
        let difference = baseline.as_ref().map(|baseline| {
            let pairs = candidate.iter().zip(baseline);
            pairs.map(|(a, b)| a - b).collect::<Vec<f64>>()
        });
        Self {
            n: each.len() as u64,
            candidate: Interval::of(&candidate),
            baseline: baseline.as_deref().map(Interval::of),
            difference: difference.as_deref().map(Interval::of),
            each,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_over_seeds_has_mean_spread_and_range() {
        let few = Interval::of(&[1.0, 3.0]);
        assert_eq!((few.mean, few.range95, few.ends), (2.0, None, [1.0, 3.0]));
        assert!((few.sd - 2.0_f64.sqrt()).abs() < 1e-12);
        let many: Vec<f64> = (0..20).map(f64::from).collect();
        let many = Interval::of(&many);
        // sd = sqrt(35); 2.093024 is Student's quantile of .975 with 19 degrees of freedom, from a printed table.
        let [low, high] = many.range95.unwrap();
        assert!((many.sd - 35.0_f64.sqrt()).abs() < 1e-12);
        assert!((high - low - 2.0 * 2.093_024 * (35.0_f64 * 1.05).sqrt()).abs() < 1e-5);
    }

    #[test]
    fn only_leads_that_are_known_twice_are_compared() {
        let fate = |revenue, is_known| Fate { revenue, is_known };
        let candidate = [fate(2_000_000, true), fate(9, false), fate(0, true)];
        let baseline = [fate(1_000_000, true), fate(5_000_000, true), fate(7, false)];
        let found = StatefulDifference::of(&candidate, &baseline);
        assert_eq!(
            (found.leads, found.not_compared, found.leads_that_differ),
            (1, 2, 1)
        );
        assert_eq!(
            (found.candidate, found.baseline, found.diff),
            (2.0, 1.0, 1.0)
        );
    }
}
