//! What to do about a candidate, and why, as reports say it.

use pointsman_stats::verdict;
use serde::Serialize;

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
    /// The log does not support an answer.
    NotEnoughEvidence,
}

impl VerdictKind {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        verdict::Kind::from(self).word()
    }
}

impl From<verdict::Verdict> for Verdict {
    fn from(verdict: verdict::Verdict) -> Self {
        let verdict::Verdict { kind, because } = verdict;
        let kind = match kind {
            verdict::Kind::Ship => VerdictKind::Ship,
            verdict::Kind::Canary => VerdictKind::Canary,
            verdict::Kind::DoNotShip => VerdictKind::DoNotShip,
            verdict::Kind::NotEnoughEvidence => VerdictKind::NotEnoughEvidence,
        };
        Self { kind, because }
    }
}

impl From<VerdictKind> for verdict::Kind {
    fn from(kind: VerdictKind) -> Self {
        match kind {
            VerdictKind::Ship => Self::Ship,
            VerdictKind::Canary => Self::Canary,
            VerdictKind::DoNotShip => Self::DoNotShip,
            VerdictKind::NotEnoughEvidence => Self::NotEnoughEvidence,
        }
    }
}
