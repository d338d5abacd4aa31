//! A flow as figures and ways between them, whatever draws them.

use std::collections::BTreeMap;

use crate::{Document, Hash, Literal, Node, RotateBy, document::zone_or_utc, graph::Graph};

/// The part of a document that leads can reach, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drawing<'a> {
    /// One for each node, parents before their children.
    pub(crate) figures: Vec<Figure<'a>>,
    /// All ways, in the order of the figures that they leave.
    pub(crate) ways: Vec<Way>,
}

/// A node to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure<'a> {
    pub(crate) shape: Shape,
    /// Its kind and its name.
    pub(crate) title: (&'static str, &'a str),
    /// What it does, shortened; empty where the title says it all.
    pub(crate) said: String,
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
    /// One port is tried after the other.
    Turns,
    /// Another flow stands here.
    Subflow,
    /// A value, and not a step.
    Value,
}

/// An arrow between two figures, each by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The word on it; none where a node reads a value.
    pub(crate) word: Option<String>,
}

impl<'a> Drawing<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        let graph = Graph::new(document);
        let steps: Vec<&'a str> = graph.reached.iter().rev().copied().collect();
        let positions: BTreeMap<&str, usize> = steps.iter().copied().zip(0..).collect();
        let mut ways = Vec::new();
        for (at, name) in steps.iter().enumerate() {
            let node = &document.nodes[*name];
            for (word, port) in self::ways(document, node) {
                let Some(&to) = positions.get(port.as_str()) else {
                    continue; // Reported by the checks.
                };
                let word = Some(word);
                ways.push(Way { from: at, to, word });
            }
            for value in document.values_read(name, node) {
                let (from, word) = (positions[value], None);
                ways.push(Way { from, to: at, word });
            }
        }
        let figures = steps.into_iter().map(|name| {
            let node = &document.nodes[name];
            Figure {
                shape: shape(node),
                title: (node.kind(), name),
                said: shortened(&said(node)),
            }
        });
        Self {
            figures: figures.collect(),
            ways,
        }
    }
}

fn shape(node: &Node) -> Shape {
    match node {
        Node::Destination { .. } => Shape::Destination,
        Node::Reject { .. } => Shape::End,
        Node::When { .. } | Node::Switch { .. } => Shape::Rule,
        Node::Table { .. } => Shape::Table,
        Node::Split { .. } | Node::Bandit { .. } | Node::Rotate { .. } => Shape::Draw,
        Node::Waterfall { .. } => Shape::Turns,
        Node::Subflow { .. } => Shape::Subflow,
        Node::Scorecard { .. } | Node::Derive { .. } => Shape::Value,
    }
}

/// What a node does, beside its kind and name.
fn said(node: &Node) -> String {
    match node {
        Node::Destination { destination } => destination.clone().unwrap_or_default(),
        Node::Reject { reason } => reason.clone(),
        Node::When { condition, .. } => condition.clone(),
        Node::Switch { on, .. } => on.clone(),
        Node::Table { columns, rows, .. } => {
            format!("{} rows over {}", rows.len(), columns.join(", "))
        }
        Node::Split { sticky, .. } => sticky.clone().unwrap_or_default(),
        Node::Bandit { segment_by, .. } => segment_by.join(", "),
        Node::Rotate {
            by: RotateBy::LeastRecentlySold,
            ..
        } => "least recently sold".to_owned(),
        Node::Rotate { zone, .. } => format!("deficit in {}", zone_or_utc(zone.as_deref())),
        Node::Waterfall { .. } => String::new(),
        Node::Scorecard { points } => format!("{} entries", points.len()),
        Node::Derive { value, .. } => value.clone(),
        Node::Subflow { flow, version } => format!("{flow} {}", which(version.as_ref())),
    }
}

/// `live`, or the beginning of a hash.
fn which(version: Option<&Hash>) -> String {
    version.map_or("live".to_owned(), |hash| hash.to_string()[..8].to_owned())
}

/// Each port with the word on its way; the rows of a table that lead to one node share a way.
fn ways(document: &Document, node: &Node) -> Vec<(String, String)> {
    match node {
        Node::When {
            then, otherwise, ..
        } => {
            vec![
                ("yes".to_owned(), then.clone()),
                ("no".to_owned(), otherwise.clone()),
            ]
        }
        Node::Switch {
            cases, otherwise, ..
        } => {
            let cases = cases.iter().map(|case| {
                let values: Vec<String> = case.values.iter().map(literal).collect();
                (shortened(&values.join(", ")), case.to.clone())
            });
            cases
                .chain([("otherwise".to_owned(), otherwise.clone())])
                .collect()
        }
        Node::Table {
            rows, otherwise, ..
        } => {
            let mut by_port: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (idx, row) in rows.iter().enumerate() {
                by_port
                    .entry(&row.to)
                    .or_default()
                    .push((idx + 1).to_string());
            }
            let rows = by_port.into_iter().map(|(port, rows)| {
                let word = if rows.len() == 1 { "row" } else { "rows" };
                (
                    shortened(&format!("{word} {}", rows.join(", "))),
                    port.to_owned(),
                )
            });
            let otherwise = otherwise
                .iter()
                .map(|to| ("otherwise".to_owned(), to.clone()));
            rows.chain(otherwise).collect()
        }
        Node::Split { arms, .. } => {
            let arms = arms.iter().map(|arm| {
                let name = document.arm_name(arm.name.as_deref(), &arm.to);
                (
                    format!("{name} {}", percent(arm.weight_ppm)),
                    arm.to.clone(),
                )
            });
            arms.collect()
        }
        Node::Bandit { arms, .. } => {
            let arms = arms.iter();
            arms.map(|arm| {
                (
                    document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
                    arm.to.clone(),
                )
            })
            .collect()
        }
        Node::Rotate { arms, .. } => {
            let arms = arms.iter().map(|arm| {
                let name = document.arm_name(arm.name.as_deref(), &arm.to);
                let daily = arm.daily.map(|target| format!(" {target} a day"));
                let monthly = arm.monthly.map(|target| format!(" {target} a month"));
                let targets = daily
                    .into_iter()
                    .chain(monthly)
                    .collect::<Vec<_>>()
                    .join(",");
                (format!("{name}{targets}"), arm.to.clone())
            });
            arms.collect()
        }
        Node::Waterfall { to } => {
            let ports = (1..).zip(to);
            ports
                .map(|(position, to)| (format!("{position}."), to.clone()))
                .collect()
        }
        Node::Destination { .. }
        | Node::Reject { .. }
        | Node::Subflow { .. }
        | Node::Scorecard { .. }
        | Node::Derive { .. } => Vec::new(),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Boolean(boolean) => boolean.to_string(),
        Literal::Integer(integer) => integer.to_string(),
        Literal::Text(text) => text.clone(),
    }
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

fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_CHARS - 1).collect();
    format!("{kept}…")
}
