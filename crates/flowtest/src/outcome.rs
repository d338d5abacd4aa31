//! What became of a page: what it holds, what came out otherwise, and how it would read.

use std::fmt;

use pointsman_flow::Diagnostic;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// What became of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many flows it checks.
    pub n_flows: usize,
    /// How many leads walk through them.
    pub n_leads: usize,
    /// Everything that the checks said about its flows, in the order of the page.
    pub findings: Vec<Diagnostic>,
    /// What is not as written, from top to bottom; none: the page holds.
    pub failures: Vec<Failure>,
    /// The page with what really came out in the place of what was expected.
    pub rewritten: String,
}

/// Something on a page that did not come out as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Line of the page, from 1.
    pub line: usize,
    /// Which kind of block it is in, such as `flow`.
    pub block: &'static str,
    /// What is wrong, in the author's words.
    pub message: String,
    /// Line by line, what was expected (`-`) and what came (`+`), where both are texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

impl Failure {
    /// A failure without texts to compare.
    pub(crate) fn new(line: usize, block: &'static str, message: impl Into<String>) -> Self {
        Self {
            line,
            block,
            message: message.into(),
            diff: None,
        }
    }

    /// The same failure with the difference of two texts.
    pub(crate) fn diff(mut self, expected: &str, found: &str) -> Self {
        let diff = TextDiff::from_lines(expected, found);
        let lines = diff.iter_all_changes().map(|change| {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let line = format!("{sign} {}", change.value().trim_end_matches('\n'));
            line.trim_end().to_owned()
        });
        self.diff = Some(lines.collect::<Vec<_>>().join("\n"));
        self
    }
}

impl fmt::Display for Failure {
    /// `34, leads: what is wrong`, and the difference on lines of its own.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            block,
            message,
            diff,
        } = self;
        write!(formatter, "{line}, {block}: {message}")?;
        match diff {
            Some(diff) => write!(formatter, "\n{diff}"),
            None => Ok(()),
        }
    }
}
