//! The service as a whole: what the doors hold on to.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use pointsman_bandit::Allocation;
use pointsman_delivery::{Client, Limits, Policy};
use pointsman_store::Store;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Clock, ClockBehind, Refused, Routes,
    jobs::{Jobs, Kind},
    learn::{self, Learner},
    library::Library,
    postback::KnownTerms,
    recover,
    restate::restate,
    supervise::{Broken, Supervisor},
    writer::{Moved, News, Report, Writer, WriterHandle},
};

/// A database gets at least this long to close.
const CLOSE_MIN: Duration = Duration::from_secs(2);

/// How to run the service.
#[derive(Debug)]
pub struct Options {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// How the database is opened.
    pub store: pointsman_store::Options,
    /// The time that leads live in.
    pub clock: Clock,
    /// Whether the clock is right even where it lies far behind what was stored last.
    pub accept_clock: bool,
    /// Which addresses destinations may have.
    pub policy: Policy,
    /// How many offers and pings may be under way at once.
    pub limits: Limits,
    /// What the learner goes by.
    pub learning: pointsman_bandit::Config,
    /// Kinds of jobs, by name.
    pub jobs: BTreeMap<String, Arc<dyn Kind>>,
}

/// Why the service does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The database.
    #[error("the database cannot be used")]
    Store(#[from] pointsman_store::Error),
    /// The HTTP client.
    #[error("no HTTP client")]
    Client(#[from] pointsman_delivery::Error),
    /// The clock lies far behind what was stored last: caps, schedules and breakers would be wrong by
    /// one of the two.
    #[error("{0}; if the clock is right, start once with `pointsman serve --accept-clock`")]
    Clock(ClockBehind),
    /// Something stored cannot be read by this release.
    #[error("{what} cannot be read")]
    Stored {
        /// Which row.
        what: String,
    },
}

/// The service. Cheap to clone; clones are the same service.
#[derive(Debug, Clone)]
pub struct Platform {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) client: Client,
    pub(crate) routes: ArcSwap<Routes>,
    pub(crate) allocation: ArcSwap<Allocation>,
    pub(crate) writer: WriterHandle,
    pub(crate) learner: Learner,
    /// What postbacks are reckoned by.
    pub(crate) terms: KnownTerms,
    pub(crate) jobs: Jobs,
    /// What changes of the configuration share.
    pub(crate) config: crate::config::State,
    /// Leads on their way.
    pub(crate) drives: TaskTracker,
    /// Everything that runs as long as the service.
    pub(crate) supervisor: Supervisor,
    /// Nothing new is taken.
    pub(crate) stopping: CancellationToken,
    /// No lead is on its way any more.
    pub(crate) closing: CancellationToken,
}

impl Platform {
    /// Opens the database, reads back what the last process knew, settles what it left open, and
    /// starts the writer, the learner and the queue of jobs.
    ///
    /// # Errors
    ///
    /// [`enum@Error`]: the database cannot be opened, or holds what this release cannot read.
    pub async fn open(options: Options) -> Result<Self, Error> {
        // Boxed: the start holds more than a caller's stack should.
        Box::pin(Self::start(options)).await
    }

    async fn start(options: Options) -> Result<Self, Error> {
        let Options {
            database_url,
            store,
            clock,
            accept_clock,
            policy,
            limits,
            learning,
            jobs,
        } = options;
        let store = Store::open(&database_url, &store).await?;
        believe_clock(&store, &clock, accept_clock).await?;
        restate(&store, clock.now()).await?;
        let mut library = Library::default();
        let (sequencer, reservations) = recover::sequencer(&store, &mut library).await?;
        let allocation = learn::latest_allocation(&store.read()).await?;
        let state = learn::rebuild(&store).await?;
        let (observe, observed) = mpsc::unbounded_channel();
        let (writer, handle) = Writer::new(store.clone(), clock.clone(), sequencer, observe);
        let stopping = CancellationToken::new();
        let platform = Self {
            inner: Arc::new(Inner {
                client: Client::with_limits(policy, limits)?,
                routes: ArcSwap::default(),
                allocation: ArcSwap::from_pointee(allocation),
                writer: handle,
                learner: Learner::new(state, learning),
                terms: KnownTerms::default(),
                jobs: Jobs::new(jobs),
                config: crate::config::State::default(),
                drives: TaskTracker::new(),
                supervisor: Supervisor::new(stopping.clone()),
                stopping,
                closing: CancellationToken::new(),
                store,
                clock,
            }),
        };
        platform.refresh_routes().await?;
        let inner = &platform.inner;
        let supervisor = &inner.supervisor;
        supervisor.essential("writer", writer.run(inner.closing.clone()));
        supervisor.essential("learner", inner.learner.clone().listen(observed));
        let publisher = platform.clone();
        supervisor.again("publisher", move || publisher.clone().publish_allocations());
        platform
            .settle_interrupted(&mut library, reservations)
            .await?;
        platform.resume_jobs().await?;
        Ok(platform)
    }

    /// Settles the offers that the last process left without an answer: nobody knows what became of
    /// them. Walks that may go on go on. Pings bind nobody, so they are made again.
    async fn settle_interrupted(
        &self,
        library: &mut Library,
        reservations: recover::Reservations,
    ) -> Result<(), Error> {
        let routes = self.inner.routes.load_full();
        // Read before anything moves: a walk that goes on may come to a ping of its own.
        let pinging = recover::pinging(&self.inner.store, library, &routes).await?;
        let active_leads =
            recover::active_leads(&self.inner.store, library, &routes, reservations).await?;
        for active in active_leads {
            tracing::warn!(lead.id = %active.lead_id, "an offer was interrupted; its answer is unknown");
            let interrupted = News::Answer(Report::interrupted());
            if let Some(Moved::OnItsWay(next)) = self.store_news(&active, &interrupted).await {
                self.inner.drives.spawn(self.clone().drive(next));
            }
        }
        for active in pinging {
            tracing::info!(lead.id = %active.lead_id, "a ping was interrupted; it is made again");
            self.inner
                .drives
                .spawn(self.clone().drive(Box::new(active)));
        }
        Ok(())
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
        self.inner.writer.ready().await
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
        self.inner.routes.load_full()
    }

    /// The weights of this moment.
    pub fn allocation(&self) -> Arc<Allocation> {
        self.inner.allocation.load_full()
    }

    /// The arm state of this moment.
    pub fn arm_state(&self) -> pointsman_bandit::State {
        self.inner.learner.state()
    }

    /// What posteriors are computed with.
    pub fn learning(&self) -> &pointsman_bandit::Config {
        self.inner.learner.config()
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
            drives,
            supervisor,
            stopping,
            closing,
            store,
            ..
        } = &*self.inner;
        stopping.cancel();
        drives.close();
        if tokio::time::timeout(shutdown_timeout, drives.wait())
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

/// Refuses a clock that lies far behind what was stored last, unless somebody says that it is right.
async fn believe_clock(store: &Store, clock: &Clock, accept: bool) -> Result<(), Error> {
    match ClockBehind::find(store, clock.now()).await? {
        None => Ok(()),
        Some(behind) if accept => {
            tracing::warn!("{behind}; it is accepted, and counts from now on");
            Ok(behind.accept(store).await?)
        }
        Some(behind) => Err(Error::Clock(behind)),
    }
}
