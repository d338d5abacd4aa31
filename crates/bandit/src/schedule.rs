//! When weights are computed anew.

/// Shortest time between two looks at what is known, in microseconds.
pub const EVERY_MICROS: i64 = 1_000_000;

/// Longest time between two looks at all segments, in microseconds: young leads grow up, and what they have not brought by
/// then says something too.
pub const QUIET_MICROS: i64 = 600_000_000;

/// The looks of a learner in the time of a log, as the service makes them in its own: soon after something was observed, not
/// more often than so, and at all segments now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    every: i64,
    quiet: i64,
    /// The earliest moment of the next look.
    next: i64,
    all_due: i64,
}

/// A moment at which weights are computed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookAt {
    /// Epoch microseconds.
    pub at: i64,
    /// Whether all segments are looked at, or those in which something was observed since the last look.
    pub is_all: bool,
}

impl Schedule {
    /// * `begin`: the first look, at all segments; epoch microseconds.
    /// * `every`: shortest time between two looks, at least 1; that of the service is [`EVERY_MICROS`].
    pub fn new(begin: i64, every: i64) -> Self {
        let every = every.max(1);
        Self {
            every,
            quiet: QUIET_MICROS.max(every),
            next: begin,
            all_due: begin,
        }
    }

    /// The next look, if it comes at a moment or before; it counts as made.
    ///
    /// * `observed_at`: when something was observed first since the last look.
    pub fn next_until(&mut self, moment: i64, observed_at: Option<i64>) -> Option<LookAt> {
        let wanted = observed_at.map_or(self.all_due, |at| at.min(self.all_due));
        let at = wanted.max(self.next);
        if at > moment {
            return None;
        }
        let is_all = self.all_due <= at;
        if is_all {
            self.all_due = at.saturating_add(self.quiet);
        }
        self.next = at.saturating_add(self.every);
        Some(LookAt { at, is_all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn looks_follow_observations_and_come_by_themselves() {
        let mut schedule = Schedule::new(0, EVERY_MICROS);
        let all = |at| Some(LookAt { at, is_all: true });
        let some = |at| Some(LookAt { at, is_all: false });
        assert_eq!(schedule.next_until(0, None), all(0));
        assert_eq!(schedule.next_until(0, Some(0)), None);
        // Half a second after the first look: it waits until a second is over.
        assert_eq!(
            schedule.next_until(5 * SECOND, Some(SECOND / 2)),
            some(SECOND)
        );
        assert_eq!(
            schedule.next_until(5 * SECOND, Some(4 * SECOND)),
            some(4 * SECOND)
        );
        assert_eq!(schedule.next_until(599 * SECOND, None), None);
        assert_eq!(schedule.next_until(2_000 * SECOND, None), all(600 * SECOND));
        assert_eq!(
            schedule.next_until(2_000 * SECOND, None),
            all(1_200 * SECOND)
        );
    }

    #[test]
    fn a_slow_schedule_looks_at_all_each_time() {
        let hour = 3_600 * SECOND;
        let mut schedule = Schedule::new(0, hour);
        for n in 0..3 {
            let look = LookAt {
                at: n * hour,
                is_all: true,
            };
            assert_eq!(schedule.next_until(2 * hour, Some(0)), Some(look));
        }
        assert_eq!(schedule.next_until(2 * hour, Some(0)), None);
    }
}
