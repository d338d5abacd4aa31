//! A run on a log without propensities.

use super::Run;
use crate::{
    Error,
    assumed::Gathering,
    estimate::{Difference, Estimate},
    evaluate::Evaluation,
    histogram::Histogram,
    policy::Policy,
    report::Report,
};

/// Why the usual values are not there.
const REASON: &str = "the log has no propensities";

impl Run {
    /// What the log says if nothing unmeasured had a part in who got a lead.
    ///
    /// * `progress`: gets the bytes of the log that have been read.
    ///
    /// # Errors
    ///
    /// As for [`Scenario::run`](super::Scenario::run).
    pub(super) fn assume(&self, progress: &mut dyn FnMut(u64)) -> Result<Report, Error> {
        let options = self.options();
        let fields = self.log.measured();
        let mut gathering = Gathering::new(
            &self.candidate,
            &self.baseline,
            &options.destinations,
            &self.schema,
            &fields,
        );
        // What was done has its value all the same.
        let mut evaluation = Evaluation::new(&Policy::Logged, &Policy::Logged, options.clone());
        self.log
            .read(&self.schema, &self.survey, &mut |leads, n_bytes| {
                gathering.add(&leads);
                evaluation.add(&leads);
                progress(n_bytes);
                Ok(())
            })?;
        let assumed = gathering.finish();
        let mut report = evaluation.finish();
        let doubts = std::mem::take(&mut report.verdict.because);
        report.verdict = assumed.verdict(&self.unit);
        if report.immature_leads.is_some_and(|n| n > 0) {
            let doubt = doubts
                .into_iter()
                .find(|doubt| doubt.contains("attribution window"));
            report.verdict.because.extend(doubt);
        }
        for (policy, estimate) in [
            (&self.candidate, &mut report.candidate),
            (&self.baseline, &mut report.baseline),
        ] {
            if matches!(policy, Policy::Flow(_)) {
                *estimate = Estimate::untold(estimate.n, REASON);
            }
        }
        report.difference = Difference::untold(REASON);
        report.weight_histogram = Histogram::default();
        // The others are of weights, and there are none.
        report.warnings = options.warnings;
        report.assumed = Some(assumed);
        Ok(report)
    }
}
