//! What a rule may choose, and which leads take it.

use super::{Paths, at};
use crate::{
    classes::ClassSet,
    formula::{Formula, SlotIdx},
    lint::proof::{Question, TableFacts},
    program::{NodeIdx, Op, Picker},
};

/// A choice of a rule.
pub(super) struct Choice<'a> {
    /// The part of the node that says it, such as `then` or `rows[3]`.
    pub(super) part: String,
    pub(super) to: NodeIdx,
    pub(super) takes: Takes<'a>,
}

/// Which leads take a choice.
pub(super) enum Takes<'a> {
    Formula(&'a Formula<ClassSet>, bool),
    Classes(SlotIdx, ClassSet),
    /// This row is the first that matches; the one after the last is `otherwise`.
    Row(&'a TableFacts, usize),
}

impl<'a> Paths<'a, '_> {
    /// Everything that a rule may choose, in order.
    pub(super) fn choices(&self, node: NodeIdx) -> Vec<Choice<'a>> {
        let program = self.program;
        let compiled = &program.nodes[at(node)];
        let Op::Rule { ports } = &compiled.op else {
            return Vec::new();
        };
        let choice = |part: String, pick: u16, takes| Choice {
            part,
            to: ports[usize::from(pick)],
            takes,
        };
        match &compiled.picker {
            Picker::None => Vec::new(),
            Picker::When(formula) => {
                let formula = self.forms.whens.get(&node).unwrap_or(formula);
                let last = u16::from(ports.len() > 1);
                vec![
                    choice("then".to_owned(), 0, Takes::Formula(formula, true)),
                    choice("otherwise".to_owned(), last, Takes::Formula(formula, false)),
                ]
            }
            Picker::Switch(slot, cases, picks) => {
                let mut sets = vec![ClassSet::new(cases.len()); picks.len()];
                for (class, &case) in (0..=u16::MAX).zip(cases) {
                    sets[usize::from(case)].insert(class);
                }
                let choices = sets.into_iter().zip(picks).enumerate();
                choices
                    .map(|(case, (set, &pick))| {
                        let part = if case + 1 == picks.len() {
                            "otherwise".to_owned()
                        } else {
                            format!("cases[{case}]")
                        };
                        choice(part, pick, Takes::Classes(*slot, set))
                    })
                    .collect()
            }
            Picker::Table(_, _, picks) => {
                let Some(facts) = self.tables.get(compiled.name.as_str()) else {
                    return Vec::new();
                };
                let rows = picks.iter().enumerate();
                rows.map(|(row, &pick)| {
                    let part = if row == facts.n_rows {
                        "otherwise".to_owned()
                    } else {
                        format!("rows[{row}]")
                    };
                    choice(part, pick, Takes::Row(facts, row))
                })
                .collect()
            }
        }
    }

    /// Those of some leads that take a choice; `None` if there are none.
    pub(super) fn take(&self, from: &Question<'a>, choice: &Choice<'a>) -> Option<Question<'a>> {
        let mut question = from.clone();
        match &choice.takes {
            Takes::Formula(formula, wanted) => question.asked.push((*formula, *wanted)),
            Takes::Classes(slot, set) => {
                if !question.region.narrow(*slot, set) {
                    return None;
                }
            }
            Takes::Row(facts, row) => {
                if *row < facts.n_rows {
                    if !facts.narrow(*row, &mut question.region) {
                        return None;
                    }
                    question
                        .asked
                        .extend(facts.residual(*row).map(|formula| (formula, true)));
                }
                // Without work left the answer is no lead, which proves nothing about witnesses.
                self.world.spend(row * facts.columns.len()).ok()?;
                let before = (0..*row).filter(|&row| facts.may_match(row, &question.region));
                let before: Vec<_> = before.map(|row| (*facts, row)).collect();
                question.avoided.extend(before);
            }
        }
        Some(question)
    }
}

/// Those leads that any of these rows may match; for `otherwise` all.
pub(super) fn joined<'a>(from: &Question<'a>, choices: &[&Choice<'a>]) -> Option<Question<'a>> {
    let mut rows = Vec::new();
    for choice in choices {
        match choice.takes {
            Takes::Row(facts, row) if row < facts.n_rows => rows.push((facts, row)),
            _ => return Some(from.clone()),
        }
    }
    let (facts, _) = *rows.first()?;
    let mut question = from.clone();
    for (slot, set) in facts.any_of(rows.into_iter().map(|(_, row)| row)) {
        if !question.region.narrow(slot, &set) {
            return None;
        }
    }
    Some(question)
}
