//! Duplicate names and inexact numbers in GraphQL requests.
//!
//! Parsers keep the last of two members of an object in silence, and the nearest binary fraction of a
//! number. A lead or a flow must not become another one so, wherever in the request it stands.

use std::collections::BTreeSet;

use pointsman_lead::json;
use serde_json::Value as Json;

/// Reads a part of a request that is JSON.
///
/// # Errors
///
/// What is wrong, in one line.
pub(super) fn read(bytes: &[u8]) -> Result<Json, String> {
    json::read_bytes(bytes).map_err(|problems| {
        let messages: Vec<String> = problems.into_iter().map(|it| it.message).collect();
        messages.join("; ")
    })
}

/// Holds against a document what it writes twice in one object literal, and numbers that would not stay
/// what they are. Whether it is a document at all is the parser's to say.
///
/// # Errors
///
/// The first of them, with its line and column.
pub(super) fn check(document: &str) -> Result<(), String> {
    let mut scan = Scan {
        text: document,
        at: 0,
        open: Vec::new(),
        n_round: 0,
    };
    while let Some(token) = scan.next() {
        let fault = match token {
            Token::Name(name) => scan
                .is_doubled(name)
                .then(|| format!("`{name}` is there twice in one object")),
            Token::Number(number) => (!json::stays(number)).then(|| {
                format!(
                    "`{number}` has more digits than a number keeps; round it, or send it as a text"
                )
            }),
        };
        if let Some(fault) = fault {
            let (line, column) = scan.place();
            return Err(format!("{fault} (line {line}, column {column})"));
        }
    }
    Ok(())
}

enum Token<'t> {
    Name(&'t str),
    Number(&'t str),
}

/// A bracket that is open. Where a round one is, curly ones hold the members of an object.
enum Open<'t> {
    Round,
    Square,
    Curly(BTreeSet<&'t str>),
}

struct Scan<'t> {
    text: &'t str,
    /// Behind the last token.
    at: usize,
    open: Vec<Open<'t>>,
    n_round: usize,
}

impl<'t> Scan<'t> {
    /// The next name or number.
    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let rest = &self.text[self.at..];
            match rest.bytes().next()? {
                b'#' => self.at += rest.find('\n').unwrap_or(rest.len()),
                b'"' => self.at += text_length(rest),
                b'-' | b'0'..=b'9' => {
                    let belongs = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
                    return Some(Token::Number(self.take(belongs)));
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                    return Some(Token::Name(self.take(belongs)));
                }
                bracket @ (b'(' | b'[' | b'{' | b')' | b']' | b'}') => {
                    self.bracket(bracket);
                    self.at += 1;
                }
                _ => self.at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
    }

    fn take(&mut self, belongs: impl Fn(u8) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| !belongs(byte));
        let token = &rest[..end.unwrap_or(rest.len())];
        self.at += token.len();
        token
    }

    fn bracket(&mut self, bracket: u8) {
        let open = match bracket {
            b'(' => Open::Round,
            b'[' => Open::Square,
            b'{' => Open::Curly(BTreeSet::new()),
            _ => {
                if let Some(Open::Round) = self.open.pop() {
                    self.n_round -= 1;
                }
                return;
            }
        };
        self.n_round += usize::from(matches!(open, Open::Round));
        self.open.push(open);
    }

    /// Whether a name is that of a member which its object has already.
    fn is_doubled(&mut self, name: &'t str) -> bool {
        let is_literal = self.n_round > 0;
        let is_member = without_space(&self.text[self.at..]).starts_with(':');
        match self.open.last_mut() {
            Some(Open::Curly(names)) if is_literal && is_member => !names.insert(name),
            _ => false,
        }
    }

    /// Line and column of the end of the last token, from 1.
    fn place(&self) -> (usize, usize) {
        let before = &self.text[..self.at];
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let n_lines = before.bytes().filter(|&byte| byte == b'\n').count();
        (n_lines + 1, before[line..].chars().count())
    }
}

/// The text behind what means nothing: space, commas and comments.
fn without_space(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
        if !rest.starts_with('#') {
            return rest;
        }
        rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
    }
}

/// How long the text is that begins here with its quote.
fn text_length(rest: &str) -> usize {
    if let Some(block) = rest.strip_prefix("\"\"\"") {
        let mut from = 0;
        while let Some(end) = block[from..].find("\"\"\"") {
            let end = from + end;
            if !block[..end].ends_with('\\') {
                return 3 + end + 3;
            }
            from = end + 3;
        }
        return rest.len();
    }
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return at + 1,
            '\n' => return at,
            '\\' => drop(letters.next()),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{check, read};

    #[test]
    fn a_member_that_stands_twice_is_refused_with_its_place() {
        let document =
            "mutation {\n  submitLead(input: {fields: {age: 17,\n age : 40}}) { lead { id } }\n}";
        let refused = check(document).unwrap_err();
        assert_eq!(
            refused,
            "`age` is there twice in one object (line 3, column 4)"
        );
        assert!(check("{ a(b: {c: 1, c # not a value\n: 2}) }").is_err());
        assert!(check("query ($a: X = {b: 1, b: 2}) { c }").is_err());
        assert!(check("{ a(b: [{c: 1}, {d: {e: 1, e: 2}}]) }").is_err());
    }

    #[test]
    fn selections_texts_and_comments_are_no_members() {
        for document in [
            "{ a: b a: b c { a: b a: b } }",
            r#"{ a(b: {c: "d: 1, d: 2", e: """ \""" c: 1, c: 2 """}) }"#,
            "{ a(b: {c: 1 # c: 2, c: 3\n d: C e: D}) b(c: {c: {c: $c}}) }",
            "{ a(b: {c: 12.5, d: -1e2, e: 9007199254740993}) }",
            "\" ((({{{",
            "}}}))) a(b: {c: 1})",
        ] {
            assert_eq!(check(document), Ok(()), "{document}");
        }
    }

    #[test]
    fn numbers_stay_what_they_are_or_are_refused() {
        let refused = check("{ a(b: {price: 12.499999999999999}) }").unwrap_err();
        assert!(refused.starts_with("`12.499999999999999` has"), "{refused}");
        let refused = read(br#"{"variables": {"price": 12.499999999999999}}"#).unwrap_err();
        assert!(refused.starts_with("`variables.price` is a number of 17 digits"));
        let refused = read(br#"{"variables": {"a": {"b": 1, "b": 1}}}"#).unwrap_err();
        assert_eq!(refused, "`variables.a.b` is there twice");
        assert!(read(b"{").unwrap_err().starts_with("this is not JSON"));
    }
}
