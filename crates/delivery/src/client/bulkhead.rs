//! Keeps one destination from taking what all others need: places for exchanges under way.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Longest wait for a place. Short beside what people wait for, since the next choice may be free.
const WAIT_MAX: Duration = Duration::from_millis(300);
/// At most this part of the time that is left for a lead is spent on waiting.
const WAIT_SHARE: u32 = 4;
/// So many may wait for each place of a destination: room for all the offers that one commit sets free at once. Whoever
/// waits holds the connection that brought the lead, so there is a bound to that too.
const WAITING_PER_PLACE: usize = 2;

/// How many exchanges may be under way at once in this process, and how many connections rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// With one destination, its pings and posts together; at least 1.
    pub per_destination: usize,
    /// With all destinations together; at least 1.
    pub in_all: usize,
    /// Connections that rest between two exchanges, by host; 0: each exchange has one of its own.
    pub idle_per_host: usize,
}

impl Default for Limits {
    /// For a process that may open 1,024 files.
    fn default() -> Self {
        Self {
            per_destination: 64,
            in_all: 384,
            idle_per_host: 16,
        }
    }
}

/// The places of one process.
#[derive(Debug)]
pub(super) struct Bulkhead {
    per_destination: usize,
    all: Arc<Semaphore>,
    by_destination: Mutex<BTreeMap<String, Destination>>,
}

/// The places of one destination.
#[derive(Debug, Clone)]
struct Destination {
    n_places: usize,
    /// For exchanges and for those who wait to make one.
    queue: Arc<Semaphore>,
    /// For exchanges.
    places: Arc<Semaphore>,
}

/// A place, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _queued: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Bulkhead {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            per_destination: limits.per_destination.max(1),
            all: Arc::new(Semaphore::new(limits.in_all.max(1))),
            by_destination: Mutex::default(),
        }
    }

    /// A place for one exchange; `None` if none came free in time, or if too many wait already. Who
    /// came first gets it first.
    ///
    /// * `n_places`: the destination's own number of places; `None`: that of all.
    /// * `budget`: real time left for the lead.
    pub(super) async fn enter(
        &self,
        destination: &str,
        n_places: Option<u32>,
        budget: Duration,
    ) -> Option<Place> {
        let n_places = n_places.and_then(|n| usize::try_from(n.max(1)).ok());
        let n_places = n_places.unwrap_or(self.per_destination);
        let Destination { queue, places, .. } = self.of(destination, n_places);
        let queued = queue.try_acquire_owned().ok()?;
        // The destination's own first: who waits for that holds nothing that others need.
        let both = async {
            Some(Place {
                _queued: queued,
                _own: places.acquire_owned().await.ok()?,
                _of_all: Arc::clone(&self.all).acquire_owned().await.ok()?,
            })
        };
        let longest = WAIT_MAX.min(budget / WAIT_SHARE);
        tokio::time::timeout(longest, both).await.ok().flatten()
    }

    /// Where the number has changed, exchanges under way keep their old places until they end.
    fn of(&self, destination: &str, n_places: usize) -> Destination {
        let mut known = self
            .by_destination
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = known.get(destination);
        if let Some(found) = found.filter(|found| found.n_places == n_places) {
            return found.clone();
        }
        let n_waiting = n_places * WAITING_PER_PLACE;
        let made = Destination {
            n_places,
            queue: Arc::new(Semaphore::new(n_places + n_waiting)),
            places: Arc::new(Semaphore::new(n_places)),
        };
        known.insert(destination.to_owned(), made.clone());
        made
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Of which a wait takes 10 ms.
    const BUDGET: Duration = Duration::from_millis(40);

    fn bulkhead(per_destination: usize, in_all: usize) -> Bulkhead {
        Bulkhead::new(Limits {
            per_destination,
            in_all,
            idle_per_host: 0,
        })
    }

    #[tokio::test]
    async fn a_full_destination_leaves_the_others_alone() {
        let bulkhead = bulkhead(2, 3);
        let held = [
            bulkhead.enter("slow", None, BUDGET).await.unwrap(),
            bulkhead.enter("slow", None, BUDGET).await.unwrap(),
        ];
        assert!(bulkhead.enter("slow", None, BUDGET).await.is_none());
        let other = bulkhead.enter("quick", None, BUDGET).await;
        assert!(other.is_some());
        // Three in all.
        assert!(bulkhead.enter("third", None, BUDGET).await.is_none());
        drop(held);
        assert!(bulkhead.enter("slow", None, BUDGET).await.is_some());
    }

    #[tokio::test]
    async fn a_wait_for_a_place_is_bounded_and_takes_a_part_of_what_the_lead_has_left() {
        let bulkhead = bulkhead(1, 1);
        let held = bulkhead.enter("slow", None, BUDGET).await;
        let started = Instant::now();
        assert!(bulkhead.enter("slow", None, BUDGET).await.is_none());
        assert!(started.elapsed() >= BUDGET / WAIT_SHARE);
        let long = Duration::from_mins(1);
        assert!(bulkhead.enter("slow", None, long).await.is_none());
        assert!(started.elapsed() < long / WAIT_SHARE);
        drop(held);
    }

    #[tokio::test]
    async fn who_finds_too_many_waiting_does_not_wait() {
        let bulkhead = bulkhead(2, 9);
        let _held = [
            bulkhead.enter("slow", None, BUDGET).await,
            bulkhead.enter("slow", None, BUDGET).await,
        ];
        let long = Duration::from_mins(1);
        let started = Instant::now();
        let waiting = (0..2 * WAITING_PER_PLACE).map(|_| bulkhead.enter("slow", None, BUDGET));
        let (waited, at_once) = tokio::join!(
            biased;
            futures_util::future::join_all(waiting),
            async {
                let one_more = bulkhead.enter("slow", None, long).await;
                one_more.is_none() && started.elapsed() < BUDGET / WAIT_SHARE
            },
        );
        assert!(waited.iter().all(Option::is_none));
        assert!(at_once);
    }

    #[tokio::test]
    async fn who_waits_gets_the_place_that_comes_free() {
        let bulkhead = bulkhead(1, 1);
        let held = bulkhead.enter("slow", None, BUDGET).await;
        let long = Duration::from_mins(1);
        let (found, ()) = tokio::join!(bulkhead.enter("slow", None, long), async { drop(held) });
        assert!(found.is_some());
    }
}
