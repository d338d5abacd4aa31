//! How far a long reading of history is, on the log.

use std::time::{Duration, Instant};

/// Between two lines on the log.
const EVERY: Duration = Duration::from_secs(10);

/// Says now and then how far a reading of history has come. What is read quickly says nothing.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    until: i64,
    last: Instant,
}

impl Progress {
    /// One that stands at the beginning.
    ///
    /// * `what`: what is made of history, a noun.
    /// * `until`: the last number in commit order.
    pub fn new(what: &'static str, until: i64) -> Self {
        Self {
            what,
            until,
            last: Instant::now(),
        }
    }

    /// Takes note that everything up to a number in commit order was read.
    pub fn at(&mut self, number: i64) {
        if self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        let Self { what, until, .. } = self;
        let percent = number.saturating_mul(100) / (*until).max(1);
        tracing::info!(
            number,
            until,
            "folding history into the {what}: {percent} %"
        );
    }
}
