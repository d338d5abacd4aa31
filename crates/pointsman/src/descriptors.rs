//! The limit of open files, divided among connections, offers and the database.

use anyhow::{Context as _, bail};
use pointsman_delivery::Limits;

/// Fewer descriptors than this leave none for leads.
const DESCRIPTORS_MIN: u64 = 128;
/// Fewer descriptors than this are logged, since they limit concurrency.
const DESCRIPTORS_COMFORTABLE: u64 = 1_024;
/// Descriptors for files that are always open, for jobs that read files, and for connections that are being
/// refused.
const RESERVED: u64 = 48;
/// Descriptors of one SQLite connection: the database and its log.
const PER_READER: u64 = 2;
/// Share of offers in the unreserved descriptors, in percent; incoming connections get the rest.
const OFFERS_PERCENT: u64 = 33;
/// Largest share of one destination in all offers, in percent: two destinations that hang leave slots to a
/// third one until their circuit breakers open.
const DESTINATION_PERCENT: u64 = 40;
const OFFERS_MAX: u64 = 4_096;
const INCOMING_MAX: u64 = 16_384;
/// Concurrent offers per idle connection to a destination.
const OFFERS_PER_IDLE: u64 = 64;
/// All that are under way with one destination at the usual setting: a commit sets many offers free at once, and
/// whatever finds no resting connection opens one.
const IDLE_MAX: u64 = 64;

/// Limits that follow from the open files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptors {
    /// Incoming connections.
    pub(crate) incoming: usize,
    /// Concurrent offers and pings.
    pub(crate) limits: Limits,
}

/// Raises the limit of open files as far as the system allows, and divides it.
///
/// * `per_destination`: the setting, at least 1.
/// * `readers`: reading connections to the database.
///
/// # Errors
///
/// The system allows too few to work with.
pub(crate) fn claim(per_destination: u32, readers: u32) -> anyhow::Result<Descriptors> {
    if per_destination == 0 {
        bail!("offers_per_destination_max must be at least 1; the default is 64");
    }
    let allowed =
        rlimit::increase_nofile_limit(u64::MAX).context("raising the limit of open files")?;
    if allowed < DESCRIPTORS_MIN {
        bail!(
            "the limit of open files is {allowed}, but at least {DESCRIPTORS_MIN} are needed; raise it with \
             `ulimit -Hn`, LimitNOFILE= of systemd, or --ulimit nofile= of a container"
        );
    }
    let descriptors = divide(allowed, per_destination, readers);
    let Descriptors { incoming, limits } = descriptors;
    if allowed < DESCRIPTORS_COMFORTABLE {
        tracing::warn!(
            allowed,
            incoming,
            offers = limits.in_all,
            offers_per_destination = limits.per_destination,
            "the limit of open files is low and limits concurrency; {DESCRIPTORS_COMFORTABLE} are usual"
        );
    }
    Ok(descriptors)
}

fn divide(allowed: u64, per_destination: u32, readers: u32) -> Descriptors {
    let reserved = RESERVED + PER_READER * u64::from(readers);
    let spare = allowed.saturating_sub(reserved);
    let offers = (spare * OFFERS_PERCENT / 100).clamp(2, OFFERS_MAX);
    let incoming = spare.saturating_sub(offers);
    let per_destination = u64::from(per_destination)
        .min(offers * DESTINATION_PERCENT / 100)
        .max(1);
    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Descriptors {
        incoming: size(incoming.clamp(8, INCOMING_MAX)),
        limits: Limits {
            per_destination: size(per_destination),
            in_all: size(offers),
            idle_per_host: size((offers / OFFERS_PER_IDLE).min(IDLE_MAX)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_and_offers_stay_within_the_limit_of_open_files() {
        for allowed in [128, 256, 512, 1_024, 4_096, 65_536, 1 << 20, u64::MAX / 100] {
            for readers in [1, 8] {
                let found = divide(allowed, 64, readers);
                let Descriptors { incoming, limits } = found;
                let under_way = incoming as u64 + limits.in_all as u64;
                assert!(under_way + RESERVED <= allowed, "{allowed}: {found:?}");
                assert!(limits.per_destination * 2 <= limits.in_all, "{found:?}");
                assert!(limits.per_destination <= 64);
            }
        }
    }

    #[test]
    fn with_many_descriptors_a_destination_gets_its_setting() {
        let found = divide(4_096, 64, 8);
        assert_eq!(found.limits.per_destination, 64);
        assert_eq!(divide(4_096, 7, 8).limits.per_destination, 7);
    }
}
