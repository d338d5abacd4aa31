//! What is particular to each kind of node, one file a kind.
//!
//! A file has one `impl` for each pass: `ReadNode` (from text), `NodeParts` (where leads go, and what is read
//! of them), `DescribeNode` (its meaning in hashes, its figure in drawings, its words in differences),
//! `CheckNode` (what it may say), and `LowerNode` (what it is in a program).

mod auction;
mod bandit;
mod derive;
mod destination;
mod form;
mod reject;
mod rotate;
mod scorecard;
mod split;
mod subflow;
mod switch;
mod table;
mod waterfall;
mod when;
mod words;

use crate::{
    Document, Node,
    document::{of_kind, salt_text},
    hash::Encoder,
};

/// A part with what it says.
pub(crate) type PartText = (String, String);

/// A kind of node in hashes, drawings and differences. Ports, salts and keys are fed into hashes for all
/// kinds alike.
pub(crate) trait DescribeNode {
    /// Feeds what a node means into its hash.
    ///
    /// * `name`: that of the node.
    fn encode(&self, name: &str, document: &Document, encoder: &mut Encoder);

    /// The outline of its figure.
    fn shape(&self) -> Shape;

    /// What it does, beside its kind and name.
    fn said(&self) -> String;

    /// Each port with the word on its arrow; the rows of a table that lead to one node share one.
    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What is said once.
    ///
    /// * `name`: that of the node.
    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        Vec::new()
    }

    /// The part that is a list, and the word for one entry.
    fn list(&self) -> (&'static str, &'static str) {
        ("to", "port")
    }

    /// The entries of that list.
    fn entries(&self, _document: &Document) -> Vec<Vec<PartText>> {
        Vec::new()
    }
}

/// What the outline of a figure tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Somebody may get the lead.
    Destination,
    /// The walk ends.
    End,
    /// A rule takes one of its ports.
    Rule,
    /// A rule of many rows.
    Table,
    /// Chance decides, or history.
    Draw,
    /// Bids decide.
    Auction,
    /// One port is tried after the other.
    Turns,
    /// Another flow stands here.
    Subflow,
    /// A value, and not a step.
    Value,
}

impl Node {
    /// How its kind is described.
    pub(crate) fn view(&self) -> &dyn DescribeNode {
        of_kind!(self, said => said)
    }
}

/// A part of a node in words.
fn part(name: impl Into<String>, text: impl Into<String>) -> PartText {
    (name.into(), text.into())
}

/// A port in words.
fn port(name: &str, to: &str) -> PartText {
    part(name, format!("`{to}`"))
}

/// A salt that a node names, unless it is the one that it has anyhow.
fn salt(salt: Option<&str>, name: &str, document: &Document) -> Option<PartText> {
    let salt = salt.filter(|salt| *salt != salt_text(&document.flow, name, None))?;
    Some(part("salt", salt))
}

/// A key that an arm names, unless it is its name.
fn key(key: Option<&String>, name: &str) -> Option<PartText> {
    key.filter(|key| *key != name).map(|key| part("key", key))
}

/// 400000 is `40%`, 12500 is `1.25%`.
fn percent(ppm: u32) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    let digits = format!("{rest:04}");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        format!("{whole}%")
    } else {
        format!("{whole}.{digits}%")
    }
}

/// A text that fits into a figure.
pub(crate) fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_CHARS - 1).collect();
    format!("{kept}…")
}
