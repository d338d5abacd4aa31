//! What is stored of conversions, in the words of the database.

use pointsman_lead::{ConversionKind, ConversionTotals};
use pointsman_store::{ConversionRow, ConversionStatus, DeliveryRow, Error};

/// What was reported of a delivery so far.
///
/// # Errors
///
/// [`Error::Corrupt`] that names the delivery.
pub fn totals_of(delivery: &DeliveryRow) -> Result<ConversionTotals, Error> {
    let Some(body) = &delivery.conversion_totals_body else {
        return Ok(ConversionTotals::default());
    };
    serde_json::from_str(body).map_err(|_| Error::Corrupt {
        what: format!("the totals of delivery {}", delivery.id),
    })
}

/// Whether something of what was reported was taken back and stays so.
///
/// * `counts`: which reversals count, returns apart.
pub(crate) fn is_taken_back<'a>(
    rows: impl Iterator<Item = &'a ConversionRow>,
    counts: impl Fn(&ConversionRow) -> bool,
) -> bool {
    let (mut n_returns, mut is_reversed) = (0, false);
    for row in rows {
        match row.status {
            ConversionStatus::Returned => n_returns += 1,
            ConversionStatus::Reinstated => n_returns -= 1,
            _ => is_reversed |= counts(row),
        }
    }
    is_reversed || n_returns > 0
}

/// What was taken back of the money of an offer and stays so, micro-units.
///
/// * `rows`: in commit order.
pub(crate) fn taken_back<'a>(rows: impl Iterator<Item = &'a ConversionRow>) -> i128 {
    let (mut taken, mut by_return) = (0, 0);
    for row in rows {
        let back = i128::from(row.revenue.min(0)).abs();
        match row.status {
            ConversionStatus::Returned => {
                by_return += back;
                taken += back;
            }
            // What was reported meanwhile comes with it, and was never taken back.
            ConversionStatus::Reinstated => {
                taken -= by_return.min(i128::from(row.revenue.max(0)));
                by_return = 0;
            }
            _ => taken += back,
        }
    }
    taken
}

/// The status by which a kind of conversion is stored.
pub fn status_of(kind: ConversionKind) -> ConversionStatus {
    match kind {
        ConversionKind::Pending => ConversionStatus::Pending,
        ConversionKind::Sale => ConversionStatus::Sale,
        ConversionKind::Rebill => ConversionStatus::Rebill,
        ConversionKind::Declined | ConversionKind::Cancelled | ConversionKind::Refunded => {
            ConversionStatus::Cancelled
        }
        ConversionKind::Returned => ConversionStatus::Returned,
        ConversionKind::Reinstated => ConversionStatus::Reinstated,
    }
}
