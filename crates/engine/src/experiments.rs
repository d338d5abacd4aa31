//! Keeps what is known of the leads of experiments, beside the work.

use pointsman_history::{Library, OpenExperiment};
use pointsman_router::HashKey;
use pointsman_store::{ExperimentLeadRow, ExperimentRow, Store};

use crate::{
    Error,
    follower::{Follow, Follower},
};

/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 2_000;

/// Follows the commit order for each experiment that is under way.
#[derive(Debug)]
pub(crate) struct Experiments {
    library: Library,
}

impl Experiments {
    /// * `hash_key`: of the database.
    pub(crate) fn new(hash_key: HashKey) -> Self {
        Self {
            library: Library::new(hash_key),
        }
    }

    /// * `last`: the number in commit order to come to.
    async fn follow(
        &mut self,
        follower: &Follower,
        row: &ExperimentRow,
        last: i64,
    ) -> Result<(), Error> {
        let read = follower.store.read();
        let experiment = OpenExperiment::of(&read, row).await?;
        let mut from = experiment.folded_seq;
        while from < last && !follower.is_stopping() {
            let until = last.min(from + PIECE);
            let leads = experiment
                .leads_between(&mut self.library, &read, from, until)
                .await?;
            if !store_piece(&follower.store, &experiment.name, (from, until), leads).await? {
                // Another process was given the work meanwhile.
                break;
            }
            from = until;
        }
        Ok(())
    }
}

impl Follow for Experiments {
    const DUTY: &'static str = "experiments";
    const FAILED: &'static str = "the leads of an experiment could not be counted yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let read = follower.store.read();
        let mut open = read.open_experiments().await?;
        if open.is_empty() {
            return Ok(());
        }
        let last = read.order().await?.number;
        open.retain(|row| row.folded_seq < last);
        if open.is_empty() || !follower.claims::<Self>().await? {
            return Ok(());
        }
        let mut followed = Ok(());
        for row in &open {
            // One that cannot be read must not keep the others from being counted.
            if let Err(error) = self.follow(follower, row, last).await {
                tracing::error!(experiment = row.name, error = %error, "it is not counted yet");
                followed = Err(error);
            }
        }
        followed
    }
}

/// Stores what came of a stretch of the commit order, with the number that it was followed to; whether nobody else had.
async fn store_piece(
    store: &Store,
    name: &str,
    (from, until): (i64, i64),
    mut leads: Vec<ExperimentLeadRow>,
) -> Result<bool, Error> {
    let name = name.to_owned();
    let stored = store.note(move |tx| {
        Box::pin(async move {
            if !tx.move_experiment_on(&name, from, until).await? {
                return Ok(false);
            }
            let firsts = tx.assign(&name, &leads).await?;
            for lead in &mut leads {
                if let Some(first) = firsts.get(&lead.unit) {
                    first.give(lead);
                }
            }
            tx.put_experiment_leads(&name, leads).await?;
            Ok(true)
        })
    });
    Ok(stored.await?)
}
