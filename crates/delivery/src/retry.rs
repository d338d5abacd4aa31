//! When an offer that was surely not sent is made again.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::NotSent;

/// Most retries of one offer.
pub(crate) const COUNT_MAX: u32 = 10;
/// Longest wait between two attempts, in milliseconds.
pub(crate) const WAIT_MS_MAX: u32 = 60_000;

/// How often an offer is made again that was surely not sent, and when. No retry is made after the lead's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Most attempts after the first: 1 to 10.
    pub count: u32,
    /// Milliseconds before the first retry; each further wait is twice as long. 10 to 60,000.
    #[serde(default = "default_wait_ms")]
    pub wait_ms: u32,
    /// Longest wait in milliseconds.
    #[serde(default = "default_longest_wait_ms")]
    pub longest_wait_ms: u32,
    /// The part of each wait that is drawn, in percent, so that leads which failed together do not come back
    /// together: 0 to 100.
    #[serde(default = "default_jitter_percent")]
    pub jitter_percent: u32,
}

fn default_wait_ms() -> u32 {
    500
}

fn default_longest_wait_ms() -> u32 {
    10_000
}

fn default_jitter_percent() -> u32 {
    20
}

impl Retry {
    /// How long to wait before an attempt; `None` if there is none after this.
    ///
    /// The same delivery and attempt draw the same wait everywhere. Where the destination asked for a longer one, it
    /// gets that.
    ///
    /// * `n`: number of the attempt that was surely not sent, from 0.
    pub fn wait(&self, delivery_id: &str, n: u32, why: &NotSent) -> Option<Duration> {
        let Self {
            count,
            wait_ms,
            longest_wait_ms,
            jitter_percent,
        } = *self;
        if n >= count || !why.may_pass() {
            return None;
        }
        let doubled = u64::from(wait_ms) << n.min(COUNT_MAX);
        let longest = doubled.min(longest_wait_ms.into());
        let drawn = longest * u64::from(jitter_percent.min(100)) / 100;
        // A draw of 0 to 65,535, in integers so that every machine waits alike.
        let hash = Sha256::digest(format!("{delivery_id}\u{1f}{n}"));
        let draw = u64::from(u16::from_be_bytes([hash[0], hash[1]]));
        let own = Duration::from_millis(longest - drawn * draw / u64::from(u16::MAX));
        let asked = Duration::from_secs(why.retry_after_s().unwrap_or(0));
        Some(own.max(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deferred(retry_after_s: Option<u64>) -> NotSent {
        NotSent::Deferred {
            reason: "status 503".to_owned(),
            retry_after_s,
        }
    }

    const RETRY: Retry = Retry {
        count: 4,
        wait_ms: 100,
        longest_wait_ms: 350,
        jitter_percent: 50,
    };

    #[test]
    fn waits_double_up_to_the_longest_and_part_of_each_is_drawn() {
        let wait = |delivery: &str, n| RETRY.wait(delivery, n, &deferred(None));
        for (n, longest) in [(0, 100), (1, 200), (2, 350), (3, 350)] {
            let waits: Vec<_> = (0..200)
                .map(|i| wait(&format!("dlv_{i}"), n).unwrap().as_millis())
                .collect();
            assert!(
                waits
                    .iter()
                    .all(|wait| (longest / 2..=longest).contains(wait))
            );
            assert!(waits.iter().any(|wait| *wait < longest * 6 / 10));
            assert!(waits.iter().any(|wait| *wait > longest * 9 / 10));
        }
        assert_eq!(wait("dlv_1", 1), wait("dlv_1", 1));
        assert_eq!(wait("dlv_1", 4), None);
    }

    #[test]
    fn a_destination_gets_the_wait_it_asks_for_and_what_cannot_pass_is_not_tried_again() {
        let asked = RETRY.wait("dlv_1", 0, &deferred(Some(7)));
        assert_eq!(asked, Some(Duration::from_secs(7)));
        let blocked = NotSent::Blocked {
            host: "acme.example".to_owned(),
        };
        for why in [blocked, NotSent::NoTime] {
            assert_eq!(RETRY.wait("dlv_1", 0, &why), None);
        }
    }
}
