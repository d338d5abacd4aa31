//! From the text of a predicate to tokens with their places.

use super::{CelError, Decimal, Span, Spanned};

/// The smallest parts of a predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Integer(i64),
    Decimal(Decimal),
    Text(String),
    /// An operator or bracket.
    Symbol(&'static str),
}

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 25] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "-", "+", "*",
    "/", "%", "?", ":", "{", "}", "=",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Spanned<Token>>, CelError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Option<Spanned<Token>>, CelError> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(None);
        };
        let value = match first {
            '"' | '\'' => self.string(first)?,
            '0'..='9' => self.number()?,
            'a'..='z' | 'A'..='Z' | '_' => self.word()?,
            _ => self.symbol(first)?,
        };
        Ok(Some(Spanned {
            value,
            span: (start, self.at),
        }))
    }

    fn symbol(&mut self, first: char) -> Result<Token, CelError> {
        let symbol = SYMBOLS
            .iter()
            .find(|symbol| self.rest().starts_with(*symbol));
        let Some(&symbol) = symbol else {
            let span = (self.at, self.at + first.len_utf8());
            return Err(syntax(span, format!("`{first}` has no meaning here")));
        };
        self.at += symbol.len();
        if symbol == "=" {
            let span = (self.at - 1, self.at);
            let error = syntax(span, "`=` does not compare".to_owned());
            return Err(hinted(error, "write `==`"));
        }
        Ok(Token::Symbol(symbol))
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        let taken = rest[..end].to_owned();
        self.at += end;
        taken
    }

    fn word(&mut self) -> Result<Token, CelError> {
        let start = self.at;
        let word = self.take(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let prefixed = self.rest().starts_with(['"', '\'']);
        if prefixed && word.len() <= 2 && word.bytes().all(|byte| b"rRbB".contains(&byte)) {
            let span = (start, self.at);
            return Err(outside(span, "raw and byte strings", "write a plain text"));
        }
        Ok(Token::Word(word))
    }

    fn number(&mut self) -> Result<Token, CelError> {
        let start = self.at;
        let mut digits = self.take(|letter| letter.is_ascii_digit());
        let after_point = self.rest().strip_prefix('.');
        if after_point.is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) {
            self.at += 1;
            digits.push('.');
            digits += &self.take(|letter| letter.is_ascii_digit());
        }
        let suffix = self.take(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let span = (start, self.at);
        match suffix.as_str() {
            "" => {}
            "u" | "U" => return Err(outside(span, "unsigned literals", "drop the `u`")),
            _ if digits == "0" && suffix.starts_with(['x', 'X']) => {
                return Err(outside(span, "hexadecimal literals", "write it in decimal"));
            }
            _ if suffix.starts_with(['e', 'E']) => {
                return Err(outside(span, "exponents", "write all digits"));
            }
            _ => return Err(syntax(span, format!("`{digits}{suffix}` is not a number"))),
        }
        let token = if digits.contains('.') {
            Decimal::parse(&digits).map(Token::Decimal)
        } else {
            digits.parse().ok().map(Token::Integer)
        };
        token.ok_or_else(|| {
            let message = format!("`{digits}` has more digits than can be compared exactly");
            CelError {
                code: "number_too_long",
                span,
                message,
                hint: Some("use at most 18 digits".to_owned()),
            }
        })
    }

    fn string(&mut self, quote: char) -> Result<Token, CelError> {
        let start = self.at;
        self.at += 1;
        if self
            .rest()
            .starts_with([quote; 2].iter().collect::<String>().as_str())
        {
            let span = (start, self.at + 2);
            return Err(outside(span, "triple quotes", "use one quote on each side"));
        }
        let mut value = String::new();
        loop {
            let Some(letter) = self.rest().chars().next() else {
                let span = (start, self.at);
                let error = syntax(span, "this text never ends".to_owned());
                return Err(hinted(error, "close the quote"));
            };
            self.at += letter.len_utf8();
            match letter {
                _ if letter == quote => return Ok(Token::Text(value)),
                '\\' => value.push(self.escape()?),
                _ => value.push(letter),
            }
        }
    }

    /// The letter that an escape stands for; the backslash is already read.
    fn escape(&mut self) -> Result<char, CelError> {
        let start = self.at - 1;
        let kind = self.rest().chars().next();
        self.at += kind.map_or(0, char::len_utf8);
        let n_digits = match kind {
            Some(letter @ ('\\' | '"' | '\'' | '`' | '?')) => return Ok(letter),
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some('u') => 4,
            Some('U') => 8,
            _ => {
                let error = syntax((start, self.at), "this escape is not known".to_owned());
                return Err(hinted(
                    error,
                    r#"known are \\ \" \' \n \r \t \u0041 \U00000041"#,
                ));
            }
        };
        let code = self
            .rest()
            .get(..n_digits)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let letter = code
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        if let Some(letter) = letter {
            self.at += n_digits;
            return Ok(letter);
        }
        let message = format!("this escape wants {n_digits} hex digits of a letter");
        Err(syntax((start, self.at), message))
    }
}

pub(super) fn syntax(span: Span, message: String) -> CelError {
    CelError {
        code: "syntax",
        span,
        message,
        hint: None,
    }
}

/// For what CEL has and routing predicates do not.
pub(super) fn outside(span: Span, construct: &str, hint: &str) -> CelError {
    CelError {
        code: "not_in_subset",
        span,
        message: format!("CEL has {construct}, but routing predicates do not"),
        hint: Some(hint.to_owned()),
    }
}

pub(super) fn hinted(error: CelError, hint: &str) -> CelError {
    CelError {
        hint: Some(hint.to_owned()),
        ..error
    }
}
