//! Rows that are written once, and are both data for engines and a `match` for the compiler.

use std::ops::Range;

use crate::engine::Answer;

/// A row as data.
#[derive(Debug)]
pub(super) struct Given {
    /// The states; none: any.
    pub(super) states: &'static [&'static [u8; 2]],
    /// In hundredths.
    pub(super) debt_to_income: Range<i64>,
    /// In years.
    pub(super) age: Range<i64>,
    /// A destination, or a pool.
    pub(super) to: Answer,
}

/// Writes `ROWS`, and `first`, which finds the first row that matches in the way of Rust.
macro_rules! rows {
    ($([$($state:literal)*] $low:literal..$high:literal $young:literal..$old:literal => $to:literal;)*) => {
        /// The rows as data.
        pub(super) const ROWS: &[$crate::workloads::realistic::rows::Given] = &[$(
            $crate::workloads::realistic::rows::Given {
                states: &[$($state),*],
                debt_to_income: $low..$high,
                age: $young..$old,
                to: $to,
            },
        )*];

        /// Where the first row that matches leads.
        pub(super) fn first(
            state: &[u8; 2],
            debt_to_income: i64,
            age: i64,
        ) -> Option<$crate::engine::Answer> {
            match (state, debt_to_income, age) {
                $(($crate::workloads::realistic::rows::states!($($state)*), $low..$high, $young..$old) => Some($to),)*
                _ => None,
            }
        }
    };
}

/// The pattern of some states; none: any.
macro_rules! states {
    () => { _ };
    ($($state:literal)+) => { $($state)|+ };
}

pub(super) use {rows, states};
