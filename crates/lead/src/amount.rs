//! Amounts of money as trackers and buyers write them, read where they have one meaning.

use crate::{AmountError, Currency, Micros, money::shown};

/// Most that one amount may be: ten million main units. A billion such amounts still add up in `i128`,
/// and nearly a million of them in `i64`.
pub const AMOUNT_MAX: Micros = Micros(10_000_000_000_000);

/// Longest text that is read as an amount, in bytes.
const TEXT_BYTES_MAX: usize = 100;

/// An amount that somebody else wrote, and the currency that stood beside it.
///
/// `12.50`, `$12.50`, `12,50`, `1,250.00`, `1.250,00`, `1 250,00 EUR` and `1e2` are read. What could be
/// two amounts is not: `1,250` is one and a quarter, or one thousand two hundred and fifty. Digits
/// beyond the millionth are rounded half to even, so that `30.000000000000004`, which is how floating
/// point writes thirty, is thirty.
///
/// ```
/// use pointsman_lead::{Amount, Micros};
///
/// assert_eq!(Amount::read("$1,250.00").unwrap().micros, Micros(1_250_000_000));
/// assert!(Amount::read("1,250").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// How much; negative where a minus stood before it. At most [`AMOUNT_MAX`] either way.
    pub micros: Micros,
    /// The sign or code beside it.
    pub mark: Option<CurrencyMark>,
}

/// What a sign or code beside an amount says about its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrencyMark {
    /// One currency.
    One(Currency),
    /// One of several, as `$` is; three letters each.
    AnyOf(&'static [&'static str]),
}

impl CurrencyMark {
    /// Whether the currency may be meant.
    pub fn allows(self, currency: Currency) -> bool {
        match self {
            Self::One(one) => one == currency,
            Self::AnyOf(several) => several.contains(&currency.as_str()),
        }
    }
}

/// Signs, longest first, and what they may mean.
const SIGNS: &[(&str, &[&str])] = &[
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("AU$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("R$", &["BRL"]),
    ("C$", &["CAD"]),
    ("A$", &["AUD"]),
    (
        "$",
        &[
            "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP",
        ],
    ),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("₽", &["RUB"]),
    ("₴", &["UAH"]),
    ("₺", &["TRY"]),
    ("₪", &["ILS"]),
    ("₩", &["KRW"]),
    ("₫", &["VND"]),
    ("zł", &["PLN"]),
];

impl Amount {
    /// Reads an amount of main units.
    ///
    /// # Errors
    ///
    /// [`AmountError::NotANumber`] for anything else than digits, separators, an exponent, a sign and a
    /// currency; [`AmountError::Ambiguous`] where a separator could be two things;
    /// [`AmountError::TooLarge`] beyond [`AMOUNT_MAX`].
    pub fn read(text: &str) -> Result<Self, AmountError> {
        Self::read_in(text, 6)
    }

    /// Reads an amount of another unit.
    ///
    /// * `decimals`: a unit has ten to this power of micro-units: 6 for main units, 4 for hundredths, 0
    ///   for micro-units themselves.
    ///
    /// # Errors
    ///
    /// As [`Amount::read`].
    pub fn read_in(text: &str, decimals: u8) -> Result<Self, AmountError> {
        let not_a_number = || AmountError::NotANumber(shown(text));
        if text.len() > TEXT_BYTES_MAX {
            return Err(not_a_number());
        }
        let (rest, negative) = without_minus(text.trim());
        let (rest, mark) = without_mark(rest).ok_or_else(not_a_number)?;
        let (rest, negative) = match without_minus(rest) {
            (rest, false) => (rest, negative),
            (rest, true) if !negative => (rest, true),
            _ => return Err(not_a_number()),
        };
        let number = match Number::parse(rest) {
            Ok(number) => number,
            Err(Unreadable::NotANumber) => return Err(not_a_number()),
            Err(Unreadable::Ambiguous) => return Err(AmountError::Ambiguous(shown(text))),
        };
        let micros = number
            .scaled(i64::from(decimals))
            .filter(|micros| *micros <= AMOUNT_MAX.0)
            .ok_or_else(|| AmountError::TooLarge(shown(text)))?;
        Ok(Self {
            micros: Micros(if negative { -micros } else { micros }),
            mark,
        })
    }
}

/// The text after a minus or plus, and whether it was a minus.
fn without_minus(text: &str) -> (&str, bool) {
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        return (rest.trim_start(), true);
    }
    (text.strip_prefix('+').unwrap_or(text), false)
}

/// The text without a currency before or behind it; `None` if there is one on both sides.
fn without_mark(text: &str) -> Option<(&str, Option<CurrencyMark>)> {
    let (rest, before) = match mark_before(text) {
        Some((rest, mark)) => (rest, Some(mark)),
        None => (text, None),
    };
    let (rest, behind) = match mark_behind(rest) {
        Some((rest, mark)) => (rest, Some(mark)),
        None => (rest, None),
    };
    match (before, behind) {
        (Some(_), Some(_)) => None,
        (one, other) => Some((rest, one.or(other))),
    }
}

fn mark_before(text: &str) -> Option<(&str, CurrencyMark)> {
    let signs = SIGNS.iter();
    let mut signs = signs.filter_map(|(sign, of)| Some((text.strip_prefix(sign)?, mark_of(of))));
    if let Some((rest, mark)) = signs.next() {
        return Some((rest.trim_start(), mark));
    }
    let code = text.get(..3)?;
    let rest = &text[3..];
    (!rest.starts_with(|letter: char| letter.is_ascii_alphabetic()))
        .then(|| Some((rest.trim_start(), code_mark(code)?)))?
}

