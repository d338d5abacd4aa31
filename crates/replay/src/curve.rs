//! Money against one number of a flow: a point for each value, and what they say together.

use pointsman_stats::normal;
use serde::Serialize;

/// What an interval may miss on either side.
const MISS: f64 = 0.025;

/// Money against a parameter: a point for each value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// Node and parameter.
    pub parameter: String,
    /// What stands in the candidate.
    pub present: String,
    /// The values in rising order.
    pub points: Vec<SweepPoint>,
    /// How the band of the differences is made.
    pub band: String,
    /// What the points say together.
    pub findings: Vec<String>,
}

/// One value of a parameter. What the log does not support is not there, and never a guess.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepPoint {
    /// The value, as it would stand in the flow.
    pub value: String,
    /// The same as a number.
    #[serde(skip)]
    pub at: f64,
    /// Value a lead, by weights; none where the log does not support it.
    pub ips: Option<f64>,
    /// Its 95 % interval, for this point alone.
    pub ips_ci95: Option<[f64; 2]>,
    /// Doubly robust value a lead, with weights over their mean.
    pub sndr: Option<f64>,
    /// Its 95 % interval, for this point alone.
    pub sndr_ci95: Option<[f64; 2]>,
    /// By how much `ips` is above the baseline, lead by lead.
    pub diff: Option<f64>,
    /// Its 95 % interval, for this point alone.
    pub diff_ci95: Option<[f64; 2]>,
    /// Its interval that holds for all points at once with 95 % confidence.
    pub diff_band95: Option<[f64; 2]>,
    /// How many evenly weighted leads the log is worth here.
    pub ess: f64,
    /// Share of the decisions that the log can say nothing about; none if it does not tell.
    pub unsupported_share: Option<f64>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why there is a value, and no interval of the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_reason: Option<String>,
}

impl Sweep {
    /// * `points`: in the order of their values, without bands.
    pub(crate) fn of(parameter: String, present: String, mut points: Vec<SweepPoint>) -> Self {
        let band = put_bands(&mut points);
        Self {
            parameter,
            present,
            band,
            findings: findings(&points),
            points,
        }
    }
}

/// Widens the interval of each point so far that all hold at once, by Bonferroni, and says so.
///
/// The points share their leads, so the band is rather too wide than too narrow.
fn put_bands(points: &mut [SweepPoint]) -> String {
    let n = points
        .iter()
        .filter(|point| point.diff_ci95.is_some())
        .count();
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred points")]
    let wider = normal::quantile(1.0 - MISS / n.max(1) as f64) / normal::quantile(1.0 - MISS);
    for point in points {
        let band = point.diff.zip(point.diff_ci95);
        point.diff_band95 = band.map(|(diff, [lower, upper])| {
            [diff - (diff - lower) * wider, diff + (upper - diff) * wider]
        });
    }
    format!(
        "each interval holds for its own value in 95 of 100 cases; the band is {wider:.2} times as wide, so that it holds for all {n} values at once in 95 of 100 cases (Bonferroni)"
    )
}

fn findings(points: &[SweepPoint]) -> Vec<String> {
    let mut findings = Vec::new();
    let valued = points.iter().filter_map(|point| Some((point, point.ips?)));
    let n_valued = valued.clone().count();
    let best = valued.max_by(|(_, a), (_, b)| a.total_cmp(b));
    if let Some((best, ips)) = best {
        findings.push(format!(
            "of {n_valued} values, {} brings most: {ips:.6} a lead",
            best.value
        ));
        let gain = best.diff_band95.map(|[lower, _]| lower);
        findings.push(match gain.filter(|lower| *lower > 0.0) {
            Some(lower) => format!(
                "with all of them looked at at once, that is at least {lower:.6} more than the baseline"
            ),
            None => "with all of them looked at at once, it is not shown to bring more than the baseline: the best of many looks better than it is".to_owned(),
        });
    }
    let missing: Vec<&str> = points
        .iter()
        .filter(|point| point.ips.is_none())
        .map(|point| point.value.as_str())
        .collect();
    if !missing.is_empty() {
        findings.push(format!(
            "the log does not support {} of {} values, and nothing is said of them: {}",
            missing.len(),
            points.len(),
            missing.join(", ")
        ));
    }
    findings
}
