//! What one more conversion changes.

use pointsman_lead::{Account, Micros};

/// What a conversion changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Effect {
    /// Micros added; negative for what is taken back.
    pub(crate) revenue: i64,
    /// Sales added; negative for those taken back.
    pub(crate) sales: i64,
}

impl Effect {
    /// What became of a delivery's account.
    ///
    /// * `price`: what its acceptance earned.
    pub(crate) fn between(before: Account, after: Account, price: Micros) -> Self {
        Self {
            revenue: after.earned(price).0 - before.earned(price).0,
            sales: after.sales() - before.sales(),
        }
    }
}
