use proptest::prelude::*;
use smallvec::SmallVec;

use super::*;
use crate::{classes::Domain, program::encode::Codes};

/// A table over numbers.
struct Table {
    rule: TableRule,
    maps: Vec<ClassMap>,
    residuals: Residuals,
}

/// * `columns`: for each of them the range that each row accepts; none: every number.
fn table(columns: &[Vec<Option<(i64, i64)>>]) -> Table {
    let slots = (0..).map(SlotIdx);
    let columns = slots.zip(columns).map(|(slot, cells)| {
        let mut tests: Vec<Option<(i64, i64)>> = cells.clone();
        tests.sort_unstable();
        tests.dedup();
        let place = |cell| tests.binary_search(cell).unwrap();
        let by_row = cells.iter().map(|cell| u32::try_from(place(cell)).unwrap());
        let asked = |test: &Option<(i64, i64)>| match test {
            None => CellTest::Any,
            Some(range) => CellTest::Asks(Formula::Test(slot, Accepted::Numbers(vec![*range]))),
        };
        ColumnRule {
            slot,
            by_row: by_row.collect(),
            tests: tests.iter().map(asked).collect(),
        }
    });
    let columns: Vec<ColumnRule> = columns.collect();
    let maps = columns.iter().map(|column| {
        let tests = column.tests.iter().filter_map(|test| match test {
            CellTest::Asks(Formula::Test(_, accepted)) => Some(accepted.clone()),
            _ => None,
        });
        ClassMap::new(&Domain::Number, &tests.collect::<Vec<_>>()).unwrap()
    });
    Table {
        maps: maps.collect(),
        rule: TableRule {
            n_rows: columns[0].by_row.len(),
            columns,
            residuals: BTreeMap::new(),
        },
        residuals: Residuals::default(),
    }
}

impl Table {
    fn index(&self) -> Index {
        Index::new(&self.rule, &self.maps, &mut (1 << 30)).unwrap()
    }

    fn codes(&self, numbers: &[i64]) -> Codes {
        let numbers = self.maps.iter().zip(numbers);
        let codes: SmallVec<[u16; 32]> = numbers.map(|(map, &number)| map.number(number)).collect();
        Codes(codes)
    }

    /// The first row that matches, row by row.
    fn first(&self, codes: &Codes) -> Option<usize> {
        (0..self.rule.n_rows).find(|&row| {
            let mut columns = self.rule.columns.iter().zip(&self.maps);
            let matches = columns.all(|(column, map)| {
                let test = &column.tests[column.by_row[row] as usize];
                let code = codes.0[column.slot.at()];
                accepted(test, map).is_none_or(|classes| classes.contains(code))
            });
            matches && self.residuals.holds(row, codes)
        })
    }
}

/// Numbers that look drawn.
fn drawn(seed: u64) -> impl FnMut(i64) -> i64 {
    let mut state = seed;
    move |n| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % n
    }
}

/// Rows that ask for one of many `sources`, for an age, and for one of three devices; every
/// `blank`th cell accepts everything.
fn market(n_rows: usize, sources: i64, blank: i64, seed: u64) -> Table {
    let mut draw = drawn(seed);
    let mut cells: Vec<Vec<Option<(i64, i64)>>> = vec![Vec::new(); 3];
    for _ in 0..n_rows {
        let source = draw(sources);
        let age = 18 + draw(50);
        let device = draw(3);
        let all = [(source, source), (age, age + draw(9)), (device, device)];
        for (column, cell) in cells.iter_mut().zip(all) {
            column.push((draw(blank) > 0).then_some(cell));
        }
    }
    table(&cells)
}

#[test]
fn rows_are_arranged_by_the_column_of_many_values() {
    assert!(market(10_000, 200, 20, 1).index().in_order().is_none());
    // Few rows, or nothing that tells them apart.
    assert!(market(500, 200, 20, 1).index().in_order().is_some());
    assert!(table(&[vec![None; 2_000]]).index().in_order().is_some());
}

#[test]
fn columns_beyond_the_usual_number_are_asked_too() {
    let mut draw = drawn(3);
    let cells: Vec<Vec<_>> = (0..11)
        .map(|_| {
            (0..700)
                .map(|_| (draw(9) == 0).then(|| (draw(3), 3)))
                .collect()
        })
        .collect();
    let table = table(&cells);
    let index = table.index();
    for _ in 0..200 {
        let numbers: Vec<i64> = (0..11).map(|_| draw(4)).collect();
        let codes = table.codes(&numbers);
        assert_eq!(index.first(&codes, &table.residuals), table.first(&codes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn arranged_rows_are_found_as_row_by_row(
        n_rows in 600..1_500_usize,
        sources in 1..400_i64,
        blank in 2..40_i64,
        seed: u64,
        asks_more: bool,
    ) {
        let mut table = market(n_rows, sources, blank, seed);
        if asks_more {
            let odd_age = || {
                let mut odd = ClassSet::new(table.maps[1].n_classes());
                (0..table.maps[1].n_classes()).step_by(2).for_each(|class| {
                    odd.insert(u16::try_from(class).unwrap());
                });
                Formula::Test(SlotIdx(1), odd)
            };
            table.residuals = Residuals((0..n_rows).step_by(3).map(|row| (row, odd_age())).collect());
        }
        let index = table.index();
        let mut draw = drawn(seed ^ 7);
        for _ in 0..100 {
            let codes = table.codes(&[draw(sources + 1), 17 + draw(60), draw(4)]);
            let expected = table.first(&codes);
            prop_assert_eq!(index.first(&codes, &table.residuals), expected);
            // What comes near stands before the row that matches, and does not match.
            let near = index.nearest(&codes, &table.residuals, expected, 5);
            prop_assert!(near.len() <= 5);
            prop_assert!(near.iter().all(|&row| expected.is_none_or(|first| row < first)));
        }
    }
}
