//! The normalised form of a flow and its content address.

use pointsman_cel as cel;
use std::{borrow::Cow, collections::BTreeMap};

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::{
    Bidder, Cell, Document, Hash, Hit, Literal, Node,
    document::{reserve, salt_text, zone_or_utc},
    graph::Graph,
    hash::Encoder,
};

impl Document {
    /// Content address of what the flow means.
    ///
    /// Titles, notes, nodes that the root does not lead to, the order and doubles in sets, the
    /// spacing of predicates and whether a default name, key or salt is written out do not count. The
    /// names of nodes do: readouts are keyed by them.
    pub fn hash(&self) -> Hash {
        let hashes = self.node_hashes();
        let mut encoder = Encoder::new("pointsman/flow/v1");
        encoder.text(&self.flow);
        encoder.text(&self.vertical);
        encoder.text(self.currency.as_str());
        encoder.integer(i64::from(self.max_sold));
        port(&mut encoder, &self.root, &hashes);
        encoder.finish()
    }

    /// Content address of every node that the root leads to, each over its children: an equal hash
    /// means that nothing below differs.
    pub fn node_hashes(&self) -> BTreeMap<String, Hash> {
        let mut hashes = BTreeMap::new();
        for name in Graph::new(self).reached {
            let hash = self.node_hash(name, &self.nodes[name], &hashes);
            hashes.insert(name.to_owned(), hash);
        }
        hashes
    }

    fn node_hash(&self, name: &str, node: &Node, hashes: &BTreeMap<String, Hash>) -> Hash {
        let mut encoder = Encoder::new("pointsman/node/v1");
        encoder.text(name);
        encoder.text(node.kind());
        match node {
            Node::Destination { destination } => {
                encoder.text(destination.as_deref().unwrap_or(name));
            }
            Node::Reject { reason } => encoder.text(reason),
            Node::When { condition, .. } => predicate(&mut encoder, condition),
            Node::Switch { on, cases, .. } => {
                encoder.text(on);
                encoder.list(cases.len());
                for case in cases {
                    set(&mut encoder, &case.values);
                }
            }
            Node::Table {
                hit, columns, rows, ..
            } => {
                encoder.boolean(*hit == Hit::Unique);
                encoder.list(columns.len());
                for column in columns {
                    encoder.text(column);
                }
                encoder.list(rows.len());
                for row in rows {
                    encoder.list(row.cells.len());
                    row.cells.iter().for_each(|asked| cell(&mut encoder, asked));
                    // Rows without one are fed as they were before rows could have one.
                    if let Some(condition) = &row.condition {
                        encoder.text("if");
                        predicate(&mut encoder, condition);
                    }
                }
            }
            Node::Split { arms, sticky, .. } => {
                encoder.list(arms.len());
                for arm in arms {
                    encoder.text(self.arm_name(arm.name.as_deref(), &arm.to));
                    encoder.integer(i64::from(arm.weight_ppm));
                }
                optional(&mut encoder, sticky.as_deref(), Encoder::text);
            }
            Node::Bandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
                ..
            } => {
                encoder.list(arms.len());
                for arm in arms {
                    encoder.text(self.arm_name(arm.name.as_deref(), &arm.to));
                }
                encoder.json(&serde_json::to_value(maximize).unwrap_or_default());
                encoder.integer(i64::from(*explore_ppm));
                encoder.list(segment_by.len());
                for field in segment_by {
                    encoder.text(field);
                }
            }
            Node::Rotate { by, zone, arms } => {
                encoder.text(by.word());
                encoder.text(zone_or_utc(zone.as_deref()));
                encoder.list(arms.len());
                for arm in arms {
                    encoder.text(self.arm_name(arm.name.as_deref(), &arm.to));
                    for target in [arm.daily, arm.monthly] {
                        optional(&mut encoder, target.as_ref(), |encoder, target| {
                            encoder.integer(i64::from(*target));
                        });
                    }
                }
            }
            Node::Auction {
                bidders,
                reserve,
                deadline_ms,
            } => auction(&mut encoder, bidders, reserve.as_deref(), *deadline_ms),
            Node::Waterfall { .. } => {}
            Node::Subflow { flow, version } => {
                encoder.text(flow);
                optional(&mut encoder, version.as_ref(), |encoder, version| {
                    encoder.hash(*version);
                });
            }
            Node::Scorecard { points } => {
                encoder.list(points.len());
                for points in points {
                    predicate(&mut encoder, &points.condition);
                    encoder.integer(points.points);
                }
            }
            Node::Derive {
                value,
                default,
                scale,
            } => {
                arithmetic(&mut encoder, value);
                optional(&mut encoder, default.as_ref(), literal);
                let scale = scale.map(i64::from);
                optional(&mut encoder, scale.as_ref(), |encoder, scale| {
                    encoder.integer(*scale);
                });
            }
        }
        self.drawn_by(&mut encoder, name, node);
        self.children(&mut encoder, name, node, hashes);
        encoder.finish()
    }

    /// Feeds what draws are made by, where it is not the default: nodes without are fed as they were
    /// before nodes could have it.
    fn drawn_by(&self, encoder: &mut Encoder, name: &str, node: &Node) {
        if let Some(salt) = node.salt()
            && salt != salt_text(&self.flow, name, None)
        {
            encoder.text("salt");
            encoder.text(salt);
        }
        let arms = self.draw_keys(node);
        if arms.iter().any(|(name, key)| name != key) {
            encoder.text("keys");
            encoder.list(arms.len());
            arms.iter().for_each(|(_, key)| encoder.text(key));
        }
    }

    /// Feeds what a node leads to and the values that it reads.
    fn children(
        &self,
        encoder: &mut Encoder,
        name: &str,
        node: &Node,
        hashes: &BTreeMap<String, Hash>,
    ) {
        let targets = node.targets();
        encoder.list(targets.len());
        // Tells a table's `otherwise` from one more row.
        let n_before = targets.len() - usize::from(node.has_otherwise());
        for (position, name) in targets.into_iter().enumerate() {
            encoder.boolean(position >= n_before);
            port(encoder, name, hashes);
        }
        let values = self.values_read(name, node);
        encoder.list(values.len());
        for name in values {
            port(encoder, name, hashes);
        }
    }
}

