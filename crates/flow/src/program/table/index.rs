//! The search for the first row that matches.

use smallvec::SmallVec;

use super::{
    BitTable, Residuals, TableColumn,
    arrangement::{Arrangement, Stretch},
};
use crate::{classes::ClassMap, formula::SlotIdx, program::encode::Codes, typed_flow::TableRule};

/// Words that are tested together, so that the processor does several at once.
const CHUNK: usize = 8;

/// A table, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub(super) table: BitTable,
    pub(super) arrangement: Arrangement,
}

impl Index {
    /// The index of a table; the position of the first column that needs more than `bytes` of
    /// bitmaps.
    pub(crate) fn new(
        rule: &TableRule,
        maps: &[ClassMap],
        bytes: &mut usize,
    ) -> Result<Self, usize> {
        let arrangement = Arrangement::best(rule, maps);
        let table = BitTable::arranged((rule, maps), &arrangement, bytes)?;
        Ok(Self { table, arrangement })
    }

    /// The bitmaps in the order of the rows, unless the rows are arranged otherwise.
    pub(crate) fn in_order(&self) -> Option<&BitTable> {
        self.arrangement.is_in_order().then_some(&self.table)
    }

    /// What each column tests.
    pub(crate) fn slots(&self) -> impl Iterator<Item = SlotIdx> + '_ {
        self.table.columns.iter().map(|column| column.slot)
    }

    /// Position of the first row that matches and whose own predicate is true.
    #[inline]
    pub(crate) fn first(&self, codes: &Codes, residuals: &Residuals) -> Option<usize> {
        if residuals.is_empty() {
            self.first_such(&codes.0, |_| true)
        } else {
            self.first_such(&codes.0, |row| residuals.holds(row, codes))
        }
    }

    /// Position of the first row that matches and that `accepts` takes.
    #[inline]
    fn first_such(&self, codes: &[u16], accepts: impl Fn(usize) -> bool) -> Option<usize> {
        // The usual numbers of columns are known when this is compiled, so that no loop over the
        // columns remains.
        match self.table.columns.len() {
            1 => self.first_of::<1>(codes, accepts),
            2 => self.first_of::<2>(codes, accepts),
            3 => self.first_of::<3>(codes, accepts),
            4 => self.first_of::<4>(codes, accepts),
            5 => self.first_of::<5>(codes, accepts),
            6 => self.first_of::<6>(codes, accepts),
            7 => self.first_of::<7>(codes, accepts),
            8 => self.first_of::<8>(codes, accepts),
            _ => {
                let columns = self.table.columns.iter();
                let bitmaps = columns.map(|column| self.bitmap(column, codes));
                self.search(&bitmaps.collect::<SmallVec<[_; 32]>>(), codes, accepts)
            }
        }
    }

    #[inline]
    fn first_of<const N: usize>(
        &self,
        codes: &[u16],
        accepts: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let columns: &[TableColumn; N] = self.table.columns.as_slice().try_into().ok()?;
        let bitmaps = columns.each_ref().map(|column| self.bitmap(column, codes));
        self.search(&bitmaps, codes, accepts)
    }

    /// The rows that a lead's class in a column matches.
    #[inline]
    pub(super) fn bitmap<'a>(&'a self, column: &'a TableColumn, codes: &[u16]) -> &'a [u64] {
        column.bitmap(codes[column.slot.at()], self.table.n_words)
    }

    /// * `bitmaps`: by column.
    #[inline]
    fn search<'a>(
        &self,
        bitmaps: &impl AsRef<[&'a [u64]]>,
        codes: &[u16],
        accepts: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut best = None;
        for stretch in self.arrangement.stretches(codes) {
            if best.is_some_and(|best| best < stretch.first_row as usize) {
                break; // They come in the order of their first rows.
            }
            let found = self.first_in(stretch, bitmaps, &accepts);
            best = best.into_iter().chain(found).min();
        }
        best
    }

    /// The first row of a stretch that matches and that `accepts` takes.
    #[inline]
    fn first_in<'a>(
        &self,
        stretch: &Stretch,
        bitmaps: &impl AsRef<[&'a [u64]]>,
        accepts: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let row_in = |word: usize, mut matching: u64| {
            while matching != 0 {
                let row = self
                    .arrangement
                    .row(word * 64 + matching.trailing_zeros() as usize);
                if accepts(row) {
                    return Some(row);
                }
                matching &= matching - 1;
            }
            None
        };
        let (mut word, end) = (stretch.words.0 as usize, stretch.words.1 as usize);
        while end - word >= CHUNK {
            let matching = together(bitmaps.as_ref(), word);
            if matching.iter().any(|&word| word != 0) {
                let row = (word..)
                    .zip(matching)
                    .find_map(|(word, matching)| row_in(word, matching));
                if row.is_some() {
                    return row;
                }
            }
            word += CHUNK;
        }
        (word..end).find_map(|word| {
            let all = bitmaps.as_ref().iter().map(|bitmap| bitmap[word]);
            row_in(word, all.fold(u64::MAX, |all, rows| all & rows))
        })
    }
}

/// What all bitmaps have in the words from here on.
#[inline]
fn together(bitmaps: &[&[u64]], from: usize) -> [u64; CHUNK] {
    let mut all = [u64::MAX; CHUNK];
    for bitmap in bitmaps {
        let rows = &bitmap[from..from + CHUNK];
        all.iter_mut()
            .zip(rows)
            .for_each(|(all, rows)| *all &= rows);
    }
    all
}
