//! Work that one process does for all beside the leads: it follows the commit order, and keeps what comes of it.

use std::time::{Duration, Instant};

use pointsman_store::Store;
use tokio_util::sync::CancellationToken;

use crate::{Error, lease::Lease, supervise::Supervisor};

/// Real time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// The same after an error, which the next look may meet again.
const AFTER_ERROR: Duration = Duration::from_secs(10);

/// What follows the commit order.
pub(crate) trait Follow: Send + 'static {
    /// The name of the work, which one process does for all.
    const DUTY: &'static str;
    /// What the log says when a look fails.
    const FAILED: &'static str;

    /// Goes on to the newest number.
    fn look(&mut self, follower: &Follower) -> impl Future<Output = Result<(), Error>> + Send;
}

/// What it takes to follow.
#[derive(Debug, Clone)]
pub(crate) struct Follower {
    pub(crate) store: Store,
    lease: Lease,
    stopping: CancellationToken,
}

impl Follower {
    pub(crate) fn new(store: &Store, lease: &Lease, stopping: &CancellationToken) -> Self {
        Self {
            store: store.clone(),
            lease: lease.clone(),
            stopping: stopping.clone(),
        }
    }

    /// Begins a piece of work, which `make` makes.
    pub(crate) fn start<F: Follow>(
        &self,
        supervisor: &Supervisor,
        make: impl Fn() -> F + Send + 'static,
    ) {
        let follower = self.clone();
        supervisor.again(F::DUTY, move || follower.clone().run(make()));
    }

    /// Whether the work is done by this process.
    pub(crate) async fn claims<F: Follow>(&self) -> Result<bool, Error> {
        Ok(self.lease.claims(&self.store, F::DUTY).await?)
    }

    /// Whether something may go out: nobody can have been given the work of this process meanwhile.
    pub(crate) fn is_fresh(&self) -> bool {
        self.lease.is_fresh()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Rests so many times as long as a piece of work took, since leads on their way go first; whether the service stops.
    pub(crate) async fn rest(&self, began: Instant, times: u32) -> bool {
        self.wait(began.elapsed() * times).await
    }

    /// Waits; whether the service stops.
    pub(crate) async fn wait(&self, wait: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(wait) => false,
            () = self.stopping.cancelled() => true,
        }
    }

    /// Looks again and again until the service stops.
    async fn run<F: Follow>(self, mut work: F) {
        loop {
            let wait = match work.look(&self).await {
                Ok(()) => EVERY,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "{}", F::FAILED);
                    AFTER_ERROR
                }
            };
            if self.wait(wait).await {
                return;
            }
        }
    }
}
