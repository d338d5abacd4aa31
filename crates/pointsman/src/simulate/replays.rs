//! Candidates replayed over the leads of one simulation.

use pointsman_engine::ReportProgress;
use pointsman_flow::Program;
use pointsman_replay::{Evaluation, Options, Policy, Report, log::LogLead};

use super::swept::Swept;

/// Leads that are weighed between two looks at whether anybody still wants to know.
const BATCH: usize = 4_096;

/// What all candidates of a simulation have in common.
pub(super) struct Replays<'a> {
    pub(super) leads: &'a [LogLead],
    pub(super) baseline: &'a Policy,
    pub(super) options: Options,
    pub(super) report: ReportProgress<'a>,
}

impl Replays<'_> {
    /// Puts a value on a candidate against the baseline.
    ///
    /// * `from`, `until`: the part of the whole work that this is.
    ///
    /// # Errors
    ///
    /// If nobody wants to know any more.
    pub(super) fn of(&self, candidate: &Policy, [from, until]: [f64; 2]) -> anyhow::Result<Report> {
        let Self {
            leads,
            baseline,
            options,
            report,
        } = self;
        let mut evaluation = Evaluation::new(candidate, baseline, options.clone());
        let n_batches = leads.len().div_ceil(BATCH).max(1);
        for (n_done, batch) in leads.chunks(BATCH).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a share of the batches")]
            report(from + (until - from) * n_done as f64 / n_batches as f64)?;
            evaluation.add(batch);
        }
        Ok(evaluation.finish())
    }

    /// The same with a point for each value of one of its numbers, one value after the other: a large flow is there once.
    ///
    /// * `policy`: how a program decides in this simulation.
    /// * `done`: the part of the work that is done.
    ///
    /// # Errors
    ///
    /// A value with which the flow does not check, or if nobody wants to know any more.
    pub(super) fn swept(
        &self,
        swept: &Swept,
        candidate: &Policy,
        policy: &dyn Fn(Program) -> Policy,
        done: f64,
    ) -> anyhow::Result<Report> {
        let n_values = swept.flow.n_values();
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred values")]
        let part = |n: usize| {
            let share = |n: usize| done + (1.0 - done) * n as f64 / (n_values + 1) as f64;
            [share(n), share(n + 1)]
        };
        let mut found = self.of(candidate, part(0))?;
        let mut points = Vec::with_capacity(n_values);
        for position in 0..n_values {
            let candidate = policy(swept.program(position)?);
            let report = self.of(&candidate, part(position + 1))?;
            points.push(swept.flow.point(position, &report));
        }
        found.sweep = Some(swept.flow.sweep(points));
        Ok(found)
    }
}
