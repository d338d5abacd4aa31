//! The engine as a whole: what whoever lets leads in holds on to.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use pointsman_delivery::{Client, Limits, Policy};
use pointsman_history::{Clock, History, Library, LiveRoutes, Routes};
use pointsman_router::HashKey;
use pointsman_store::Store;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    BulkOperations, Dispatcher, Error, Figures, Intake, Jobs, Kind, Learner, Postbacks, Reached,
    Refused, Releases, SequencerHandle, Suppression,
    housekeeping::Housekeeping,
    intake::SourceRates,
    learner::Observed,
    lease::{Keeper, Lease},
    own_thread::on_own_thread,
    postback_sender, recovery,
    sequencer::Sequencer,
    snapshots::Snapshots,
    supervise::{Broken, Supervisor},
};

mod following;

/// A database gets at least this long to close.
const CLOSE_MIN: Duration = Duration::from_secs(2);

/// How to run the engine.
#[derive(Debug)]
pub struct Options {
    /// The database, as [`pointsman_history::open`] opened it.
    pub store: Store,
    /// The key of its hashes, by which sticky nodes draw.
    pub hash_key: HashKey,
    /// The time that leads live in.
    pub clock: Clock,
    /// This process as people know it. No two that serve from one database have the same name.
    pub node: String,
    /// The live flows, as they are published.
    pub routes: LiveRoutes,
    /// Which addresses destinations may have.
    pub policy: Policy,
    /// How many offers and pings may be under way at once.
    pub limits: Limits,
    /// What the learner goes by.
    pub learning: pointsman_bandit::Config,
    /// How long postbacks are kept that could not be applied, by the clock above.
    pub keep_parked: Duration,
    /// What becomes of leads of persons who want to be left alone.
    pub suppression: Suppression,
    /// Kinds of jobs, by name.
    pub jobs: BTreeMap<String, Arc<dyn Kind>>,
}

/// The engine. Cheap to clone; clones are the same engine.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Clock,
    routes: LiveRoutes,
    sequencer: SequencerHandle,
    dispatcher: Dispatcher,
    learner: Learner,
    intake: Intake,
    postbacks: Postbacks,
    releases: Releases,
    jobs: Jobs,
    lease: Lease,
    figures: Figures,
    /// Everything that runs as long as the engine.
    supervisor: Supervisor,
    /// Nothing new is taken.
    stopping: CancellationToken,
    /// No lead is on its way any more.
    closing: CancellationToken,
}

impl Inner {
    /// The engine around what takes leads in.
    fn of(intake: Intake, jobs: Jobs, supervisor: Supervisor, closing: CancellationToken) -> Self {
        let (store, sequencer) = (intake.store.clone(), intake.sequencer.clone());
        let clock = intake.clock.clone();
        let postbacks = Postbacks::new(store.clone(), sequencer.clone(), clock.clone());
        Self {
            releases: Releases::beside(&intake, &postbacks),
            postbacks,
            store,
            clock,
            routes: intake.routes.clone(),
            sequencer,
            dispatcher: intake.dispatcher.clone(),
            learner: intake.learner.clone(),
            lease: intake.lease.clone(),
            figures: intake.figures.clone(),
            stopping: intake.stopping.clone(),
            intake,
            jobs,
            supervisor,
            closing,
        }
    }
}

impl Engine {
    /// Reads back what the last process knew, and starts the sequencer, the learner and the queue of jobs. Leads that
    /// the last process left on their way are taken up meanwhile.
    ///
    /// # Errors
    ///
    /// [`enum@Error`]: the database does not answer, or holds what this release cannot read.
    pub async fn start(options: Options) -> Result<Self, Error> {
        // Boxed: the start holds more than a caller's stack should.
        Box::pin(Self::started(options)).await
    }

