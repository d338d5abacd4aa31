//! Decision tables as bitmaps: one for each class of each column, with a bit for each row.
//!
//! A lead's class picks one bitmap in every column; the first bit that all of them have is the
//! first row that matches. The cost does not depend on which row it is, nor on what the cells say.
//!
//! # Source
//!
//! Lakshman and Stiliadis, *High-speed policy-based packet forwarding using efficient
//! multi-dimensional range matching*, 1998.

use std::collections::BTreeMap;

use crate::{
    check::{CellTest, TableRule},
    classes::{ClassMap, ClassSet, MISSING},
    formula::SlotIdx,
};

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
        let n_words = rule.rows.len().div_ceil(64).next_multiple_of(CHUNK);
        let mut table = Self {
            columns: Vec::with_capacity(rule.columns.len()),
            n_rows: rule.rows.len(),
            n_words,
        };
        for (position, &slot) in rule.columns.iter().enumerate() {
            let map = &maps[slot.at()];
            let needed = map.n_classes() * n_words * size_of::<u64>();
            *bytes = bytes.checked_sub(needed).ok_or(position)?;
            let cells = rule.rows.iter().map(|row| &row[position]);
            let column = Column::new(slot, map, cells, n_words);
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

    /// The first rows before `end` that exactly one column kept from matching, with that column.
    ///
    /// * `end`: position of a row; none: after the last.
    pub(super) fn near_misses(
        &self,
        codes: &[u16],
        end: Option<usize>,
        n_max: usize,
    ) -> Vec<(usize, usize)> {
        let bitmaps: Vec<&[u64]> = self
            .columns
            .iter()
            .map(|column| column.bitmap(codes[column.slot.at()], self.n_words))
            .collect();
        let failing = |row: usize| {
            let fails = move |bitmap: &&[u64]| bitmap[row / 64] >> (row % 64) & 1 == 0;
            bitmaps
                .iter()
                .enumerate()
                .filter(move |(_, bitmap)| fails(bitmap))
        };
        (0..end.unwrap_or(self.n_rows))
            .filter_map(|row| {
                let mut failing = failing(row);
                let (column, _) = failing.next()?;
                failing.next().is_none().then_some((row, column))
            })
            .take(n_max)
            .collect()
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn n_words(&self) -> usize {
        self.n_words
    }
}

impl Column {
    fn new<'a>(
        slot: SlotIdx,
        map: &ClassMap,
        cells: impl Iterator<Item = &'a CellTest>,
        n_words: usize,
    ) -> Self {
        let n_classes = map.n_classes();
        let mut every_class = vec![0; n_words];
        let mut by_class = vec![0; n_classes * n_words];
        for (row, cell) in cells.enumerate() {
            let (word, bit) = (row / 64, 1 << (row % 64));
            if matches!(cell, CellTest::Any) {
                every_class[word] |= bit;
                continue;
            }
            for class in accepted(cell, map).iter() {
                by_class[usize::from(class) * n_words + word] |= bit;
            }
        }
        let mut column = Self {
            slot,
            offsets: Vec::with_capacity(n_classes),
            words: Vec::new(),
        };
        let mut known: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        for bitmap in by_class.chunks_exact(n_words.max(1)) {
            let bitmap: Vec<u64> = bitmap
                .iter()
                .zip(&every_class)
                .map(|(a, b)| a | b)
                .collect();
            let offset = *known.entry(bitmap).or_insert_with_key(|bitmap| {
                // The budget of bytes keeps this far below 32 bits.
                let offset = u32::try_from(column.words.len()).unwrap_or(u32::MAX);
                column.words.extend(bitmap);
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

    /// One class for each set of rows, a known value before the missing one.
    pub(super) fn representatives(&self) -> Vec<u16> {
        let mut by_offset: BTreeMap<u32, u16> = BTreeMap::new();
        for (class, &offset) in (0_u16..).zip(&self.offsets).skip(1) {
            by_offset.entry(offset).or_insert(class);
        }
        if let Some(&offset) = self.offsets.first() {
            by_offset.entry(offset).or_insert(MISSING);
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

/// The classes that a cell accepts.
pub(super) fn accepted(cell: &CellTest, map: &ClassMap) -> ClassSet {
    match cell {
        CellTest::Any => ClassSet::full(map.n_classes()),
        CellTest::Missing => {
            let mut missing = ClassSet::new(map.n_classes());
            missing.insert(MISSING);
            missing
        }
        CellTest::Accepted(accepted) => map.classes(accepted),
    }
}
