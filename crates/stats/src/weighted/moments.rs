//! Means and co-moments of what a lead's steps weigh and bring.
//!
//! A lead is a row of two columns a step: weighted rewards first, then weights. A walk that ended
//! earlier has no more rewards and keeps its weight. Every quantity of an estimate is a linear
//! combination of columns, so its mean and its variance follow from the means and co-moments alone.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::Step;

/// A number for each column. Leads of two steps, such as an offer and the end, need no allocation.
type Columns = SmallVec<[f64; 4]>;

/// Means of columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Means {
    n: u64,
    /// Columns of each kind.
    n_steps: usize,
    /// Mean of each column, shape `(2 · n_steps,)`.
    columns: Columns,
}

/// Centred sums: squares of large rewards would swallow their differences.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Moments {
    means: Means,
    /// Sums of products of deviations, row by row, shape `(2 · n_steps, 2 · n_steps)`.
    products: Vec<f64>,
}

impl Means {
    pub(super) fn n_f64(&self) -> f64 {
        count(self.n)
    }

    /// Adds a lead.
    pub(super) fn add(&mut self, steps: &[Step]) {
        self.grow(steps.len().max(1));
        self.n += 1;
        let (n, n_steps) = (count(self.n), self.n_steps);
        for (column, mean) in self.columns.iter_mut().enumerate() {
            *mean += (value(steps, n_steps, column) - *mean) / n;
        }
    }

    /// Adds the leads of another.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        let mut other = other.clone();
        let n_steps = self.n_steps.max(other.n_steps);
        self.grow(n_steps);
        other.grow(n_steps);
        let n = count(self.n) + count(other.n);
        for (mean, others) in self.columns.iter_mut().zip(&other.columns) {
            let apart = others - *mean;
            *mean += apart * count(other.n) / n;
        }
        self.n += other.n;
    }

    /// Mean of a combination of columns.
    pub(super) fn mean(&self, of: &[f64]) -> f64 {
        of.iter()
            .zip(&self.columns)
            .map(|(factor, mean)| factor * mean)
            .sum()
    }

    /// A combination of all columns, for a part of the leads whose walks were shorter.
    pub(super) fn in_columns_of<'a>(&self, of: &'a [f64]) -> Cow<'a, [f64]> {
        let all = of.len() / 2;
        let own = self.n_steps;
        if own == all {
            return Cow::Borrowed(of);
        }
        let mut short = of[..own].to_vec();
        short.extend_from_slice(&of[all..all + own]);
        if let Some(last) = short.last_mut() {
            *last += of[all + own..].iter().sum::<f64>();
        }
        Cow::Owned(short)
    }

    /// Makes room for longer walks: the leads so far brought nothing more and keep their final weight.
    fn grow(&mut self, n_steps: usize) {
        if n_steps <= self.n_steps {
            return;
        }
        let of = |column| source(column, self.n_steps, n_steps);
        let mean = |column| of(column).map_or(0.0, |old| self.columns[old]);
        self.columns = (0..2 * n_steps).map(mean).collect();
        self.n_steps = n_steps;
    }
}

/// A column of a lead.
fn value(steps: &[Step], n_steps: usize, column: usize) -> f64 {
    if column < n_steps {
        return steps
            .get(column)
            .map_or(0.0, |step| step.weight * step.reward);
    }
    let step = steps.get(column - n_steps).or(steps.last());
    step.map_or(1.0, |step| step.weight)
}

/// Which old column a new one continues when walks get longer; none for rewards that did not exist.
fn source(column: usize, before: usize, n_steps: usize) -> Option<usize> {
    let (k, offset) = if column < n_steps {
        (column, 0)
    } else {
        (column - n_steps, before)
    };
    match (k < before, column < n_steps) {
        (true, _) => Some(offset + k),
        (false, true) => None,
        (false, false) => (2 * before).checked_sub(1),
    }
}

impl Moments {
    pub(super) fn n(&self) -> u64 {
        self.means.n
    }

    pub(super) fn n_f64(&self) -> f64 {
        self.means.n_f64()
    }

