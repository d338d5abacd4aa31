//! What changed between two flows, in words.

use std::{collections::BTreeSet, fmt};

use serde::Serialize;

use crate::{
    Case, Document, Hit, Node, Place, Points, Row,
    document::{salt_text, zone_or_utc},
};

mod words;

use words::{arithmetic, cell, least, literal, objective, predicate, set};

/// One difference between two documents that both mean something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where it is: in the new document, or in the old one for what is gone.
    pub place: Place,
    /// What happened there.
    pub kind: ChangeKind,
    /// The same in words, such as ``row 3 of table `geo`: column `state`: CA, TX → CA``.
    pub message: String,
}

/// What happened to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// What changed from `old` to `new`, the flow itself first, then nodes by name. Empty if both have
/// the same hash: titles, notes and spellings do not count.
pub fn diff(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = header(old, new);
    let (old_hashes, new_hashes) = (old.node_hashes(), new.node_hashes());
    let names: BTreeSet<&String> = old_hashes.keys().chain(new_hashes.keys()).collect();
    for name in names {
        match (old_hashes.get(name), new_hashes.get(name)) {
            (Some(before), Some(after)) if before == after => {}
            (Some(_), Some(_)) => {
                let (before, after) = (Said::by(old, name), Said::by(new, name));
                changes.extend(after.changes_since(&before, name));
            }
            (None, _) => changes.push(whole(new, name, ChangeKind::Added)),
            (_, None) => changes.push(whole(old, name, ChangeKind::Removed)),
        }
    }
    changes
}

fn header(old: &Document, new: &Document) -> Vec<Change> {
    let of = |document: &Document| {
        [
            ("flow", document.flow.clone()),
            ("vertical", document.vertical.clone()),
            ("currency", document.currency.to_string()),
            ("root", document.root.clone()),
            ("max_sold", document.max_sold.to_string()),
        ]
    };
    let pairs = of(old).into_iter().zip(of(new));
    pairs
        .filter(|(before, after)| before != after)
        .map(|((part, before), (_, after))| Change {
            place: Place::default().part(part),
            kind: ChangeKind::Changed,
            message: format!("{part}: {before} → {after}"),
        })
        .collect()
}

fn whole(document: &Document, name: &str, kind: ChangeKind) -> Change {
    let word = match kind {
        ChangeKind::Removed => "gone",
        ChangeKind::Added | ChangeKind::Changed => "new",
    };
    Change {
        place: Place::node(name),
        kind,
        message: format!("{} `{name}` is {word}", document.nodes[name].kind()),
    }
}

/// A part with what it says.
type Part = (String, String);

/// What a node says, in words.
struct Said {
    /// `when`, `table` and so on.
    kind: &'static str,
    /// What is said once.
    single: Vec<Part>,
    /// The part that is a list, and the word for one entry.
    list: (&'static str, &'static str),
    /// Its entries.
    entries: Vec<Vec<Part>>,
}

fn part(name: impl Into<String>, text: impl Into<String>) -> Part {
    (name.into(), text.into())
}

fn port(name: &str, to: &str) -> Part {
    part(name, format!("`{to}`"))
}

impl Said {
    fn by(document: &Document, name: &str) -> Self {
        let node = &document.nodes[name];
        let list = match node {
            Node::Table { .. } => ("rows", "row"),
            Node::Switch { .. } => ("cases", "case"),
            Node::Split { .. } | Node::Bandit { .. } | Node::Rotate { .. } => ("arms", "arm"),
            Node::Auction { .. } => ("bidders", "bidder"),
            Node::Scorecard { .. } => ("points", "entry"),
            _ => ("to", "port"),
        };
        Self {
            kind: node.kind(),
            single: single(document, node, name),
            list,
            entries: entries(document, node),
        }
    }

