//! Texts of a predicate: quotes, raw texts and escapes.

use super::{Lexer, Token, hinted, outside, syntax, unusable};
use crate::Error;

/// What an escape may be, for the hint.
const ESCAPES: &str =
    r#"known are \\ \" \' \` \? \a \b \f \n \r \t \v \x41 \101 \u0041 \U00000041; or write r"…""#;

impl Lexer<'_> {
    /// A text whose opening quote comes next.
    ///
    /// * `start`: where the literal starts, in bytes; before the quote if it is raw.
    pub(super) fn string(&mut self, start: usize, quote: char, raw: bool) -> Result<Token, Error> {
        self.quoted(start, quote, raw, false).map(Token::Text)
    }

    /// A literal of bytes, read to its end so that what follows it is checked too.
    pub(super) fn bytes(&mut self, start: usize, quote: char, raw: bool) -> Result<Token, Error> {
        self.quoted(start, quote, raw, true)?;
        let span = (start, self.at);
        let hint = "drop the `b`; fields hold text";
        Ok(unusable(outside(span, "literals of bytes", hint)))
    }

    fn quoted(
        &mut self,
        start: usize,
        quote: char,
        raw: bool,
        bytes: bool,
    ) -> Result<String, Error> {
        let triple = if quote == '"' { "\"\"\"" } else { "'''" };
        let is_triple = self.rest().starts_with(triple);
        let end = &triple[..if is_triple { 3 } else { 1 }];
        self.at += end.len();
        let mut value = String::new();
        loop {
            if self.rest().starts_with(end) {
                self.at += end.len();
                return Ok(value);
            }
            let letter = self.rest().chars().next();
            let Some(letter) = letter.filter(|letter| is_triple || !matches!(letter, '\n' | '\r'))
            else {
                let (message, hint) = match letter {
                    Some(_) => (
                        "this text runs past the end of its line",
                        r#"close the quote, write \n, or use """ for a text of several lines"#,
                    ),
                    None => ("this text never ends", "close the quote"),
                };
                return Err(hinted(syntax((start, self.at), message.to_owned()), hint));
            };
            self.at += letter.len_utf8();
            match letter {
                '\\' if raw => value.push(letter),
                '\\' => value.push(self.escape(bytes)?),
                _ => value.push(letter),
            }
        }
    }

    /// The letter that an escape stands for; the backslash is already read.
    fn escape(&mut self, bytes: bool) -> Result<char, Error> {
        let start = self.at - 1;
        let kind = self.rest().chars().next();
        self.at += kind.map_or(0, char::len_utf8);
        let n_digits = match kind {
            Some(letter @ ('\\' | '"' | '\'' | '`' | '?')) => return Ok(letter),
            Some('a') => return Ok('\u{7}'),
            Some('b') => return Ok('\u{8}'),
            Some('f') => return Ok('\u{c}'),
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some('v') => return Ok('\u{b}'),
            Some('x' | 'X') => 2,
            Some('u') if !bytes => 4,
            Some('U') if !bytes => 8,
            Some('0'..='3') => {
                self.at -= 1;
                return self.code(start, 3, 8);
            }
            _ => {
                let error = syntax((start, self.at), "this escape is not known".to_owned());
                return Err(hinted(error, ESCAPES));
            }
        };
        self.code(start, n_digits, 16)
    }

    /// The letter of a code point in digits.
    fn code(&mut self, start: usize, n_digits: usize, radix: u32) -> Result<char, Error> {
        let digits = self
            .rest()
            .get(..n_digits)
            .filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)));
        let letter = digits
            .and_then(|digits| u32::from_str_radix(digits, radix).ok())
            .and_then(char::from_u32);
        if let Some(letter) = letter {
            self.at += n_digits;
            return Ok(letter);
        }
        let digits = if radix == 8 { "octal" } else { "hex" };
        let message = format!("this escape wants {n_digits} {digits} digits of a letter");
        Err(syntax((start, self.at), message))
    }
}
