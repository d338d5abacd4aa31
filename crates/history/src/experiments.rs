//! The leads of experiments, as a fold over what happened in commit order.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_experiment::Plan;
use pointsman_store::{
    ExperimentChangeRow, ExperimentLeadRow, ExperimentRow, ExperimentState, FirstArm, Read,
};

use crate::{Error, Library, StoredWalk, exposure::exposure};

/// Numbers in commit order that are looked at before the next ones are.
const STRETCH: i64 = 10_000;
/// Walks that are read at once.
const PAGE: usize = 500;

/// An experiment that was started, with all that it takes to tell its leads.
#[derive(Debug, Clone)]
pub struct OpenExperiment {
    /// Its name.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// What it compares.
    pub plan: Plan,
    /// The hash of the version that is tried out; absent where arms are compared.
    pub candidate: Option<String>,
    /// The number in commit order up to which its leads are known.
    pub folded_seq: i64,
    /// What was changed of it, in commit order.
    changes: Vec<ExperimentChangeRow>,
}

impl OpenExperiment {
    /// Reads what belongs to an experiment.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a plan that this release cannot read.
    pub async fn of(read: &Read<'_>, row: &ExperimentRow) -> Result<Self, Error> {
        let plan = serde_json::from_str(&row.plan_body).map_err(|_| Error::Stored {
            what: format!("the plan of experiment {}", row.name),
        })?;
        Ok(Self {
            name: row.name.clone(),
            flow: row.flow.clone(),
            plan,
            candidate: row.candidate_hash.clone(),
            folded_seq: row.folded_seq,
            changes: read.experiment_changes(&row.name).await?,
        })
    }

    /// The share of leads that the candidate had when a lead was decided, in parts per million; `None` if no lead took
    /// part then.
    ///
    /// * `started_seq`: the number of the lead's first step in commit order.
    pub(crate) fn share_at(&self, started_seq: i64) -> Option<u32> {
        let changes = self.changes.iter().rev();
        let last = changes.into_iter().find(|it| it.seq < started_seq)?;
        let is_running = last.state == ExperimentState::Running;
        is_running.then(|| u32::try_from(last.share_ppm).unwrap_or(0))
    }

    /// What is to be stored of the leads to which something happened within a stretch of the commit order, in the order
    /// of their draws.
    ///
    /// * `after`, `until`: numbers in commit order, the first excluded.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
    pub async fn leads_between(
        &self,
        library: &mut Library,
        read: &Read<'_>,
        after: i64,
        until: i64,
    ) -> Result<Vec<ExperimentLeadRow>, Error> {
        let touched: BTreeSet<String> = read.decisions_touched(after, until).await?;
        let touched: Vec<String> = touched.into_iter().collect();
        let mut rows = Vec::new();
        for ids in touched.chunks(PAGE) {
            let mut decisions = read.decisions_by_id(ids).await?;
            decisions.retain(|it| it.flow == self.flow && self.share_at(it.started_seq).is_some());
            for walk in StoredWalk::load(read, decisions).await? {
                rows.extend(exposure(self, library, read, &walk).await?);
            }
        }
        rows.sort_by_key(|row| row.seq);
        Ok(rows)
    }

    /// The leads of an experiment as they have to be stored at this moment, from the decisions alone, in the order of
    /// their draws. What is stored of an experiment that is under way can be compared with it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
    pub async fn rebuilt(
        &self,
        library: &mut Library,
        read: &Read<'_>,
    ) -> Result<Vec<ExperimentLeadRow>, Error> {
        let mut from = self.changes.first().map_or(0, |change| change.seq);
        let mut leads: BTreeMap<String, ExperimentLeadRow> = BTreeMap::new();
        while from < self.folded_seq {
            let until = self.folded_seq.min(from + STRETCH);
            let touched = self.leads_between(library, read, from, until).await?;
            leads.extend(touched.into_iter().map(|row| (row.lead_id.clone(), row)));
            from = until;
        }
        let mut leads: Vec<ExperimentLeadRow> = leads.into_values().collect();
        leads.sort_by_key(|row| row.seq);
        let mut firsts: BTreeMap<String, FirstArm> = BTreeMap::new();
        for lead in &mut leads {
            if lead.is_comparable {
                firsts
                    .entry(lead.unit.clone())
                    .or_insert_with(|| FirstArm::of(lead));
            }
            if let Some(first) = firsts.get(&lead.unit) {
                first.give(lead);
            }
        }
        Ok(leads)
    }
}
