//! A breaker keeps leads away from a destination that keeps failing.

use pointsman_lead::Timestamp;

use super::Settlement;
use crate::Answer;

/// Failures in a row that open a breaker.
pub const FAILURES_MAX: u32 = 5;

/// How long an open breaker rests before it lets a single offer try, in microseconds.
pub const OPEN_MICROS: i64 = 30_000_000;

/// Closed until [`FAILURES_MAX`] failures in a row; then open for [`OPEN_MICROS`]; then half open:
/// one offer at a time may try, its success closes the breaker and its failure opens it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Breaker {
    failures: u32,
    open_until: Option<Timestamp>,
    probing: bool,
}

/// Whether a rest until then still lasts. One that is longer than any rest was begun by a clock that has
/// been set back since, and is over.
fn rests(until: Timestamp, now: Timestamp) -> bool {
    let left = until.0.saturating_sub(now.0);
    0 < left && left <= OPEN_MICROS
}

impl Breaker {
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.open_until
            .is_some_and(|until| rests(until, now) || self.probing)
    }

    /// Failures in a row, until when it rests, and whether that is over and a single offer tries it; if
    /// it is open.
    pub(super) fn rest(&self, now: Timestamp) -> Option<(u32, Timestamp, bool)> {
        let until = self.open_until.filter(|_| self.is_open(now))?;
        Some((self.failures, until, !rests(until, now)))
    }

    pub(super) fn reserve(&mut self, now: Timestamp) {
        if self.open_until.is_some_and(|until| !rests(until, now)) {
            self.probing = true;
        }
    }

    pub(super) fn settle(&mut self, settlement: Settlement, now: Timestamp) {
        let Settlement { answer, failed } = settlement;
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
    pub(super) fn is_fresh(&self) -> bool {
        *self == Self::default()
    }
}
