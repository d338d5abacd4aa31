//! The blocks of a page: fences whose second word says what they are.

use std::ops::Range;

use pointsman_flow::{Diagnostic, Document};

use crate::Failure;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The lead schema.
    Schema,
    /// Who may get leads, by name.
    Destinations,
    /// Schema, currency and destinations in one.
    Catalog,
    /// Lists that predicates ask, by name.
    Lists,
    /// A flow that others name.
    Subflow,
    /// The weights of bandits.
    Allocation,
    /// A flow.
    Flow,
    /// What the checks say about the flow before it.
    Findings,
    /// Leads, and what becomes of them in the flow before them.
    Leads,
}

impl Block<'_> {
    /// Reads the block as a flow document.
    pub(crate) fn document(&self) -> Result<Document, Vec<Diagnostic>> {
        match self.syntax {
            Syntax::Toml => Document::from_toml(self.text),
            Syntax::Json | Syntax::Text => Document::from_json(self.text),
        }
    }
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Schema,
        Self::Destinations,
        Self::Catalog,
        Self::Lists,
        Self::Subflow,
        Self::Allocation,
        Self::Flow,
        Self::Findings,
        Self::Leads,
    ];

    /// The second word of the fence.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Destinations => "destinations",
            Self::Catalog => "catalog",
            Self::Lists => "lists",
            Self::Subflow => "subflow",
            Self::Allocation => "allocation",
            Self::Flow => "flow",
            Self::Findings => "findings",
            Self::Leads => "leads",
        }
    }

    /// Whether it is written as a document, and not as text of our own.
    fn is_document(self) -> bool {
        !matches!(self, Self::Findings | Self::Leads)
    }
}

/// How a block is written: the first word of the fence, which is also what colours it for readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Json,
    Toml,
    Text,
}

impl Syntax {
    fn of(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "text" => Some(Self::Text),
            _ => None,
        }
    }
}

/// A block that means something to the runner.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    pub(crate) kind: Kind,
    pub(crate) syntax: Syntax,
    /// Line of its opening fence, from 1.
    pub(crate) line: usize,
    /// What stands between the fences.
    pub(crate) text: &'a str,
    /// Where that is in the page, in bytes.
    pub(crate) inner: Range<usize>,
    /// Where its closing fence ends in the page, in bytes, the newline not counted.
    pub(crate) end: usize,
}

/// The blocks of a page, from top to bottom; what cannot be one is reported.
///
/// A fence of one word, or in another language, is for readers alone, and so is whatever stands
/// inside a longer fence.
pub(crate) fn blocks<'a>(page: &'a str, failures: &mut Vec<Failure>) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    let mut lines = Lines { page, at: 0, n: 0 };
    while let Some(line) = lines.next() {
        let n_ticks = ticks(line.text);
        let info = line.text[n_ticks..].trim();
        if n_ticks < 3 || info.contains('`') {
            continue;
        }
        let opened = line.number;
        let start = lines.at;
        let closed = lines.by_ref().find(|line| {
            let n = ticks(line.text);
            n >= n_ticks && line.text[n..].trim().is_empty()
        });
        let Some(closed) = closed else {
            failures.push(Failure::new(opened, "page", "this fence is never closed"));
            break;
        };
        match meaning(info) {
            Ok(None) => {}
            Ok(Some((syntax, kind))) => blocks.push(Block {
                kind,
                syntax,
                line: opened,
                text: &page[start..closed.start],
                inner: start..closed.start,
                end: closed.start + closed.text.len(),
            }),
            Err(message) => failures.push(Failure::new(opened, "page", message)),
        }
    }
    blocks
}

/// What the words behind a fence mean; nothing where it is for readers alone.
fn meaning(info: &str) -> Result<Option<(Syntax, Kind)>, String> {
    let mut words = info.split_whitespace();
    let syntax = words.next().and_then(Syntax::of);
    let (Some(syntax), Some(word)) = (syntax, words.next()) else {
        return Ok(None);
    };
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.word() == word) else {
        let closest = pointsman_lead::closest(word, Kind::ALL.map(Kind::word));
        let hint = closest.map_or_else(
            || format!("known are {}", Kind::ALL.map(Kind::word).join(", ")),
            |word| format!("did you mean `{word}`?"),
        );
        return Err(format!("`{word}` is not a kind of block; {hint}"));
    };
    if words.next().is_some() {
        return Err(format!("nothing stands behind `{word}`"));
    }
    if kind.is_document() == (syntax == Syntax::Text) {
        let wanted = if kind.is_document() {
            "json or toml"
        } else {
            "text"
        };
        return Err(format!("a block of {word} is written in {wanted}"));
    }
    Ok(Some((syntax, kind)))
}

/// How many backticks a line begins with.
fn ticks(line: &str) -> usize {
    line.bytes().take_while(|&byte| byte == b'`').count()
}

/// The lines of a page with their places.
struct Lines<'a> {
    page: &'a str,
    at: usize,
    n: usize,
}

struct Line<'a> {
    text: &'a str,
    /// From 1.
    number: usize,
    /// Where it begins in the page, in bytes.
    start: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.page.get(self.at..).filter(|rest| !rest.is_empty())?;
        let text = rest.split('\n').next().unwrap_or_default();
        let start = self.at;
        self.at = self.page.len().min(start + text.len() + 1);
        self.n += 1;
        Some(Line {
            text: text.strip_suffix('\r').unwrap_or(text),
            number: self.n,
            start,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line for each block and each failure.
    fn read(page: &str) -> String {
        let mut failures = Vec::new();
        let blocks = blocks(page, &mut failures);
        let blocks = blocks
            .iter()
            .map(|block| format!("{} {}: {:?}", block.line, block.kind.word(), block.text));
        let failures = failures.iter().map(ToString::to_string);
        blocks.chain(failures).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_block_has_two_words_and_everything_else_is_for_readers() {
        let page = "# A page\n\n```json flow\n{}\n```\n```json\n1\n```\n```sh x=1\n```\n````\n```json schema\n```\n````\n\
            ```text leads\nlead {}\n  sold\n```";
        insta::assert_snapshot!(read(page), @r#"
        3 flow: "{}\n"
        15 leads: "lead {}\n  sold\n"
        "#);
    }

    #[test]
    fn slips_of_the_pen_are_told() {
        let page = "```json flwo\n```\n```text flow\n```\n```json leads\n```\n```json flow twice\n```\n```json what\n```\n```json flow\n";
        insta::assert_snapshot!(read(page), @"
        1, page: `flwo` is not a kind of block; known are schema, destinations, catalog, lists, subflow, allocation, flow, findings, leads
        3, page: a block of flow is written in json or toml
        5, page: a block of leads is written in text
        7, page: nothing stands behind `flow`
        9, page: `what` is not a kind of block; known are schema, destinations, catalog, lists, subflow, allocation, flow, findings, leads
        11, page: this fence is never closed
        ");
    }
}
