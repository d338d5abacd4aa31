//! A candidate under each value of one of its numbers, replayed in one pass.

use crate::{
    curve::{Sweep, SweepPoint},
    estimate::Difference,
    evaluate::{Evaluation, Options, ripe::Leads},
    log::lead_batch::LeadBatch,
    policy::Policy,
    report::Report,
};

mod place;
mod plan;
mod question;

pub(crate) use place::Place;
pub(crate) use plan::{Decimal, Plan};
pub use question::{SweepQuestion, SweptFlow};

/// A candidate under each value of a parameter.
#[derive(Debug, Clone)]
pub(crate) struct Swept {
    /// Node and parameter.
    pub(crate) parameter: String,
    /// What stands in the candidate.
    pub(crate) present: Decimal,
    /// The values in rising order, each with the flow that has it.
    pub(crate) points: Vec<(Decimal, Policy)>,
}

/// A sweep under way: all values take in each lead as it is read.
#[derive(Debug)]
pub(crate) struct SweepEvaluation<'a> {
    swept: &'a Swept,
    evaluations: Vec<Evaluation<'a>>,
}

impl<'a> SweepEvaluation<'a> {
    pub(crate) fn new(swept: &'a Swept, baseline: &'a Policy, options: &Options) -> Self {
        let points = swept.points.iter();
        let evaluations = points
            .map(|(_, policy)| Evaluation::new(policy, baseline, options.clone()))
            .collect();
        Self { swept, evaluations }
    }

    pub(crate) fn add(&mut self, batch: &LeadBatch) {
        for evaluation in &mut self.evaluations {
            evaluation.add_leads(Leads::Batch(batch));
        }
    }

    pub(crate) fn finish(self) -> Sweep {
        let Swept {
            parameter,
            present,
            points,
        } = self.swept;
        let values = points.iter().map(|(value, _)| *value);
        let points: Vec<SweepPoint> = values
            .zip(self.evaluations)
            .map(|(value, evaluation)| point(value, &evaluation.finish()))
            .collect();
        Sweep::of(parameter.clone(), present.to_string(), points)
    }
}

fn point(value: Decimal, report: &Report) -> SweepPoint {
    let Report {
        candidate,
        difference,
        ..
    } = report;
    let unknown_support = candidate.unsupported_share.is_none().then(|| {
        let why = candidate.unsupported_reason.as_deref().unwrap_or_default();
        format!("how much of it the log supports is not known: {why}")
    });
    let Difference {
        ci95,
        one_sided,
        interval_reason,
        ..
    } = difference;
    // A threshold that moves leads one way only gains, or only loses.
    let limits = ci95.or(*one_sided);
    let untold = || "a few rewards or weights outweigh all others".to_owned();
    let difference_reason = interval_reason
        .clone()
        .or_else(|| limits.is_none().then(untold));
    let reason = candidate.interval_reason.clone().or(unknown_support);
    let is_shown = reason.is_none();
    let shown = |value: f64| Some(value).filter(|value| is_shown && value.is_finite());
    let is_known = |ci95: Option<[f64; 2]>| ci95.filter(|_| is_shown);
    SweepPoint {
        value: value.to_string(),
        at: value.float(),
        ips: shown(candidate.ips),
        ips_ci95: is_known(candidate.ips_ci95),
        sndr: shown(candidate.sndr),
        sndr_ci95: is_known(candidate.sndr_ci95),
        diff: shown(difference.diff),
        diff_ci95: is_known(limits),
        diff_band95: None,
        ess: candidate.ess,
        unsupported_share: candidate.unsupported_share,
        difference_reason: difference_reason.filter(|_| is_shown),
        reason,
    }
}
