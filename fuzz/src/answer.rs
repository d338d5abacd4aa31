//! Buyers' answers, read by the rules of a destination.

use pointsman_delivery::{Outcome, ResponseMap};
use pointsman_lead::{AMOUNT_MAX, Currency};

/// Reads the rules of a destination in JSON, and behind them answers: a status, a space, and a body.
///
/// Whatever a buyer says is one of four outcomes; prices are bounded, and a redirect is an address that
/// can stand in a header.
pub fn answer(input: &[u8]) {
    let mut parts = input.split(|byte| *byte == b'\x1e');
    let Some(Ok(map)) = parts.next().map(serde_json::from_slice::<ResponseMap>) else {
        return;
    };
    for part in parts.take(16) {
        let mut halves = part.splitn(2, |byte| *byte == b' ');
        let status = halves.next().and_then(|text| str::from_utf8(text).ok());
        let status = status.and_then(|text| text.parse().ok()).unwrap_or(200);
        let body = halves.next().unwrap_or_default();
        let read = || map.read(status, body, Currency::USD);
        let (outcome, _) = read();
        assert_eq!(read().0, outcome);
        let Outcome::Accepted {
            price,
            redirect_url,
        } = outcome
        else {
            continue;
        };
        assert!(price.is_none_or(|price| (0..=AMOUNT_MAX.0).contains(&price.0)));
        let is_plain = |char: char| !char.is_control() && !char.is_whitespace();
        assert!(
            redirect_url.is_none_or(|address| address.to_ascii_lowercase().starts_with("http")
                && address.chars().all(is_plain))
        );
    }
}