    /// Adds a lead to means and co-moments.
    pub(super) fn add(&mut self, steps: &[Step]) {
        self.grow(steps.len().max(1));
        let n = count(self.means.n + 1);
        let n_steps = self.means.n_steps;
        let means = self.means.columns.iter().enumerate();
        let before: Columns = means
            .map(|(column, mean)| value(steps, n_steps, column) - mean)
            .collect();
        self.means.add(steps);
        let width = before.len();
        for (row, of_row) in self.products.chunks_exact_mut(width).zip(&before) {
            for (product, of_column) in row.iter_mut().zip(&before) {
                // (n − 1) / n of the product of both deviations from the old means, in the symmetric form.
                *product += of_row * of_column * (n - 1.0) / n;
            }
        }
    }

    /// Adds the leads of another.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.n() == 0 {
            return;
        }
        let mut other = other.clone();
        let n_steps = self.means.n_steps.max(other.means.n_steps);
        self.grow(n_steps);
        other.grow(n_steps);
        let (n_self, n_other) = (self.n_f64(), other.n_f64());
        let n = n_self + n_other;
        let apart: Columns = other
            .means
            .columns
            .iter()
            .zip(&self.means.columns)
            .map(|(other, own)| other - own)
            .collect();
        let width = apart.len();
        for (k, product) in self.products.iter_mut().enumerate() {
            *product +=
                other.products[k] + apart[k / width] * apart[k % width] * n_self * n_other / n;
        }
        self.means.merge(&other.means);
    }

    /// Mean of a combination of columns.
    pub(super) fn mean(&self, of: &[f64]) -> f64 {
        self.means.mean(of)
    }

    /// As [`Means::in_columns_of`].
    pub(super) fn in_columns_of<'a>(&self, of: &'a [f64]) -> Cow<'a, [f64]> {
        self.means.in_columns_of(of)
    }

    /// Sum of squared deviations of a combination of columns from its mean.
    pub(super) fn squares(&self, of: &[f64]) -> f64 {
        let width = of.len();
        let rows = self.products.chunks(width.max(1));
        let sum: f64 = rows
            .zip(of)
            .map(|(row, factor)| {
                factor
                    * row
                        .iter()
                        .zip(of)
                        .map(|(product, factor)| product * factor)
                        .sum::<f64>()
            })
            .sum();
        sum.max(0.0)
    }

    /// The combination that is a lead's final weight.
    pub(super) fn final_weight(&self) -> Vec<f64> {
        let mut of = vec![0.0; 2 * self.means.n_steps];
        if let Some(last) = of.last_mut() {
            *last = 1.0;
        }
        of
    }

    /// The combination that is the sum of a lead's weighted rewards.
    pub(super) fn total_reward(&self) -> Vec<f64> {
        (0..2 * self.means.n_steps)
            .map(|column| {
                if column < self.means.n_steps {
                    1.0
                } else {
                    0.0
                }
            })
            .collect()
    }

    /// Sum over the steps of mean weighted reward over mean weight.
    pub(super) fn self_normalised(&self) -> f64 {
        self.ratios().map(|(ratio, _)| ratio).sum()
    }

    /// The combination that says how far one lead moves the self-normalised value.
    pub(super) fn influence(&self) -> Vec<f64> {
        let rewards = self.ratios().map(|(_, inverse)| inverse);
        let weights = self.ratios().map(|(ratio, inverse)| -ratio * inverse);
        rewards.chain(weights).collect()
    }

    /// For each step, the ratio of means and one over the mean weight; nothing where all weights are 0.
    fn ratios(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let (rewards, weights) = self.means.columns.split_at(self.means.n_steps);
        rewards.iter().zip(weights).map(|(reward, weight)| {
            if *weight > 0.0 {
                (reward / weight, 1.0 / weight)
            } else {
                (0.0, 0.0)
            }
        })
    }

    /// Makes room for longer walks.
    fn grow(&mut self, n_steps: usize) {
        let before = self.means.n_steps;
        if n_steps <= before {
            return;
        }
        self.means.grow(n_steps);
        let columns = || (0..2 * n_steps).map(|column| source(column, before, n_steps));
        let pairs = columns().flat_map(|i| columns().map(move |j| i.zip(j)));
        let product = |pair: Option<(usize, usize)>| {
            pair.map_or(0.0, |(i, j)| self.products[2 * before * i + j])
        };
        let products: Vec<f64> = pairs.map(product).collect();
        self.products = products;
    }
}

#[expect(clippy::cast_precision_loss, reason = "leads stay far below 2⁵³")]
pub(crate) fn count(n: u64) -> f64 {
    n as f64
}
