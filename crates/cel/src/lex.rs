//! From the text of a predicate to tokens with their places, all that CEL knows.

mod number;
mod text;

use super::{Decimal, Error, Span, Spanned, suggest_operator};
pub(super) use number::number_too_long;

/// The smallest parts of a predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// A name between backticks, which CEL allows after a point.
    Name(String),
    Integer(i64),
    /// 2^63, which is an integer only after a minus.
    PastIntegers,
    Decimal(Decimal),
    Text(String),
    /// An operator or bracket.
    Symbol(&'static str),
    /// A literal of CEL that is complete, but that no predicate can use: why not.
    Unusable(Box<Error>),
}

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 25] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "-", "+", "*",
    "/", "%", "?", ":", "{", "}", "=",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Spanned<Token>>, Error> {
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

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Option<Spanned<Token>>, Error> {
        self.skip();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(None);
        };
        let value = match first {
            '"' | '\'' => self.string(start, first, false)?,
            '0'..='9' => self.number()?,
            '.' if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                self.number()?
            }
            'a'..='z' | 'A'..='Z' | '_' => self.word()?,
            '`' => self.name()?,
            _ => self.symbol(first)?,
        };
        Ok(Some(Spanned {
            value,
            span: (start, self.at),
        }))
    }

    /// Passes over spaces and comments, which run from `//` to the end of the line.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let spaces = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
            self.at += rest.len() - spaces.len();
            if !spaces.starts_with("//") {
                return;
            }
            self.at += spaces.find('\n').unwrap_or(spaces.len());
        }
    }

    fn symbol(&mut self, first: char) -> Result<Token, Error> {
        let symbol = SYMBOLS
            .iter()
            .find(|symbol| self.rest().starts_with(*symbol));
        let Some(&symbol) = symbol else {
            let span = (self.at, self.at + first.len_utf8());
            let error = syntax(span, format!("`{first}` has no meaning here"));
            let plain = suggest_operator(&first.to_string()).or_else(|| plain(first));
            return Err(match plain {
                Some(hint) => hinted(error, hint),
                None => error,
            });
        };
        self.at += symbol.len();
        if symbol == "=" {
            let span = (self.at - 1, self.at);
            let error = syntax(span, "`=` does not compare".to_owned());
            return Err(hinted(error, "write `==`"));
        }
        Ok(Token::Symbol(symbol))
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn word(&mut self) -> Result<Token, Error> {
        let start = self.at;
        let word = self.take(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let quote = self.rest().chars().next();
        let quote = quote.filter(|letter| matches!(letter, '"' | '\''));
        match (word, quote) {
            ("r" | "R", Some(quote)) => self.string(start, quote, true),
            ("b" | "B", Some(quote)) => self.bytes(start, quote, false),
            ("br" | "bR" | "Br" | "BR" | "rb" | "rB" | "Rb" | "RB", Some(quote)) => {
                self.bytes(start, quote, true)
            }
            _ => Ok(Token::Word(word.to_owned())),
        }
    }

    /// A name between backticks.
    fn name(&mut self) -> Result<Token, Error> {
        let start = self.at;
        self.at += 1;
        let belongs = |letter: char| letter.is_ascii_alphanumeric() || "_.-/ ".contains(letter);
        let name = self.take(belongs);
        if name.is_empty() || !self.rest().starts_with('`') {
            let message = "this name in backticks is empty, never ends, or has other letters";
            let error = syntax((start, self.at), message.to_owned());
            return Err(hinted(error, "texts are put in quotes, like \"CA\""));
        }
        self.at += 1;
        Ok(Token::Name(name.to_owned()))
    }
}

/// What to type for a sign that word processors put in the place of a plain one.
fn plain(sign: char) -> Option<&'static str> {
    Some(match sign {
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}' | '\u{b4}' => {
            "type straight quotes, like \"CA\""
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "type a plain minus, `-`",
        '\u{2264}' => "write `<=`",
        '\u{2265}' => "write `>=`",
        '\u{2260}' => "write `!=`",
        '\u{2227}' => "write `&&`",
        '\u{2228}' => "write `||`",
        '\u{ac}' => "write `!` in front",
        '\u{feff}' | '\u{200b}' => "delete this sign, which cannot be seen",
        sign if sign.is_whitespace() => "type a plain space",
        _ => return None,
    })
}

fn unusable(error: Error) -> Token {
    Token::Unusable(Box::new(error))
}

pub(super) fn syntax(span: Span, message: String) -> Error {
    Error {
        code: "syntax",
        span,
        message,
        hint: None,
    }
}

/// For what CEL has and routing predicates do not.
pub(super) fn outside(span: Span, construct: &str, hint: &str) -> Error {
    Error {
        code: "not_in_subset",
        span,
        message: format!("CEL has {construct}, but routing predicates do not"),
        hint: Some(hint.to_owned()),
    }
}

pub(super) fn hinted(error: Error, hint: &str) -> Error {
    Error {
        hint: Some(hint.to_owned()),
        ..error
    }
}
