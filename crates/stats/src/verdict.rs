//! What to do about a candidate, and why.

use crate::{
    comparison::{Compared, Contrast, Valued},
    weighted::tails::{REWARDS_MIN, Tail},
};

/// Fewer evenly weighted leads than this carry no verdict.
const ESS_MIN: f64 = 200.0;
/// More unsupported decisions than this carry no verdict.
const UNSUPPORTED_MAX: f64 = 0.01;
/// Standard errors that the mean weight may be away from 1.
const MEAN_WEIGHT_SE_MAX: f64 = 3.0;
/// Fewer independent clusters than this carry no verdict: their spread would itself be a guess.
const CLUSTERS_MIN: u64 = 30;
/// Below this, a distance of the mean weight from 1 is rounding.
const ROUNDING: f64 = 1e-9;
/// Weights that differ by less, on average, are those of one policy written down with few digits.
const APART_MIN: f64 = 1e-4;

/// A piece of advice with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What to do.
    pub kind: Kind,
    /// Why, each with its numbers.
    pub because: Vec<String>,
}

/// What to do about a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is better, and at worst hardly worse.
    Ship,
    /// It may be better or worse: give it a share of the leads.
    Canary,
    /// It is worse by more than the tolerance.
    DoNotShip,
    /// The log does not support an answer.
    NotEnoughEvidence,
}

impl Kind {
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

/// What is known beside the two values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Why no value can be trusted far enough to ship or not to ship.
    pub doubts: &'a [String],
    /// Why the candidate could not have done live what the log let it do: it may be worse than it looks.
    pub overloads: &'a [String],
}

/// Weighs the evidence.
///
/// * `tolerance`: the loss that does not matter, in units of reward a lead, at least 0.
pub fn judge(compared: &Compared, tolerance: f64, beside: Beside<'_>) -> Verdict {
    let verdict = |kind, because| Verdict { kind, because };
    let Contrast { diff, apart, .. } = compared.difference;
    let is_same = apart <= APART_MIN;
    let mut missing = left_out(compared);
    for (who, side) in sides(compared) {
        let found = side_gates(side, is_same);
        missing.extend(found.into_iter().map(|reason| format!("{who}: {reason}")));
    }
    if missing.is_empty() && is_same {
        return verdict(Kind::Canary, vec![same(apart, diff)]);
    }
    missing.extend(reward_gate(&compared.difference));
    if !missing.is_empty() {
        return verdict(Kind::NotEnoughEvidence, missing);
    }
    let doubts = doubts(compared, beside.doubts);
    let limits = compared.difference.ci95.or(compared.difference.one_sided);
    let (Some([lower, upper]), true) = (limits, doubts.is_empty()) else {
        let mut because = vec![measured(&compared.difference)];
        because.extend(doubts);
        return verdict(Kind::Canary, because);
    };
    let (kind, reason) = decide(diff, [lower, upper], tolerance);
    let mut because = vec![measured(&compared.difference), reason];
    if kind == Kind::Ship && !beside.overloads.is_empty() {
        because.extend(beside.overloads.iter().cloned());
        return verdict(Kind::Canary, because);
    }
    verdict(kind, because)
}

