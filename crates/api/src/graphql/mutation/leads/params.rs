//! A conversion as a postback would report it.

use std::collections::BTreeMap;

use pointsman_lead::Micros;

use super::{ConversionStatus, RecordConversionInput};

/// The input as parameters of a postback.
pub(super) fn params(input: RecordConversionInput) -> BTreeMap<String, String> {
    let RecordConversionInput {
        click_id,
        txid,
        status,
        revenue,
        currency,
    } = input;
    let status = status.map(|status| match status {
        ConversionStatus::Pending => "pending",
        ConversionStatus::Sale => "sale",
        ConversionStatus::Rebill => "rebill",
        ConversionStatus::Cancelled => "cancelled",
        ConversionStatus::Returned => "returned",
        // No word of a postback: it is refused as unknown.
        ConversionStatus::Reinstated => "reinstated",
    });
    let params = [
        ("click_id", Some(click_id)),
        ("txid", txid),
        ("status", status.map(str::to_owned)),
        (
            "revenue",
            revenue.map(|revenue| Micros(revenue.0).to_string()),
        ),
        ("currency", currency),
    ];
    params
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
