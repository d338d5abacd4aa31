//! In which order the bits of a table's rows are, so that a lead passes over most of them.
//!
//! In a long table one column often names many values: a source, a postcode. Rows that ask the same
//! of it are put side by side. A lead then looks only at the stretches of rows whose cells in that
//! column it can meet, and takes the first match of each; the first of those in the order of the
//! table is the answer.

use std::ops::Range;

use super::{RowsByTest, runs};
use crate::{
    classes::{ClassMap, ClassSet},
    formula::SlotIdx,
    typed_flow::{ColumnRule, TableRule},
};

/// Rows up to which looking at all is as quick.
const FEW_ROWS: usize = 512;

/// What it costs to go to another stretch, in words looked at.
const STRETCH_COST: usize = 2;

/// Most words of work for one column. Beyond them the column is not considered.
const MAX_WORK: usize = 1 << 22;

/// Most entries of the lists of stretches of all classes.
const MAX_LISTED: usize = 1 << 18;

/// Where the bit of each row is, and which bits a lead looks at.
#[derive(Debug, Clone)]
pub(super) struct Arrangement {
    n_rows: usize,
    by_column: Option<ByColumn>,
    /// All rows, in order.
    whole: Stretch,
}

/// Rows side by side that ask something alike, in the order of the table among themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Position of the first of its rows in the table.
    pub(super) first_row: u32,
    /// The words with its rows: the first one, and the first one after it.
    pub(super) words: (u32, u32),
}

#[derive(Debug, Clone)]
struct ByColumn {
    slot: SlotIdx,
    /// By row.
    places: Vec<u32>,
    /// The row at each place; [`NO_ROW`] where there is none, since a stretch fills whole words.
    rows: Vec<u32>,
    /// For each class where its stretches are, in the order of their first rows.
    by_class: Vec<Range<u32>>,
    stretches: Vec<Stretch>,
}

const NO_ROW: u32 = u32::MAX;

/// The rows of a table by what they ask of one column.
struct Candidate {
    slot: SlotIdx,
    parts: Vec<Part>,
    n_classes: usize,
}

/// Rows of one stretch and the classes that some of them accept.
struct Part {
    rows: Vec<u32>,
    classes: ClassSet,
}

impl Arrangement {
    /// Each row at its own place.
    pub(super) fn in_order(n_rows: usize) -> Self {
        Self {
            n_rows,
            by_column: None,
            whole: Stretch {
                first_row: 0,
                words: (0, to_u32(n_rows.div_ceil(64))),
            },
        }
    }

    /// The arrangement with which leads look at the fewest words.
    pub(super) fn best(rule: &TableRule, maps: &[ClassMap]) -> Self {
        let in_order = Self::in_order(rule.n_rows);
        if rule.n_rows <= FEW_ROWS {
            return in_order;
        }
        let candidates = rule.columns.iter().filter_map(|column| {
            let candidate = Candidate::new(column, &maps[column.slot.at()])?;
            Some((candidate.cost()?, candidate))
        });
        match candidates.min_by_key(|(cost, _)| *cost) {
            Some((cost, candidate)) if cost * 2 <= in_order.n_words() => Self {
                by_column: Some(ByColumn::new(candidate, rule.n_rows)),
                ..in_order
            },
            _ => in_order,
        }
    }

    pub(super) fn is_in_order(&self) -> bool {
        self.by_column.is_none()
    }

    /// How many words hold all places.
    pub(super) fn n_words(&self) -> usize {
        match &self.by_column {
            None => self.whole.words.1 as usize,
            Some(arranged) => arranged.rows.len() / 64,
        }
    }

    /// Where the bit of a row is.
    pub(super) fn place(&self, row: usize) -> usize {
        match &self.by_column {
            None => row,
            Some(arranged) => arranged.places[row] as usize,
        }
    }

