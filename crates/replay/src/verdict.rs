//! What to do about a candidate, and why.

use serde::Serialize;

use crate::estimate::{Difference, Estimate};

/// Fewer evenly weighted leads than this carry no verdict.
const ESS_MIN: f64 = 200.0;
/// More unsupported decisions than this carry no verdict.
const UNSUPPORTED_MAX: f64 = 0.01;
/// Standard errors that the mean weight may be away from 1.
const MEAN_WEIGHT_SE_MAX: f64 = 3.0;
/// Below this, a distance of the mean weight from 1 is rounding.
const ROUNDING: f64 = 1e-9;

/// A piece of advice with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What to do.
    pub kind: VerdictKind,
    /// Why, each with its numbers.
    pub because: Vec<String>,
}

/// What to do about a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// It is better, and at worst hardly worse.
    Ship,
    /// It may be better or worse: give it a share of the leads.
    Canary,
    /// It is worse by more than the tolerance.
    DoNotShip,
    /// The log cannot tell.
    NotEnoughEvidence,
}

impl VerdictKind {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::Canary => "canary",
            Self::DoNotShip => "do_not_ship",
            Self::NotEnoughEvidence => "not_enough_evidence",
        }
    }
}

/// Weighs the evidence.
///
/// * `tolerance`: the loss that does not matter, in units of reward a lead, at least 0.
/// * `overloads`: why the candidate could not have done live what the log let it do.
pub(crate) fn judge(
    candidate: &Estimate,
    baseline: &Estimate,
    difference: &Difference,
    tolerance: f64,
    overloads: &[String],
) -> Verdict {
    let mut because = gates("candidate", candidate);
    because.extend(gates("baseline", baseline));
    if !because.is_empty() {
        return Verdict {
            kind: VerdictKind::NotEnoughEvidence,
            because,
        };
    }
    let Difference {
        diff,
        ci95: [lower, upper],
        ..
    } = *difference;
    let interval = format!(
        "the difference is {diff:+.6} a lead, with 95 % confidence from {lower:+.6} to {upper:+.6}"
    );
    let (kind, reason) = if lower > -tolerance && diff > 0.0 {
        (
            VerdictKind::Ship,
            format!("at worst it costs less than the tolerance of {tolerance:.6}"),
        )
    } else if upper < -tolerance {
        (
            VerdictKind::DoNotShip,
            format!("at best it still costs more than the tolerance of {tolerance:.6}"),
        )
    } else if lower > -tolerance {
        (
            VerdictKind::Canary,
            format!("it costs less than the tolerance of {tolerance:.6}, but gains nothing either"),
        )
    } else {
        (
            VerdictKind::Canary,
            format!(
                "losses beyond the tolerance of {tolerance:.6} are neither shown nor ruled out"
            ),
        )
    };
    let mut because = vec![interval, reason];
    if kind == VerdictKind::Ship && !overloads.is_empty() {
        because.extend(overloads.iter().cloned());
        return Verdict {
            kind: VerdictKind::Canary,
            because,
        };
    }
    Verdict { kind, because }
}

/// Everything that makes an estimate unfit for a verdict.
fn gates(who: &str, estimate: &Estimate) -> Vec<String> {
    let Estimate {
        n,
        ess,
        mean_weight,
        mean_weight_se,
        unsupported_share,
        failure,
        ..
    } = estimate;
    let mut reasons = Vec::new();
    if let Some(failure) = failure {
        reasons.push(format!("{who}: {failure}"));
    } else if *ess < ESS_MIN {
        reasons.push(format!("{who}: the {n} leads are worth {ess:.1} evenly weighted ones, but {ESS_MIN:.0} are needed"));
    }
    if let Some(share) = unsupported_share.filter(|share| *share > UNSUPPORTED_MAX) {
        reasons.push(format!(
            "{who}: {:.2} % of its decisions go where the log never goes, but at most {:.0} % may",
            100.0 * share,
            100.0 * UNSUPPORTED_MAX
        ));
    }
    let off = (mean_weight - 1.0).abs();
    if off > ROUNDING && off > MEAN_WEIGHT_SE_MAX * mean_weight_se {
        reasons.push(format!(
            "{who}: the mean weight is {mean_weight:.4}, more than {MEAN_WEIGHT_SE_MAX:.0} standard errors of {mean_weight_se:.4} away from 1: wrong propensities, or a log without support"
        ));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An estimate that passes every gate.
    fn sound() -> Estimate {
        Estimate {
            n: 10_000,
            ips: 1.0,
            ips_se: 0.1,
            ips_ci95: [0.8, 1.2],
            snips: 1.0,
            snips_se_linearised: 0.1,
            snips_ci95: [0.8, 1.2],
            ess: 5_000.0,
            max_weight: 2.0,
            mean_weight: 1.01,
            mean_weight_se: 0.01,
            max_weight_share: 0.0002,
            unsupported_share: Some(0.0),
            unsupported_reason: None,
            failure: None,
        }
    }

    fn kind(candidate: &Estimate, diff: f64, half: f64, overloads: &[String]) -> &'static str {
        let difference = Difference {
            diff,
            se_paired: half / 1.96,
            ci95: [diff - half, diff + half],
        };
        judge(candidate, &sound(), &difference, 0.01, overloads)
            .kind
            .word()
    }

    #[test]
    fn the_interval_of_the_difference_decides() {
        let cases = [
            (0.50, 0.20, "ship"),
            (0.10, 0.105, "ship"),
            (0.10, 0.20, "canary"),
            (-0.005, 0.001, "canary"),
            (-0.10, 0.20, "canary"),
            (-0.50, 0.20, "do_not_ship"),
        ];
        for (diff, half, expected) in cases {
            assert_eq!(kind(&sound(), diff, half, &[]), expected, "{diff} ± {half}");
        }
    }

    #[test]
    fn each_gate_alone_takes_the_verdict_away() {
        let unfit = [
            Estimate {
                ess: 199.0,
                ..sound()
            },
            Estimate {
                unsupported_share: Some(0.011),
                ..sound()
            },
            Estimate {
                mean_weight: 0.96,
                ..sound()
            },
            Estimate {
                failure: Some(pointsman_stats::weighted::Error::TooFew { n: 1 }),
                ..sound()
            },
        ];
        for estimate in unfit {
            assert_eq!(
                kind(&estimate, 0.5, 0.1, &[]),
                "not_enough_evidence",
                "{estimate:?}"
            );
        }
        assert_eq!(
            kind(
                &Estimate {
                    unsupported_share: None,
                    ..sound()
                },
                0.5,
                0.1,
                &[]
            ),
            "ship"
        );
    }

    #[test]
    fn a_candidate_that_would_overrun_a_cap_is_a_canary_at_most() {
        let overloads = ["too much for acme".to_owned()];
        assert_eq!(kind(&sound(), 0.5, 0.1, &overloads), "canary");
        assert_eq!(kind(&sound(), -0.5, 0.1, &overloads), "do_not_ship");
    }
}
