//! The service's clock: real time, or real time made faster for a demonstration.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use pointsman_lead::Timestamp;

/// Tells the time that leads, caps, schedules and learning live in.
///
/// Network deadlines do not use it: they stay real time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    base: Timestamp,
    started: Instant,
    rate: u32,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let micros = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        Self::from(Timestamp(micros), 1)
    }

    /// A clock that shows `base` now and runs `rate` times as fast as real time.
    pub fn from(base: Timestamp, rate: u32) -> Self {
        Self {
            base,
            started: Instant::now(),
            rate,
        }
    }

    /// The present moment. Never earlier than an answer before it.
    pub fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.base.plus(elapsed.saturating_mul(i64::from(self.rate)))
    }

    /// How many times as fast as real time it runs.
    pub fn rate(&self) -> u32 {
        self.rate
    }
}
