//! Money as whole micro-units of a currency.

pub mod decimal_text;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount in millionths of its currency's main unit: `1_500_000` is 1.50 dollars.
///
/// Integers, because sums of money must not depend on their order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Not digits with at most one point.
    #[error("`{0}` is not an amount; write it like 12.50")]
    NotANumber(String),
    /// Finer than a millionth, or beyond what 64 bits hold.
    #[error("`{0}` does not fit into whole micro-units of 64 bits")]
    OutOfRange(String),
    /// More than a single amount may be, [`AMOUNT_MAX`](crate::AMOUNT_MAX).
    #[error("`{0}` is more than ten million")]
    TooLarge(String),
    /// A comma that may part the decimals or the thousands.
    #[error("`{0}` could be two amounts; write it with a point and two decimals, like 1250.00")]
    Ambiguous(String),
}

/// Most characters of a text that an error shows.
const SHOWN_MAX: usize = 100;

/// What somebody wrote in the place of an amount, as an error shows it: errors are stored and printed, and a database
/// takes no zero byte.
pub(crate) fn shown(text: &str) -> String {
    let visible = text
        .chars()
        .map(|char| if char.is_control() { '\u{fffd}' } else { char });
    visible.take(SHOWN_MAX).collect()
}

impl FromStr for Micros {
    type Err = AmountError;

    /// Reads a plain decimal number of main units, such as `12.5` or `-0.000001`.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(AmountError::NotANumber(shown(text)));
        }
        let out_of_range = || AmountError::OutOfRange(shown(text));
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 6 {
            return Err(out_of_range());
        }
        let whole: i64 = whole.parse().map_err(|_| out_of_range())?;
        let fraction: i64 = format!("{fraction:0<6}")
            .parse()
            .map_err(|_| out_of_range())?;
        let micros = whole
            .checked_mul(1_000_000)
            .and_then(|micros| micros.checked_add(fraction))
            .ok_or_else(out_of_range)?;
        Ok(Self(if negative { -micros } else { micros }))
    }
}

impl fmt::Display for Micros {
    /// Main units with at least two decimals: `12.50`, `0.000001`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (
            self.0.unsigned_abs() / 1_000_000,
            self.0.unsigned_abs() % 1_000_000,
        );
        let digits = format!("{fraction:06}");
        let kept = digits.trim_end_matches('0').len().max(2);
        write!(formatter, "{sign}{whole}.{}", &digits[..kept])
    }
}

/// A currency code of three capital letters, such as `USD`.
///
/// Any three letters are one, since stored catalogs and versions must stay readable. Checks of what people
/// write ask [`Currency::is_iso`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A text that is not an ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a currency code; write three capital letters, like USD")]
pub struct CurrencyError(String);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Whether ISO 4217 has the code.
    pub fn is_iso(self) -> bool {
        iso_currency::Currency::from_code(self.as_str()).is_some()
    }

    /// The code itself.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let code: [u8; 3] = text
            .as_bytes()
            .try_into()
            .map_err(|_| CurrencyError(text.to_owned()))?;
        if code.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(code))
        } else {
            Err(CurrencyError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(text: String) -> Result<Self, CurrencyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
