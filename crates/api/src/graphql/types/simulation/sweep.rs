//! Money against one number of a flow, as a simulation reports it.

use async_graphql::{Object, SimpleObject};
use serde::Deserialize;
use serde_json::Value;

use crate::graphql::types::experiment::readout::Interval;

/// What a simulation says of the candidate under several values of one of its numbers. It gives no verdict: the best of many
/// values looks better than it is.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SimulationSweep {
    /// Node and number, as they were asked for.
    parameter: String,
    /// The number that stands in the candidate.
    present: String,
    /// What money is counted in: the currency of the flow.
    unit: String,
    /// How intervals and band are made, in words.
    band: String,
    /// What the points say together, in words.
    findings: Vec<String>,
    /// The values in rising order.
    points: Vec<SimulationSweepPoint>,
}

/// The report, as far as it is about the sweep.
#[derive(Deserialize)]
struct Report {
    unit: String,
    sweep: Sweep,
}

#[derive(Deserialize)]
struct Sweep {
    parameter: String,
    present: String,
    band: String,
    findings: Vec<String>,
    points: Vec<Point>,
}

#[derive(Deserialize)]
struct Point {
    value: String,
    ips: Option<f64>,
    ips_ci95: Option<[f64; 2]>,
    diff: Option<f64>,
    diff_ci95: Option<[f64; 2]>,
    diff_band95: Option<[f64; 2]>,
    ess: Option<f64>,
    unsupported_share: Option<f64>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    difference_reason: Option<String>,
}

impl SimulationSweep {
    /// The sweep of a report; none if it has none.
    pub(super) fn of(report: &Value) -> Option<Self> {
        let Report { unit, sweep } = Report::deserialize(report).ok()?;
        let Sweep {
            parameter,
            present,
            band,
            findings,
            points,
        } = sweep;
        Some(Self {
            parameter,
            present,
            unit,
            band,
            findings,
            points: points.into_iter().map(SimulationSweepPoint).collect(),
        })
    }
}

/// A value of the number.
pub(in crate::graphql) struct SimulationSweepPoint(Point);

/// A value of the number. What the log does not support is null, and never a guess.
#[Object]
impl SimulationSweepPoint {
    /// The value, as it would stand in the flow.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// Whether the log supports the difference with its band.
    async fn is_supported(&self) -> bool {
        self.0.diff_band95.is_some()
    }

    /// Why the log does not support the value or the difference; null where it does.
    async fn reason(&self) -> Option<&str> {
        let Point {
            reason,
            difference_reason,
            ..
        } = &self.0;
        reason.as_deref().or(difference_reason.as_deref())
    }

    /// Money per lead with this value.
    async fn per_lead(&self) -> Option<f64> {
        self.0.ips
    }

    /// 95 % interval of `perLead`, for this point alone.
    async fn per_lead_interval(&self) -> Option<Interval> {
        self.0.ips_ci95.map(Interval::from)
    }

    /// Money per lead above the baseline, lead by lead.
    async fn difference(&self) -> Option<f64> {
        self.0.diff
    }

    /// 95 % interval of `difference`, for this point alone.
    async fn difference_interval(&self) -> Option<Interval> {
        self.0.diff_ci95.map(Interval::from)
    }

    /// Band of `difference` that holds for all points at once with 95 % confidence.
    async fn difference_band(&self) -> Option<Interval> {
        self.0.diff_band95.map(Interval::from)
    }

    /// Number of evenly weighted leads that the log is worth here; null if nothing can be weighed.
    async fn effective_leads(&self) -> Option<f64> {
        self.0.ess
    }

    /// Share of the decisions that the log says nothing about, from 0 to 1; null if it does not tell.
    async fn unsupported_share(&self) -> Option<f64> {
        self.0.unsupported_share
    }
}
