//! A lead prepared for one program and one book.

use std::collections::BTreeMap;

use pointsman_bandit::{BanditKey, Book, segment};
use pointsman_flow::{Codes, Mask, NodeIdx, Op, Program};
use pointsman_lead::{FieldIdx, Fields, Schema, Value};

use crate::PPM;

/// Everything about a lead that the walk asks for. Nothing in it changes during the walk.
#[derive(Debug, Clone)]
pub struct Subject {
    pub(crate) codes: Codes,
    pub(crate) criteria: Mask,
    unit: String,
    sticky_units: BTreeMap<NodeIdx, String>,
    weights: BTreeMap<NodeIdx, Vec<u32>>,
    segments: BTreeMap<NodeIdx, String>,
}

impl Subject {
    /// Encodes a lead for a program, and looks up the weights of its segments in a book.
    ///
    /// * `unit_key`: what splits draw by where they are not sticky to a field: source and
    ///   idempotency key, or else the lead's id.
    pub fn new(program: &Program, book: &Book, fields: &Fields, unit_key: &str) -> Self {
        let codes = program.encode(fields);
        let criteria = program.criteria(&codes);
        let mut subject = Self {
            codes,
            criteria,
            unit: unit_key.to_owned(),
            sticky_units: BTreeMap::new(),
            weights: BTreeMap::new(),
            segments: BTreeMap::new(),
        };
        for (node, op) in program.nodes() {
            match op {
                Op::Split {
                    sticky: Some(field),
                    ..
                } => {
                    if let Some(value) = fields.get(*field) {
                        subject.sticky_units.insert(node, text_of(value));
                    }
                }
                Op::Bandit {
                    arms, segment_by, ..
                } => {
                    let segment = segment_of(program.schema(), fields, segment_by);
                    let key = BanditKey {
                        flow: program.flow().to_owned(),
                        node: program.node_name(node).to_owned(),
                        segment: segment.clone(),
                    };
                    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
                    let weights = book.weights(&key, &names);
                    debug_assert_eq!(
                        weights.iter().sum::<u32>(),
                        PPM,
                        "a book's weights make a whole"
                    );
                    subject.weights.insert(node, weights);
                    subject.segments.insert(node, segment);
                }
                _ => {}
            }
        }
        subject
    }

    /// The segment that a bandit node puts this lead in; `None` for other nodes.
    pub fn segment(&self, node: NodeIdx) -> Option<&str> {
        self.segments.get(&node).map(String::as_str)
    }

    /// The destinations whose criteria this lead meets.
    pub fn criteria(&self) -> &Mask {
        &self.criteria
    }

    /// The class codes of this lead's fields.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// What a split or bandit draws by for this lead.
    pub(crate) fn unit(&self, node: NodeIdx) -> &str {
        self.sticky_units.get(&node).unwrap_or(&self.unit)
    }

    /// The weights of the arms of a split or bandit for this lead, or of a rotation of which no order
    /// is known, in ppm.
    pub fn weights<'a>(&'a self, node: NodeIdx, op: &'a Op) -> &'a [u32] {
        match op {
            Op::Split { weights_ppm, .. } => weights_ppm,
            Op::Rotate { even_ppm, .. } => even_ppm,
            _ => self.weights.get(&node).map_or(&[], Vec::as_slice),
        }
    }
}

/// A program and a lead prepared for it: what every step needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The compiled flow.
    pub program: &'a Program,
    /// The lead.
    pub subject: &'a Subject,
}

fn segment_of(schema: &Schema, fields: &Fields, segment_by: &[FieldIdx]) -> String {
    let texts: Vec<(&str, Option<String>)> = segment_by
        .iter()
        .map(|&field| {
            (
                schema.field(field).name.as_str(),
                fields.get(field).map(text_of),
            )
        })
        .collect();
    let pairs: Vec<(&str, Option<&str>)> = texts
        .iter()
        .map(|(name, text)| (*name, text.as_deref()))
        .collect();
    segment(&pairs)
}

/// A value as the text that segments and sticky units are made of. Part of the semantics.
fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) | Value::Decimal(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Timestamp(at) => at.0.to_string(),
    }
}
