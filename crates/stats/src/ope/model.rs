//! Models of what a decision brings, small enough to fit for each part of a log.
//!
//! A doubly robust estimate needs expectations of each lead from leads that tell nothing of it: split the log by
//! [`fold`](super::fold), and expect of a fold what a model of the others says. The better the model, the narrower the interval; a
//! bad one costs a little width and no bias.
//!
//! * [`Tabular`] knows means by cell, such as a segment and a destination, shrunk to the mean of all. It is cross-fitted by itself.
//! * [`Logistic`] gives the probability that an offer is accepted, [`Linear`] the money of one that was: their product is what
//!   an offer brings.

mod cholesky;
mod linear;
mod logistic;
mod scale;
mod tabular;

pub use linear::Linear;
pub use logistic::Logistic;
pub use tabular::Tabular;

use thiserror::Error;

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing to learn from.
    #[error("there are no rows to fit a model to")]
    NoRows,
    /// A row with more or fewer features than the others.
    #[error("row {row} has {found} features, but the first one has {expected}")]
    Features {
        /// Position of the row.
        row: usize,
        /// Features that it has.
        found: usize,
        /// Features of the first row.
        expected: usize,
    },
    /// A feature or an outcome that is not finite, or an outcome that is no probability where one is needed.
    #[error("row {row} has the number {value}, which a model cannot learn from")]
    Number {
        /// Position of the row.
        row: usize,
        /// The bad number.
        value: f64,
    },
    /// A penalty that is not above 0: without one, features that determine each other have no coefficients.
    #[error("the penalty is {value}, but it must be above 0")]
    Penalty {
        /// The bad penalty.
        value: f64,
    },
}

/// What a model learns from: features, and what came of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingRow<'a> {
    /// In the same order in each row; for a category one feature a value, 0 or 1.
    pub features: &'a [f64],
    /// What came of it.
    pub outcome: f64,
}

/// # Errors
///
/// The first problem of the rows or of the penalty.
fn check(rows: &[TrainingRow<'_>], penalty: f64) -> Result<usize, Error> {
    let first = rows.first().ok_or(Error::NoRows)?;
    let expected = first.features.len();
    if !(penalty > 0.0 && penalty.is_finite()) {
        return Err(Error::Penalty { value: penalty });
    }
    for (row, found) in rows.iter().enumerate() {
        let n_features = found.features.len();
        if n_features != expected {
            return Err(Error::Features {
                row,
                found: n_features,
                expected,
            });
        }
        let mut numbers = found.features.iter().chain([&found.outcome]);
        // Squares are summed up.
        if let Some(value) = numbers.find(|value| value.is_nan() || value.abs() > 1e100) {
            return Err(Error::Number { row, value: *value });
        }
    }
    Ok(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_teach_nothing_are_refused() {
        let row = |features, outcome| TrainingRow { features, outcome };
        let good = row(&[1.0, 2.0][..], 1.0);
        assert_eq!(Linear::fit(&[], 1.0).unwrap_err(), Error::NoRows);
        for (rows, error) in [
            (
                [good, row(&[1.0], 1.0)],
                Error::Features {
                    row: 1,
                    found: 1,
                    expected: 2,
                },
            ),
            (
                [good, row(&[1.0, f64::INFINITY], 1.0)],
                Error::Number {
                    row: 1,
                    value: f64::INFINITY,
                },
            ),
        ] {
            assert_eq!(Linear::fit(&rows, 1.0).unwrap_err(), error);
            assert_eq!(Logistic::fit(&rows, 1.0).unwrap_err(), error);
        }
        let refused = Linear::fit(&[good], 0.0).unwrap_err();
        assert_eq!(refused, Error::Penalty { value: 0.0 });
        let outside = Logistic::fit(&[row(&[1.0], 2.0)], 1.0).unwrap_err();
        assert_eq!(outside, Error::Number { row: 0, value: 2.0 });
    }
}
