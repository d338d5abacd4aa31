//! What each row of a table asks, for proofs.

use super::{
    question::Relation,
    region::{Region, Values},
};
use crate::{
    classes::{ClassMap, ClassSet},
    formula::{Formula, SlotIdx},
    program::{
        encode::Codes,
        table::{Residuals, accepted},
    },
    typed_flow::TableRule,
};

/// A table row by row. The bitmaps of a program know the same column by column.
#[derive(Debug, Clone)]
pub(crate) struct TableFacts {
    pub(crate) columns: Vec<ColumnFacts>,
    pub(crate) residuals: Residuals,
    pub(crate) n_rows: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnFacts {
    pub(crate) slot: SlotIdx,
    /// The classes that each different test accepts; none: all of them.
    pub(crate) sets: Vec<Option<ClassSet>>,
    /// Position of each row's test.
    pub(crate) by_row: Vec<u32>,
}

impl ColumnFacts {
    /// What a row accepts; `None` for everything.
    pub(crate) fn set(&self, row: usize) -> Option<&ClassSet> {
        self.sets[self.by_row[row] as usize].as_ref()
    }
}

impl TableFacts {
    pub(crate) fn new(rule: &TableRule, residuals: Residuals, maps: &[ClassMap]) -> Self {
        let columns = rule.columns.iter().map(|column| {
            let map = &maps[column.slot.at()];
            ColumnFacts {
                slot: column.slot,
                sets: column
                    .tests
                    .iter()
                    .map(|test| accepted(test, map))
                    .collect(),
                by_row: column.by_row.clone(),
            }
        });
        Self {
            columns: columns.collect(),
            residuals,
            n_rows: rule.n_rows,
        }
    }

    /// The slots and sets of a row that asks something of them.
    pub(super) fn cells(&self, row: usize) -> impl Iterator<Item = (SlotIdx, &ClassSet)> {
        let columns = self.columns.iter();
        columns.filter_map(move |column| Some((column.slot, column.set(row)?)))
    }

    /// Keeps the leads of a region that a row's cells accept; whether there are any.
    pub(crate) fn narrow(&self, row: usize, region: &mut Region) -> bool {
        self.cells(row).all(|(slot, set)| region.narrow(slot, set))
    }

    /// Whether a row may match some lead of a region.
    pub(super) fn may_match(&self, row: usize, region: &Region) -> bool {
        self.relation(row, region) != Relation::Apart
    }

    /// What any of these rows accepts in each column that all of them ask something of.
    pub(super) fn any_of(&self, rows: impl Iterator<Item = usize>) -> Vec<(SlotIdx, ClassSet)> {
        let rows: Vec<usize> = rows.collect();
        let columns = self.columns.iter().filter_map(|column| {
            let mut tests: Vec<u32> = rows.iter().map(|&row| column.by_row[row]).collect();
            tests.sort_unstable();
            tests.dedup();
            let sets = tests
                .into_iter()
                .map(|test| column.sets[test as usize].clone());
            let any = sets.reduce(|any, set| {
                let (mut any, set) = (any?, set?);
                any.add(&set);
                Some(any)
            });
            Some((column.slot, any??))
        });
        columns.collect()
    }

    pub(super) fn residual(&self, row: usize) -> Option<&Formula<ClassSet>> {
        self.residuals.of(row)
    }

    pub(super) fn relation(&self, row: usize, region: &Region) -> Relation {
        let mut within = true;
        for (slot, set) in self.cells(row) {
            if !region.of(slot).meets(set) {
                return Relation::Apart;
            }
            within &= region.of(slot).is_within(set);
        }
        if let Some(formula) = self.residual(row) {
            let Values { yes, no, unknown } = region.values(formula);
            if !yes {
                return Relation::Apart;
            }
            within &= !no && !unknown;
        }
        if within {
            Relation::Within
        } else {
            Relation::Open
        }
    }

    /// How many cells of a row a region leaves open.
    pub(super) fn n_open(&self, row: usize, region: &Region) -> usize {
        let open = self
            .cells(row)
            .filter(|(slot, set)| !region.of(*slot).is_within(set));
        open.count()
    }

    /// What splits a region along a row that it leaves open.
    pub(super) fn open_test(&self, row: usize, region: &Region) -> Option<(SlotIdx, ClassSet)> {
        let cell = self
            .cells(row)
            .find(|(slot, set)| !region.of(*slot).is_within(set));
        cell.map(|(slot, set)| (slot, set.clone()))
            .or_else(|| region.open_test(self.residual(row)?))
    }

    pub(super) fn matches(&self, row: usize, codes: &Codes) -> bool {
        self.cells(row)
            .all(|(slot, set)| set.contains(codes.0[slot.at()]))
            && self
                .residual(row)
                .is_none_or(|formula| codes.meets(formula))
    }
}