fn mark_behind(text: &str) -> Option<(&str, CurrencyMark)> {
    let signs = SIGNS.iter();
    let mut signs = signs.filter_map(|(sign, of)| Some((text.strip_suffix(sign)?, mark_of(of))));
    if let Some((rest, mark)) = signs.next() {
        return Some((rest.trim_end(), mark));
    }
    let at = text.len().checked_sub(3)?;
    let code = text.get(at..)?;
    let rest = &text[..at];
    (!rest.ends_with(|letter: char| letter.is_ascii_alphabetic()))
        .then(|| Some((rest.trim_end(), code_mark(code)?)))?
}

fn mark_of(codes: &'static [&'static str]) -> CurrencyMark {
    match codes {
        [code] => code
            .parse()
            .map_or(CurrencyMark::AnyOf(codes), CurrencyMark::One),
        several => CurrencyMark::AnyOf(several),
    }
}

fn code_mark(code: &str) -> Option<CurrencyMark> {
    code.to_ascii_uppercase()
        .parse()
        .ok()
        .map(CurrencyMark::One)
}

/// A number that is not negative, by its digits.
struct Number {
    digits: String,
    /// How many of the digits stand before the point; may lie outside of them.
    point: i64,
}

enum Unreadable {
    NotANumber,
    Ambiguous,
}

impl Number {
    fn parse(text: &str) -> Result<Self, Unreadable> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                let exponent: i64 = exponent.parse().map_err(|_| Unreadable::NotANumber)?;
                (mantissa, exponent)
            }
            None => (text, 0),
        };
        let (whole, fraction) = split(mantissa)?;
        if whole.is_empty() && fraction.is_empty() {
            return Err(Unreadable::NotANumber);
        }
        let point = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        Ok(Self {
            digits: whole + &fraction,
            // A larger exponent says no more: the number is too large then, or rounds to nothing.
            point: point + exponent.clamp(-1_000, 1_000),
        })
    }

    /// Ten to the power of `decimals` times the number, rounded half to even; `None` beyond 64 bits.
    fn scaled(&self, decimals: i64) -> Option<i64> {
        let digit = |at: i64| -> u8 {
            let digit = usize::try_from(at)
                .ok()
                .and_then(|at| self.digits.as_bytes().get(at));
            digit.map_or(0, |digit| digit - b'0')
        };
        let end = self.point + decimals;
        let first = (0..end).find(|at| digit(*at) != 0).unwrap_or(end.max(0));
        if end - first > 19 {
            return None;
        }
        let whole = (first..end).try_fold(0i64, |whole, at| {
            whole.checked_mul(10)?.checked_add(i64::from(digit(at)))
        })?;
        let n_digits = i64::try_from(self.digits.len()).ok()?;
        let rest_is_zero = (end + 1..n_digits).all(|at| digit(at) == 0);
        let rounds_up = match digit(end) {
            0..5 => false,
            5 if rest_is_zero => whole % 2 == 1,
            _ => true,
        };
        whole.checked_add(i64::from(rounds_up))
    }
}

/// Digits before and behind the decimal separator, whichever it is.
fn split(text: &str) -> Result<(String, String), Unreadable> {
    let is_gap = |char: char| {
        matches!(
            char,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}'
        )
    };
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    let (groups, fraction, mut separator) = match (dots, commas) {
        (0, 0) => (text, "", None),
        (1, 0) => cut(text, '.', None),
        (0, 1) => {
            let (whole, fraction) = text.split_once(',').unwrap_or((text, ""));
            if fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') {
                return Err(Unreadable::Ambiguous);
            }
            if fraction.is_empty() || whole.is_empty() {
                return Err(Unreadable::NotANumber);
            }
            (whole, fraction, None)
        }
        (_, 0) => (text, "", Some('.')),
        (0, _) => (text, "", Some(',')),
        (1, _) if text.rfind('.') > text.rfind(',') => cut(text, '.', Some(',')),
        (_, 1) if text.rfind(',') > text.rfind('.') => cut(text, ',', Some('.')),
        _ => return Err(Unreadable::NotANumber),
    };
    if let Some(gap) = groups.chars().find(|char| is_gap(*char)) {
        if separator.is_some() {
            return Err(Unreadable::NotANumber);
        }
        separator = Some(gap);
    }
    let whole = match separator {
        Some(separator) => grouped(groups, separator)?,
        None => groups.to_owned(),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(&whole) && all_digits(fraction) {
        Ok((whole, fraction.to_owned()))
    } else {
        Err(Unreadable::NotANumber)
    }
}

fn cut(text: &str, at: char, separator: Option<char>) -> (&str, &str, Option<char>) {
    let (whole, fraction) = text.split_once(at).unwrap_or((text, ""));
    (whole, fraction, separator)
}

/// The digits of groups of three; the first may be shorter.
fn grouped(text: &str, separator: char) -> Result<String, Unreadable> {
    let groups: Vec<&str> = text.split(separator).collect();
    let fits = groups.iter().enumerate().all(|(at, group)| {
        group.bytes().all(|byte| byte.is_ascii_digit())
            && match at {
                0 => (1..=3).contains(&group.len()),
                _ => group.len() == 3,
            }
    });
    if fits {
        Ok(groups.concat())
    } else {
        Err(Unreadable::NotANumber)
    }
}

#[cfg(test)]
mod tests;
