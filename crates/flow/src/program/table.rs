//! Decision tables as bitmaps: one for each class of each column, with a bit for each row.
//!
//! A lead's class picks one bitmap in every column; the first bit that all of them have is the
//! first row that matches. Nothing is compared, however many rows there are.
//!
//! # Source
//!
//! Lakshman and Stiliadis, *High-speed policy-based packet forwarding using efficient
//! multi-dimensional range matching*, 1998.

mod arrangement;
mod index;
mod near;
mod residual;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use smallvec::SmallVec;

use crate::{
    classes::{Accepted, ClassMap, ClassSet, MISSING},
    formula::{Formula, SlotIdx},
    typed_flow::{CellTest, ColumnRule, TableRule},
};
use arrangement::Arrangement;
pub(crate) use index::Index;
pub(crate) use residual::Residuals;

/// The rows of a table by the classes that they match.
#[derive(Debug, Clone)]
pub(crate) struct BitTable {
    columns: Vec<TableColumn>,
    /// Words of each bitmap.
    n_words: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct TableColumn {
    pub(crate) slot: SlotIdx,
    /// Where the bitmap of each class begins. Classes with the same rows share one.
    offsets: Vec<u32>,
    words: Vec<u64>,
}

impl BitTable {
    /// Bitmaps in the order of the rows; the position of the first column that needs more than
    /// `bytes` of them.
    pub(crate) fn new(
        rule: &TableRule,
        maps: &[ClassMap],
        bytes: &mut usize,
    ) -> Result<Self, usize> {
        Self::arranged((rule, maps), &Arrangement::in_order(rule.n_rows), bytes)
    }

    fn arranged(
        (rule, maps): (&TableRule, &[ClassMap]),
        arrangement: &Arrangement,
        bytes: &mut usize,
    ) -> Result<Self, usize> {
        let n_words = arrangement.n_words();
        let mut table = Self {
            columns: Vec::with_capacity(rule.columns.len()),
            n_words,
        };
        for (position, asked) in rule.columns.iter().enumerate() {
            let n_classes = maps[asked.slot.at()].n_classes();
            let needed = n_classes * n_words * size_of::<u64>();
            *bytes = bytes.checked_sub(needed).ok_or(position)?;
            let column = TableColumn::new(asked, &maps[asked.slot.at()], arrangement);
            // Sharing gives back what it saves.
            *bytes += needed - column.words.len() * size_of::<u64>();
            table.columns.push(column);
        }
        Ok(table)
    }

    pub(crate) fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    pub(crate) fn n_words(&self) -> usize {
        self.n_words
    }
}

impl TableColumn {
    /// Goes through the classes in order and keeps the rows of the current one: a test mostly
    /// accepts a few runs of classes, so a row comes and goes a few times and no more.
    fn new(asked: &ColumnRule, map: &ClassMap, arrangement: &Arrangement) -> Self {
        let n_words = arrangement.n_words();
        let n_classes = map.n_classes();
        let (mut rows, turns) = turns(asked, map, arrangement);
        let mut column = Self {
            slot: asked.slot,
            offsets: Vec::with_capacity(n_classes),
            words: Vec::new(),
        };
        // Candidates by a digest of their words. Fixed keys: what is looked up decides.
        let mut known: HashMap<u64, SmallVec<[u32; 1]>, FixedState> = HashMap::default();
        for turning in turns {
            for row in turning {
                rows[row as usize / 64] ^= 1 << (row % 64);
            }
            let same = known.entry(digest(&rows)).or_default();
            let found = same.iter().copied().find(|&offset| {
                let start = offset as usize;
                column.words[start..start + n_words] == *rows
            });
            let offset = found.unwrap_or_else(|| {
                // The budget of bytes keeps this far below 32 bits.
                let offset = u32::try_from(column.words.len()).unwrap_or(u32::MAX);
                column.words.extend(&rows);
                same.push(offset);
                offset
            });
            column.offsets.push(offset);
        }
        column
    }

    #[inline]
    fn offset(&self, class: u16) -> usize {
        self.offsets[usize::from(class)] as usize
    }

    /// The rows that a class matches.
    #[inline]
    pub(crate) fn bitmap(&self, class: u16, n_words: usize) -> &[u64] {
        let start = self.offset(class);
        &self.words[start..start + n_words]
    }

    pub(crate) fn n_classes(&self) -> usize {
        self.offsets.len()
    }

    /// The classes that match the same rows as this one.
    pub(crate) fn alike(&self, class: u16) -> ClassSet {
        let mut set = ClassSet::new(self.n_classes());
        let offset = self.offsets[usize::from(class)];
        let classes = (0..=u16::MAX).zip(&self.offsets);
        let alike = classes.filter(|(_, other)| **other == offset);
        alike.for_each(|(class, _)| set.insert(class));
        set
    }

