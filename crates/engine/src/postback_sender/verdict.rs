//! What an answer of a tracker means, and when a postback is sent again.

use std::time::Duration;

use pointsman_delivery::{Exchange, NotSent, Outcome};

/// Seconds before each attempt after the first.
const WAITS_S: [u64; 8] = [5, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];
/// The part of each wait that is drawn, in percent, so that what failed together does not come back together.
const JITTER_PERCENT: u64 = 20;
/// Longest wait that a tracker may ask for, in seconds.
const ASKED_MAX_S: u64 = 86_400;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The tracker took it.
    Delivered,
    /// It did not now.
    Again { wait: Duration, error: String },
    /// It never will.
    Refused { error: String },
    /// It did not often enough.
    GivenUp { error: String },
}

impl Verdict {
    /// The word by which attempts are counted.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Again { .. } => "again",
            Self::Refused { .. } => "refused",
            Self::GivenUp { .. } => "given_up",
        }
    }
}

/// What an exchange means.
///
/// * `n_before`: how often it was tried before on this schedule.
/// * `draw`: chance, for the wait.
pub(super) fn verdict(exchange: &Exchange, n_before: i64, draw: u16) -> Verdict {
    let error = error_of(exchange);
    let may_pass = match exchange.status {
        Some(200..=299) => return Verdict::Delivered,
        Some(408 | 429 | 500..=599) => true,
        Some(_) => false,
        None => !matches!(
            &exchange.outcome,
            Outcome::NotSent {
                why: NotSent::Blocked { .. } | NotSent::Unbuildable { .. }
            }
        ),
    };
    if !may_pass {
        return Verdict::Refused { error };
    }
    let own = usize::try_from(n_before).ok().and_then(|n| WAITS_S.get(n));
    let Some(own) = own else {
        return Verdict::GivenUp { error };
    };
    let longest = Duration::from_secs(*own);
    let drawn = longest * u32::from(draw) / u32::from(u16::MAX);
    let own = longest.saturating_sub(drawn * u32::try_from(JITTER_PERCENT).unwrap_or(0) / 100);
    let asked = Duration::from_secs(asked_s(&exchange.outcome).min(ASKED_MAX_S));
    Verdict::Again {
        wait: own.max(asked),
        error,
    }
}

/// Whole seconds that a tracker asked us to wait.
fn asked_s(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Rejected { retry_after_s, .. } => retry_after_s.unwrap_or(0),
        Outcome::NotSent { why } => why.retry_after_s().unwrap_or(0),
        Outcome::Accepted { .. } | Outcome::Unknown { .. } => 0,
    }
}

/// What was in the way, in words.
fn error_of(exchange: &Exchange) -> String {
    match (&exchange.status, &exchange.outcome) {
        (Some(status), _) => format!("status {status}"),
        (None, Outcome::NotSent { why }) => why.to_string(),
        (None, Outcome::Unknown { why }) => why.to_string(),
        (None, outcome) => outcome.class().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use pointsman_delivery::Unknown;

    use super::*;

    fn answered(status: u16, retry_after_s: Option<u64>) -> Exchange {
        Exchange {
            outcome: Outcome::Rejected {
                reason: String::new(),
                busy: true,
                retry_after_s,
            },
            status: Some(status),
            latency_ms: 3,
            response_excerpt: None,
            note: None,
            reference: None,
        }
    }

    fn unanswered(outcome: Outcome) -> Exchange {
        Exchange {
            outcome,
            status: None,
            ..answered(0, None)
        }
    }

    #[test]
    fn a_status_says_whether_it_is_sent_again() {
        for (status, word) in [
            (200, "delivered"),
            (204, "delivered"),
            (302, "refused"),
            (400, "refused"),
            (404, "refused"),
            (408, "again"),
            (429, "again"),
            (500, "again"),
            (503, "again"),
        ] {
            let found = verdict(&answered(status, None), 0, 0);
            assert_eq!(found.word(), word, "{status}");
        }
    }

    #[test]
    fn what_never_reached_a_tracker_is_sent_again_unless_it_never_can() {
        let blocked = NotSent::Blocked {
            host: "a.example".to_owned(),
        };
        for (outcome, word) in [
            (
                Outcome::NotSent {
                    why: NotSent::TimedOut,
                },
                "again",
            ),
            (
                Outcome::Unknown {
                    why: Unknown::TimedOut,
                },
                "again",
            ),
            (Outcome::NotSent { why: blocked }, "refused"),
        ] {
            assert_eq!(verdict(&unanswered(outcome), 0, 0).word(), word);
        }
    }

    #[test]
    fn waits_grow_part_of_each_is_drawn_and_after_the_last_it_is_given_up() {
        let wait = |n_before, draw| match verdict(&answered(503, None), n_before, draw) {
            Verdict::Again { wait, .. } => Some(wait.as_millis()),
            _ => None,
        };
        assert_eq!((wait(0, 0), wait(0, u16::MAX)), (Some(5_000), Some(4_000)));
        assert_eq!(wait(7, 0), Some(86_400_000));
        assert_eq!(wait(8, 0), None);
        assert_eq!(verdict(&answered(503, None), 8, 0).word(), "given_up");
    }

    #[test]
    fn a_tracker_gets_the_wait_that_it_asks_for_up_to_a_day() {
        let wait = |asked| match verdict(&answered(429, Some(asked)), 0, 0) {
            Verdict::Again { wait, .. } => wait.as_secs(),
            _ => 0,
        };
        assert_eq!([wait(1), wait(30), wait(1_000_000)], [5, 30, 86_400]);
    }
}
