//! Decision tables as bitmaps: one for each class of each column, with a bit for each row.
//!
//! A lead's class picks one bitmap in every column; the first bit that all of them have is the
//! first row that matches. The cost does not depend on which row it is, nor on what the cells say.
//!
//! # Source
//!
//! Lakshman and Stiliadis, *High-speed policy-based packet forwarding using efficient
//! multi-dimensional range matching*, 1998.

mod near;
mod residual;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use smallvec::SmallVec;

use crate::{
    check::{CellTest, ColumnRule, TableRule},
    classes::{Accepted, ClassMap, ClassSet, MISSING},
    formula::{Formula, SlotIdx},
};
pub(super) use residual::Residuals;

/// Words that are tested at a time; bitmaps are padded to a multiple of them.
const CHUNK: usize = 8;

/// The rows of a table, ready to be matched.
#[derive(Debug, Clone)]
pub(crate) struct BitTable {
    columns: Vec<Column>,
    n_rows: usize,
    /// Words of each bitmap.
    n_words: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) slot: SlotIdx,
    /// Where the bitmap of each class begins. Classes with the same rows share one.
    offsets: Vec<u32>,
    words: Vec<u64>,
}

/// Words that are tested together.
type Chunk = [u64; CHUNK];

impl BitTable {
    /// Bitmaps of a table; the position of the first column that needs more than `bytes` of them.
    pub(super) fn new(
        rule: &TableRule,
        maps: &[ClassMap],
        bytes: &mut usize,
    ) -> Result<Self, usize> {
        let n_words = rule.n_rows.div_ceil(64).next_multiple_of(CHUNK);
        let mut table = Self {
            columns: Vec::with_capacity(rule.columns.len()),
            n_rows: rule.n_rows,
            n_words,
        };
        for (position, asked) in rule.columns.iter().enumerate() {
            let n_classes = maps[asked.slot.at()].n_classes();
            let needed = n_classes * n_words * size_of::<u64>();
            *bytes = bytes.checked_sub(needed).ok_or(position)?;
            let column = Column::new(asked, &maps[asked.slot.at()], n_words);
            // Sharing gives back what it saves.
            *bytes += needed - column.words.len() * size_of::<u64>();
            table.columns.push(column);
        }
        Ok(table)
    }

    /// Position of the first row that matches.
    ///
    /// * `codes`: by slot.
    pub(super) fn first(&self, codes: &[u16]) -> Option<usize> {
        match self.columns.len() {
            1 => self.first_of::<1>(codes),
            2 => self.first_of::<2>(codes),
            3 => self.first_of::<3>(codes),
            4 => self.first_of::<4>(codes),
            5 => self.first_of::<5>(codes),
            6 => self.first_of::<6>(codes),
            7 => self.first_of::<7>(codes),
            8 => self.first_of::<8>(codes),
            _ => self.first_of_many(codes),
        }
    }

    /// [`Self::first`] of exactly `N` columns: their number is known, so that no loop over them remains.
    fn first_of<const N: usize>(&self, codes: &[u16]) -> Option<usize> {
        let columns: &[Column; N] = self.columns.as_slice().try_into().ok()?;
        let bitmaps = columns.each_ref().map(|column| self.chunks(column, codes));
        let n_chunks = self.n_words / CHUNK;
        let bitmaps = bitmaps.map(|bitmap| &bitmap[..n_chunks]);
        (0..n_chunks).find_map(|at| {
            let mut matching = [u64::MAX; CHUNK];
            for bitmap in bitmaps {
                and(&mut matching, &bitmap[at]);
            }
            lowest(&matching).map(|row| at * CHUNK * 64 + row)
        })
    }

    fn first_of_many(&self, codes: &[u16]) -> Option<usize> {
        (0..self.n_words / CHUNK).find_map(|at| {
            let mut matching = [u64::MAX; CHUNK];
            for column in &self.columns {
                and(&mut matching, &self.chunks(column, codes)[at]);
            }
            lowest(&matching).map(|row| at * CHUNK * 64 + row)
        })
    }

    /// The bitmap of a lead's class in a column.
    fn chunks<'a>(&self, column: &'a Column, codes: &[u16]) -> &'a [Chunk] {
        let bitmap = column.bitmap(codes[column.slot.at()], self.n_words);
        bitmap.as_chunks().0
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn n_words(&self) -> usize {
        self.n_words
    }
}

impl Column {
    /// Goes through the classes in order and keeps the rows of the current one: a test mostly
    /// accepts a few runs of classes, so a row comes and goes a few times and no more.
    fn new(asked: &ColumnRule, map: &ClassMap, n_words: usize) -> Self {
        let n_classes = map.n_classes();
        let (mut rows, turns) = turns(asked, map, n_words);
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

    fn offset(&self, class: u16) -> usize {
        self.offsets[usize::from(class)] as usize
    }

    /// The rows that a class matches.
    pub(super) fn bitmap(&self, class: u16, n_words: usize) -> &[u64] {
        let start = self.offset(class);
        &self.words[start..start + n_words]
    }

    pub(super) fn n_classes(&self) -> usize {
        self.offsets.len()
    }

    /// The classes that match the same rows as this one.
    pub(super) fn alike(&self, class: u16) -> ClassSet {
        let mut set = ClassSet::new(self.n_classes());
        let offset = self.offsets[usize::from(class)];
        let classes = (0..=u16::MAX).zip(&self.offsets);
        let alike = classes.filter(|(_, other)| **other == offset);
        alike.for_each(|(class, _)| set.insert(class));
        set
    }

    /// One class for each set of rows that a class of `among` has, a known value where there is one.
    pub(super) fn representatives(&self, among: &ClassSet) -> Vec<u16> {
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

fn and(matching: &mut Chunk, bitmap: &Chunk) {
    for (row, word) in matching.iter_mut().zip(bitmap) {
        *row &= word;
    }
}

/// Position of the lowest bit.
fn lowest(chunk: &Chunk) -> Option<usize> {
    let any = chunk.iter().fold(0, |any, word| any | word);
    if any == 0 {
        return None;
    }
    let word = chunk.iter().position(|&word| word != 0)?;
    Some(word * 64 + chunk[word].trailing_zeros() as usize)
}

/// The rows that accept every class, and for each class those that begin or cease to match with it.
fn turns(asked: &ColumnRule, map: &ClassMap, n_words: usize) -> (Vec<u64>, Vec<Vec<u32>>) {
    let mut by_test: Vec<Vec<u32>> = vec![Vec::new(); asked.tests.len()];
    for (row, &test) in (0..).zip(&asked.by_row) {
        by_test[test as usize].push(row);
    }
    let mut always = vec![0_u64; n_words];
    let mut turns: Vec<Vec<u32>> = vec![Vec::new(); map.n_classes()];
    for (test, rows) in asked.tests.iter().zip(&by_test) {
        let Some(runs) = runs(test, map) else {
            let rows = rows.iter();
            rows.for_each(|&row| always[row as usize / 64] |= 1 << (row % 64));
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
pub(super) fn accepted(test: &CellTest, map: &ClassMap) -> Option<ClassSet> {
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
