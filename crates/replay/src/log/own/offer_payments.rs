//! The column of payments.

use super::{Entries, Line, PAYMENTS, Payment, payments, shown};

/// When an offer brought what it brought; none where the log says nothing.
pub(super) fn payments_of(
    payments: &Entries<'_>,
    offer: usize,
    reward: Option<f64>,
    line: &mut Line<'_>,
) -> Vec<Payment> {
    let Some(text) = payments.cells().text(payments.row(offer)) else {
        return Vec::new();
    };
    let Some(payments) = payments::read(&text) else {
        let hint = r#"write it like [["2026-01-31T09:30:00Z", 12.5]]"#;
        line.note("payments_unreadable", PAYMENTS, Some(hint), || {
            format!("{} is not a list of times and amounts", shown::value(&text))
        });
        return Vec::new();
    };
    if !payments::add_up(&payments, reward.unwrap_or(0.0)) {
        let hint = "offer_reward is the sum of an offer's payments";
        line.note("payments_differ", PAYMENTS, Some(hint), || {
            format!(
                "{} does not come to the reward of {}",
                shown::value(&text),
                reward.unwrap_or(0.0)
            )
        });
    }
    payments
}
