//! The service's clock: the machine's wall clock, read each time it is asked, or one made faster for a demonstration.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use pointsman_lead::Timestamp;

mod behind;

pub use behind::{ClockBehind, span};

/// Tells the time that leads, caps, schedules and learning live in.
///
/// It may step back, as the machine's own clock may: what must be in order goes by numbers and never by
/// times. Network deadlines do not use it: they stay real time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    /// Nothing is kept from the start of the process: it would know neither of a machine that slept nor
    /// of a clock that was put right.
    Wall {
        /// By how many microseconds the clock that several machines share is ahead of this one's.
        ahead: Arc<AtomicI64>,
    },
    Fast {
        base: Timestamp,
        started: Instant,
        rate: u32,
        /// Since when it runs as real time does, and what it showed then.
        slowed: Arc<OnceLock<(Instant, Timestamp)>>,
    },
    Manual(ManualClock),
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(Source::Wall {
            ahead: Arc::default(),
        })
    }

    /// A clock that shows `base` now and runs `rate` times as fast as real time.
    pub fn fast(base: Timestamp, rate: u32) -> Self {
        Self(Source::Fast {
            base,
            started: Instant::now(),
            rate,
            slowed: Arc::default(),
        })
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::Wall { ahead } => wall(SystemTime::now()).plus(ahead.load(Ordering::Relaxed)),
            Source::Fast {
                base,
                started,
                rate,
                slowed,
            } => match slowed.get() {
                Some((since, at)) => at.plus(micros_since(*since)),
                None => base.plus(micros_since(*started).saturating_mul(i64::from(*rate))),
            },
            Source::Manual(clock) => clock.now(),
        }
    }

    /// Goes by the clock of a database from now on, which all processes that serve from it share. A clock that is not
    /// the machine's goes on as it does.
    ///
    /// * `now`: what that clock shows at this moment.
    pub fn follow(&self, now: Timestamp) {
        if let Source::Wall { ahead } = &self.0 {
            let own = wall(SystemTime::now());
            ahead.store(now.0.saturating_sub(own.0), Ordering::Relaxed);
        }
    }

    /// Lets a fast clock, and all its clones, go on from what it shows at the pace of real time. Another clock goes on
    /// as it does.
    pub fn slow_down(&self) {
        if let Source::Fast { slowed, .. } = &self.0 {
            slowed.get_or_init(|| (Instant::now(), self.now()));
        }
    }

    /// Whether it is the machine's clock, or the one that machines share.
    pub fn is_real(&self) -> bool {
        matches!(self.0, Source::Wall { .. })
    }

    /// How many times as fast as real time it runs.
    pub fn rate(&self) -> u32 {
        match &self.0 {
            Source::Fast { rate, slowed, .. } if slowed.get().is_none() => *rate,
            Source::Fast { .. } | Source::Wall { .. } | Source::Manual(_) => 1,
        }
    }
}

/// Real time since a moment, in microseconds.
fn micros_since(moment: Instant) -> i64 {
    i64::try_from(moment.elapsed().as_micros()).unwrap_or(i64::MAX)
}

/// The machine's time, also of a machine that believes to be before 1970.
fn wall(now: SystemTime) -> Timestamp {
    let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Timestamp(match now.duration_since(UNIX_EPOCH) {
        Ok(since) => micros(since),
        Err(before) => -micros(before.duration()),
    })
}

/// A clock that stands still until somebody sets it. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows this time.
    pub fn new(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.0)))
    }

    /// Shows another time from now on, later or earlier.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::SeqCst);
    }

    /// The time that it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

impl From<&ManualClock> for Clock {
    fn from(clock: &ManualClock) -> Self {
        Self(Source::Manual(clock.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_may_believe_to_be_before_1970() {
        let second = Duration::from_secs(1);
        assert_eq!(wall(UNIX_EPOCH + second), Timestamp(1_000_000));
        assert_eq!(wall(UNIX_EPOCH - second), Timestamp(-1_000_000));
    }

    #[test]
    fn a_fast_clock_that_slows_down_goes_on_from_what_it_shows() {
        let clock = Clock::fast(Timestamp(0), 1_000_000_000);
        let clone = clock.clone();
        std::thread::sleep(Duration::from_millis(2));
        clock.slow_down();
        let at = clone.now();
        // Two milliseconds at that pace are more than three weeks.
        assert!(at.0 >= 2_000_000_000_000, "{at}");
        clock.slow_down();
        // At the old pace, the microseconds between the two would be hours.
        assert!(clone.now().0 - at.0 < 3_600_000_000, "{at}");
        assert_eq!(clone.rate(), 1);
    }

    #[test]
    fn a_clock_follows_whoever_sets_it_back() {
        let hand = ManualClock::new(Timestamp(100));
        let clock = Clock::from(&hand);
        hand.set(Timestamp(-5));
        assert_eq!(clock.now(), Timestamp(-5));
    }
}