    /// One class for each set of rows that a class of `among` has, a known value where there is one.
    pub(crate) fn representatives(&self, among: &ClassSet) -> Vec<u16> {
        let mut by_offset: BTreeMap<u32, u16> = BTreeMap::new();
        let known = among.clone().known();
        for class in known.iter().chain(among.unknown().iter()) {
            by_offset
                .entry(self.offsets[usize::from(class)])
                .or_insert(class);
        }
        by_offset.into_values().collect()
    }
}

/// The rows of each test, in order.
struct RowsByTest {
    /// Those of the first test, of the second one and so on.
    rows: Vec<u32>,
    /// Where the rows of each test end.
    ends: Vec<usize>,
}

impl RowsByTest {
    fn new(asked: &ColumnRule) -> Self {
        let mut n_rows = vec![0; asked.tests.len()];
        let tests = || asked.by_row.iter().map(|&test| test as usize);
        tests().for_each(|test| n_rows[test] += 1);
        let mut ends: Vec<usize> = Vec::with_capacity(n_rows.len());
        let mut start = 0;
        for n_rows in n_rows {
            ends.push(start); // Moves on with each row that is put in.
            start += n_rows;
        }
        let mut rows = vec![0; asked.by_row.len()];
        for (row, test) in (0..).zip(tests()) {
            rows[ends[test]] = row;
            ends[test] += 1;
        }
        Self { rows, ends }
    }

    /// Turns each row into its place.
    fn put_in_place(&mut self, arrangement: &Arrangement) {
        for row in &mut self.rows {
            // Places are bounded as rows are.
            *row = u32::try_from(arrangement.place(*row as usize)).unwrap_or(u32::MAX);
        }
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let bounds = starts.zip(&self.ends);
        bounds.map(|(start, &end)| &self.rows[start..end])
    }
}

/// The places that accept every class, and for each class those that begin or cease to match with
/// it.
fn turns(
    asked: &ColumnRule,
    map: &ClassMap,
    arrangement: &Arrangement,
) -> (Vec<u64>, Vec<Vec<u32>>) {
    let mut always = vec![0_u64; arrangement.n_words()];
    let mut turns: Vec<Vec<u32>> = vec![Vec::new(); map.n_classes()];
    let mut by_test = RowsByTest::new(asked);
    by_test.put_in_place(arrangement);
    for (test, rows) in asked.tests.iter().zip(by_test.iter()) {
        let Some(runs) = runs(test, map) else {
            let places = rows.iter();
            places.for_each(|&place| always[place as usize / 64] |= 1 << (place % 64));
            continue;
        };
        for (first, after) in runs {
            turns[first].extend(rows);
            if let Some(turning) = turns.get_mut(after) {
                turning.extend(rows);
            }
        }
    }
    (always, turns)
}

/// The runs of classes that a test accepts, in order and apart; `None` for all classes.
fn runs(test: &CellTest, map: &ClassMap) -> Option<Vec<(usize, usize)>> {
    if let CellTest::Asks(Formula::Test(_, Accepted::Numbers(ranges))) = test
        && let [(low, high)] = ranges[..]
        && low <= high
    {
        // The usual range, without a set of thousands of classes.
        let (first, last) = (map.number(low), map.number(high));
        return Some(vec![(usize::from(first), usize::from(last) + 1)]);
    }
    accepted(test, map).map(|set| set.runs())
}

/// A number that equal bitmaps share, and different ones nearly never.
fn digest(bitmap: &[u64]) -> u64 {
    let mut lanes = [0_u64; 4];
    for words in bitmap.chunks(4) {
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = (*lane ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29);
        }
    }
    lanes.iter().fold(0, |all, lane| {
        (all ^ lane).wrapping_mul(0xff51_afd7_ed55_8ccd)
    })
}

/// The classes that a test accepts; `None` for all of them.
pub(crate) fn accepted(test: &CellTest, map: &ClassMap) -> Option<ClassSet> {
    let formula = match test {
        CellTest::Any => return None,
        CellTest::Asks(Formula::Test(_, accepted)) => return Some(map.classes(accepted)),
        CellTest::Asks(formula) => formula,
    };
    let formula = formula.map(&mut |_, accepted| map.classes(accepted));
    let mut set = ClassSet::new(map.n_classes());
    for class in ClassSet::full(map.n_classes()).iter() {
        let known = class != MISSING;
        let test = |_, accepted: &ClassSet| known.then(|| accepted.contains(class));
        if formula.value(&test, &|_| known) == Some(true) {
            set.insert(class);
        }
    }
    Some(set)
}