/// Why the interval of a policy's value is not shown; nothing where it is.
pub fn why_no_interval(side: &Valued) -> Option<String> {
    let mut reasons = side_gates(side, false);
    if reasons.is_empty() && side.ci95.is_none() {
        reasons.push(if side.rewards < REWARDS_MIN {
            format!(
                "the value rests on {:.1} rewards, as equal ones; {REWARDS_MIN:.0} are needed",
                side.rewards
            )
        } else {
            "a few rewards or weights outweigh all others".to_owned()
        });
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Why the interval of the difference is not shown; nothing where it is.
pub fn why_no_difference(compared: &Compared) -> Option<String> {
    let is_same = compared.difference.apart <= 0.0;
    let mut reasons = left_out(compared);
    for (who, side) in sides(compared) {
        let found = side_gates(side, is_same);
        reasons.extend(found.into_iter().map(|reason| format!("{who}: {reason}")));
    }
    if compared.difference.ci95.is_none() {
        reasons.extend(reward_gate(&compared.difference));
        if reasons.is_empty() {
            reasons.extend(sides_of_difference(&compared.difference));
        }
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

fn sides(compared: &Compared) -> [(&'static str, &Valued); 2] {
    [
        ("candidate", &compared.candidate),
        ("baseline", &compared.baseline),
    ]
}

fn decide(diff: f64, [lower, upper]: [f64; 2], tolerance: f64) -> (Kind, String) {
    if lower > -tolerance && diff > 0.0 {
        (
            Kind::Ship,
            format!("at worst it costs less than the tolerance of {tolerance:.6}"),
        )
    } else if upper < -tolerance {
        (
            Kind::DoNotShip,
            format!("at best it still costs more than the tolerance of {tolerance:.6}"),
        )
    } else if lower > -tolerance {
        (
            Kind::Canary,
            format!("it costs less than the tolerance of {tolerance:.6}, but gains nothing either"),
        )
    } else {
        (
            Kind::Canary,
            format!(
                "losses beyond the tolerance of {tolerance:.6} are neither shown nor ruled out"
            ),
        )
    }
}

fn same(apart: f64, diff: f64) -> String {
    if apart > 0.0 {
        format!(
            "no difference: both decide alike, but for rounding of weights by {apart:.1e} on average ({diff:+.1e} a lead)"
        )
    } else {
        "no difference: both decide alike on every lead of the log".to_owned()
    }
}

fn measured(contrast: &Contrast) -> String {
    let diff = contrast.diff;
    match (contrast.ci95, contrast.one_sided) {
        (Some([lower, upper]), _) => format!(
            "the difference is {diff:+.6} a lead, with 95 % confidence from {lower:+.6} to {upper:+.6}"
        ),
        (None, Some([lower, upper])) => format!(
            "the difference is {diff:+.6} a lead; no reward speaks {} it, and with those that may have been missed by chance it is from {lower:+.6} to {upper:+.6}",
            if contrast.losses.is_empty() {
                "against"
            } else {
                "for"
            }
        ),
        (None, None) => format!("the difference is {diff:+.6} a lead, without an interval"),
    }
}

fn left_out(compared: &Compared) -> Vec<String> {
    let left_out = compared.left_out.iter();
    left_out
        .map(|(n, error)| format!("{n} leads cannot be weighed: {error}"))
        .collect()
}

/// Everything that makes a value unfit for a verdict. A number that is none passes no gate.
///
/// * `is_same`: whether nothing is to be measured, because both policies decide alike.
fn side_gates(side: &Valued, is_same: bool) -> Vec<String> {
    let mut reasons = Vec::new();
    let n = side.n;
    match &side.estimate {
        Err(error) => reasons.push(error.to_string()),
        Ok(found) => {
            let enough = is_same || found.ess >= ESS_MIN;
            if !enough {
                reasons.push(format!(
                    "the {n} leads are worth {:.1} evenly weighted ones, but {ESS_MIN:.0} are needed",
                    found.ess
                ));
            }
            let off = (found.mean_weight - 1.0).abs();
            if !(off <= ROUNDING || off <= MEAN_WEIGHT_SE_MAX * found.mean_weight_se) {
                reasons.push(format!(
                    "the mean weight is {:.4}, more than {MEAN_WEIGHT_SE_MAX:.0} standard errors of {:.4} away from 1: wrong propensities, or a log without support",
                    found.mean_weight, found.mean_weight_se
                ));
            }
        }
    }
    if let Some(clusters) = side.n_clusters.filter(|n| !is_same && *n < CLUSTERS_MIN) {
        reasons.push(format!(
            "the leads are in {clusters} clusters, but {CLUSTERS_MIN} are needed: leads of one cluster count as one draw"
        ));
    }
    if let Some(share) = side
        .unsupported
        .filter(|share| share.is_nan() || *share > UNSUPPORTED_MAX)
    {
        reasons.push(format!(
            "{:.2} % of its decisions go where the log never goes, but at most {:.0} % may",
            100.0 * share,
            100.0 * UNSUPPORTED_MAX
        ));
    }
    reasons
}

fn reward_gate(contrast: &Contrast) -> Option<String> {
    let rewards = contrast.rewards;
    let enough = rewards >= REWARDS_MIN;
    (!enough).then(|| {
        format!(
            "the difference rests on {rewards:.1} rewards, as equal ones, but {REWARDS_MIN:.0} are needed"
        )
    })
}

/// Why nothing more than a canary can be advised.
fn doubts(compared: &Compared, beside: &[String]) -> Vec<String> {
    let mut doubts = sides_of_difference(&compared.difference);
    for (who, side) in sides(compared) {
        if side.unsupported.is_none() {
            doubts.push(format!(
                "{who}: how many of its decisions go where the log never goes is not known"
            ));
        }
    }
    doubts.extend(beside.iter().cloned());
    doubts
}

/// What keeps the two sides of a difference from having limits.
fn sides_of_difference(contrast: &Contrast) -> Vec<String> {
    if contrast.ci95.is_some() || contrast.one_sided.is_some() {
        return Vec::new();
    }
    let mut doubts = Vec::new();
    let few = |tail: &Tail| tail.count() < REWARDS_MIN;
    for (tail, word) in [(&contrast.gains, "for"), (&contrast.losses, "against")] {
        if few(tail) {
            doubts.push(format!(
                "{:.1} rewards, as equal ones, speak {word} it, but {REWARDS_MIN:.0} are needed to tell more than a tendency",
                tail.count()
            ));
        }
    }
    if let Some(clusters) = contrast.few_sticky {
        doubts.push(format!(
            "draws stick to clusters, of which there are {clusters:.0}, as equally large ones: by chance many of them may have got one arm"
        ));
    }
    if doubts.is_empty() {
        doubts.push(if contrast.is_top_heavy {
            "a few payments outweigh all others of the log: the next one could turn the difference"
                .to_owned()
        } else {
            "a few weights or clusters outweigh all others: the next one could turn the difference"
                .to_owned()
        });
    }
    doubts
}

#[cfg(test)]
mod tests;
