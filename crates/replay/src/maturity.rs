//! Leads that may still bring something: money often comes days after the lead.

use std::collections::BTreeMap;

use pointsman_lead::Timestamp;

const HOUR_MICROS: i64 = 3_600_000_000;

/// How long a lead may take to bring what it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maturity {
    /// The attribution window, in microseconds, at least 0.
    pub window_micros: i64,
    /// Up to when outcomes are in the log; none: up to its newest lead.
    pub observed_until: Option<Timestamp>,
}

impl Maturity {
    /// The window that a scenario has by default: 30 days.
    pub const WINDOW_MICROS: i64 = 30 * 24 * HOUR_MICROS;
}

/// Leads by hour.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ages {
    by_hour: BTreeMap<i64, u64>,
    newest: Option<Timestamp>,
}

impl Ages {
    pub(crate) fn add(&mut self, at: Timestamp) {
        *self
            .by_hour
            .entry(at.0.div_euclid(HOUR_MICROS))
            .or_default() += 1;
        self.newest = self.newest.max(Some(at));
    }

    /// Leads that are younger than the window, to the hour.
    pub(crate) fn n_immature(&self, maturity: Maturity) -> u64 {
        let Some(end) = maturity.observed_until.or(self.newest) else {
            return 0;
        };
        let Maturity { window_micros, .. } = maturity;
        if window_micros <= 0 {
            return 0;
        }
        let since = end.0.saturating_sub(window_micros).div_euclid(HOUR_MICROS);
        self.by_hour.range(since + 1..).map(|(_, n)| n).sum()
    }
}

/// Why no verdict can be trusted: leads are too young.
pub(crate) fn doubt(n_immature: u64, n: u64, maturity: Maturity) -> Option<String> {
    let hours = maturity.window_micros / HOUR_MICROS;
    let window = if hours % 24 == 0 {
        format!("{} days", hours / 24)
    } else {
        format!("{hours} hours")
    };
    (n_immature > 0).then(|| {
        format!(
            "{n_immature} of {n} leads are younger than the attribution window of {window}: what they will still bring is not known"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_younger_than_the_window_at_the_end_of_the_log_are_counted() {
        let mut ages = Ages::default();
        for day in 0..60 {
            ages.add(Timestamp(day * 24 * HOUR_MICROS));
        }
        let of = |days: i64, until: Option<i64>| {
            ages.n_immature(Maturity {
                window_micros: days * 24 * HOUR_MICROS,
                observed_until: until.map(|day| Timestamp(day * 24 * HOUR_MICROS)),
            })
        };
        assert_eq!((of(30, None), of(0, None)), (30, 0));
        assert_eq!((of(30, Some(89)), of(30, Some(75))), (0, 14));
        assert_eq!(
            Ages::default().n_immature(Maturity {
                window_micros: 1,
                observed_until: None
            }),
            0
        );
    }
}
