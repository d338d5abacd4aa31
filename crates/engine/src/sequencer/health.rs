//! Whether a lead could be stored at this moment.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::Refused;

/// For how long it is believed that what was stored last could be stored again.
const FRESH: Duration = Duration::from_secs(1);
/// How long an answer about it may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// What the sequencer knows of it, and who asks.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// When something was stored last; absent before, and after a failure.
    stored_at: Mutex<Option<Instant>>,
    /// One question at a time: a hundred who ask are one write.
    asking: tokio::sync::Mutex<()>,
}

impl Health {
    /// Something was stored.
    pub(super) fn stored(&self) {
        self.set(Some(Instant::now()));
    }

    /// Something could not be stored.
    pub(super) fn failed(&self) {
        self.set(None);
    }

    /// Whether a lead could be stored.
    ///
    /// * `probe`: finds out; not asked where something was stored a moment ago.
    ///
    /// # Errors
    ///
    /// Those of `probe`, and [`Refused::Busy`] if it takes too long.
    pub(super) async fn check(
        &self,
        probe: impl Future<Output = Result<(), Refused>>,
    ) -> Result<(), Refused> {
        if self.is_fresh() {
            return Ok(());
        }
        let asked = async {
            let _asking = self.asking.lock().await;
            if self.is_fresh() {
                return Ok(());
            }
            probe.await
        };
        let answer = tokio::time::timeout(ANSWER_MAX, asked).await;
        answer.unwrap_or(Err(Refused::Busy))
    }

    fn is_fresh(&self) -> bool {
        let stored_at = self.stored_at.lock();
        let stored_at = *stored_at.unwrap_or_else(PoisonError::into_inner);
        stored_at.is_some_and(|at| at.elapsed() < FRESH)
    }

    fn set(&self, at: Option<Instant>) {
        *self
            .stored_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = at;
    }
}
