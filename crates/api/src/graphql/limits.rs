//! What a GraphQL document may cost, found before anything recurses into it or multiplies it out.
//!
//! A few hundred bytes can ask for unbounded work in three ways, and each is bounded by what is cheap to
//! know. *Nesting* costs stack in every parser that descends: [`lexer::scan`] counts brackets on the raw
//! text. *Fragments* that spread others are visited as often as they are spread: [`cost::check`] counts
//! them once and multiplies. *Variables* are copied wherever they are used: the same count weighs them.
//!
//! # Source
//!
//! Counting tokens and depth before parsing is what `graphql-js` (`maxTokens`) and the Apollo Router
//! (`parser_max_recursion`) do; that validation itself has to be bounded is GHSA-mjw4-jj88-v687.

mod cost;
mod lexer;

use async_graphql::{
    Pos, Variables,
    parser::{self, types::ExecutableDocument},
};

pub(super) use lexer::scan;

/// Deepest nesting of `{`, `[` and `(` in a document. The parser needs some 6 KB of stack for each level,
/// and a worker thread has 2 MiB; the introspection query of common tools nests 13 deep.
pub(super) const NESTING_MAX: usize = 64;
/// Most tokens of a document. The introspection query of common tools has some 350.
pub(super) const TOKENS_MAX: usize = 4_000;
/// Longest name, in bytes.
const NAME_BYTES_MAX: usize = 128;
/// Longest document, in bytes. What is large, such as a flow, is sent as a variable and needs no parser of
/// ours: this one takes a microsecond for each character of a text or comment where it is not optimised.
const DOCUMENT_BYTES_MAX: usize = 64 * 1024;

/// Why a document is refused before it is validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// What is wrong, in the user's words.
    pub(super) message: String,
    /// Where in the document, where that is one place: line and column, from 1.
    pub(super) at: Option<Pos>,
    /// Whether it is beyond a limit of ours; otherwise it is no document.
    pub(super) is_limit: bool,
}

impl Refused {
    fn beyond(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at: None,
            is_limit: true,
        }
    }

    fn unreadable(message: impl Into<String>) -> Self {
        Self {
            is_limit: false,
            ..Self::beyond(message)
        }
    }
}

/// The document that stands in a text, if it is one and asks for no more than is allowed.
///
/// # Errors
///
/// The first thing that is beyond a limit, or where the text is no document.
pub(super) fn parse(text: &str, variables: &Variables) -> Result<ExecutableDocument, Refused> {
    scan(text)?;
    let document = parser::parse_query(text).map_err(|error| Refused {
        at: error.positions().next(),
        ..Refused::unreadable(error.to_string())
    })?;
    cost::check(&document, variables)?;
    Ok(document)
}

#[cfg(test)]
#[expect(
    clippy::format_collect,
    reason = "tests read better with one line of text each"
)]
mod tests;
