//! Keeps what is known of the leads of experiments, beside the work.

use std::time::Duration;

use pointsman_history::{Library, OpenExperiment};
use pointsman_router::HashKey;
use pointsman_store::{ExperimentLeadRow, ExperimentRow, Store};
use tokio_util::sync::CancellationToken;

use crate::{Error, lease::Lease, supervise::Supervisor};

/// Real time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// The same after an error, which the next look may meet again.
const AFTER_ERROR: Duration = Duration::from_secs(10);
/// This is the work of one process for all.
const DUTY: &str = "experiments";
/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 2_000;

/// Follows the commit order for each experiment that is under way.
#[derive(Debug, Clone)]
pub(crate) struct Experiments {
    store: Store,
    hash_key: HashKey,
    lease: Lease,
    stopping: CancellationToken,
}

impl Experiments {
    /// * `hash_key`: of the database.
    pub(crate) fn new(
        store: &Store,
        hash_key: HashKey,
        lease: &Lease,
        stopping: &CancellationToken,
    ) -> Self {
        Self {
            store: store.clone(),
            hash_key,
            lease: lease.clone(),
            stopping: stopping.clone(),
        }
    }

    /// Begins.
    pub(crate) fn start(self, supervisor: &Supervisor) {
        supervisor.again("experiments", move || self.clone().run());
    }

    /// Looks again and again until the service stops.
    async fn run(self) {
        let mut library = Library::new(self.hash_key);
        loop {
            let wait = match self.follow(&mut library).await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the leads of an experiment could not be counted yet"
                    );
                    AFTER_ERROR
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stopping.cancelled() => return,
            }
        }
    }

    async fn follow(&self, library: &mut Library) -> Result<(), Error> {
        let read = self.store.read();
        let mut open = read.open_experiments().await?;
        if open.is_empty() {
            return Ok(());
        }
        let last = read.order().await?.number;
        open.retain(|row| row.folded_seq < last);
        if open.is_empty() || !self.lease.claims(&self.store, DUTY).await? {
            return Ok(());
        }
        let mut followed = Ok(());
        for row in &open {
            // One that cannot be read must not keep the others from being counted.
            if let Err(error) = self.follow_one(library, row, last).await {
                tracing::error!(experiment = row.name, error = %error, "it is not counted yet");
                followed = Err(error);
            }
        }
        followed
    }

    /// * `last`: the number in commit order to come to.
    async fn follow_one(
        &self,
        library: &mut Library,
        row: &ExperimentRow,
        last: i64,
    ) -> Result<(), Error> {
        let read = self.store.read();
        let experiment = OpenExperiment::of(&read, row).await?;
        let mut from = experiment.folded_seq;
        while from < last && !self.stopping.is_cancelled() {
            let until = last.min(from + PIECE);
            let leads = experiment
                .leads_between(library, &read, from, until)
                .await?;
            if !store_piece(&self.store, &experiment.name, (from, until), leads).await? {
                // Another process was given the work meanwhile.
                break;
            }
            from = until;
        }
        Ok(())
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
