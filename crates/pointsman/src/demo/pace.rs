//! How fast the demonstration's world passes.

use std::time::Duration;

use pointsman_history::Clock;
use pointsman_lead::Timestamp;
use pointsman_testkit::{GeneratedLead, World};

/// Days over which the leads come: twice as long as the slowest sales take.
pub(super) const DAYS: u32 = 45;

/// Leads a second of real time, on average; noon brings more than twice as many.
const LEADS_PER_SECOND: u64 = 300;
/// The shortest run, so that there are a few allocations to learn by.
const SHORTEST: Duration = Duration::from_secs(4);
/// Real time to get everything ready before the first lead comes.
const HEAD_START: Duration = Duration::from_secs(2);

/// The leads of a seed, in the order in which they come.
pub(super) fn leads(seed: u64, n: u64) -> (World, Vec<GeneratedLead>) {
    let world = World::new(seed).over_days(DAYS);
    (world, world.leads(n).collect())
}

/// A clock by which all days pass while the leads are sent, starting just before the first of them.
pub(super) fn clock(leads: &[GeneratedLead]) -> Clock {
    let n_leads = u64::try_from(leads.len()).unwrap_or(u64::MAX);
    let seconds = (n_leads / LEADS_PER_SECOND).max(SHORTEST.as_secs());
    let rate = u64::from(DAYS) * 86_400 / seconds;
    let rate = u32::try_from(rate.max(1)).unwrap_or(u32::MAX);
    let first = leads.first().map_or(Timestamp(0), |lead| lead.at);
    let head_start = i64::try_from(HEAD_START.as_micros()).unwrap_or(0);
    Clock::fast(first.plus(-head_start * i64::from(rate)), rate)
}

/// The most leads that zenith takes a day: less than busy days would bring it.
pub(super) fn zenith_a_day(n_leads: u64) -> u64 {
    (n_leads / u64::from(DAYS) * 55 / 100).max(1)
}

/// Waits until the clock shows `at`; not at all if it is past that.
pub(super) async fn until(clock: &Clock, at: Timestamp) {
    let ahead = u64::try_from(at.0 - clock.now().0).unwrap_or(0);
    if ahead > 0 {
        tokio::time::sleep(Duration::from_micros(ahead / u64::from(clock.rate()))).await;
    }
}
