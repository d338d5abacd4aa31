//! Whether a clock can be believed: it cannot, where it lies far behind what was stored last.

use std::fmt;

use pointsman_lead::Timestamp;
use pointsman_store::{AcceptedClockRow, Error, LastMoment, Store};

/// How far a clock may lie behind what was stored last before a person has to look, in microseconds:
/// five minutes. Machines that keep their clocks by NTP differ by far less.
const BEHIND_MAX: i64 = 5 * 60 * 1_000_000;

/// A clock that shows a time long before the last one that was stored. One of the two is wrong, and
/// only a person knows which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockBehind {
    /// The last number in commit order.
    seq: i64,
    /// The time stored with it, or the clock that was accepted after it.
    pub stored_at: Timestamp,
    /// What the clock shows.
    pub now: Timestamp,
}

impl ClockBehind {
    /// Holds a clock against what was stored last, or was accepted since; `None` if it can be believed.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find(store: &Store, now: Timestamp) -> Result<Option<Self>, Error> {
        let read = store.read();
        let Some(LastMoment { seq, at }) = read.last_moment().await? else {
            return Ok(None);
        };
        let accepted = read.accepted_clock(seq).await?;
        let stored_at = Timestamp(accepted.map_or(at, |row| row.accepted_at));
        let behind = stored_at.0.saturating_sub(now.0);
        Ok((behind > BEHIND_MAX).then_some(Self {
            seq,
            stored_at,
            now,
        }))
    }

    /// Notes that the clock is right all the same, so that the next start believes it too.
    ///
    /// # Errors
    ///
    /// [`Error::ReadOnly`], [`Error::Unavailable`].
    pub(crate) async fn accept(&self, store: &Store) -> Result<(), Error> {
        let row = AcceptedClockRow {
            seq: self.seq,
            stored_at: self.stored_at.0,
            accepted_at: self.now.0,
        };
        store
            .write(|tx| Box::pin(async move { tx.accept_clock(row).await }))
            .await
    }
}

impl fmt::Display for ClockBehind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stored_at, now, .. } = self;
        let span = span(stored_at.0.saturating_sub(now.0));
        write!(
            formatter,
            "the clock shows {now}, {span} before the last stored time {stored_at}"
        )
    }
}

/// A length of time in words, as coarse as a person would say it.
///
/// * `micros`: at least 0.
pub fn span(micros: i64) -> String {
    const SECOND: i64 = 1_000_000;
    let units = [
        (24 * 3_600 * SECOND, "days"),
        (3_600 * SECOND, "hours"),
        (60 * SECOND, "minutes"),
    ];
    let coarse = units.into_iter().find(|(length, _)| micros >= 2 * length);
    let (length, word) = coarse.unwrap_or((SECOND, "seconds"));
    format!("{} {word}", micros / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_unit_that_a_person_would_take() {
        const HOUR: i64 = 3_600_000_000;
        let told = [HOUR / 60, HOUR / 2, 47 * HOUR, 400 * 24 * HOUR, i64::MAX].map(span);
        assert_eq!(
            told,
            [
                "60 seconds",
                "30 minutes",
                "47 hours",
                "400 days",
                "106751991 days"
            ]
        );
    }
}
