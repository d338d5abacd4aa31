//! A lead prepared for one program and one allocation.

use std::{fmt::Write as _, ops::Range};

use pointsman_bandit::{Allocation, Limits, keep_within, write_segment};
use pointsman_flow::{Codes, Learning, Mask, NodeIdx, Op, Program, Semantics};
use pointsman_lead::{FieldIdx, Values};
use smallvec::SmallVec;

use crate::{
    Unit, UnitHashes,
    text::{Text, Texts},
};

/// Everything about a lead that the walk asks for. Nothing in it changes during the walk.
///
/// Ordinary leads need no allocation: the unit key and the texts of bandits' segments and sticky
/// fields, together up to 96 bytes, and the weights of up to 16 arms stand in the subject itself.
#[derive(Debug, Clone)]
pub struct Subject {
    pub(crate) codes: Codes,
    pub(crate) criteria: Mask,
    texts: Texts,
    unit: Range<usize>,
    /// What sticky splits draw by, by node; in order.
    sticky: SmallVec<[(NodeIdx, Range<usize>); 2]>,
    /// Bandits, by node; in order.
    drawn: SmallVec<[(NodeIdx, BanditWeights); 2]>,
    weights: SmallVec<[u32; 16]>,
    parts: SmallVec<[u64; 8]>,
}

/// What a bandit draws with.
#[derive(Debug, Clone)]
struct BanditWeights {
    segment: Range<usize>,
    weights: Range<usize>,
    /// Of the arms when not all can be drawn; empty if the allocation says nothing of that.
    parts: Range<usize>,
}

impl Subject {
    /// Encodes a lead for a program, and looks up the weights of its segments in an allocation.
    ///
    /// * `values`: [`pointsman_lead::Fields`] of the program's schema, or a
    ///   [`pointsman_flow::TypedLead`].
    pub fn new(
        program: &Program,
        allocation: &Allocation,
        values: &impl Values,
        unit: Unit<'_>,
    ) -> Self {
        let codes = program.encode(values);
        Self::of_codes(program, allocation, values, unit, codes)
    }

    /// The same for a lead some of whose values were removed after it had been encoded.
    ///
    /// * `codes`: of the lead as it was, in the terms of the same program.
    pub fn of_codes(
        program: &Program,
        allocation: &Allocation,
        values: &impl Values,
        unit: Unit<'_>,
        codes: Codes,
    ) -> Self {
        let criteria = program.criteria(&codes);
        let mut texts = Texts::default();
        let key = texts.add(|texts| texts.write_str(unit.key));
        let mut subject = Self {
            codes,
            criteria,
            texts,
            unit: key,
            sticky: SmallVec::new(),
            drawn: SmallVec::new(),
            weights: SmallVec::new(),
            parts: SmallVec::new(),
        };
        for &node in program.personal() {
            let op = program.node(node);
            if let Some(field) = op.sticky() {
                subject.stick(program, (node, field), unit, values);
            }
            if let Some(learning) = op.bandit() {
                subject.weigh(program, allocation, (node, learning), values);
            }
        }
        subject
    }

    fn stick(
        &mut self,
        program: &Program,
        (node, field): (NodeIdx, FieldIdx),
        unit: Unit<'_>,
        values: &impl Values,
    ) {
        let texts = &mut self.texts;
        let declared = program.schema().field(field);
        let found = values.lend(field, |value| match program.semantics() {
            Semantics::V1 => value.map(|value| texts.add(|texts| write!(texts, "{}", Text(value)))),
            Semantics::V2 => {
                let stored = unit.hashes.and_then(|hashes| hashes.get(&declared.name));
                match (stored, value) {
                    (Some(hash), _) => Some(texts.add(|texts| texts.write_str(hash))),
                    (None, Some(value)) => {
                        let kind = &declared.kind;
                        Some(texts.add(|texts| unit.hash_key.write_hash(texts, kind, value)))
                    }
                    (None, None) => None,
                }
            }
        });
        self.sticky.extend(found.map(|unit| (node, unit)));
    }

