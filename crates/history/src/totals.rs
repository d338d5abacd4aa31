//! What is stored of conversions, in the words of the database.

use pointsman_lead::{ConversionKind, ConversionTotals};
use pointsman_store::{ConversionStatus, DeliveryRow, Error};

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

/// The status by which a kind of conversion is stored.
pub fn status_of(kind: ConversionKind) -> ConversionStatus {
    match kind {
        ConversionKind::Pending => ConversionStatus::Pending,
        ConversionKind::Sale => ConversionStatus::Sale,
        ConversionKind::Rebill => ConversionStatus::Rebill,
        ConversionKind::Declined | ConversionKind::Cancelled | ConversionKind::Refunded => {
            ConversionStatus::Cancelled
        }
    }
}
