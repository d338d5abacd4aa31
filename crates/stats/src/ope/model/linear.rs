//! Means that are linear in features, with a penalty on what is not needed.

use super::{
    Error, TrainingRow, check, cholesky,
    scale::{Scale, sum},
};
use crate::weighted::count;

/// Ridge regression: `y ≈ a + Σ bⱼ xⱼ`.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    intercept: f64,
    coefficients: Vec<f64>,
}

impl Linear {
    /// Minimises the sum of squared errors plus `penalty` times the sum of squared coefficients of the features in standard
    /// deviations. The intercept has no penalty; a feature that does not vary has no coefficient.
    ///
    /// * `penalty`: as a number of rows, above 0: with as many rows as that a coefficient is halved.
    ///
    /// # Errors
    ///
    /// The first problem of the rows or of the penalty.
    ///
    /// # Source
    ///
    /// Hoerl and Kennard, *Ridge regression: biased estimation for nonorthogonal problems*, 1970.
    pub fn fit(rows: &[TrainingRow<'_>], penalty: f64) -> Result<Self, Error> {
        let n_features = check(rows, penalty)?;
        let scale = Scale::of(rows, n_features);
        let n = count(rows.len() as u64);
        let mean = rows.iter().map(|row| row.outcome / n).sum::<f64>();
        let mut matrix = vec![0.0; n_features * n_features];
        let mut right = vec![0.0; n_features];
        let mut scaled = vec![0.0; n_features];
        for row in rows {
            scale.write(row.features, &mut scaled);
            for (i, a) in scaled.iter().enumerate() {
                right[i] += a * (row.outcome - mean);
                for (sum, b) in matrix[i * n_features..].iter_mut().zip(&scaled[..=i]) {
                    *sum += a * b;
                }
            }
        }
        for i in 0..n_features {
            matrix[i * n_features + i] += penalty;
        }
        cholesky::solve(&mut matrix, &mut right);
        let (intercept, coefficients) = scale.undo(mean, &right);
        Ok(Self {
            intercept,
            coefficients,
        })
    }

    /// The mean outcome for these features, in the unit of the outcomes.
    pub fn mean(&self, features: &[f64]) -> f64 {
        sum(self.intercept, &self.coefficients, features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(features: &[[f64; 2]], outcome: impl Fn([f64; 2]) -> f64) -> Vec<(Vec<f64>, f64)> {
        let rows = features.iter();
        rows.map(|row| (row.to_vec(), outcome(*row))).collect()
    }

    fn fit(rows: &[(Vec<f64>, f64)], penalty: f64) -> Linear {
        let rows: Vec<TrainingRow<'_>> = rows
            .iter()
            .map(|(features, outcome)| TrainingRow {
                features,
                outcome: *outcome,
            })
            .collect();
        Linear::fit(&rows, penalty).unwrap()
    }

    #[test]
    fn a_plane_is_found() {
        let features = [[1.0, 500.0], [2.0, 300.0], [4.0, 900.0], [7.0, 100.0]];
        let plane = |[x, y]: [f64; 2]| 3.0 - 2.0 * x + 0.01 * y;
        let model = fit(&rows(&features, plane), 1e-9);
        assert!((model.mean(&[10.0, 50.0]) - plane([10.0, 50.0])).abs() < 1e-6);
    }

    #[test]
    fn a_penalty_of_as_many_rows_halves_a_coefficient() {
        let features = [[1.0, 5.0], [3.0, 5.0]];
        let model = fit(&rows(&features, |[x, _]| 10.0 * x), 2.0);
        // Around the mean of 20 at 2; the second feature does not vary.
        assert!((model.mean(&[3.0, 5.0]) - 25.0).abs() < 1e-9);
        assert!((model.mean(&[2.0, 99.0]) - 20.0).abs() < 1e-9);
    }

    #[test]
    fn features_that_determine_each_other_share_a_coefficient() {
        let features = [[1.0, 1.0], [3.0, 3.0], [4.0, 4.0]];
        let model = fit(&rows(&features, |[x, _]| 2.0 * x), 1e-6);
        let [a, b] = [model.coefficients[0], model.coefficients[1]];
        assert!((a - b).abs() < 1e-6 && (a + b - 2.0).abs() < 1e-4);
    }
}