/// A reserve price counts as an amount; one that cannot be read, as it is written.
fn auction(encoder: &mut Encoder, bidders: &[Bidder], least: Option<&str>, deadline_ms: u32) {
    encoder.list(bidders.len());
    for bidder in bidders {
        encoder.integer(i64::from(bidder.penalty_ppm));
    }
    match reserve(least) {
        Ok(reserve) => encoder.integer(reserve.0),
        Err(_) => encoder.text(least.unwrap_or_default()),
    }
    encoder.integer(i64::from(deadline_ms));
}

/// A node that does not exist, or one that leads back here, stands by its name.
fn port(encoder: &mut Encoder, name: &str, hashes: &BTreeMap<String, Hash>) {
    match hashes.get(name) {
        Some(hash) => encoder.hash(*hash),
        None => encoder.text(name),
    }
}

/// A predicate by its canonical text; one that cannot be read, as it is written.
fn predicate(encoder: &mut Encoder, text: &str) {
    let expr = cel::parse(text);
    encoder.boolean(expr.is_ok());
    match expr {
        Ok(expr) => encoder.text(&cel::normal_form(&expr)),
        Err(_) => encoder.text(text),
    }
}

/// An expression by its canonical text; one that cannot be read, as it is written.
fn arithmetic(encoder: &mut Encoder, text: &str) {
    let term = cel::parse_arithmetic(text);
    encoder.boolean(term.is_ok());
    match term {
        Ok(term) => encoder.text(&term.value.print()),
        Err(_) => encoder.text(text),
    }
}

fn cell(encoder: &mut Encoder, cell: &Cell) {
    match cell {
        Cell::Any => encoder.text("any"),
        Cell::Missing => encoder.text("missing"),
        Cell::OneOf(literals) => set(encoder, literals),
        Cell::NoneOf(literals) => {
            encoder.text("not_in");
            set(encoder, literals);
        }
        Cell::StartsWith(prefixes) => {
            encoder.text("starts_with");
            let prefixes = prefixes.iter().map(|prefix| Literal::Text(prefix.clone()));
            set(encoder, &prefixes.collect::<Vec<_>>());
        }
        Cell::Range { from, to } => {
            encoder.text("range");
            for end in [from, to] {
                optional(encoder, end.as_ref(), literal);
            }
        }
    }
}

fn set(encoder: &mut Encoder, literals: &[Literal]) {
    if let [only] = literals {
        encoder.list(1);
        literal(encoder, only);
        return;
    }
    let mut literals: Vec<Cow<'_, Literal>> = literals.iter().map(Literal::nfc).collect();
    literals.sort();
    literals.dedup();
    encoder.list(literals.len());
    for entry in &literals {
        literal(encoder, entry);
    }
}

fn literal(encoder: &mut Encoder, literal: &Literal) {
    match literal.nfc().as_ref() {
        Literal::Boolean(boolean) => encoder.boolean(*boolean),
        Literal::Integer(integer) => encoder.integer(*integer),
        Literal::Text(text) => encoder.text(text),
    }
}

fn optional<T: ?Sized>(encoder: &mut Encoder, value: Option<&T>, feed: fn(&mut Encoder, &T)) {
    match value {
        None => encoder.none(),
        Some(value) => feed(encoder, value),
    }
}

impl Literal {
    /// The same value, a text in NFC, as leads have it.
    pub(crate) fn nfc(&self) -> Cow<'_, Self> {
        match self {
            Self::Text(text)
                if !text.is_ascii() && is_nfc_quick(text.chars()) != IsNormalized::Yes =>
            {
                Cow::Owned(Self::Text(text.nfc().collect()))
            }
            other => Cow::Borrowed(other),
        }
    }
}

#[cfg(test)]
mod tests;