    /// The row at a place that has one.
    #[inline]
    pub(super) fn row(&self, place: usize) -> usize {
        match &self.by_column {
            None => place,
            Some(arranged) => arranged.rows[place] as usize,
        }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Where a lead finds its rows, in the order of their first rows.
    #[inline]
    pub(super) fn stretches(&self, codes: &[u16]) -> &[Stretch] {
        match &self.by_column {
            None => std::slice::from_ref(&self.whole),
            Some(arranged) => {
                let Range { start, end } =
                    arranged.by_class[usize::from(codes[arranged.slot.at()])];
                &arranged.stretches[start as usize..end as usize]
            }
        }
    }
}

impl Candidate {
    /// The tests of many rows have parts of their own; those of few are put together with what
    /// accepts nearly the same. `None` if that is too much work.
    fn new(column: &ColumnRule, map: &ClassMap) -> Option<Self> {
        let n_classes = map.n_classes();
        if column.tests.len() * n_classes.div_ceil(64) > MAX_WORK {
            return None;
        }
        let (mut parts, mut few) = (Vec::new(), Vec::new());
        let by_test = RowsByTest::new(column);
        let asked = by_test.iter().zip(&column.tests);
        for (rows, test) in asked.filter(|(rows, _)| !rows.is_empty()) {
            let runs = runs(test, map).unwrap_or_else(|| vec![(0, n_classes)]);
            let classes = classes_of(&runs, n_classes);
            if rows.len() >= 64 {
                let rows = rows.to_vec();
                parts.push(Part { rows, classes });
            } else {
                let ends = (runs.first().copied(), runs.last().copied());
                few.push((ends, rows, classes));
            }
        }
        few.sort_by_key(|(ends, ..)| *ends);
        let mut last: Option<Part> = None;
        for (_, rows, classes) in few {
            match &mut last {
                Some(last) if last.rows.len() + rows.len() <= 64 => {
                    last.rows.extend(rows);
                    last.classes.add(&classes);
                }
                _ => {
                    let rows = rows.to_vec();
                    parts.extend(last.replace(Part { rows, classes }));
                }
            }
        }
        parts.extend(last);
        Some(Self {
            slot: column.slot,
            parts,
            n_classes,
        })
    }

    /// Words that a lead looks at, on average over leads that come as often as rows ask for them;
    /// `None` if the lists of stretches would be too long.
    fn cost(&self) -> Option<usize> {
        let mut looked = vec![0_usize; self.n_classes];
        let mut leads = vec![1_usize; self.n_classes];
        let mut n_listed = 0;
        for part in &self.parts {
            let members: Vec<u16> = part.classes.iter().collect();
            n_listed += members.len();
            // What accepts every class says nothing about which of them come.
            let asks = members.len() < self.n_classes;
            for &class in &members {
                let class = usize::from(class);
                looked[class] += part.rows.len().div_ceil(64) + STRETCH_COST;
                leads[class] += usize::from(asks) * part.rows.len().div_ceil(members.len());
            }
        }
        let words = looked.iter().zip(&leads);
        let all: usize = words.map(|(words, leads)| words * leads).sum();
        (n_listed <= MAX_LISTED).then(|| all / leads.iter().sum::<usize>().max(1))
    }
}

fn classes_of(runs: &[(usize, usize)], n_classes: usize) -> ClassSet {
    let mut set = ClassSet::new(n_classes);
    let to_class = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
    for &(first, after) in runs {
        set.insert_range(to_class(first), to_class(after.min(n_classes) - 1));
    }
    set
}

impl ByColumn {
    fn new(candidate: Candidate, n_rows: usize) -> Self {
        let mut arranged = Self {
            slot: candidate.slot,
            places: vec![0; n_rows],
            rows: Vec::new(),
            by_class: Vec::new(),
            stretches: Vec::new(),
        };
        let mut by_class: Vec<Vec<Stretch>> = vec![Vec::new(); candidate.n_classes];
        let mut parts = candidate.parts;
        for part in &mut parts {
            part.rows.sort_unstable();
        }
        parts.sort_unstable_by_key(|part| part.rows.first().copied());
        for part in parts {
            let stretch = arranged.append(&part.rows);
            for class in part.classes.iter() {
                by_class[usize::from(class)].push(stretch);
            }
        }
        for stretches in by_class {
            let start = arranged.stretches.len();
            arranged.stretches.extend(stretches);
            arranged
                .by_class
                .push(to_u32(start)..to_u32(arranged.stretches.len()));
        }
        arranged
    }

    /// Gives rows the next places.
    fn append(&mut self, rows: &[u32]) -> Stretch {
        let start = self.rows.len();
        for (place, &row) in (start..).zip(rows) {
            self.places[row as usize] = to_u32(place);
        }
        self.rows.extend(rows);
        self.rows
            .resize(self.rows.len().next_multiple_of(64), NO_ROW);
        Stretch {
            first_row: rows.first().copied().unwrap_or_default(),
            words: (to_u32(start / 64), to_u32(self.rows.len() / 64)),
        }
    }
}

fn to_u32(position: usize) -> u32 {
    // A table has at most 65,535 rows.
    u32::try_from(position).unwrap_or(u32::MAX)
}
