//! The tokens of a text, and how far they have been read: what every grammar of them needs.

use super::{Span, Spanned, lex::Token};

/// A place among tokens.
pub(super) struct Cursor<'a> {
    tokens: &'a [Spanned<Token>],
    /// Position of the next token.
    pub(super) at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    /// * `end`: length of the text, where a missing token is reported.
    pub(super) fn new(tokens: &'a [Spanned<Token>], end: usize) -> Self {
        Self { tokens, at: 0, end }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).map(|token| &token.value)
    }

    /// The word that was taken last, with its place.
    pub(super) fn word_before(&self) -> Option<(&'a str, Span)> {
        let before = self.tokens.get(self.at.checked_sub(1)?)?;
        match &before.value {
            Token::Word(word) => Some((word, before.span)),
            _ => None,
        }
    }

    /// The symbol that was taken last.
    pub(super) fn symbol_before(&self) -> Option<&'static str> {
        match &self.tokens.get(self.at.checked_sub(1)?)?.value {
            Token::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// Place of the next token.
    pub(super) fn here(&self) -> Span {
        let next = self.tokens.get(self.at);
        next.map_or((self.end, self.end), |token| token.span)
    }

    /// From `start` to the end of the last token that was taken.
    pub(super) fn span_from(&self, start: usize) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        (start, last.map_or(start, |token| token.span.1))
    }

    /// Takes a symbol if it comes next; whether it did.
    pub(super) fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(next)) if *next == symbol);
        self.at += usize::from(found);
        found
    }
}
