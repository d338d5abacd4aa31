//! Leads that pass a rule which was meant to stop them, because a field is missing.
//!
//! `!(state in ["CA", "TX"])` is unknown without a state, and unknown counts as false. Where such a rule
//! declines, whoever leaves the field out is not declined.

use std::collections::BTreeMap;

use pointsman_lead::Required;

use super::{Paths, at, leads::Reached};
use crate::{
    Cell, OfKind as _, TableNode,
    classes::{ClassSet, MISSING},
    formula::{Formula, SlotIdx},
    lint::proof::{Example, Question, TableFacts, region::field_of},
    program::{DestinationIdx, NodeIdx, Op, Picker},
};

/// Most rows of one table that are looked at.
const MAX_ROWS: usize = 64;

/// What is asked, in the forms that proofs need.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    /// The predicates of nodes, in as few tests as can be.
    pub(crate) whens: BTreeMap<NodeIdx, Formula<ClassSet>>,
    /// The criteria of destinations, likewise.
    pub(crate) criteria: BTreeMap<DestinationIdx, Formula<ClassSet>>,
    /// What a predicate would be if a missing value matched nothing, where its first port declines.
    pub(crate) closed: BTreeMap<NodeIdx, Formula<ClassSet>>,
}

/// A formula that is true or false of every lead: a test of a missing value is false.
pub(crate) fn closed(formula: &Formula<ClassSet>) -> Formula<ClassSet> {
    match formula {
        Formula::Constant(constant) => Formula::Constant(*constant),
        Formula::Has(slot) => Formula::Has(*slot),
        Formula::Test(slot, set) => {
            Formula::All(vec![Formula::Has(*slot), Formula::Test(*slot, set.clone())])
        }
        Formula::Not(inner) => Formula::Not(Box::new(closed(inner))),
        Formula::All(parts) => Formula::All(parts.iter().map(closed).collect()),
        Formula::Any(parts) => Formula::Any(parts.iter().map(closed).collect()),
    }
}

/// That a lead surely comes somewhere.
struct Shown {
    /// The lead, if it could be made.
    example: Option<Example>,
}

impl<'a> Paths<'a, '_> {
    /// The part of a rule that a lead passes because a field is missing, with such a lead.
    pub(super) fn unasked(
        &self,
        node: NodeIdx,
        here: &Reached<'a>,
    ) -> Option<(String, Option<Example>)> {
        let compiled = &self.program.nodes[at(node)];
        let Op::Rule { ports } = &compiled.op else {
            return None;
        };
        match &compiled.picker {
            Picker::When(formula) => {
                let closed = self.forms.closed.get(&node)?;
                let formula = self.forms.whens.get(&node).unwrap_or(formula);
                let narrow = |question: &mut Question<'a>| {
                    question.asked.push((closed, true));
                    question.asked.push((formula, false));
                    true
                };
                let Shown { example } = self.shown(here, narrow)?;
                Some(("if".to_owned(), example))
            }
            Picker::Table(_, _, picks) => {
                let facts = *self.tables.get(compiled.name.as_str()).as_ref()?;
                let port = |row: usize| ports[usize::from(picks[row])];
                let declines = |row: usize| self.program.leaves(port(row)).only_declines();
                if declines(facts.n_rows.min(picks.len() - 1)) {
                    return None; // Whoever matches no other row is declined.
                }
                let cells = self.unlisted(&compiled.name, declines);
                cells.into_iter().find_map(|(row, column)| {
                    let narrow = |question: &mut Question<'a>| {
                        let declining = (0..facts.n_rows).filter(|&row| declines(row));
                        question.avoided.extend(declining.map(|row| (facts, row)));
                        Self::misses(facts, (row, column), question)
                    };
                    let Shown { example } = self.shown(here, narrow)?;
                    Some((format!("rows[{row}].cells[{column}]"), example))
                })
            }
            Picker::None | Picker::Switch(..) => None,
        }
    }

    /// The cells of rows that decline all values but some.
    fn unlisted(&self, node: &str, declines: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let node = self.program.expanded().nodes.get(node);
        let Some(table) = node.and_then(TableNode::of) else {
            return Vec::new();
        };
        let rows = table
            .rows
            .iter()
            .enumerate()
            .filter(|(row, _)| declines(*row));
        let cells = rows.flat_map(|(row, written)| {
            let cells = written.cells.iter().enumerate();
            cells
                .filter(|(_, cell)| matches!(cell, Cell::NoneOf(_)))
                .map(move |(column, _)| (row, column))
        });
        cells.take(MAX_ROWS).collect()
    }

    /// Keeps the leads that match a row but for one column, whose value is missing; whether any may be.
    fn misses(
        facts: &'a TableFacts,
        (row, missing): (usize, usize),
        question: &mut Question<'a>,
    ) -> bool {
        question
            .asked
            .extend(facts.residual(row).map(|formula| (formula, true)));
        facts.columns.iter().enumerate().all(|(position, column)| {
            if position == missing {
                let set = question.region.of(column.slot).unknown();
                question.region.narrow(column.slot, &set)
            } else {
                column
                    .set(row)
                    .is_none_or(|set| question.region.narrow(column.slot, set))
            }
        })
    }

    /// Whether a lead surely comes here that is like this, with one if it could be made.
    fn shown(
        &self,
        here: &Reached<'a>,
        narrow: impl Fn(&mut Question<'a>) -> bool,
    ) -> Option<Shown> {
        here.witnesses.iter().find_map(|witness| {
            let mut question = witness.clone();
            self.at_the_post(&mut question);
            if !narrow(&mut question) || self.is_possible(&question) != Ok(true) {
                return None;
            }
            let ask = || self.world.ask(&question);
            let example = self.world.within(super::STEP_WORK, ask).ok().flatten();
            Some(Shown { example })
        })
    }

    /// Leaves out leads without a field that every lead has when it is sold.
    fn at_the_post(&self, question: &mut Question<'a>) {
        let slots = (0..).map(SlotIdx).zip(self.world.slots);
        for (slot, source) in slots {
            let field = field_of(source).map(|field| self.world.schema.field(field));
            let is_sure = field.is_some_and(|field| field.required == Required::Post);
            if is_sure && question.region.of(slot).contains(MISSING) {
                let known = question.region.of(slot).clone().known();
                question.region.narrow(slot, &known);
            }
        }
    }
}
