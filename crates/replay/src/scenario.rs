//! A question asked of the past: a folder with a log, flows and a `scenario.toml`.

use std::{path::Path, sync::Arc};

use pointsman_lead::{Problem, Schema};

use crate::{
    Error,
    evaluate::{Evaluation, Options, Tolerance},
    log::{Log, Survey},
    maturity::Maturity,
    policy::Policy,
    report::Report,
};

mod keys;
mod load;
mod maturity;
mod sources;
mod spec;

/// A scenario whose files have all been read and checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    runs: Vec<Run>,
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
    pub(crate) warnings: Vec<String>,
}

/// How far a scenario has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Name of the run under way.
    pub run: &'a str,
    /// Position of the run, from 0.
    pub run_idx: usize,
    /// Runs in all.
    pub n_runs: usize,
    /// Leads of this run done.
    pub n_done: u64,
    /// Leads of this run in all.
    pub n_leads: u64,
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
        load::load(path).map(|runs| Self { runs })
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
        for (run_idx, run) in self.runs.iter().enumerate() {
            let mut n_done = 0;
            let mut evaluation = Evaluation::new(&run.candidate, &run.baseline, run.options());
            run.log.read(&run.schema, &run.survey, &mut |leads| {
                evaluation.add(&leads);
                n_done += leads.len() as u64;
                progress(Progress {
                    run: &run.name,
                    run_idx,
                    n_runs: self.runs.len(),
                    n_done,
                    n_leads: run.survey.n_leads,
                });
                Ok(())
            })?;
            reports.push(evaluation.finish());
        }
        Ok(reports)
    }
}

impl Run {
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
            warnings,
        }
    }
}
