//! Times of many leads, in milliseconds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The middle and the 99th hundredth of some times.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Spans {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Spans {
    /// * `times`: at least one, in any order.
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |hundredth: usize| {
            let idx = (times.len() * hundredth / 100).min(times.len().saturating_sub(1));
            times.get(idx).map_or(f64::NAN, |it| it.as_secs_f64() * 1e3)
        };
        Self {
            p50_ms: at(50),
            p99_ms: at(99),
        }
    }
}

/// The middle one; of an even number the greater of the two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
