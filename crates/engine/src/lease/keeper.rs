//! Renews the lease, and takes over what the processes have left under way whose leases have run out.

use std::time::{Duration, Instant};

use pointsman_history::{Clock, Committed, Library, LiveRoutes, record::json};
use pointsman_lead::Timestamp;
use pointsman_router::HashKey;
use pointsman_store::{LeaseRow, Store};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{Lease, RENEW_EVERY};
use crate::{
    Dispatcher, Error, Intake,
    recovery::{Resumption, TakenOver},
};

/// How often it is looked for leases that have run out.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// For so long the lease must have been renewed without a gap before others' leases are taken over: where the database
/// was away, they get the time to renew theirs.
const STEADY: Duration = Duration::from_secs(6);

/// Keeps the lease of this process, and looks after those of others.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    lease: Lease,
    store: Store,
    clock: Clock,
    routes: LiveRoutes,
    hash_key: HashKey,
    dispatcher: Dispatcher,
    stopping: CancellationToken,
    /// The lease runs while leads are on their way: until this.
    closing: CancellationToken,
}

impl Keeper {
    /// One for the leads that are taken in here.
    pub(crate) fn beside(intake: &Intake, closing: &CancellationToken) -> Self {
        Self {
            lease: intake.lease.clone(),
            store: intake.store.clone(),
            clock: intake.clock.clone(),
            routes: intake.routes.clone(),
            hash_key: intake.hash_key,
            dispatcher: intake.dispatcher.clone(),
            stopping: intake.stopping.clone(),
            closing: closing.clone(),
        }
    }

    /// Takes over what is left by processes before this one: of the same name, or of any where no other can serve.
    ///
    /// # Errors
    ///
    /// [`enum@Error`]: the database does not answer, or holds what cannot be read.
    pub(crate) async fn take_over_own(&self) -> Result<(), Error> {
        self.take_over(self.lease.node().to_owned()).await
    }

    /// Renews and looks until the service closes.
    pub(crate) async fn run(self) {
        if !self.store.is_shared() {
            return self.closing.cancelled().await;
        }
        let (mut steady_since, mut renewed_at) = (Instant::now(), Instant::now());
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                () = self.closing.cancelled() => break,
            }
            if renewed_at.elapsed() >= RENEW_EVERY || !self.lease.is_fresh() {
                match self.lease.renew(&self.store).await {
                    Ok(()) => {
                        if renewed_at.elapsed() > 2 * RENEW_EVERY {
                            steady_since = Instant::now();
                        }
                        renewed_at = Instant::now();
                        self.follow_clock().await;
                    }
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "the lease could not be renewed"
                        );
                        continue;
                    }
                }
            }
            if steady_since.elapsed() >= STEADY
                && !self.stopping.is_cancelled()
                && let Err(error) = self.look_at_others().await
            {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what others left under way could not be taken over"
                );
            }
        }
        self.give_back().await;
    }

    async fn follow_clock(&self) {
        if let Ok(order) = self.store.read().order().await
            && let Some(now) = order.now
        {
            self.clock.follow(Timestamp(now));
        }
    }

    async fn look_at_others(&self) -> Result<(), Error> {
        let read = self.store.read();
        let now = read.order().await?.time();
        let own = self.lease.number();
        let has_run_out = |lease: &LeaseRow| lease.number != own && lease.expires_at <= now;
        if !read.open_leases().await?.iter().any(has_run_out) {
            return Ok(());
        }
        self.take_over(String::new()).await
    }

    /// * `node`: leases of this name are taken over also before they run out.
    async fn take_over(&self, node: String) -> Result<(), Error> {
        let by = self.lease.number();
        let is_shared = self.store.is_shared();
        let taken = self.store.write(move |tx| {
            Box::pin(async move {
                // Whoever serves from a file is alone, whatever its clock shows.
                let now = if is_shared {
                    tx.order().time()
                } else {
                    i64::MAX
                };
                let leases = tx.take_over_leases(by, &node, now).await?;
                let committed = Committed {
                    taken_over: leases.clone(),
                    ..Committed::default()
                };
                let number = tx.log_event(json(&committed)).await?;
                Ok((leases, number))
            })
        });
        let (leases, until) = taken.await?;
        if leases.is_empty() {
            return Ok(());
        }
        tracing::info!(?leases, by, "what other leases had under way is taken over");
        let resumption = Resumption::new(TakenOver {
            store: self.store.clone(),
            library: Library::new(self.hash_key),
            routes: self.routes.get(),
            dispatcher: self.dispatcher.clone(),
            leases: leases.into_iter().collect(),
            by,
            until,
            clock: self.clock.clone(),
            stopping: self.stopping.clone(),
        });
        // The lease is renewed meanwhile.
        self.dispatcher.spawn(resumption.run());
        Ok(())
    }

    /// Lets others take over at once what is still under way.
    async fn give_back(&self) {
        let number = self.lease.number();
        let given_back = self.store.note(move |tx| {
            Box::pin(async move {
                let now = tx.order().time();
                tx.renew_lease(number, now, now).await
            })
        });
        if let Err(error) = given_back.await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the lease runs on for a while"
            );
        }
    }
}
