//! What the values of a log without propensities say, in words.

use super::{Assumed, UNMATCHED_MAX};
use crate::verdict::{Verdict, VerdictKind};

/// What must be true for the values to be right.
///
/// * `measured`: names of fields.
pub(super) fn assumption(measured: &[&str]) -> String {
    if measured.is_empty() {
        return "buyers were chosen as by chance: the scenario names no field that could have had a part in it".to_owned();
    }
    format!(
        "there is no unmeasured reason for the choice of buyer: beside {}, nothing that had a part in who got a lead says what it brings",
        measured.join(", ")
    )
}

impl Assumed {
    /// The verdict: a log of this kind never carries more than `not_enough_evidence`.
    pub(crate) fn verdict(&self, unit: &str) -> Verdict {
        let mut because = vec![
            "the log has no propensities: with which probability each buyer was chosen is not known, and neither is who else could have been".to_owned(),
            format!("under the assumption that {}", self.assumption),
        ];
        because.push(self.measured_difference(unit));
        let unmatched = self.difference.unmatched_share;
        if unmatched > UNMATCHED_MAX {
            because.push(format!(
                "{:.1} % of the choices have no match: no lead alike went there in the log",
                100.0 * unmatched
            ));
        }
        let [lower, upper] = self
            .difference
            .matched_ci95
            .unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
        let direct = self.difference.direct;
        if direct.is_some_and(|direct| direct < lower || direct > upper) {
            because.push("the two ways disagree by more than chance explains: one of them leaves out what matters".to_owned());
        }
        because.extend(self.conditions.iter().cloned());
        because.push("to decide it, let a split draw the buyer for a share of the leads, log the probability of each choice, and map it as columns.propensity".to_owned());
        Verdict {
            kind: VerdictKind::NotEnoughEvidence,
            because,
        }
    }

    fn measured_difference(&self, unit: &str) -> String {
        let Self {
            candidate,
            baseline,
            difference,
            ..
        } = self;
        let (Some(a), Some(b), Some(diff)) =
            (candidate.matched, baseline.matched, difference.matched)
        else {
            return "even so the log has no value for it: it never does what the candidate would do".to_owned();
        };
        let interval = difference.matched_ci95.map_or_else(
            || "no interval".to_owned(),
            |[lower, upper]| format!("95 % interval {lower:+.4} to {upper:+.4}"),
        );
        let direct = difference.direct.map_or_else(
            || "no value by the direct method".to_owned(),
            |direct| format!("{direct:+.4} by the direct method"),
        );
        format!(
            "the candidate brings {a:.4} {unit} a lead by matching and the baseline {b:.4}: {diff:+.4} ({interval}), {direct}"
        )
    }
}
