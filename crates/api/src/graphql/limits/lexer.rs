//! The tokens of a document, counted on its raw text in one pass and without recursion.

use async_graphql::Pos;

use super::{DOCUMENT_BYTES_MAX, NAME_BYTES_MAX, NESTING_MAX, Refused, TOKENS_MAX};

/// The counts over the tokens of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::graphql) struct Scan {
    /// How many tokens there are.
    pub(in crate::graphql) n_tokens: usize,
    /// How deep brackets of any kind nest.
    pub(in crate::graphql) nesting: usize,
    /// Whether it asks a query for `__typename` and for nothing else, as load balancers do.
    pub(in crate::graphql) is_probe: bool,
}

/// Counts the tokens of a document, and refuses it at the first that goes beyond a limit.
///
/// Everything that the parser takes for a text or a comment is one here too, so that no bracket counts
/// that the parser would not descend into and none is missed. A text without an end is refused: the parser
/// would look for the end of each such text up to the end of the document.
///
/// # Errors
///
/// The first token beyond a limit, a text without an end, or a NUL character.
pub(in crate::graphql) fn scan(text: &str) -> Result<Scan, Refused> {
    if text.len() > DOCUMENT_BYTES_MAX {
        let message = format!(
            "the document has more than {DOCUMENT_BYTES_MAX} bytes; send what is large as a variable"
        );
        return Err(Refused::beyond(message));
    }
    let mut lexer = Lexer {
        text: text.as_bytes(),
        at: 0,
    };
    let (mut n_tokens, mut depth, mut nesting) = (0_usize, 0_usize, 0_usize);
    let mut first: Vec<&[u8]> = Vec::with_capacity(5);
    let refuse = |found: Refused, at: usize| Refused {
        at: Some(position(text, at)),
        ..found
    };
    while let Some(token) = lexer.next().map_err(|(found, at)| refuse(found, at))? {
        n_tokens += 1;
        match token {
            b"{" | b"[" | b"(" => depth += 1,
            b"}" | b"]" | b")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        nesting = nesting.max(depth);
        let found = if nesting > NESTING_MAX {
            let message = format!("the document nests deeper than {NESTING_MAX} levels");
            Some(Refused::beyond(message))
        } else if n_tokens > TOKENS_MAX {
            let message = format!(
                "the document has more than {TOKENS_MAX} tokens; send what is large as a variable"
            );
            Some(Refused::beyond(message))
        } else {
            None
        };
        if let Some(found) = found {
            return Err(refuse(found, lexer.at - token.len()));
        }
        if first.len() < 5 {
            first.push(token);
        }
    }
    let is_probe = matches!(
        first.as_slice(),
        [b"{", b"__typename", b"}"] | [b"query", b"{", b"__typename", b"}"]
    );
    Ok(Scan {
        n_tokens,
        nesting,
        is_probe,
    })
}

/// Line and column of a byte, from 1.
fn position(text: &str, at: usize) -> Pos {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Pos {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: before[start..].chars().count() + 1,
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

/// A mistake, and the byte at which it is.
type Mistake = (Refused, usize);

impl<'a> Lexer<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next token; a text is only its first quote.
    fn next(&mut self) -> Result<Option<&'a [u8]>, Mistake> {
        loop {
            let start = self.at;
            let Some(byte) = self.peek() else {
                return Ok(None);
            };
            match byte {
                b'#' => self.comment()?,
                b'"' => {
                    self.string()?;
                    return Ok(Some(&self.text[self.at - 1..self.at]));
                }
                b' ' | b',' | b'\t' | b'\n' | b'\r' => self.at += 1,
                // A byte order mark is white space anywhere.
                0xEF if self.text[start..].starts_with(b"\xEF\xBB\xBF") => self.at += 3,
                0 => return Err((holds_nul(), start)),
                b'.' if self.text[start..].starts_with(b"...") => {
                    self.at += 3;
                    return Ok(Some(&self.text[start..self.at]));
                }
                _ => {
                    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                    let rest = &self.text[start..];
                    let length = rest.iter().take_while(|byte| is_name(byte)).count();
                    if length > NAME_BYTES_MAX {
                        let message = format!("a name has more than {NAME_BYTES_MAX} bytes");
                        return Err((Refused::beyond(message), start));
                    }
                    // What is no token at all is left to the parser, which says what it waits for.
                    self.at += length.max(1);
                    return Ok(Some(&self.text[start..self.at]));
                }
            }
        }
    }

    fn comment(&mut self) -> Result<(), Mistake> {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' | b'\r' => break,
                0 => return Err((holds_nul(), self.at)),
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let is_block = self.text[start..].starts_with(b"\"\"\"");
        self.at += if is_block { 3 } else { 1 };
        loop {
            let rest = &self.text[self.at..];
            match rest.first() {
                None => break,
                Some(0) => return Err((holds_nul(), self.at)),
                Some(b'"') if !is_block => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'"') if rest.starts_with(b"\"\"\"") => {
                    self.at += 3;
                    return Ok(());
                }
                Some(b'\\') if is_block => {
                    let is_escape = rest.starts_with(b"\\\"\"\"");
                    self.at += if is_escape { 4 } else { 1 };
                }
                Some(b'\\') if rest.starts_with(b"\\u0000") => {
                    return Err((holds_nul(), self.at));
                }
                Some(b'\\') => self.at += 2.min(rest.len()),
                Some(b'\n' | b'\r') if !is_block => break,
                Some(_) => self.at += 1,
            }
        }
        let message = "a text has no end: its closing quotation mark is missing";
        Err((Refused::unreadable(message), start))
    }
}

fn holds_nul() -> Refused {
    let message = "the document holds a NUL character; no text may have one";
    Refused::unreadable(message)
}
