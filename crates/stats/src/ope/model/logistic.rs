//! Probabilities whose log-odds are linear in features, with a penalty on what is not needed.

use super::{
    Error, TrainingRow, check, cholesky,
    scale::{Scale, sum},
};
use crate::weighted::count;

/// Newton steps; a handful is enough, and each is halved until it does not climb.
const STEPS_MAX: usize = 50;
/// What the last step may still have moved.
const STEP_MIN: f64 = 1e-10;

/// Ridge logistic regression: `logit p = a + Σ bⱼ xⱼ`.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    intercept: f64,
    coefficients: Vec<f64>,
}

impl Logistic {
    /// Minimises the negative log-likelihood plus half of `penalty` times the sum of squared coefficients of the features in
    /// standard deviations.
    ///
    /// The intercept is drawn by the same penalty towards the log-odds of `(Σy + ½) / (n + 1)`, so that rows of which none or all
    /// were accepted have a model too.
    ///
    /// * `rows`: outcomes are 0 or 1, or shares in between.
    /// * `penalty`: above 0; 1 is that of a standard normal prior.
    ///
    /// # Errors
    ///
    /// The first problem of the rows or of the penalty.
    ///
    /// # Source
    ///
    /// le Cessie and van Houwelingen, *Ridge estimators in logistic regression*, 1992; iteratively reweighted least squares after
    /// Green, 1984.
    pub fn fit(rows: &[TrainingRow<'_>], penalty: f64) -> Result<Self, Error> {
        let n_features = check(rows, penalty)?;
        for (row, TrainingRow { outcome, .. }) in rows.iter().enumerate() {
            if !(0.0..=1.0).contains(outcome) {
                let value = *outcome;
                return Err(Error::Number { row, value });
            }
        }
        let scale = Scale::of(rows, n_features);
        let accepted: f64 = rows.iter().map(|row| row.outcome).sum();
        let share = (accepted + 0.5) / (count(rows.len() as u64) + 1.0);
        let problem = Problem {
            rows,
            scale: &scale,
            penalty,
            centre: (share / (1.0 - share)).ln(),
        };
        let mut at = vec![0.0; n_features + 1];
        at[0] = problem.centre;
        let mut loss = problem.loss(&at);
        for _ in 0..STEPS_MAX {
            let mut step = problem.newton_step(&at);
            let (next, lower) = loop {
                let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at - step).collect();
                let lower = problem.loss(&next);
                if lower <= loss || step.iter().all(|step| step.abs() < STEP_MIN) {
                    break (next, lower);
                }
                for part in &mut step {
                    *part *= 0.5;
                }
            };
            if lower > loss {
                break;
            }
            (at, loss) = (next, lower);
            if step.iter().all(|step| step.abs() < STEP_MIN) {
                break;
            }
        }
        let (intercept, coefficients) = scale.undo(at[0], &at[1..]);
        Ok(Self {
            intercept,
            coefficients,
        })
    }

    /// The probability for these features, in `(0, 1)` but for rounding.
    pub fn probability(&self, features: &[f64]) -> f64 {
        of_logit(sum(self.intercept, &self.coefficients, features))
    }
}

struct Problem<'a> {
    rows: &'a [TrainingRow<'a>],
    scale: &'a Scale,
    penalty: f64,
    /// The log-odds that the intercept is drawn to.
    centre: f64,
}

