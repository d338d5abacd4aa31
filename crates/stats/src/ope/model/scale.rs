//! Features in their own standard deviations, so that one penalty means the same for all of them.

use super::TrainingRow;
use crate::weighted::count;

/// Mean and inverse standard deviation of each feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    means: Vec<f64>,
    /// 0 for a feature that does not vary: it has no part in the model.
    inverses: Vec<f64>,
}

impl Scale {
    /// * `rows`: at least one, with `n_features` each.
    pub(super) fn of(rows: &[TrainingRow<'_>], n_features: usize) -> Self {
        let n = count(rows.len() as u64);
        let mut means = vec![0.0; n_features];
        for row in rows {
            for (mean, value) in means.iter_mut().zip(row.features) {
                *mean += value / n;
            }
        }
        let mut squares = vec![0.0; n_features];
        for row in rows {
            for ((square, value), mean) in squares.iter_mut().zip(row.features).zip(&means) {
                *square += (value - mean).powi(2) / n;
            }
        }
        let inverses = squares.iter().zip(&means).map(|(square, mean)| {
            // Below that, what varies is rounding.
            let is_constant = square.sqrt() <= 1e-12 * mean.abs();
            if is_constant {
                0.0
            } else {
                1.0 / square.sqrt()
            }
        });
        Self {
            inverses: inverses.collect(),
            means,
        }
    }

    /// Writes the features of a row in standard deviations from their means.
    pub(super) fn write(&self, features: &[f64], scaled: &mut [f64]) {
        let of = self.means.iter().zip(&self.inverses);
        for ((scaled, value), (mean, inverse)) in scaled.iter_mut().zip(features).zip(of) {
            *scaled = (value - mean) * inverse;
        }
    }

    /// An intercept and coefficients of scaled features, as those of the features themselves.
    pub(super) fn undo(&self, intercept: f64, coefficients: &[f64]) -> (f64, Vec<f64>) {
        let own: Vec<f64> = coefficients
            .iter()
            .zip(&self.inverses)
            .map(|(coefficient, inverse)| coefficient * inverse)
            .collect();
        let shift: f64 = own
            .iter()
            .zip(&self.means)
            .map(|(own, mean)| own * mean)
            .sum();
        (intercept - shift, own)
    }
}

/// Of an intercept and coefficients; features beyond them count as 0.
pub(super) fn sum(intercept: f64, coefficients: &[f64], features: &[f64]) -> f64 {
    let products = coefficients.iter().zip(features);
    intercept
        + products
            .map(|(coefficient, value)| coefficient * value)
            .sum::<f64>()
}
