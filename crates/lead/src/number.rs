//! Decimal numbers as integers of a power of ten, without floating point in between.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// Most digits after the point.
pub(crate) const SCALE_MAX: u8 = 9;

/// A decimal number with `SCALE` digits after the point, at most 9.
///
/// ```
/// use pointsman_lead::Decimal;
///
/// let rate: Decimal<2> = "12.5".parse()?;
/// assert_eq!(rate, Decimal::new(1_250));
/// assert_eq!(rate.to_string(), "12.50");
/// # Ok::<(), pointsman_lead::DecimalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const SCALE: u8>(i64);

/// Why a text is not a decimal number of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Not digits with at most one point.
    #[error("`{0}` is not a decimal number; write it like 12.5")]
    NotANumber(String),
    /// More digits after the point than the scale has. Nothing is ever rounded.
    #[error("`{text}` has more than {scale} digits after the point")]
    TooPrecise {
        /// What was read.
        text: String,
        /// Digits that would fit.
        scale: u8,
    },
    /// Beyond what 64 bits hold.
    #[error("`{0}` is too large for 64 bits")]
    OutOfRange(String),
}

impl<const SCALE: u8> Decimal<SCALE> {
    const SCALE_FITS: () = assert!(
        SCALE <= SCALE_MAX,
        "a decimal has at most 9 digits after the point"
    );

    /// The number `units · 10^-SCALE`: at scale 2, `1_250` is 12.50.
    pub const fn new(units: i64) -> Self {
        let () = Self::SCALE_FITS;
        Self(units)
    }

    /// The number in units of `10^-SCALE`.
    pub const fn units(self) -> i64 {
        self.0
    }
}

impl<const SCALE: u8> FromStr for Decimal<SCALE> {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        parse(text, SCALE).map(Self::new)
    }
}

impl<const SCALE: u8> fmt::Display for Decimal<SCALE> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&print(self.0, SCALE))
    }
}

/// Reads a decimal number, an exponent allowed, as an integer of `10^-scale`.
///
/// # Errors
///
/// [`DecimalError`], also for a number that would have to be rounded.
pub fn parse(text: &str, scale: u8) -> Result<i64, DecimalError> {
    let not_a_number = || DecimalError::NotANumber(text.to_owned());
    let out_of_range = || DecimalError::OutOfRange(text.to_owned());
    let Written {
        negative,
        digits,
        power,
    } = written(text).ok_or_else(not_a_number)?;
    let digits = digits.trim_start_matches('0');
    let kept = digits.trim_end_matches('0');
    if kept.is_empty() {
        return Ok(0);
    }
    let dropped = i64::try_from(digits.len() - kept.len()).map_err(|_| out_of_range())?;
    let power = power
        .saturating_add(dropped)
        .saturating_add(i64::from(scale));
    let zeros = u32::try_from(power).map_err(|_| {
        if power < 0 {
            DecimalError::TooPrecise {
                text: text.to_owned(),
                scale,
            }
        } else {
            out_of_range()
        }
    })?;
    let sign = if negative { "-" } else { "" };
    format!("{sign}{kept}")
        .parse::<i64>()
        .ok()
        .zip(10_i64.checked_pow(zeros))
        .and_then(|(units, ten)| units.checked_mul(ten))
        .ok_or_else(out_of_range)
}

/// Writes an integer of `10^-scale` with all digits of its scale.
pub fn print(units: i64, scale: u8) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let width = usize::from(scale) + 1;
    let digits = format!("{:0>width$}", units.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let point = if scale == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// Whether two texts are the same number, however it is written. False if either is none.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        let Written {
            negative,
            digits,
            power,
        } = written(text)?;
        let kept = digits.trim_start_matches('0').trim_end_matches('0');
        let n_dropped = digits.trim_start_matches('0').len() - kept.len();
        let power = power.saturating_add(i64::try_from(n_dropped).ok()?);
        Some(match kept {
            "" => (false, String::new(), 0),
            kept => (negative, kept.to_owned(), power),
        })
    };
    parts(a).zip(parts(b)).is_some_and(|(a, b)| a == b)
}

/// A number as its digits times a power of ten.
struct Written {
    negative: bool,
    digits: String,
    power: i64,
}

fn written(text: &str) -> Option<Written> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let digits = format!("{whole}{fraction}");
    let is_number = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_digits = i64::try_from(fraction.len()).ok()?;
    is_number.then(|| Written {
        negative,
        digits,
        power: exponent.saturating_sub(fraction_digits),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DecimalError, parse, print};

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        let read = |text: &str| parse(text, 2);
        assert_eq!(read("12.50"), Ok(1_250));
        assert_eq!(read("-0.010"), Ok(-1));
        assert_eq!(read("1.25e3"), Ok(125_000));
        assert_eq!(read("125000e-5"), Ok(125));
        assert_eq!(read("0e999999"), Ok(0));
        assert_eq!(read("-92233720368547758.08"), Ok(i64::MIN));
        assert!(matches!(
            read("12.345"),
            Err(DecimalError::TooPrecise { .. })
        ));
        assert!(matches!(
            read("92233720368547758.08"),
            Err(DecimalError::OutOfRange(_))
        ));
        assert!(matches!(read("1e400"), Err(DecimalError::OutOfRange(_))));
        for text in [
            "", ".", "1.", ".5", "+1", "1e", "0x1", "1_000", "١", "--1", "1.2.3", "NaN",
        ] {
            assert!(
                matches!(read(text), Err(DecimalError::NotANumber(_))),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(units: i64, scale in 0_u8..=9) {
            prop_assert_eq!(parse(&print(units, scale), scale), Ok(units));
        }

        #[test]
        fn no_text_panics(text in "\\PC*", scale in 0_u8..=9) {
            let _ = parse(&text, scale);
        }
    }
}
