//! What is known of the leads of an experiment, added up.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::Timestamp;
use pointsman_stats::experiment::{
    Error, Mean, SampleMoments,
    clusters::{ClusterSums, NORMAL_FROM},
};

use crate::{AdaptiveDraws, Metric};

/// What the units of an arm add up to in the covariates of a plan.
///
/// Each covariate has two columns: its value less a constant that is the same for all leads, 0 where it is missing; then 1
/// where it is missing. Of a unit both are summed over its leads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CovariateSums {
    /// Over units, by column.
    pub sums: Vec<f64>,
    /// The same, times the leads of the unit.
    pub leads: Vec<f64>,
    /// The same, times what the leads of the unit come to, by metric in the order of [`Metric::ALL`].
    pub metrics: Vec<Vec<f64>>,
    /// Over units, of the products of two columns; symmetric.
    pub products: Vec<Vec<f64>>,
}

/// What the units of an arm add up to in one metric.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MetricSums {
    /// Over units, of what the leads of each come to.
    pub sum: f64,
    /// The same, squared before it is added up.
    pub squared: f64,
    /// The same, times the leads of the unit.
    pub leads: f64,
}

/// What the units of an arm add up to, among leads that could draw the same arms with the same weights.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitSums {
    /// The arms that could be drawn, each with its weight in parts per million.
    pub weights: BTreeMap<String, u32>,
    /// The arm.
    pub arm: String,
    /// Units: what arms are drawn by, such as people.
    pub units: u64,
    /// Their leads.
    pub leads: u64,
    /// Over units, of their leads, squared before they are added up.
    pub leads_squared: f64,
    /// Leads that somebody took.
    pub accepted: MetricSums,
    /// Leads of which a sale was reported.
    pub converted: MetricSums,
    /// Leads of which something was taken back.
    pub returned: MetricSums,
    /// What they brought, in units of the currency.
    pub revenue: MetricSums,
    /// How long they were on their way, milliseconds.
    pub latency: MetricSums,
    /// Leads that were slow.
    pub slow: MetricSums,
    /// The units one by one, where they are fewer than 200; else none.
    pub few: Vec<UnitTotals>,
    /// The plan's covariates; empty where it has none.
    pub covariates: CovariateSums,
}

/// What the leads of one unit come to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct UnitTotals {
    /// Leads.
    pub leads: f64,
    /// Leads that somebody took.
    pub accepted: f64,
    /// Leads of which a sale was reported.
    pub converted: f64,
    /// Leads of which something was taken back.
    pub returned: f64,
    /// What they brought, in units of the currency.
    pub revenue: f64,
    /// How long they were on their way, milliseconds.
    pub latency: f64,
    /// Leads that were slow.
    pub slow: f64,
}

impl UnitTotals {
    pub(crate) fn of(&self, metric: Metric) -> f64 {
        match metric {
            Metric::AcceptRate => self.accepted,
            Metric::ConversionRate => self.converted,
            Metric::ReturnRate => self.returned,
            Metric::Revenue => self.revenue,
            Metric::Latency => self.latency,
            Metric::SlowRate => self.slow,
        }
    }
}

impl UnitSums {
    pub(crate) fn of(&self, metric: Metric) -> MetricSums {
        match metric {
            Metric::AcceptRate => self.accepted,
            Metric::ConversionRate => self.converted,
            Metric::ReturnRate => self.returned,
            Metric::Revenue => self.revenue,
            Metric::Latency => self.latency,
            Metric::SlowRate => self.slow,
        }
    }

    /// The mean per lead, with an error by units.
    pub(crate) fn mean(&self, metric: Metric) -> Result<Mean, Error> {
        if self.units < NORMAL_FROM && self.few.len() as u64 == self.units {
            let mut clusters = ClusterSums::default();
            for (unit, totals) in (0..).zip(&self.few) {
                clusters.add_parts(unit, [totals.of(metric), totals.leads])?;
            }
            return clusters.mean();
        }
        let MetricSums {
            sum,
            squared,
            leads,
        } = self.of(metric);
        if self.units < 2 {
            return Err(Error::TooFew {
                n: self.units,
                needed: 2,
            });
        }
        let n = count(self.units);
        let n_leads = count(self.leads);
        let covariance = |product: f64, a: f64, b: f64| (product - a * b / n) / (n - 1.0);
        let yy = covariance(squared, sum, sum).max(0.0);
        let yx = covariance(leads, sum, n_leads);
        let xx = covariance(self.leads_squared, n_leads, n_leads).max(0.0);
        let means = [sum / n, n_leads / n];
        let moments = SampleMoments::<2>::from_summary(self.units, means, [[yy, yx], [yx, xx]])?;
        Mean::of_ratio(&moments)
    }
}

/// How many leads of an arm there are, whether they count or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The arm.
    pub arm: String,
    /// Whether all arms could be drawn that are compared.
    pub is_comparable: bool,
    /// Whether its window is over and its walk has ended, so that it counts.
    pub is_mature: bool,
    /// Leads.
    pub leads: u64,
    /// Those that drew another arm than their unit was given first.
    pub crossed: u64,
    /// When the first was drawn, microseconds.
    pub first_at: i64,
    /// When the last was drawn.
    pub last_at: i64,
}

/// How many units were given an arm first, among those that could draw the same arms with the same weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The arms that could be drawn, each with its weight in parts per million.
    pub weights: BTreeMap<String, u32>,
    /// The arm.
    pub arm: String,
    /// Units.
    pub units: u64,
}

/// Everything that a readout is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The units whose leads count, by weights and arm.
    pub units: Vec<UnitSums>,
    /// All units, whether their leads count yet or not.
    pub assigned: Vec<Assigned>,
    /// The draws one by one, where the arms are those of a bandit; its units are its leads.
    pub adaptive: Option<AdaptiveDraws>,
    /// The leads, whether they count or not.
    pub counts: Vec<Counts>,
    /// Versions of the flow that decided them.
    pub n_versions: usize,
    /// Numbers in commit order that have been given out since the last one whose leads are known here.
    pub n_behind: u64,
    /// When the experiment started.
    pub started_at: Option<Timestamp>,
    /// The moment of the readout.
    pub as_of: Timestamp,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of leads stay far below 2^53"
)]
pub(crate) fn count(n: u64) -> f64 {
    n as f64
}

/// The units of two arms under each set of weights by which both have some.
pub(crate) fn both_of<'a>(
    units: &'a [UnitSums],
    first: &str,
    arm: &str,
) -> Vec<(&'a UnitSums, &'a UnitSums)> {
    let all_weights: BTreeSet<_> = units.iter().map(|it| &it.weights).collect();
    let both = all_weights.into_iter().filter_map(|weights| {
        let of = |name: &str| {
            let mut units = units.iter();
            units.find(|it| it.weights == *weights && it.arm == name && it.units >= 2)
        };
        Some((of(first)?, of(arm)?))
    });
    both.collect()
}