    /// The hashes of the values that keep this lead's arms, for a decision to store. None under
    /// semantics version 1, which draws by the values themselves.
    pub fn unit_hashes(&self, program: &Program) -> UnitHashes {
        let mut hashes = UnitHashes::new();
        if program.semantics() == Semantics::V1 {
            return hashes;
        }
        for (node, unit) in &self.sticky {
            if let Some(field) = program.node(*node).sticky() {
                let name = program.schema().field(field).name.clone();
                hashes.insert(name, self.texts.get(unit).to_owned());
            }
        }
        hashes
    }

    fn weigh(
        &mut self,
        program: &Program,
        allocation: &Allocation,
        (node, learning): (NodeIdx, Learning<'_>),
        values: &impl Values,
    ) {
        let segment = self.texts.add(|texts| {
            for (position, &field) in learning.segment_by.iter().enumerate() {
                let name = program.schema().field(field).name.as_str();
                values.lend(field, |value| {
                    write_segment(texts, position == 0, name, value.map(Text))
                })?;
            }
            Ok(())
        });
        // A bandit of a subflow draws by what all flows have learned that hold it.
        let origin = program.origin(node);
        let bandit = [origin.flow, origin.node, self.texts.get(&segment)];
        let names = program
            .node(node)
            .arms()
            .iter()
            .map(|arm| arm.name.as_str());
        let start = self.weights.len();
        allocation.weigh(bandit, names.clone(), &mut self.weights);
        let weights = start..self.weights.len();
        let start_of_parts = self.parts.len();
        // Version 1 says that the weights of the arms that are left keep their proportions.
        if program.semantics() != Semantics::V1 {
            allocation.rest(bandit, names, &mut self.parts);
        }
        let parts = start_of_parts..self.parts.len();
        // The version's own, also for an allocation that was made for another one, or before anything was learned.
        if !learning.limits.is_empty() {
            let limits = learning.limits.iter().map(|it| Limits {
                floor_ppm: it.floor_ppm,
                ceiling_ppm: it.ceiling_ppm,
            });
            keep_within(&mut self.weights[start..], learning.explore_ppm, limits);
        }
        debug_assert_eq!(
            self.weights[weights.clone()].iter().sum::<u32>(),
            crate::PPM,
            "an allocation's weights make a whole"
        );
        let drawn = BanditWeights {
            segment,
            weights,
            parts,
        };
        self.drawn.push((node, drawn));
    }

    /// The segment that a bandit node puts this lead in; `None` for other nodes.
    pub fn segment(&self, node: NodeIdx) -> Option<&str> {
        Some(self.texts.get(&self.drawn(node)?.segment))
    }

    /// The destinations whose criteria this lead meets.
    pub fn criteria(&self) -> &Mask {
        &self.criteria
    }

    /// The class codes of this lead's fields.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// What a split or bandit draws by for this lead: the bytes of a text.
    pub(crate) fn unit(&self, node: NodeIdx) -> &[u8] {
        let sticky = self.sticky.binary_search_by_key(&node, |(node, _)| *node);
        let unit = sticky.map_or(&self.unit, |position| &self.sticky[position].1);
        self.texts.bytes(unit)
    }

    /// The weights of the arms of a split or bandit for this lead, or of a rotation of which no order
    /// is known, in ppm.
    pub fn weights<'a>(&'a self, node: NodeIdx, op: &'a Op) -> &'a [u32] {
        op.fixed_weights()
            .or_else(|| Some(&self.weights[self.drawn(node)?.weights.clone()]))
            .unwrap_or_default()
    }

    /// The parts of a bandit's arms when not all of them can be drawn; empty if there are none, and for other nodes.
    pub(crate) fn parts(&self, node: NodeIdx) -> &[u64] {
        self.drawn(node)
            .map_or(&[], |drawn| &self.parts[drawn.parts.clone()])
    }

    /// The weights of the arms of all bandits, in the order of their nodes, in ppm.
    pub fn drawn_weights(&self) -> &[u32] {
        &self.weights
    }

    /// What the arms of all bandits share when not all can be drawn, in the order of their nodes.
    pub fn drawn_parts(&self) -> &[u64] {
        &self.parts
    }

    fn drawn(&self, node: NodeIdx) -> Option<&BanditWeights> {
        let position = self.drawn.binary_search_by_key(&node, |(node, _)| *node);
        position.ok().map(|position| &self.drawn[position].1)
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
