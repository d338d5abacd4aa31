//! What this process holds while it serves: leads that it takes are its own until its lease has run out and another
//! process has taken them over.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use pointsman_store::{Error, NewLease, Store};
use tokio::sync::watch;

mod keeper;

pub(crate) use keeper::Keeper;

/// How long a lease runs after it was renewed, by the clock of the database.
const RUNS: Duration = Duration::from_secs(30);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// After so long without a renewal no further offer is made: it would go out while others may take the lead over.
const FRESH: Duration = Duration::from_secs(20);

/// The lease of this process. Cheap to clone; clones are the same lease.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The process as people know it.
    node: String,
    number: AtomicI64,
    /// When it was last asked to be renewed with success; absent where no other process can serve from the database.
    renewed: watch::Sender<Option<Instant>>,
}

impl Lease {
    /// Begins a lease.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub(crate) async fn begin(store: &Store, node: &str) -> Result<Self, Error> {
        let asked = Instant::now();
        let number = begun(store, node).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                node: node.to_owned(),
                number: AtomicI64::new(number),
                renewed: watch::Sender::new(store.is_shared().then_some(asked)),
            }),
        })
    }

    /// Its number. Another one from the moment on when it was lost and a new one has begun.
    pub(crate) fn number(&self) -> i64 {
        self.inner.number.load(Ordering::SeqCst)
    }

    /// The process as people know it.
    pub(crate) fn node(&self) -> &str {
        &self.inner.node
    }

    /// Whether offers may be made under it.
    pub(crate) fn is_fresh(&self) -> bool {
        is_fresh(*self.inner.renewed.borrow())
    }

    /// Waits until offers may be made under it.
    pub(crate) async fn fresh(&self) {
        let mut renewed = self.inner.renewed.subscribe();
        // The sender lives as long as this.
        let _ = renewed.wait_for(|renewed| is_fresh(*renewed)).await;
    }

    /// Whether a piece of work that one process does for all is done by this one: it is if nobody else does it who serves.
    pub(crate) async fn claims(&self, store: &Store, duty: &'static str) -> Result<bool, Error> {
        let lease = self.number();
        let claimed = store.note(move |tx| {
            Box::pin(async move { tx.claim_duty(duty, lease, tx.order().time()).await })
        });
        claimed.await
    }

    /// Renews it, or begins another one if it was taken over.
    async fn renew(&self, store: &Store) -> Result<(), Error> {
        let (asked, number) = (Instant::now(), self.number());
        let renewed = store.note(move |tx| {
            Box::pin(async move {
                let now = tx.order().time();
                tx.renew_lease(number, now, now + micros(RUNS)).await
            })
        });
        if !renewed.await? {
            tracing::warn!(
                lease = number,
                "the lease ran out and was taken over; another one begins"
            );
            let number = begun(store, self.node()).await?;
            self.inner.number.store(number, Ordering::SeqCst);
        }
        self.inner.renewed.send_replace(Some(asked));
        Ok(())
    }
}

fn is_fresh(renewed: Option<Instant>) -> bool {
    renewed.is_none_or(|at| at.elapsed() < FRESH)
}

/// Begins a lease and gives its number. Where no other process can serve, it has run out at once: whoever comes next
/// takes over what it leaves.
async fn begun(store: &Store, node: &str) -> Result<i64, Error> {
    let runs = if store.is_shared() { micros(RUNS) } else { 0 };
    for _ in 0..10 {
        let node = node.to_owned();
        let begun = store.note(move |tx| {
            Box::pin(async move {
                let now = tx.order().time();
                let new = NewLease {
                    node,
                    program: env!("CARGO_PKG_VERSION").to_owned(),
                    now,
                    expires_at: now + runs,
                };
                tx.begin_lease(new).await
            })
        });
        match begun.await {
            // Another process began one at the same moment.
            Err(Error::Conflict { .. }) => {}
            begun => return begun,
        }
    }
    Err(Error::Unavailable {
        source: "too many processes begin at once".into(),
    })
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
