//! What an experiment says: differences between arms, intervals that hold while one looks, broken splits, sizes to plan for.
//!
//! Data comes in as [`SampleMoments`], which are added up lead by lead and merged. They give a [`Mean`] of an arm: plain, as a ratio, by
//! clusters, adjusted by a covariate, or over strata. Two means give an [`ArmDifference`], which has a p-value and an interval for one look,
//! and from [`always_valid`] those for any number of looks.
//!
//! What has no evidence is an [`Error`](enum@Error), never a zero.

use thiserror::Error;

pub mod adaptive;
pub mod always_valid;
pub mod betting;
pub mod boundary;
pub mod clusters;
pub mod covariate;
pub mod covariates;
mod difference;
pub mod gaussian;
pub mod group_sequential;
mod means;
mod moments;
pub mod multiplicity;
pub mod power;
pub mod proportions;
pub mod rates;
pub mod sample_ratio;
pub mod strata;

pub use difference::ArmDifference;
pub use means::Mean;
pub use moments::SampleMoments;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// There are fewer units than the quantity needs.
    #[error("there are {n} units, but at least {needed} are needed")]
    TooFew {
        /// The units.
        n: u64,
        /// How many are needed.
        needed: u64,
    },
    /// Nothing varies, so nothing can be told apart from chance.
    #[error("no value differs from any other, so there is nothing to compare by")]
    NoSpread,
    /// A value, or what was computed from the values, is infinite or not a number.
    #[error("{value} is not a finite number")]
    NotFinite {
        /// The value.
        value: f64,
    },
    /// The mean to divide by is zero.
    #[error("the mean to divide by is 0, so there is no ratio")]
    NoDenominator,
    /// Means of different signs, or one of zero, have no ratio on a logarithmic scale.
    #[error("a relative difference needs two means above 0, or two below it")]
    Signs,
    /// An argument is outside its range.
    #[error("{name} is {value}, but it has to be {rule}")]
    Argument {
        /// What it is called.
        name: &'static str,
        /// The argument.
        value: f64,
        /// What it may be.
        rule: &'static str,
    },
    /// Lists that belong together have different lengths.
    #[error("there are {found} values for {expected} places")]
    Lengths {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An arm got units though it could not get any.
    #[error("arm {arm} has units, but its probability was always 0")]
    Impossible {
        /// The position of the arm.
        arm: usize,
    },
}

/// The value itself, if it is a finite number.
pub(crate) fn finite(value: f64) -> Result<f64, Error> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::NotFinite { value })
    }
}

/// A probability strictly between 0 and 1.
pub(crate) fn inside(name: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(Error::Argument {
            name,
            value,
            rule: "between 0 and 1",
        })
    }
}

/// A finite number above 0.
pub(crate) fn positive(name: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(Error::Argument {
            name,
            value,
            rule: "a finite number above 0",
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2⁵³")]
pub(crate) fn count(n: u64) -> f64 {
    n as f64
}
