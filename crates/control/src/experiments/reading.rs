//! Experiments as others read them.

use pointsman_history::{Page, Place};

use super::{Experiment, ExperimentChange};
use crate::{Control, Error};

impl Control {
    /// An experiment by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_experiment(&self, name: &str) -> Result<Option<Experiment>, Error> {
        let row = self.inner.store.read().find_experiment(name).await?;
        row.map(Experiment::of).transpose()
    }

    /// Experiments, the newest first.
    ///
    /// * `flow`: of this flow alone.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn experiments(
        &self,
        flow: Option<&str>,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Experiment>, Error> {
        let after = after.map(Place::cursor);
        let read = self.inner.store.read();
        let page = read.experiments(flow, after, limit).await?;
        Page::of(page, Experiment::of)
    }

    /// What was changed of an experiment, the first change first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn experiment_changes(&self, name: &str) -> Result<Vec<ExperimentChange>, Error> {
        let rows = self.inner.store.read().experiment_changes(name).await?;
        Ok(rows.into_iter().map(ExperimentChange::from).collect())
    }
}
