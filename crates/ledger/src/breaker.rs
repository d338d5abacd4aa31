//! Breakers: a destination that fails again and again rests for a while.

use pointsman_lead::{Answer, Timestamp};
use serde::{Deserialize, Serialize};

/// Failures in a row that open a breaker.
pub const FAILURES_MAX: u32 = 5;

/// How long an open breaker rests before it lets a single offer try, in microseconds.
pub const OPEN_MICROS: i64 = 30_000_000;

/// Closed until [`FAILURES_MAX`] failures in a row; then open for [`OPEN_MICROS`]; then half open:
/// one offer at a time may try, its success closes the breaker and its failure opens it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Breaker {
    failures: u32,
    open_until: Option<Timestamp>,
    probing: bool,
}

/// Whether a rest until then still lasts. A rest that seems longer than any rest is over: it was begun by a clock
/// that has been set back since.
fn rests(until: Timestamp, now: Timestamp) -> bool {
    let left = until.0.saturating_sub(now.0);
    0 < left && left <= OPEN_MICROS
}

/// Why an open breaker lets no offer pass.
pub(crate) struct Rest {
    /// Failures in a row.
    pub(crate) failures: u32,
    /// Until when the destination rests.
    pub(crate) until: Timestamp,
    /// Whether that is over, and a single offer that tries it awaits its answer.
    pub(crate) probing: bool,
}

impl Breaker {
    /// The rest of the destination; `None` if it may be offered leads.
    pub(crate) fn rest(&self, now: Timestamp) -> Option<Rest> {
        let until = self.open_until?;
        let resting = rests(until, now);
        (resting || self.probing).then_some(Rest {
            failures: self.failures,
            until,
            probing: !resting,
        })
    }

    pub(crate) fn reserve(&mut self, now: Timestamp) {
        if self.open_until.is_some_and(|until| !rests(until, now)) {
            self.probing = true;
        }
    }

    pub(crate) fn settle(&mut self, answer: Answer, failed: bool, now: Timestamp) {
        if failed {
            self.failures = self.failures.saturating_add(1);
            self.probing = false;
            if self.failures >= FAILURES_MAX {
                self.open_until = Some(now.plus(OPEN_MICROS));
            }
        } else if matches!(answer, Answer::Accepted | Answer::Rejected) {
            *self = Self::default();
        } else {
            // An interruption of our own says nothing about the destination, but its probe is over.
            self.probing = false;
        }
    }

    /// Whether it holds nothing worth keeping.
    pub(crate) fn is_fresh(&self) -> bool {
        *self == Self::default()
    }
}
