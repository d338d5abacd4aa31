//! What changed between two flows, in words.

use std::{collections::BTreeSet, fmt};

use serde::Serialize;

use crate::{Dedupe, Document, Place, kind::PartText};

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
            (
                "dedupe",
                document
                    .dedupe
                    .as_ref()
                    .map_or_else(|| "none".to_owned(), Dedupe::shown),
            ),
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

/// What a node says, in words.
struct Said {
    /// `when`, `table` and so on.
    kind: &'static str,
    /// What is said once.
    single: Vec<PartText>,
    /// The part that is a list, and the word for one entry.
    list: (&'static str, &'static str),
    /// Its entries.
    entries: Vec<Vec<PartText>>,
}

impl Said {
    fn by(document: &Document, name: &str) -> Self {
        let node = &document.nodes[name];
        let view = node.view();
        Self {
            kind: node.kind(),
            single: view.parts(name, document),
            list: view.list(),
            entries: view.entries(document),
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
        let alike = |(a, b): &(&Vec<PartText>, &Vec<PartText>)| a == b;
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
fn differences(before: &[PartText], after: &[PartText]) -> Vec<String> {
    let names = |parts: &[PartText]| {
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

fn words(parts: &[PartText]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests;
