//! What one more conversion changes.

use pointsman_lead::{ConversionTotals, Micros};

/// What a conversion changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConversionDelta {
    /// Micros added; negative for what is taken back.
    pub revenue: i64,
    /// Sales added; negative for those taken back.
    pub sales: i64,
}

impl ConversionDelta {
    /// What became of a delivery's totals.
    ///
    /// * `price`: what its acceptance earned.
    pub fn between(before: ConversionTotals, after: ConversionTotals, price: Micros) -> Self {
        Self {
            revenue: after.earned(price).0 - before.earned(price).0,
            sales: after.sales() - before.sales(),
        }
    }
}