impl Problem<'_> {
    fn loss(&self, at: &[f64]) -> f64 {
        let mut scaled = vec![0.0; at.len() - 1];
        let mut loss = 0.0;
        for row in self.rows {
            self.scale.write(row.features, &mut scaled);
            let logit = sum(at[0], &at[1..], &scaled);
            // ln(1 + eˣ) − y x
            loss += logit.max(0.0) + (-logit.abs()).exp().ln_1p() - row.outcome * logit;
        }
        let squares: f64 = at[1..].iter().map(|at| at * at).sum();
        loss + 0.5 * self.penalty * (squares + (at[0] - self.centre).powi(2))
    }

    /// The inverse of the second derivatives times the first.
    fn newton_step(&self, at: &[f64]) -> Vec<f64> {
        let width = at.len();
        let mut scaled = vec![1.0; width];
        let mut matrix = vec![0.0; width * width];
        let mut gradient = vec![0.0; width];
        for row in self.rows {
            self.scale.write(row.features, &mut scaled[1..]);
            let p = of_logit(sum(0.0, at, &scaled));
            let variance = p * (1.0 - p);
            for (i, a) in scaled.iter().enumerate() {
                gradient[i] += (p - row.outcome) * a;
                for (sum, b) in matrix[i * width..].iter_mut().zip(&scaled[..=i]) {
                    *sum += variance * a * b;
                }
            }
        }
        for i in 0..width {
            let centre = if i == 0 { self.centre } else { 0.0 };
            gradient[i] += self.penalty * (at[i] - centre);
            matrix[i * width + i] += self.penalty;
        }
        cholesky::solve(&mut matrix, &mut gradient);
        gradient
    }
}

fn of_logit(logit: f64) -> f64 {
    if logit >= 0.0 {
        1.0 / (1.0 + (-logit).exp())
    } else {
        let odds = logit.exp();
        odds / (1.0 + odds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(rows: &[(f64, f64)], penalty: f64) -> Logistic {
        let features: Vec<[f64; 1]> = rows.iter().map(|(feature, _)| [*feature]).collect();
        let rows: Vec<TrainingRow<'_>> = features
            .iter()
            .zip(rows)
            .map(|(features, (_, outcome))| TrainingRow {
                features,
                outcome: *outcome,
            })
            .collect();
        Logistic::fit(&rows, penalty).unwrap()
    }

    #[test]
    fn a_category_of_two_has_the_shares_of_both() {
        let mut rows = vec![(0.0, 1.0); 20];
        rows.extend(vec![(0.0, 0.0); 80]);
        rows.extend(vec![(1.0, 1.0); 60]);
        rows.extend(vec![(1.0, 0.0); 40]);
        let model = fit(&rows, 1e-9);
        assert!((model.probability(&[0.0]) - 0.2).abs() < 1e-9);
        assert!((model.probability(&[1.0]) - 0.6).abs() < 1e-9);
    }

    #[test]
    fn the_derivatives_of_what_is_minimised_vanish() {
        let rows: Vec<(f64, f64)> = (0..200)
            .map(|i| {
                let x = f64::from(i % 17) - 8.0;
                let is_one = (i * i + i / 3) % 5 < 2 || x > 5.0;
                (x, if is_one { 1.0 } else { 0.0 })
            })
            .collect();
        let penalty = 3.0;
        let model = fit(&rows, penalty);
        let n = 200.0;
        let mean = rows.iter().map(|(x, _)| x / n).sum::<f64>();
        let sd = rows
            .iter()
            .map(|(x, _)| (x - mean).powi(2) / n)
            .sum::<f64>()
            .sqrt();
        let scaled = model.coefficients[0] * sd;
        let intercept = model.intercept + model.coefficients[0] * mean;
        let share = (rows.iter().map(|(_, y)| y).sum::<f64>() + 0.5) / (n + 1.0);
        let [mut slope, mut level] = [
            penalty * scaled,
            penalty * (intercept - (share / (1.0 - share)).ln()),
        ];
        for (x, y) in &rows {
            let off = model.probability(&[*x]) - y;
            slope += off * (x - mean) / sd;
            level += off;
        }
        assert!(slope.abs() < 1e-8 && level.abs() < 1e-8, "{slope} {level}");
    }

    #[test]
    fn one_class_and_a_feature_that_decides_alone_have_finite_models() {
        let none = fit(&[(1.0, 0.0), (2.0, 0.0), (3.0, 0.0)], 1.0);
        let p = none.probability(&[2.0]);
        assert!(0.0 < p && p < 0.2, "{p}");
        let split = fit(&[(1.0, 0.0), (2.0, 0.0), (3.0, 1.0), (4.0, 1.0)], 1.0);
        assert!(split.probability(&[4.0]) > 0.6 && split.probability(&[4.0]) < 1.0);
        let even = split.probability(&[1.0]) + split.probability(&[4.0]);
        assert!((even - 1.0).abs() < 1e-9);
    }
}
