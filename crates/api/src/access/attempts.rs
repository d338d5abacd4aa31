//! How often an address may fail to sign in.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures of one address within [`WINDOW`] after which it has to wait.
const FAILURES_MAX: u32 = 5;
/// The same where a proxy stands before the server: everybody has its address.
const FAILURES_MAX_OF_PROXY: u32 = 100;
const WINDOW: Duration = Duration::from_mins(1);
/// Most addresses that are remembered; beyond, those whose window is over are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// Failed attempts to sign in, by address. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts(Arc<Mutex<BTreeMap<IpAddr, Failures>>>);

#[derive(Debug, Clone, Copy)]
struct Failures {
    since: Instant,
    n: u32,
}

impl Attempts {
    /// How long an address has to wait before it may try again; `None` if it may.
    pub(crate) fn wait(&self, address: IpAddr, has_proxy: bool, now: Instant) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = known.get(&address)?;
        let most = if has_proxy {
            FAILURES_MAX_OF_PROXY
        } else {
            FAILURES_MAX
        };
        let left = WINDOW.checked_sub(now.saturating_duration_since(failures.since))?;
        (failures.n >= most && !left.is_zero()).then_some(left)
    }

    /// Notes that an address failed.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |it: &Failures| now.saturating_duration_since(it.since) >= WINDOW;
        if known.len() >= ADDRESSES_MAX {
            known.retain(|_, it| !is_over(it));
        }
        let fresh = Failures { since: now, n: 0 };
        let failures = known.entry(address).or_insert(fresh);
        if is_over(failures) {
            *failures = fresh;
        }
        failures.n = failures.n.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn an_address_waits_for_the_rest_of_a_minute_after_five_failures_and_others_do_not() {
        let (attempts, began) = (Attempts::default(), Instant::now());
        let (one, other) = (
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V4(Ipv4Addr::BROADCAST),
        );
        for n in 0..5 {
            assert_eq!(attempts.wait(one, false, began), None, "failure {n}");
            attempts.failed(one, began);
        }
        let later = began + Duration::from_secs(20);
        assert_eq!(
            attempts.wait(one, false, later),
            Some(Duration::from_secs(40))
        );
        assert_eq!(attempts.wait(other, false, later), None);
        // Behind a proxy everybody has this address.
        assert_eq!(attempts.wait(one, true, later), None);
        let over = began + Duration::from_mins(1);
        assert_eq!(attempts.wait(one, false, over), None);
        attempts.failed(one, over);
        assert_eq!(attempts.wait(one, false, over), None);
    }
}