    async fn started(options: Options) -> Result<Self, Error> {
        let Options {
            store,
            hash_key,
            clock,
            node,
            routes,
            policy,
            limits,
            learning,
            keep_parked,
            suppression,
            jobs,
        } = options;
        let known = recovery::recover(&store, &mut Library::new(hash_key), clock.now()).await?;
        let lease = Lease::begin(&store, &node).await?;
        let learner = Learner::open(&store, &clock, &routes, learning, known.arms, &lease).await?;
        let (observe, observed) = mpsc::unbounded_channel();
        let at_once = known.is_anew.then(|| known.memory.ledger());
        let (snapshots, log_size) =
            Snapshots::new(store.clone(), clock.clone(), learner.clone(), at_once);
        let times = (clock.clone(), routes.clone());
        let figures = Figures::default();
        let (sequencer, handle) = Sequencer::new(
            store.clone(),
            times,
            known.memory,
            observe,
            (log_size, figures.clone()),
        );
        let (stopping, closing) = (CancellationToken::new(), CancellationToken::new());
        let trackers = postback_sender::client(policy.clone())?;
        let client = Client::with_limits(policy, limits)?;
        let counted = (figures.clone(), stopping.clone());
        let dispatcher = Dispatcher::new(client, handle.clone(), lease.clone(), counted);
        let supervisor = Supervisor::new(stopping.clone());
        let sequencing = sequencer.run(closing.clone());
        supervisor.essential("sequencer", on_own_thread("sequencer", sequencing));
        learn(&supervisor, &learner, observed, &stopping);
        supervisor.essential("snapshots", snapshots.run());
        let housekeeping = Housekeeping::new(&store, &clock, keep_parked, &stopping);
        supervisor.again("housekeeping", move || housekeeping.clone().run());
        let jobs = Jobs::new(jobs, store.clone(), clock.clone(), lease.clone());
        jobs.resume(&supervisor, stopping.clone()).await?;
        let intake = Intake {
            rates: SourceRates::default(),
            store,
            routes,
            learner,
            sequencer: handle,
            dispatcher,
            clock,
            hash_key,
            lease,
            suppression,
            figures,
            stopping,
        };
        let inner = Inner::of(intake, jobs, supervisor, closing);
        inner.follow(trackers);
        let keeper = Keeper::beside(&inner.intake, &inner.closing);
        keep(&inner.supervisor, keeper).await?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Takes leads in.
    pub fn intake(&self) -> &Intake {
        &self.inner.intake
    }

    /// Takes in what became of offers whose answer was unknown.
    pub fn releases(&self) -> &Releases {
        &self.inner.releases
    }

    /// Takes in what destinations report.
    pub fn postbacks(&self) -> &Postbacks {
        &self.inner.postbacks
    }

    /// Makes the pings and offers of leads on their way.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.inner.dispatcher
    }

    /// Puts everything that is stored in one order.
    pub fn sequencer(&self) -> &SequencerHandle {
        &self.inner.sequencer
    }

    /// How far the commit order is known here, now and whenever it goes on.
    pub fn reached(&self) -> watch::Receiver<Reached> {
        self.inner.sequencer.reached()
    }

    /// What is known about the arms, and the weights.
    pub fn learner(&self) -> &Learner {
        &self.inner.learner
    }

    /// What this process has done.
    pub fn figures(&self) -> &Figures {
        &self.inner.figures
    }

    /// The queue of jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// Does something again and again that one process does for all, for as long as this one is that process. An error is
    /// the work's own to tell.
    ///
    /// * `duty`: the name of the work, under which the database holds whose it is.
    /// * `every`: real time between two times.
    pub fn serve<F>(
        &self,
        duty: &'static str,
        every: Duration,
        work: impl Fn() -> F + Clone + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let Inner {
            store,
            lease,
            supervisor,
            stopping,
            ..
        } = &*self.inner;
        let (store, lease, stopping) = (store.clone(), lease.clone(), stopping.clone());
        supervisor.again(duty, move || {
            let (store, lease, stopping) = (store.clone(), lease.clone(), stopping.clone());
            let work = work.clone();
            async move {
                while !stopping.is_cancelled() {
                    match lease.claims(&store, duty).await {
                        Ok(true) => work().await,
                        Ok(false) => {}
                        Err(error) => tracing::warn!(duty, error = %error, "it rests"),
                    }
                    tokio::select! {
                        () = tokio::time::sleep(every) => {}
                        () = stopping.cancelled() => return,
                    }
                }
            }
        });
    }

