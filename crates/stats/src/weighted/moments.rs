//! Means and co-moments of what a lead's steps weigh and bring.
//!
//! A lead is a row of two columns a step: weighted rewards first, then weights. A walk that ended
//! earlier has no more rewards and keeps its weight. Every quantity of an estimate is a linear
//! combination of columns, so its mean and its variance follow from the means and co-moments alone.

use smallvec::SmallVec;

use super::Step;

/// A number for each column. Leads of two steps, such as an offer and the end, need no allocation.
type Columns = SmallVec<[f64; 4]>;

/// Centred sums: squares of large rewards would swallow their differences.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Moments {
    n: u64,
    /// Columns of each kind.
    n_steps: usize,
    /// Mean of each column, shape `(2 · n_steps,)`.
    means: Columns,
    /// Sums of products of deviations, row by row, shape `(2 · n_steps, 2 · n_steps)`; empty where only means are kept.
    products: Vec<f64>,
}

impl Moments {
    pub(super) fn n(&self) -> u64 {
        self.n
    }

    pub(super) fn n_f64(&self) -> f64 {
        count(self.n)
    }

    /// Adds a lead to means and co-moments.
    pub(super) fn add(&mut self, steps: &[Step]) {
        self.grow(steps.len().max(1), true);
        let row = self.row(steps);
        let n = count(self.n + 1);
        let before: Columns = row
            .iter()
            .zip(&self.means)
            .map(|(value, mean)| value - mean)
            .collect();
        self.add_to_means(&row);
        let width = row.len();
        for i in 0..width {
            for j in 0..width {
                // (n − 1) / n of the product of both deviations from the old means, in the symmetric form.
                self.products[i * width + j] += before[i] * before[j] * (n - 1.0) / n;
            }
        }
    }

    /// Adds a lead to the means alone.
    pub(super) fn add_means(&mut self, steps: &[Step]) {
        self.grow(steps.len().max(1), false);
        let row = self.row(steps);
        self.add_to_means(&row);
    }

    /// Adds the leads of another; both keep co-moments or neither does.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        let mut other = other.clone();
        let keeps_products = !other.products.is_empty();
        let n_steps = self.n_steps.max(other.n_steps);
        self.grow(n_steps, keeps_products);
        other.grow(n_steps, keeps_products);
        let (n_self, n_other) = (count(self.n), count(other.n));
        let n = n_self + n_other;
        let apart: Columns = other
            .means
            .iter()
            .zip(&self.means)
            .map(|(other, own)| other - own)
            .collect();
        let width = apart.len();
        for (k, product) in self.products.iter_mut().enumerate() {
            *product +=
                other.products[k] + apart[k / width] * apart[k % width] * n_self * n_other / n;
        }
        for (mean, apart) in self.means.iter_mut().zip(&apart) {
            *mean += apart * n_other / n;
        }
        self.n += other.n;
    }

    /// Mean of a combination of columns.
    pub(super) fn mean(&self, of: &[f64]) -> f64 {
        of.iter()
            .zip(&self.means)
            .map(|(factor, mean)| factor * mean)
            .sum()
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
        let mut of = vec![0.0; 2 * self.n_steps];
        if let Some(last) = of.last_mut() {
            *last = 1.0;
        }
        of
    }

    /// The combination that is the sum of a lead's weighted rewards.
    pub(super) fn total_reward(&self) -> Vec<f64> {
        (0..2 * self.n_steps)
            .map(|column| if column < self.n_steps { 1.0 } else { 0.0 })
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
        let (rewards, weights) = self.means.split_at(self.n_steps);
        rewards.iter().zip(weights).map(|(reward, weight)| {
            if *weight > 0.0 {
                (reward / weight, 1.0 / weight)
            } else {
                (0.0, 0.0)
            }
        })
    }

    /// A combination of all columns, for a part of the leads whose walks were shorter.
    pub(super) fn in_columns_of(&self, of: &[f64]) -> Columns {
        let all = of.len() / 2;
        let own = self.n_steps;
        if own == all {
            return Columns::from_slice(of);
        }
        let mut short = Columns::from_slice(&of[..own]);
        short.extend_from_slice(&of[all..all + own]);
        if let Some(last) = short.last_mut() {
            *last += of[all + own..].iter().sum::<f64>();
        }
        short
    }

    fn row(&self, steps: &[Step]) -> Columns {
        let last = steps.last().map_or(1.0, |step| step.weight);
        let at = |k: usize| steps.get(k);
        let rewards =
            (0..self.n_steps).map(|k| at(k).map_or(0.0, |step| step.weight * step.reward));
        let weights = (0..self.n_steps).map(|k| at(k).map_or(last, |step| step.weight));
        rewards.chain(weights).collect()
    }

    fn add_to_means(&mut self, row: &[f64]) {
        self.n += 1;
        let n = count(self.n);
        for (mean, value) in self.means.iter_mut().zip(row) {
            *mean += (value - *mean) / n;
        }
    }

    /// Makes room for longer walks: the leads so far brought nothing more and keep their final weight.
    fn grow(&mut self, n_steps: usize, keeps_products: bool) {
        if n_steps <= self.n_steps {
            return;
        }
        // A first lead: nothing is known that would have to move.
        if self.n_steps == 0 {
            self.n_steps = n_steps;
            self.means = Columns::from_elem(0.0, 2 * n_steps);
            if keeps_products {
                self.products = vec![0.0; 4 * n_steps * n_steps];
            }
            return;
        }
        let (before, last) = (self.n_steps, 2 * self.n_steps);
        // Which old column each new one continues; none for rewards that did not exist.
        let source = |column: usize| -> Option<usize> {
            let (k, offset) = if column < n_steps {
                (column, 0)
            } else {
                (column - n_steps, before)
            };
            match (k < before, column < n_steps) {
                (true, _) => Some(offset + k),
                (false, true) => None,
                (false, false) => last.checked_sub(1),
            }
        };
        let columns: Vec<Option<usize>> = (0..2 * n_steps).map(source).collect();
        let means = columns
            .iter()
            .map(|column| column.map_or(0.0, |column| self.means[column]))
            .collect();
        let products = if keeps_products {
            let pairs = columns
                .iter()
                .flat_map(|i| columns.iter().map(move |j| i.zip(*j)));
            pairs
                .map(|pair| pair.map_or(0.0, |(i, j)| self.products[i * last + j]))
                .collect()
        } else {
            Vec::new()
        };
        (self.n_steps, self.means, self.products) = (n_steps, means, products);
    }
}

#[expect(clippy::cast_precision_loss, reason = "leads stay far below 2⁵³")]
pub(crate) fn count(n: u64) -> f64 {
    n as f64
}
