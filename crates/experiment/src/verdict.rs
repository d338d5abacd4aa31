//! What a comparison says, by the limits of its difference.

use serde::{Deserialize, Serialize};

use crate::{Effect, Metric, Plan};

/// Why a comparison is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It decides.
    Primary,
    /// It must not be harmed.
    Guardrail,
    /// It is looked at.
    Secondary,
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The arm is better.
    Better,
    /// The arm is worse; of a guardrail, by more than is allowed.
    Worse,
    /// Whatever the difference is, it is smaller than what matters; of a guardrail, no more harm than is allowed.
    NoMatter,
    /// It cannot be said yet.
    NotYet,
}

pub(crate) fn judge(plan: &Plan, effect: &Effect, metric: Metric, role: Role) -> Verdict {
    // Limits as if more were better.
    let [low, high] = if metric.is_more_better() {
        effect.interval
    } else {
        [-effect.interval[1], -effect.interval[0]]
    };
    let base = effect.relative.map(|relative| effect.difference / relative);
    let base = base.filter(|base| base.is_finite()).map(f64::abs);
    if role == Role::Guardrail {
        let allowed = plan.guardrails.iter().find(|it| it.metric == metric);
        let allowed = allowed.map_or(0.0, |it| f64::from(it.worst_ppm) / 1e6);
        let Some(base) = base else {
            // What was never there cannot be harmed; a return rate of 0 can.
            let is_worse = !metric.is_more_better() && high < 0.0;
            return if is_worse {
                Verdict::Worse
            } else {
                Verdict::NotYet
            };
        };
        return if high < -allowed * base {
            Verdict::Worse
        } else if low > -allowed * base {
            Verdict::NoMatter
        } else {
            Verdict::NotYet
        };
    }
    let matters = base.map(|base| base * plan.smallest_effect());
    if low > 0.0 {
        Verdict::Better
    } else if high < 0.0 {
        Verdict::Worse
    } else if matters.is_some_and(|matters| low > -matters && high < matters) {
        Verdict::NoMatter
    } else {
        Verdict::NotYet
    }
}