    fn changes_since(&self, old: &Self, name: &str) -> Vec<Change> {
        let place = |of: &str| Place::node(name).part(of);
        let whose = format!("{} `{name}`", self.kind);
        if self.kind != old.kind {
            return vec![Change {
                place: place("kind"),
                kind: ChangeKind::Changed,
                message: format!("`{name}`: {} → {}", old.kind, self.kind),
            }];
        }
        let nothing = "nothing";
        let text = |said: &Self, wanted: &str| {
            let found = said.single.iter().find(|(part, _)| part == wanted);
            found.map_or(nothing.to_owned(), |(_, text)| text.clone())
        };
        let names: BTreeSet<&String> = self
            .single
            .iter()
            .chain(&old.single)
            .map(|(name, _)| name)
            .collect();
        let mut changes: Vec<Change> = names
            .into_iter()
            .map(|part| (part, text(old, part), text(self, part)))
            .filter(|(_, before, after)| before != after)
            .map(|(part, before, after)| Change {
                place: place(part),
                kind: ChangeKind::Changed,
                message: format!("{part} of {whose}: {before} → {after}"),
            })
            .collect();
        changes.extend(self.entry_changes_since(old, name));
        changes
    }

    /// What is equal at both ends of the list is left out; what is between is compared by position.
    fn entry_changes_since(&self, old: &Self, name: &str) -> Vec<Change> {
        let mut changes = Vec::new();
        let (list, word) = self.list;
        let alike = |(a, b): &(&Vec<Part>, &Vec<Part>)| a == b;
        let n_before = old
            .entries
            .iter()
            .zip(&self.entries)
            .take_while(alike)
            .count();
        let (old_rest, new_rest) = (&old.entries[n_before..], &self.entries[n_before..]);
        let n_after = old_rest
            .iter()
            .rev()
            .zip(new_rest.iter().rev())
            .take_while(alike)
            .count();
        let (old_rest, new_rest) = (
            &old_rest[..old_rest.len() - n_after],
            &new_rest[..new_rest.len() - n_after],
        );
        for offset in 0..old_rest.len().max(new_rest.len()) {
            let idx = n_before + offset;
            let title = format!("{word} {} of {} `{name}`", idx + 1, self.kind);
            let change = |kind, message| Change {
                place: Place::node(name).part(format!("{list}[{idx}]")),
                kind,
                message,
            };
            match (old_rest.get(offset), new_rest.get(offset)) {
                (Some(before), Some(after)) => {
                    changes.extend(differences(before, after).into_iter().map(|difference| {
                        change(ChangeKind::Changed, format!("{title}: {difference}"))
                    }));
                }
                (None, Some(after)) => {
                    changes.push(change(
                        ChangeKind::Added,
                        format!("{title} is new: {}", words(after)),
                    ));
                }
                (Some(before), None) => {
                    changes.push(change(
                        ChangeKind::Removed,
                        format!("{title} is gone: {}", words(before)),
                    ));
                }
                (None, None) => {}
            }
        }
        changes
    }
}