    /// Does what jobs on many items ask for, for as long as this process is the one that does so for all.
    ///
    /// * `operations`: what they do to an item.
    pub fn run_bulk_jobs(&self, operations: Arc<dyn BulkOperations>) {
        self.inner.run_bulk_jobs(operations);
    }

    /// Whether a lead could be stored at this moment. Finds out by writing, unless something was
    /// stored a second ago; answers within two seconds.
    ///
    /// # Errors
    ///
    /// [`Refused::Unavailable`], [`Refused::Busy`], [`Refused::Stopping`].
    pub async fn ready(&self) -> Result<(), Refused> {
        if self.is_stopping() || self.broken().is_some() {
            return Err(Refused::Stopping);
        }
        self.inner.sequencer.ready().await
    }

    /// What was decided so far, to be read.
    pub fn history(&self) -> History {
        History::new(self.inner.store.clone())
    }

    /// The database, to read from.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The time that leads live in.
    pub fn clock(&self) -> Clock {
        self.inner.clock.clone()
    }

    /// The live flows of this moment.
    pub fn routes(&self) -> Arc<Routes> {
        self.inner.routes.get()
    }

    /// Whether it is going down.
    pub fn is_stopping(&self) -> bool {
        self.inner.stopping.is_cancelled()
    }

    /// What has broken off without which the service is of no use, if anything.
    pub fn broken(&self) -> Option<Broken> {
        self.inner.supervisor.broken()
    }

    /// Waits until something breaks off without which the service is of no use; for ever if nothing
    /// does. Whoever runs the service should end the process then: a start reads everything again.
    pub async fn wait_for_broken(&self) -> Broken {
        self.inner.supervisor.wait_for_broken().await
    }

    /// Takes nothing more, lets offers come to their end, and closes the database.
    ///
    /// * `shutdown_timeout`: real time for offers on their way; what is open after that is found and settled
    ///   at the next start.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the database does not close; what was committed is safe.
    pub async fn stop(self, shutdown_timeout: Duration) -> Result<(), Error> {
        let Inner {
            dispatcher,
            supervisor,
            stopping,
            closing,
            store,
            ..
        } = &*self.inner;
        stopping.cancel();
        if tokio::time::timeout(shutdown_timeout, dispatcher.wait())
            .await
            .is_err()
        {
            tracing::warn!("some offers were still on their way");
        }
        closing.cancel();
        let ended = tokio::time::timeout(shutdown_timeout, supervisor.wait()).await;
        if ended.is_err() {
            tracing::warn!("some work did not end in time");
        }
        let closing = store.clone().close();
        if let Ok(closed) = tokio::time::timeout(shutdown_timeout.max(CLOSE_MIN), closing).await {
            closed?;
        } else {
            tracing::warn!("the database does not answer; what was committed is safe");
        }
        Ok(())
    }
}

/// Takes over what processes before this one have left, and runs what renews the lease.
async fn keep(supervisor: &Supervisor, keeper: Keeper) -> Result<(), Error> {
    keeper.take_over_own().await?;
    supervisor.essential("lease", keeper.run());
    Ok(())
}

/// Runs what takes observations in and publishes allocations.
fn learn(
    supervisor: &Supervisor,
    learner: &Learner,
    observed: mpsc::UnboundedReceiver<Observed>,
    stopping: &CancellationToken,
) {
    supervisor.essential("learner", learner.clone().listen(observed));
    let (publisher, until) = (learner.clone(), stopping.clone());
    supervisor.again("publisher", move || {
        publisher.clone().publish_allocations(until.clone())
    });
}
