//! Looking again whenever there may be something new.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::{Context, Result};
use futures_util::{Stream, stream};
use pointsman_engine::Reached;
use tokio::sync::{Semaphore, watch};

use crate::graphql::{asking::Asking as _, fault};

/// Least real time between two looks.
const REST_MIN: Duration = Duration::from_secs(1);
/// Between two looks there is so many times as long as one took.
const REST_TIMES: u32 = 20;
/// The same after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(10);
/// Most looks at once: whoever follows something leaves the database to requests.
const LOOKS_MAX: usize = 4;

/// Looks that all subscriptions of a server share. Clones are the same.
#[derive(Debug, Clone)]
pub(in crate::graphql) struct Looks(Arc<Semaphore>);

impl Default for Looks {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LOOKS_MAX)))
    }
}

/// What a look finds.
pub(super) enum Found<Update> {
    /// Nothing that was not told.
    Nothing,
    /// Something to tell.
    Update(Update),
    /// The last thing that there will be to tell.
    Last(Update),
    /// That there is nothing to follow any more.
    End,
}

/// Something that changes.
pub(super) trait Watched: Send + 'static {
    /// What is told of it.
    type Update: Send + 'static;

    /// How long to wait at most before it is looked at again, although nothing says that it has changed.
    const LOOK_AGAIN_AFTER: Duration;

    /// A number that is another one once it may have changed.
    fn sign(reached: Reached) -> i64;

    /// Looks at it.
    fn look(&mut self) -> impl Future<Output = Result<Found<Self::Update>>> + Send;
}

/// Follows something: how it is now, and how it is after each change, the newest alone.
pub(super) fn watch<W: Watched>(
    context: &Context<'_>,
    what: W,
) -> Result<impl Stream<Item = Result<W::Update>> + use<W>> {
    let watching = Watching {
        what,
        reached: context.engine()?.reached(),
        looks: context
            .data::<Looks>()
            .map_err(|_| fault::internal())?
            .clone(),
        seen: None,
        rest: Duration::ZERO,
    };
    Ok(stream::unfold(Some(watching), Watching::next))
}

struct Watching<W> {
    what: W,
    reached: watch::Receiver<Reached>,
    looks: Looks,
    /// The sign at the last look; none before the first, and after one that failed.
    seen: Option<i64>,
    /// How long to rest before the next look.
    rest: Duration,
}

impl<W: Watched> Watching<W> {
    /// The next thing to tell.
    async fn next(watching: Option<Self>) -> Option<(Result<W::Update>, Option<Self>)> {
        let mut watching = watching?;
        loop {
            watching.wait().await;
            match watching.look().await {
                Ok(Found::Nothing) => {}
                Ok(Found::Update(update)) => return Some((Ok(update), Some(watching))),
                Ok(Found::Last(update)) => return Some((Ok(update), None)),
                Ok(Found::End) => return None,
                // It may answer the next time, and nobody has to subscribe again.
                Err(error) if fault::is_unavailable(&error) => {
                    (watching.seen, watching.rest) = (None, AFTER_ERROR);
                }
                Err(error) => return Some((Err(error), None)),
            }
        }
    }

    /// Waits until it may have changed.
    async fn wait(&mut self) {
        tokio::time::sleep(self.rest).await;
        let Some(seen) = self.seen else {
            return;
        };
        let changed = self.reached.wait_for(|reached| W::sign(*reached) != seen);
        // Whatever comes of it, a look is due.
        let _ = tokio::time::timeout(W::LOOK_AGAIN_AFTER, changed).await;
    }

    async fn look(&mut self) -> Result<Found<W::Update>> {
        let place = self.looks.0.acquire().await;
        // Read before the look: what is committed meanwhile is looked at once more.
        self.seen = Some(W::sign(*self.reached.borrow_and_update()));
        let began = Instant::now();
        let found = self.what.look().await;
        self.rest = REST_MIN.max(began.elapsed() * REST_TIMES);
        drop(place);
        found
    }
}
