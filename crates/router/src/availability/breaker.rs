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

impl Breaker {
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.open_until
            .is_some_and(|until| now < until || self.probing)
    }

    /// Failures in a row and until when it rests, if it is open.
    pub(super) fn rest(&self, now: Timestamp) -> Option<(u32, Timestamp)> {
        let until = self.open_until.filter(|_| self.is_open(now))?;
        Some((self.failures, until))
    }

    pub(super) fn reserve(&mut self, now: Timestamp) {
        if self.open_until.is_some_and(|until| now >= until) {
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
