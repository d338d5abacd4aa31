//! What can be proved about the rows of a table: overlaps, rows in the shadow of others, gaps.

use super::{
    Example, Question, TableFacts, TooHard, World,
    bitmaps::{Bitmaps, bits},
    gaps::{self, Gap},
};
use crate::program::table::BitTable;

/// Most findings of a kind in one table.
const MAX_FINDINGS: usize = 20;

/// Words of work for the search of several rows that hide one. A row that takes longer is named.
const ROW_WORK: usize = 1 << 20;

/// A table with everything that proofs about it need.
pub(crate) struct Rows<'a, 'w> {
    pub(crate) facts: &'a TableFacts,
    pub(crate) world: &'w World<'a>,
    bitmaps: Bitmaps<'a>,
}

/// A row that never decides, with those before it that take its leads.
#[derive(Debug, Clone)]
pub(crate) struct Shadow {
    pub(crate) row: usize,
    pub(crate) by: Vec<usize>,
    /// Whether one row alone asks exactly the same.
    pub(crate) is_double: bool,
}

/// Two rows that a lead matches both.
#[derive(Debug, Clone)]
pub(crate) struct Overlap {
    pub(crate) row: usize,
    pub(crate) other: usize,
    /// Such a lead, where one could be made.
    pub(crate) example: Option<Example>,
}

/// Rows that were looked at, and those of which nothing could be proved.
#[derive(Debug, Clone)]
pub(crate) struct Findings<T> {
    pub(crate) found: Vec<T>,
    pub(crate) given_up: Vec<usize>,
}

impl<T> Findings<T> {
    fn none() -> Self {
        Self {
            found: Vec::new(),
            given_up: Vec::new(),
        }
    }
}

impl<'a, 'w> Rows<'a, 'w> {
    pub(crate) fn new(facts: &'a TableFacts, table: &'a BitTable, world: &'w World<'a>) -> Self {
        Self {
            facts,
            world,
            bitmaps: Bitmaps::new(facts, table, &world.everything),
        }
    }

    /// The leads that match a row.
    pub(crate) fn matching(&self, row: usize) -> Question<'a> {
        let mut question = self.world.question();
        self.facts.narrow(row, &mut question.region);
        question
            .asked
            .extend(self.facts.residual(row).map(|formula| (formula, true)));
        question
    }

    /// Rows that no lead matches, whatever the other rows say.
    pub(crate) fn impossible(&self) -> Result<Vec<usize>, TooHard> {
        let mut found = Vec::new();
        for row in 0..self.facts.n_rows {
            let never = self.bitmaps.accepts_nothing(row)
                || (self.facts.residual(row).is_some()
                    && !self.world.is_possible(&self.matching(row))?);
            if never {
                found.push(row);
            }
            if found.len() == MAX_FINDINGS {
                break;
            }
        }
        Ok(found)
    }

    /// Rows that can never be the first to match, but for those that no lead matches at all.
    pub(crate) fn shadows(&self) -> Findings<Shadow> {
        let mut findings = Findings::none();
        let mut buffer = self.bitmaps.buffer();
        for row in 1..self.facts.n_rows {
            if self.bitmaps.accepts_nothing(row) {
                continue;
            }
            match self.shadow(row, &mut buffer) {
                Ok(shadow) => findings.found.extend(shadow),
                Err(TooHard) => findings.given_up.push(row),
            }
        }
        findings
    }

    fn shadow(&self, row: usize, buffer: &mut [u64]) -> Result<Option<Shadow>, TooHard> {
        // A row with a predicate may let any lead pass.
        let takes_all = |other: &usize| self.facts.residual(*other).is_none();
        self.world.spend(self.bitmaps.combine(row, true, buffer))?;
        if let Some(by) = bits(buffer, 0..row).find(takes_all) {
            return Ok(Some(Shadow {
                row,
                by: vec![by],
                is_double: self.asks_the_same(row, by),
            }));
        }
        self.world.spend(self.bitmaps.combine(row, false, buffer))?;
        let before: Vec<usize> = bits(buffer, 0..row).filter(takes_all).collect();
        if before.is_empty() {
            return Ok(None);
        }
        let question = Question {
            avoided: before.iter().map(|&other| (self.facts, other)).collect(),
            ..self.matching(row)
        };
        if self
            .world
            .within(ROW_WORK, || self.world.is_possible(&question))?
        {
            return Ok(None);
        }
        // A row with an impossible predicate is in nobody's shadow.
        if self.facts.residual(row).is_some() && !self.world.is_possible(&self.matching(row))? {
            return Ok(None);
        }
        Ok(Some(Shadow {
            row,
            by: self.needed(question, before),
            is_double: false,
        }))
    }

    /// Those of the rows without which a lead would come through, as far as that is soon found.
    fn needed(&self, mut question: Question<'a>, rows: Vec<usize>) -> Vec<usize> {
        if rows.len() > 64 {
            return rows;
        }
        let mut needed = rows.clone();
        // The last ones first, so that the first ones are named.
        for row in rows.into_iter().rev() {
            let without = needed.iter().copied().filter(|&other| other != row);
            question.avoided = without.map(|other| (self.facts, other)).collect();
            let possible = self
                .world
                .within(ROW_WORK, || self.world.is_possible(&question));
            if possible == Ok(false) {
                needed.retain(|&other| other != row);
            }
        }
        needed
    }

    fn asks_the_same(&self, row: usize, other: usize) -> bool {
        let same = |column: &super::facts::ColumnFacts| column.set(row) == column.set(other);
        self.facts.columns.iter().all(same)
            && self.facts.residual(row) == self.facts.residual(other)
    }

    /// Pairs of rows that a lead can match both; each row with the first after it.
    pub(crate) fn overlaps(&self) -> Findings<Overlap> {
        let mut findings = Findings::none();
        let mut buffer = self.bitmaps.buffer();
        for row in 0..self.facts.n_rows {
            match self.overlap(row, &mut buffer) {
                Ok(overlap) => findings.found.extend(overlap),
                Err(TooHard) => findings.given_up.push(row),
            }
            if findings.found.len() == MAX_FINDINGS {
                break;
            }
        }
        findings
    }

    fn overlap(&self, row: usize, buffer: &mut [u64]) -> Result<Option<Overlap>, TooHard> {
        self.world.spend(self.bitmaps.combine(row, false, buffer))?;
        let later: Vec<usize> = bits(buffer, row + 1..self.facts.n_rows).collect();
        for other in later {
            let mut both = self.matching(row);
            if !self.facts.narrow(other, &mut both.region) {
                continue;
            }
            both.asked
                .extend(self.facts.residual(other).map(|formula| (formula, true)));
            let example = match self.world.ask(&both) {
                Ok(None) => continue,
                Ok(example) => example,
                // No lead could be made; where no predicate is asked, the cells alone prove it.
                Err(TooHard) if both.asked.is_empty() => None,
                Err(TooHard) => return Err(TooHard),
            };
            return Ok(Some(Overlap {
                row,
                other,
                example,
            }));
        }
        Ok(None)
    }

    /// Whether some leads match no row.
    pub(crate) fn gap(&self) -> Result<Gap, TooHard> {
        gaps::find(self)
    }

    pub(super) fn bitmaps(&self) -> &Bitmaps<'a> {
        &self.bitmaps
    }
}
