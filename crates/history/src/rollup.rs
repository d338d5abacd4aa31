//! What leads add up to, by the hour in which they came: a fold over the commit order.
//!
//! What a lead adds is a function of its rows and of a number in commit order: what was stored later does not count
//! yet. A stretch of the order therefore changes the sums by what its leads add as of its end, less what they added as
//! of its beginning, however the order is cut into stretches. Sums are whole numbers, so that the fold and a rebuild
//! are equal to the bit.
//!
//! Each lead is in several sets of cells: one for itself, one for each destination that it was offered to, one for
//! each node that drew for it, and one for each pair of these. Whatever comes of a lead later, and however much later,
//! is booked at the hour of the lead.

mod admission;
mod check;
mod contribution;
mod fold;
mod latency;

pub use check::{RollupDifference, rollup_differences};
pub use fold::RollupFold;
pub use latency::{LATENCY_BOUNDS_MS, LatencyRange, latency_quantile};

use pointsman_store::RollupKey;

/// Which way leads are added up. A release with another way adds them up anew.
pub const ROLLUP_FORMAT: i64 = 1;

/// Microseconds of an hour.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// All values beyond those that have cells of their own.
pub(crate) const REST: &str = "*";
/// Leads are not told apart by this.
pub(crate) const NONE: &str = "";

/// Positions of the parts of a key.
pub(crate) mod part {
    pub(crate) const FLOW: usize = 0;
    pub(crate) const VERSION: usize = 1;
    pub(crate) const SOURCE: usize = 2;
    pub(crate) const DESTINATION: usize = 3;
    pub(crate) const NODE: usize = 4;
    pub(crate) const ARM: usize = 5;
    pub(crate) const SEGMENT: usize = 6;
    pub(crate) const STATUS: usize = 7;
}

/// Positions of sums in a cell.
pub(crate) mod sum {
    pub(crate) const LEADS: usize = 0;
    pub(crate) const SOLD: usize = 1;
    pub(crate) const CONVERTED: usize = 2;
    pub(crate) const RETURNED: usize = 3;
    pub(crate) const OFFERS: usize = 4;
    pub(crate) const ACCEPTED: usize = 5;
    pub(crate) const REJECTED: usize = 6;
    pub(crate) const NOT_SENT: usize = 7;
    pub(crate) const UNKNOWN: usize = 8;
    pub(crate) const PENDING_REPORTS: usize = 9;
    pub(crate) const SALE_REPORTS: usize = 10;
    pub(crate) const REBILL_REPORTS: usize = 11;
    pub(crate) const CANCEL_REPORTS: usize = 12;
    pub(crate) const SALES: usize = 13;
    pub(crate) const REVENUE_UNITS: usize = 14;
    pub(crate) const REVENUE_MICROS: usize = 15;
    pub(crate) const TAKEN_UNITS: usize = 16;
    pub(crate) const TAKEN_MICROS: usize = 17;
    pub(crate) const PAYOUT_UNITS: usize = 18;
    pub(crate) const PAYOUT_MICROS: usize = 19;
    /// The first of the latencies.
    pub(crate) const LATENCY: usize = 20;
}

/// A value of a part, as it is stored.
pub(crate) fn is(value: &str) -> String {
    format!("={value}")
}

/// The start of the hour of a time.
pub(crate) fn hour_of(at: i64) -> i64 {
    at.div_euclid(HOUR).saturating_mul(HOUR)
}

/// The key without its status: which leads it is about, whatever has come of them.
pub(crate) fn without_status(key: &RollupKey) -> RollupKey {
    let mut key = key.clone();
    key.parts[part::STATUS].clear();
    key
}

#[cfg(test)]
mod tests {
    use pointsman_store::{ROLLUP_PARTS, ROLLUP_SUMS};

    use super::*;

    #[test]
    fn positions_are_those_of_the_columns() {
        let parts = [
            (part::FLOW, "flow"),
            (part::VERSION, "version"),
            (part::SOURCE, "source"),
            (part::DESTINATION, "destination"),
            (part::NODE, "node"),
            (part::ARM, "arm"),
            (part::SEGMENT, "segment"),
            (part::STATUS, "status"),
        ];
        for (position, column) in parts {
            assert_eq!(ROLLUP_PARTS[position], column);
        }
        let sums = [
            (sum::LEADS, "leads"),
            (sum::SOLD, "sold"),
            (sum::CONVERTED, "converted"),
            (sum::RETURNED, "returned"),
            (sum::OFFERS, "offers"),
            (sum::ACCEPTED, "accepted"),
            (sum::REJECTED, "rejected"),
            (sum::NOT_SENT, "not_sent"),
            (sum::UNKNOWN, "unknown"),
            (sum::PENDING_REPORTS, "pending_reports"),
            (sum::SALE_REPORTS, "sale_reports"),
            (sum::REBILL_REPORTS, "rebill_reports"),
            (sum::CANCEL_REPORTS, "cancel_reports"),
            (sum::SALES, "sales"),
            (sum::REVENUE_UNITS, "revenue_units"),
            (sum::REVENUE_MICROS, "revenue_micros"),
            (sum::TAKEN_UNITS, "taken_units"),
            (sum::TAKEN_MICROS, "taken_micros"),
            (sum::PAYOUT_UNITS, "payout_units"),
            (sum::PAYOUT_MICROS, "payout_micros"),
            (sum::LATENCY, "latency_00"),
        ];
        for (position, column) in sums {
            assert_eq!(ROLLUP_SUMS[position], column);
        }
        assert_eq!(
            sum::LATENCY + LATENCY_BOUNDS_MS.len() + 1,
            ROLLUP_SUMS.len()
        );
    }

    #[test]
    fn hours_begin_below_also_before_1970() {
        assert_eq!(hour_of(HOUR + 1), HOUR);
        assert_eq!(hour_of(-1), -HOUR);
    }
}
