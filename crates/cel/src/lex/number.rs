//! Numbers of a predicate.

use super::{Lexer, Token, hinted, outside, syntax, unusable};
use crate::{Decimal, Error, Span};

/// The number after the greatest integer.
const PAST_INTEGERS: u64 = 1 << 63;

impl<'a> Lexer<'a> {
    pub(super) fn number(&mut self) -> Result<Token, Error> {
        let start = self.at;
        if let Some(after) = self.rest().strip_prefix("0x") {
            let n_digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
            self.at += 2 + n_digits;
            let (digits, suffix) = (&after[..n_digits], self.suffix());
            let span = (start, self.at);
            return match suffix {
                _ if digits.is_empty() => Err(self.not_a_number(span)),
                "" => {
                    let magnitude = u64::from_str_radix(digits, 16).ok();
                    Ok(integer(magnitude).unwrap_or_else(|| self.too_long(span)))
                }
                "u" | "U" => Ok(unsigned(span)),
                _ => Err(self.not_a_number(span)),
            };
        }
        let whole = self.take(|letter| letter.is_ascii_digit());
        let mut fraction = "";
        let after_point = self.rest().strip_prefix('.');
        if after_point.is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) {
            self.at += 1;
            fraction = self.take(|letter| letter.is_ascii_digit());
        }
        let has_exponent = self.exponent();
        let suffix = self.suffix();
        let span = (start, self.at);
        Ok(match suffix {
            "u" | "U" if fraction.is_empty() && !has_exponent => unsigned(span),
            "" if has_exponent => {
                let hint = "write all digits, like 1500.0 for 1.5e3";
                unusable(outside(span, "numbers with an exponent", hint))
            }
            "" if fraction.is_empty() => {
                integer(whole.parse().ok()).unwrap_or_else(|| self.too_long(span))
            }
            "" => {
                let whole = if whole.is_empty() { "0" } else { whole };
                let decimal = Decimal::parse(&format!("{whole}.{fraction}"));
                decimal.map_or_else(|| self.too_long(span), Token::Decimal)
            }
            _ => return Err(self.not_a_number(span)),
        })
    }

    /// Whether an exponent came, which is taken.
    fn exponent(&mut self) -> bool {
        let Some(after) = self.rest().strip_prefix(['e', 'E']) else {
            return false;
        };
        let unsigned = after.strip_prefix(['+', '-']).unwrap_or(after);
        let n_digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        if n_digits > 0 {
            self.at += 1 + (after.len() - unsigned.len()) + n_digits;
        }
        n_digits > 0
    }

    /// Letters that touch a number.
    fn suffix(&mut self) -> &'a str {
        self.take(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    }

    fn too_long(&self, span: Span) -> Token {
        unusable(number_too_long(span, &self.text[span.0..span.1]))
    }

    fn not_a_number(&self, span: Span) -> Error {
        let text = &self.text[span.0..span.1];
        let error = syntax(span, format!("`{text}` is not a number"));
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            hinted(error, "put a text in quotes, like \"12ab\"")
        } else {
            error
        }
    }
}

fn integer(magnitude: Option<u64>) -> Option<Token> {
    match magnitude? {
        PAST_INTEGERS => Some(Token::PastIntegers),
        magnitude => i64::try_from(magnitude).ok().map(Token::Integer),
    }
}

fn unsigned(span: Span) -> Token {
    unusable(outside(span, "unsigned numbers", "drop the `u`"))
}

/// For a number that integers or decimals do not hold.
pub(crate) fn number_too_long(span: Span, number: &str) -> Error {
    Error {
        code: "number_too_long",
        span,
        message: format!("`{number}` has more digits than can be compared exactly"),
        hint: Some("use at most 18 digits".to_owned()),
    }
}
