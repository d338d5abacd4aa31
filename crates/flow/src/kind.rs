//! What is particular to each kind of node, one file a kind: its meaning in hashes, its figure in
//! drawings, and its words in differences.

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

use crate::{Document, Node, document::salt_text, hash::Encoder};

/// A part with what it says.
pub(crate) type Part = (String, String);

/// What a kind of node says for itself. Ports, salts and keys are fed into hashes for all kinds alike.
pub(crate) trait Kind {
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
    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        Vec::new()
    }

    /// The part that is a list, and the word for one entry.
    fn list(&self) -> (&'static str, &'static str) {
        ("to", "port")
    }

    /// The entries of that list.
    fn entries(&self, _document: &Document) -> Vec<Vec<Part>> {
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
    /// What is particular to its kind.
    pub(crate) fn view(&self) -> Box<dyn Kind + '_> {
        match self {
            Self::Destination { destination } => Box::new(destination::DestinationView {
                destination: destination.as_deref(),
            }),
            Self::Reject { reason } => Box::new(reject::RejectView { reason }),
            Self::When {
                condition,
                then,
                otherwise,
            } => Box::new(when::WhenView {
                condition,
                then,
                otherwise,
            }),
            Self::Switch {
                on,
                cases,
                otherwise,
            } => Box::new(switch::SwitchView {
                on,
                cases,
                otherwise,
            }),
            Self::Table {
                hit,
                columns,
                rows,
                otherwise,
            } => Box::new(table::TableView {
                hit: *hit,
                columns,
                rows,
                otherwise: otherwise.as_deref(),
            }),
            Self::Split { arms, sticky, salt } => Box::new(split::SplitView {
                arms,
                sticky: sticky.as_deref(),
                salt: salt.as_deref(),
            }),
            Self::Bandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
                salt,
            } => Box::new(bandit::BanditView {
                arms,
                maximize: *maximize,
                explore_ppm: *explore_ppm,
                segment_by,
                salt: salt.as_deref(),
            }),
            Self::Rotate { by, zone, arms } => Box::new(rotate::RotateView {
                by: *by,
                zone: zone.as_deref(),
                arms,
            }),
            Self::Auction {
                bidders,
                reserve,
                deadline_ms,
            } => Box::new(auction::AuctionView {
                bidders,
                reserve: reserve.as_deref(),
                deadline_ms: *deadline_ms,
            }),
            Self::Waterfall { to } => Box::new(waterfall::WaterfallView { to }),
            Self::Subflow { flow, version } => Box::new(subflow::SubflowView {
                flow,
                version: version.as_ref(),
            }),
            Self::Scorecard { points } => Box::new(scorecard::ScorecardView { points }),
            Self::Derive {
                value,
                default,
                scale,
            } => Box::new(derive::DeriveView {
                value,
                default: default.as_ref(),
                scale: *scale,
            }),
        }
    }
}

/// A part of a node in words.
fn part(name: impl Into<String>, text: impl Into<String>) -> Part {
    (name.into(), text.into())
}

/// A port in words.
fn port(name: &str, to: &str) -> Part {
    part(name, format!("`{to}`"))
}

/// A salt that a node names, unless it is the one that it has anyhow.
fn salt(salt: Option<&str>, name: &str, document: &Document) -> Option<Part> {
    let salt = salt.filter(|salt| *salt != salt_text(&document.flow, name, None))?;
    Some(part("salt", salt))
}

/// A key that an arm names, unless it is its name.
fn key(key: Option<&String>, name: &str) -> Option<Part> {
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
