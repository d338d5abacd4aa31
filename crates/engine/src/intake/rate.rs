//! How many leads a source may send in a minute.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const MINUTE: Duration = Duration::from_mins(1);
/// Sources that are remembered. Those that have sent nothing for a minute are forgotten first.
const SOURCES_MAX: usize = 10_000;

/// The rates of all sources, as this process sees them. Clones are the same rates.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceRates(Arc<Mutex<BTreeMap<String, Bucket>>>);

/// A bucket that holds a minute's leads and fills up steadily: a pause may be made up for, and no more than that.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Part of a minute's leads that are taken out, as the time in which they come back.
    owed: Duration,
    /// The time in which one lead comes back.
    each: Duration,
    at: Instant,
}

impl Bucket {
    /// What is owed by now, where one lead comes back in `each`: another limit counts the same leads.
    fn owed(&self, now: Instant, each: Duration) -> Duration {
        let owed = self
            .owed
            .saturating_sub(now.saturating_duration_since(self.at));
        if each == self.each {
            return owed;
        }
        let nanos = owed.as_nanos() * each.as_nanos() / self.each.as_nanos().max(1);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

impl SourceRates {
    /// Takes one lead of a source into account.
    ///
    /// * `per_minute`: leads that it may send, at least 1.
    ///
    /// # Errors
    ///
    /// How long it is to wait; the lead does not count then.
    pub(crate) fn take(&self, source: &str, per_minute: u32, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = MINUTE / per_minute.max(1);
        let known = buckets.get(source);
        let owed = known.map_or(Duration::ZERO, |bucket| bucket.owed(now, one)) + one;
        let beyond = owed.saturating_sub(MINUTE);
        if !beyond.is_zero() {
            return Err(beyond);
        }
        if known.is_none() && buckets.len() >= SOURCES_MAX {
            buckets.retain(|_, bucket| !bucket.owed(now, bucket.each).is_zero());
        }
        let (each, at) = (one, now);
        buckets.insert(source.to_owned(), Bucket { owed, each, at });
        Ok(())
    }

    /// Gives back what a lead took that comes again.
    pub(crate) fn give_back(&self, source: &str, per_minute: u32, now: Instant) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(source) {
            let each = MINUTE / per_minute.max(1);
            let owed = bucket.owed(now, each).saturating_sub(each);
            *bucket = Bucket {
                owed,
                each,
                at: now,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_leads_may_come_at_once_and_then_one_after_the_other() {
        let (rates, start) = (SourceRates::default(), Instant::now());
        let take = |source, after| rates.take(source, 60, start + Duration::from_secs(after));
        for _ in 0..60 {
            assert_eq!(take("web", 0), Ok(()));
        }
        assert_eq!(take("web", 0), Err(Duration::from_secs(1)));
        assert_eq!(take("other", 0), Ok(()), "each source has its own");
        rates.give_back("web", 60, start);
        assert_eq!(take("web", 0), Ok(()));
        assert!(take("web", 0).is_err());
        assert_eq!(take("web", 1), Ok(()));
        assert_eq!(take("web", 1), Err(Duration::from_secs(1)));
        // Whoever is refused waits no longer for it, and a long pause is worth one minute.
        for _ in 0..60 {
            assert_eq!(take("web", 3_600), Ok(()));
        }
        assert!(take("web", 3_600).is_err());
    }

    #[test]
    fn never_more_than_two_minutes_of_leads_in_any_minute() {
        let (rates, start) = (SourceRates::default(), Instant::now());
        let mut taken: Vec<u64> = Vec::new();
        for milli in (0..300_000).step_by(100) {
            if rates
                .take("web", 7, start + Duration::from_millis(milli))
                .is_ok()
            {
                taken.push(milli);
            }
        }
        let most = taken.iter().map(|from| {
            let within = taken
                .iter()
                .filter(|at| (*from..from + 60_000).contains(at));
            within.count()
        });
        assert!(most.max().unwrap() <= 14);
        assert!((5 * 7..=6 * 7).contains(&taken.len()), "{}", taken.len());
    }
}
