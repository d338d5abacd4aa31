//! How many files and connections this process may have open, and who gets how many of them.

use anyhow::{Context as _, bail};
use pointsman_delivery::Limits;

/// Fewer than this leave no room for leads beside the database.
const DESCRIPTORS_MIN: u64 = 128;
/// Fewer than this are told, since they bound what can be under way at once.
const DESCRIPTORS_COMFORTABLE: u64 = 1_024;
/// For what is open in any case, for jobs that read files, and for connections that are about to be refused.
const RESERVED: u64 = 48;
/// Of one database connection on SQLite: the file and its log.
const PER_READER: u64 = 2;
/// The part of what is not reserved that offers get, in hundredths; those who bring leads get the rest.
const OFFERS_PERCENT: u64 = 33;
/// The part of all offers that one destination may have at most, in hundredths: two that hang leave something to a third
/// while their breakers still wait.
const DESTINATION_PERCENT: u64 = 40;
const OFFERS_MAX: u64 = 4_096;
const INCOMING_MAX: u64 = 16_384;
/// An idle connection to a destination for this many offers that may be under way.
const OFFERS_PER_IDLE: u64 = 64;
const IDLE_MAX: u64 = 16;

/// What may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptors {
    /// Connections of those who bring leads.
    pub(crate) incoming: usize,
    /// Offers and pings.
    pub(crate) limits: Limits,
}

/// Asks the system for as many as it allows, and divides them.
///
/// * `per_destination`: the setting, at least 1.
/// * `readers`: connections to the database that read.
///
/// # Errors
///
/// The system allows too few to work with.
pub(crate) fn claim(per_destination: u32, readers: u32) -> anyhow::Result<Descriptors> {
    if per_destination == 0 {
        bail!("offers_per_destination_max: 0 offers reach nobody; 64 is the default");
    }
    let allowed = rlimit::increase_nofile_limit(u64::MAX)
        .context("asking how many files this process may open")?;
    if allowed < DESCRIPTORS_MIN {
        bail!(
            "this process may open {allowed} files and needs {DESCRIPTORS_MIN} at the least; allow more with \
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
            "this process may open few files, so little can be under way at once; {DESCRIPTORS_COMFORTABLE} are usual"
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
    fn what_is_under_way_fits_into_what_may_be_open() {
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
    fn many_descriptors_give_a_destination_what_its_setting_says() {
        let found = divide(4_096, 64, 8);
        assert_eq!(found.limits.per_destination, 64);
        assert_eq!(divide(4_096, 7, 8).limits.per_destination, 7);
    }
}
