//! Is there a lead that meets all of these conditions at once? Answered with such a lead, with a
//! proof that there is none, or not at all.
//!
//! The search splits a region along the tests of conditions that it leaves open, until it decides
//! all of them. No two values of a class differ for any test, so this ends; the work is bounded.

use std::cell::Cell;

use pointsman_lead::Schema;

use super::{
    example::{Example, example},
    facts::TableFacts,
    region::{Region, Values, between},
};
use crate::{
    classes::{ClassSet, MISSING},
    formula::{Formula, SlotIdx},
    program::encode::{Codes, Slot, SlotSource},
};

/// Deepest search; beyond it stands a table of hundreds of rows that all overlap.
const MAX_DEPTH: usize = 400;

/// A search was given up, or found a region of which no lead could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooHard;

/// What there is to ask about, and how much work is left.
pub(crate) struct World<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) slots: &'a [Slot],
    pub(crate) everything: Region,
    /// Slots that read one field, where it is several: all are missing or none is.
    twins: Vec<Vec<SlotIdx>>,
    /// How many words each scorecard has; none for other slots.
    scorecards: Vec<(SlotIdx, usize)>,
    work: Cell<usize>,
}

/// Conditions on a lead.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) region: Region,
    /// Formulas that must be true, or must not be true: unknown is not.
    pub(crate) asked: Vec<(&'a Formula<ClassSet>, bool)>,
    /// Rows that must not match.
    pub(crate) avoided: Vec<(&'a TableFacts, usize)>,
}

/// What a search looks at, at each of its steps.
struct Scope {
    /// The scorecards whose points may decide, each before those that it reads. What the others may be
    /// is open whatever is asked.
    scorecards: Vec<SlotIdx>,
    /// Words of formulas.
    words: usize,
}

impl<'a> World<'a> {
    /// * `work`: words of work after which it gives up.
    pub(crate) fn new(schema: &'a Schema, slots: &'a [Slot], work: usize) -> Self {
        let all = (0..).map(SlotIdx).zip(slots);
        let fields: Vec<_> = all
            .filter_map(|(idx, slot)| Some((super::region::field_of(slot)?, idx)))
            .collect();
        let mut names: Vec<_> = fields.iter().map(|(field, _)| *field).collect();
        names.sort_unstable();
        names.dedup();
        let scorecards = (0..).map(SlotIdx).zip(slots).filter_map(|(idx, slot)| {
            let SlotSource::Scorecard(points) = &slot.source else {
                return None;
            };
            Some((
                idx,
                points.iter().map(|(formula, _)| formula.n_words()).sum(),
            ))
        });
        let twins = names.into_iter().map(|name| {
            let readers = fields.iter().filter(|(field, _)| *field == name);
            readers.map(|(_, slot)| *slot).collect::<Vec<_>>()
        });
        Self {
            schema,
            slots,
            everything: Region::everything(schema, slots),
            twins: twins.filter(|readers| readers.len() > 1).collect(),
            scorecards: scorecards.collect(),
            work: Cell::new(work),
        }
    }

    /// A question about any lead at all.
    pub(crate) fn question(&self) -> Question<'a> {
        Question {
            region: self.everything.clone(),
            asked: Vec::new(),
            avoided: Vec::new(),
        }
    }

    pub(crate) fn spend(&self, words: usize) -> Result<(), TooHard> {
        let left = self.work.get().checked_sub(words);
        self.work.set(left.unwrap_or(0));
        left.map(drop).ok_or(TooHard)
    }

    /// Words of work that are left.
    pub(crate) fn left(&self) -> usize {
        self.work.get()
    }

    /// The same world with less work left than there is. What is not spent of it stays.
    pub(crate) fn within<T>(&self, words: usize, ask: impl FnOnce() -> T) -> T {
        let all = self.work.get();
        let given = all.min(words);
        self.work.set(given);
        let answer = ask();
        self.work.set(all - (given - self.work.get()));
        answer
    }

    /// A lead that meets all conditions; `None` if there is none.
    pub(crate) fn ask(&self, question: &Question<'a>) -> Result<Option<Example>, TooHard> {
        let scope = self.scope(question);
        self.search(question.clone(), &scope, 0, &|region| {
            // Making a lead reads and writes text.
            self.spend(4_096)?;
            let example = example(self.schema, self.slots, region);
            example
                .filter(|example| question.is_met_by(&example.codes))
                .map(Some)
                .ok_or(TooHard)
        })
    }

    /// Whether some lead may meet all conditions: no is sure, yes is not. Cheaper than a lead.
    pub(crate) fn is_possible(&self, question: &Question<'a>) -> Result<bool, TooHard> {
        let scope = self.scope(question);
        let found = self.search(question.clone(), &scope, 0, &|_| Ok(Some(())));
        found.map(|found| found.is_some())
    }

    /// What a search for an answer has to look at, at each of its steps.
    fn scope(&self, question: &Question<'a>) -> Scope {
        let asked = question.asked.iter();
        let mut words = asked.map(|(formula, _)| formula.n_words()).sum::<usize>();
        let residuals = question.avoided.iter();
        let residuals = residuals.filter_map(|(table, row)| table.residual(*row));
        words += residuals.map(Formula::n_words).sum::<usize>();
        let mut scorecards = Vec::new();
        // The last ones first: they read those before.
        for &(slot, n_words) in self.scorecards.iter().rev() {
            let is_narrowed = || question.region.of(slot) != self.everything.of(slot);
            let is_asked = || {
                let mut asked = question.asked.iter();
                asked.any(|(formula, _)| formula.reads(slot))
            };
            let is_read = || {
                let mut readers = scorecards.iter();
                readers.any(|reader: &SlotIdx| self.reads(*reader, slot))
            };
            if !question.avoided.is_empty() || is_narrowed() || is_asked() || is_read() {
                scorecards.push(slot);
                words += n_words;
            }
        }
        Scope { scorecards, words }
    }

    /// Whether a scorecard reads another one.
    fn reads(&self, reader: SlotIdx, slot: SlotIdx) -> bool {
        match &self.slots[reader.at()].source {
            SlotSource::Scorecard(points) => points.iter().any(|(formula, _)| formula.reads(slot)),
            _ => false,
        }
    }

    /// * `leaf`: what is wanted of a region in which everything is decided.
    fn search<T>(
        &self,
        mut open: Question<'a>,
        scope: &Scope,
        depth: usize,
        leaf: &impl Fn(&Region) -> Result<Option<T>, TooHard>,
    ) -> Result<Option<T>, TooHard> {
        self.spend(16 + self.slots.len() + 4 * open.avoided.len() + scope.words)?;
        if depth > MAX_DEPTH {
            return Err(TooHard);
        }
        if !self.settle(&mut open.region, scope) {
            return Ok(None);
        }
        let region = &open.region;
        let mut contradicted = false;
        open.asked.retain(|(formula, wanted)| {
            let Values { yes, no, unknown } = region.values(formula);
            let (good, bad) = if *wanted {
                (yes, no || unknown)
            } else {
                (no || unknown, yes)
            };
            contradicted |= !good;
            bad
        });
        open.avoided
            .retain(|(table, row)| match table.relation(*row, region) {
                Relation::Apart => false,
                Relation::Open => true,
                Relation::Within => {
                    contradicted = true;
                    false
                }
            });
        if contradicted {
            return Ok(None);
        }
        let Some((slot, classes)) = self.next_split(&open, scope) else {
            return leaf(&open.region);
        };
        let set = open.region.of(slot).clone();
        let parts = [
            set.without(&classes).known(),
            set.and(&classes),
            set.without(&classes).unknown(),
        ];
        let mut given_up = false;
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let narrowed = Question {
                region: open.region.with(slot, part),
                ..open.clone()
            };
            match self.search(narrowed, scope, depth + 1, leaf) {
                Ok(Some(example)) => return Ok(Some(example)),
                Ok(None) => {}
                Err(TooHard) if self.left() == 0 => return Err(TooHard),
                Err(TooHard) => given_up = true,
            }
        }
        if given_up { Err(TooHard) } else { Ok(None) }
    }

    /// Takes out of a region what its other parts rule out; whether anything is left.
    fn settle(&self, region: &mut Region, scope: &Scope) -> bool {
        for readers in &self.twins {
            let must = readers
                .iter()
                .any(|&slot| !region.of(slot).contains(MISSING));
            let cannot = readers
                .iter()
                .any(|&slot| region.of(slot).clone().known().is_empty());
            for &slot in readers {
                let set = region.of(slot).clone();
                let kept = match (must, cannot) {
                    (true, _) => set.known(),
                    (false, true) => set.unknown(),
                    (false, false) => continue,
                };
                *region = region.with(slot, kept);
            }
        }
        for &slot in scope.scorecards.iter().rev() {
            let Slot { source, classes } = &self.slots[slot.at()];
            if let SlotSource::Scorecard(points) = source {
                let (low, high) = region.score(points);
                region.narrow(slot, &between(classes, low, high));
            }
        }
        region.sets().all(|(_, set)| !set.is_empty())
    }

    /// A test that splits what is still open, if anything is.
    fn next_split(&self, open: &Question<'a>, scope: &Scope) -> Option<(SlotIdx, ClassSet)> {
        let region = &open.region;
        let asked = open
            .asked
            .iter()
            .find_map(|(formula, _)| region.open_test(formula));
        let avoided = || {
            let rows = open.avoided.iter();
            // The row with the fewest ways out first: it is the soonest decided.
            let row = rows.min_by_key(|(table, row)| table.n_open(*row, region));
            row.and_then(|(table, row)| table.open_test(*row, region))
        };
        asked
            .or_else(avoided)
            .or_else(|| self.open_score(region, scope))
    }

    /// A test in a scorecard that could still leave the classes that its slot may have.
    fn open_score(&self, region: &Region, scope: &Scope) -> Option<(SlotIdx, ClassSet)> {
        scope.scorecards.iter().rev().find_map(|&slot| {
            let Slot { source, classes } = &self.slots[slot.at()];
            let SlotSource::Scorecard(points) = source else {
                return None;
            };
            let (low, high) = region.score(points);
            if between(classes, low, high).is_within(region.of(slot)) {
                return None;
            }
            points
                .iter()
                .find_map(|(formula, _)| region.open_test(formula))
        })
    }
}

impl Question<'_> {
    /// Whether a lead meets all conditions.
    pub(crate) fn is_met_by(&self, codes: &Codes) -> bool {
        let within = self
            .region
            .sets()
            .all(|(slot, set)| set.contains(codes.0[slot]));
        within
            && self
                .asked
                .iter()
                .all(|(formula, wanted)| codes.meets(formula) == *wanted)
            && !self
                .avoided
                .iter()
                .any(|(table, row)| table.matches(*row, codes))
    }
}

/// How a row stands to a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// No lead of the region matches it.
    Apart,
    /// Every lead of the region matches it.
    Within,
    /// Some may, some may not.
    Open,
}
