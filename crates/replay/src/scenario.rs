//! A question asked of the past: a folder with a log, flows and a `scenario.toml`.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use pointsman_lead::{Problem, Schema};

use crate::{
    Error,
    evaluate::{Evaluation, Options, Tolerance, ripe::Leads},
    log::{Log, Survey},
    maturity::Maturity,
    policy::Policy,
    report::Report,
    stateful::StatefulPlan,
    sweep::{SweepEvaluation, Swept},
};

mod assumed;
mod format;
mod keys;
mod load;
mod maturity;
mod overrides;
mod policies;
mod sources;
mod spec;
mod stateful;
mod stateful_plan;
mod stateful_run;
mod sweep;

pub use overrides::Overrides;

/// A scenario whose files have all been read and checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    runs: Vec<Run>,
    meter: load::Meter,
}

/// One comparison of a candidate with a baseline on one log.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) log: Arc<Log>,
    pub(crate) survey: Arc<Survey>,
    pub(crate) schema: Schema,
    pub(crate) candidate: Policy,
    pub(crate) baseline: Policy,
    pub(crate) tolerance: Tolerance,
    pub(crate) maturity: Option<Maturity>,
    pub(crate) sweep: Option<Swept>,
    pub(crate) stateful: Option<StatefulPlan>,
    pub(crate) dead_rules: BTreeSet<(String, String)>,
    pub(crate) warnings: Vec<String>,
}

/// How far a scenario has come, counted in the bytes of its logs. Each is read to look it through, and once more for each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being done.
    pub doing: Doing,
    /// Name of the run, or of the log.
    pub name: &'a str,
    /// Bytes done.
    pub n_done: u64,
    /// Bytes in all.
    pub n_all: u64,
}

/// What a scenario is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Every row of a log is looked at for mistakes.
    LookingThrough,
    /// A run is made.
    Replaying,
    /// A model of answers is fitted.
    Fitting,
    /// A run is made with a state, in the order of time.
    ReplayingInTime,
}

impl Doing {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::LookingThrough => "looking through",
            Self::Replaying => "replaying",
            Self::Fitting => "fitting",
            Self::ReplayingInTime => "replaying in time",
        }
    }
}

impl Scenario {
    /// Reads a scenario and everything it names, and looks at every row of its logs once.
    ///
    /// * `path`: the folder, or its `scenario.toml`.
    ///
    /// # Errors
    ///
    /// Every mistake in the scenario, its flows and its logs at once.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        Self::load_with(path, &Overrides::default(), &mut |_| ())
    }

    /// The same, and says how far it is: at once, and after each batch of rows.
    ///
    /// * `overrides`: what stands for the keys of the scenario.
    ///
    /// # Errors
    ///
    /// As for [`Scenario::load`].
    pub fn load_with(
        path: &Path,
        overrides: &Overrides,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Self, Vec<Problem>> {
        let load::Loaded { runs, meter } = load::load(path, overrides, progress)?;
        Ok(Self { runs, meter })
    }

    /// Names of the runs, in their order.
    pub fn runs(&self) -> impl Iterator<Item = &str> {
        self.runs.iter().map(|run| run.name.as_str())
    }

    /// Makes every run, one after the other: a report each.
    ///
    /// * `progress`: told after each batch of leads.
    ///
    /// # Errors
    ///
    /// If a log has changed or vanished since it was looked at.
    pub fn run(&self, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Vec<Report>, Error> {
        let mut reports = Vec::with_capacity(self.runs.len());
        let mut meter = self.meter;
        for run in &self.runs {
            if !run.log.has_propensities() {
                reports.push(run.assume(&mut |n_bytes| {
                    progress(meter.at(Doing::Replaying, &run.name, n_bytes));
                })?);
                meter.pass(run.log.n_bytes());
                if let Some(report) = reports.last_mut() {
                    report.stateful = run.stateful(&mut meter, progress)?;
                }
                continue;
            }
            let options = run.options();
            let sweep = run.sweep.as_ref();
            let mut sweep = sweep.map(|swept| SweepEvaluation::new(swept, &run.baseline, &options));
            let mut evaluation = Evaluation::new(&run.candidate, &run.baseline, options);
            let (log, survey, policies) = (&run.log, &run.survey, run.policies());
            let policies = Some(policies.as_slice());
            log.read_batches(&run.schema, survey, policies, &mut |batch, n_bytes| {
                evaluation.add_leads(Leads::Batch(&batch));
                if let Some(sweep) = &mut sweep {
                    sweep.add(&batch);
                }
                progress(meter.at(Doing::Replaying, &run.name, n_bytes));
                Ok(())
            })?;
            meter.pass(run.log.n_bytes());
            let mut report = evaluation.finish();
            report.sweep = sweep.map(SweepEvaluation::finish);
            report.stateful = run.stateful(&mut meter, progress)?;
            reports.push(report);
        }
        Ok(reports)
    }
}

impl Run {
    /// All that its leads are weighed by.
    fn policies(&self) -> Vec<&Policy> {
        let swept = self.sweep.iter().flat_map(|swept| &swept.points);
        let points = swept.map(|(_, policy)| policy);
        [&self.candidate, &self.baseline]
            .into_iter()
            .chain(points)
            .collect()
    }

    fn options(&self) -> Options {
        let mut warnings = self.warnings.clone();
        let n_without_reward = self.survey.n_without_reward;
        if n_without_reward > 0 {
            warnings.push(format!(
                "{n_without_reward} offers have no reward; they count as 0"
            ));
        }
        Options {
            run: self.name.clone(),
            unit: self.unit.clone(),
            tolerance: self.tolerance,
            destinations: self.survey.destinations.clone(),
            last_offer_ends: self.log.last_offer_ends(),
            maturity: self.maturity,
            dead_rules: self.dead_rules.clone(),
            warnings,
        }
    }
}

#[cfg(test)]
mod tests;