/// Part by part where both have the same ones, else as a whole.
fn differences(before: &[Part], after: &[Part]) -> Vec<String> {
    let names = |parts: &[Part]| {
        parts
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    if names(before) != names(after) {
        return vec![format!("{} → {}", words(before), words(after))];
    }
    let pairs = before.iter().zip(after).filter(|(a, b)| a != b);
    pairs
        .map(|((name, before), (_, after))| format!("{name}: {before} → {after}"))
        .collect()
}

fn words(parts: &[Part]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    parts.join(", ")
}

/// A salt that a node names, unless it is the one that it has anyhow.
fn salt(document: &Document, node: &Node, name: &str) -> Option<Part> {
    let salt = node.salt()?;
    (salt != salt_text(&document.flow, name, None)).then(|| part("salt", salt))
}

/// A key that an arm names, unless it is its name.
fn key(key: Option<&String>, name: &str) -> Option<Part> {
    key.filter(|key| *key != name).map(|key| part("key", key))
}

fn single(document: &Document, node: &Node, name: &str) -> Vec<Part> {
    match node {
        Node::Destination { destination } => {
            vec![part("destination", destination.as_deref().unwrap_or(name))]
        }
        Node::Reject { reason } => vec![part("reason", reason)],
        Node::When {
            condition,
            then,
            otherwise,
        } => vec![
            part("if", predicate(condition)),
            port("then", then),
            port("otherwise", otherwise),
        ],
        Node::Switch { on, otherwise, .. } => vec![part("on", on), port("otherwise", otherwise)],
        Node::Table {
            hit,
            columns,
            otherwise,
            ..
        } => {
            let mut parts = vec![
                part(
                    "hit",
                    if *hit == Hit::First {
                        "first"
                    } else {
                        "unique"
                    },
                ),
                part("columns", columns.join(", ")),
            ];
            parts.extend(otherwise.as_ref().map(|to| port("otherwise", to)));
            parts
        }
        Node::Split { sticky, .. } => {
            let sticky = sticky.iter().map(|field| part("sticky", field));
            sticky.chain(salt(document, node, name)).collect()
        }
        Node::Bandit {
            maximize,
            explore_ppm,
            segment_by,
            ..
        } => {
            let mut parts = vec![
                part("maximize", objective(*maximize)),
                part("explore_ppm", explore_ppm.to_string()),
                part("segment_by", segment_by.join(", ")),
            ];
            parts.extend(salt(document, node, name));
            parts
        }
        Node::Derive {
            value,
            default,
            scale,
        } => {
            let default = default.as_ref().map_or("missing".to_owned(), literal);
            let mut parts = vec![part("value", arithmetic(value)), part("default", default)];
            parts.extend(scale.map(|scale| part("scale", scale.to_string())));
            parts
        }
        Node::Subflow { flow, version } => {
            let version = version.map_or("live".to_owned(), |hash| hash.to_string());
            vec![part("flow", flow), part("version", version)]
        }
        Node::Rotate { by, zone, .. } => vec![
            part("by", by.word()),
            part("zone", zone_or_utc(zone.as_deref())),
        ],
        Node::Auction {
            reserve,
            deadline_ms,
            ..
        } => vec![
            part("reserve", least(reserve.as_deref())),
            part("deadline_ms", deadline_ms.to_string()),
        ],
        Node::Waterfall { .. } | Node::Scorecard { .. } => Vec::new(),
    }
}

fn entries(document: &Document, node: &Node) -> Vec<Vec<Part>> {
    let arm = |own: &Option<String>, to: &str| document.arm_name(own.as_deref(), to).to_owned();
    match node {
        Node::Table { columns, rows, .. } => {
            let row = |row: &Row| {
                let cells = row.cells.iter().zip(columns);
                let cells =
                    cells.map(|(asked, column)| part(format!("column `{column}`"), cell(asked)));
                let condition = row.condition.iter();
                let condition = condition.map(|text| part("if", predicate(text)));
                cells
                    .chain(condition)
                    .chain([port("to", &row.to)])
                    .collect()
            };
            rows.iter().map(row).collect()
        }
        Node::Switch { cases, .. } => {
            let case = |case: &Case| vec![part("in", set(&case.values)), port("to", &case.to)];
            cases.iter().map(case).collect()
        }
        Node::Split { arms, .. } => {
            let arms = arms.iter().map(|of| {
                let weight = of.weight_ppm.to_string();
                let name = arm(&of.name, &of.to);
                let mut parts = vec![part("name", &name)];
                parts.extend(key(of.key.as_ref(), &name));
                parts.extend([part("weight_ppm", weight), port("to", &of.to)]);
                parts
            });
            arms.collect()
        }
        Node::Bandit { arms, .. } => {
            let arms = arms.iter();
            let arms = arms.map(|of| {
                let name = arm(&of.name, &of.to);
                let mut parts = vec![part("name", &name)];
                parts.extend(key(of.key.as_ref(), &name));
                parts.push(port("to", &of.to));
                parts
            });
            arms.collect()
        }
        Node::Rotate { arms, .. } => {
            let arms = arms.iter().map(|of| {
                let targets = of.targets().map(|(name, n)| part(name, n.to_string()));
                let parts = [part("name", arm(&of.name, &of.to))];
                let parts = parts.into_iter().chain(targets);
                parts.chain([port("to", &of.to)]).collect()
            });
            arms.collect()
        }
        Node::Scorecard { points } => {
            let entry = |of: &Points| {
                vec![
                    part("if", predicate(&of.condition)),
                    part("points", of.points.to_string()),
                ]
            };
            points.iter().map(entry).collect()
        }
        Node::Auction { bidders, .. } => {
            let bidders = bidders.iter().map(|of| {
                let penalty = of.penalty_ppm.to_string();
                vec![port("to", &of.to), part("penalty_ppm", penalty)]
            });
            bidders.collect()
        }
        Node::Waterfall { to } => to.iter().map(|to| vec![port("to", to)]).collect(),
        Node::Destination { .. }
        | Node::Reject { .. }
        | Node::When { .. }
        | Node::Subflow { .. }
        | Node::Derive { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
