//! How many rewards a sum rests on, and how heavy its tail is: what an interval needs to know of its own skewness.

use super::by_cluster::ByCluster;

/// Fewer rewards than this behind a sum say little about it.
pub const REWARDS_MIN: f64 = 25.0;
/// What the weights alone must leave of the rewards, counted by their third moment: below it the next heavy weight
/// would move the sum by more than all that were seen.
const WEIGHTS_MIN: f64 = 10.0;

/// Sums of the first three powers of numbers that are at least 0.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Powers {
    /// Numbers above 0.
    n: f64,
    sums: [f64; 3],
}

impl Powers {
    /// Adds a number, finite and at least 0.
    pub fn add(&mut self, value: f64) {
        if value > 0.0 {
            self.n += 1.0;
            let squared = value * value;
            self.sums[0] += value;
            self.sums[1] += squared;
            self.sums[2] += squared * value;
        }
    }

    /// Numbers above 0.
    pub fn n(&self) -> f64 {
        self.n
    }

    /// The sum itself.
    pub(crate) fn sum(&self) -> f64 {
        self.sums[0]
    }

    /// The sum of squares.
    pub(crate) fn squares(&self) -> f64 {
        self.sums[1]
    }

    /// How many equal numbers would have this sum and this sum of squares: `(Σx)² / Σx²`; 0 for none.
    ///
    /// # Source
    ///
    /// Kish, *Survey Sampling*, 1965.
    pub fn count(&self) -> f64 {
        ratio(self.sums[0] * self.sums[0], self.sums[1])
    }

    /// How many equal numbers would have a sum as skewed as theirs: `(Σx²)³ / (Σx³)²`, at most [`Powers::count`]; 0 for none.
    pub fn count_by_skewness(&self) -> f64 {
        let inverse = ratio(self.sums[1], self.sums[2]);
        self.sums[1] * inverse * inverse
    }
}

fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// One side of a sum: its positive or its negative terms, and the weights that any reward of a lead would have got there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tail {
    pub(crate) rewards: Powers,
    weights: Powers,
}

impl Tail {
    #[cfg(test)]
    pub(crate) fn add(&mut self, reward: f64, weight: f64) {
        self.rewards.add(reward);
        self.weights.add(weight);
    }

    /// Whether not one reward fell on this side.
    pub fn is_empty(&self) -> bool {
        self.rewards.n <= 0.0
    }

    /// Rewards on this side, as equal ones.
    pub fn count(&self) -> f64 {
        self.rewards.count()
    }

    /// Rewards on this side, by skewness; what was seen, or what the weights of all leads let expect if that is less.
    ///
    /// Few of the leads bring anything, and by chance none of the heavy ones may. The weights of those that brought
    /// nothing tell of them.
    pub(crate) fn count_by_skewness(&self) -> f64 {
        self.rewards
            .count_by_skewness()
            .min(self.count_by_weights())
    }

    fn count_by_weights(&self) -> f64 {
        ratio(self.rewards.n, self.weights.n) * self.weights.count_by_skewness()
    }

    /// Whether an interval may rest on this side.
    pub(crate) fn is_enough(&self) -> bool {
        self.count() >= REWARDS_MIN && self.count_by_weights() >= WEIGHTS_MIN
    }
}

/// Numbers of a lead that are added up within its cluster before their powers are taken.
pub(crate) type Row<const N: usize> = [f64; N];

/// The sums of a cluster's rows.
#[derive(Debug, Clone, PartialEq)]
struct Sums<const N: usize>(Row<N>);

impl<const N: usize> Default for Sums<N> {
    fn default() -> Self {
        Self([0.0; N])
    }
}

/// Adds up rows by cluster; leads that stand alone are rows of their own and take no memory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows<const N: usize> {
    alone: [Powers; N],
    clusters: ByCluster<Sums<N>>,
}

impl<const N: usize> Default for Rows<N> {
    fn default() -> Self {
        Self {
            alone: [Powers::default(); N],
            clusters: ByCluster::default(),
        }
    }
}

impl<const N: usize> Rows<N> {
    pub(crate) fn add(&mut self, row: &Row<N>, cluster: Option<u64>) {
        match cluster {
            Some(cluster) => {
                let Sums(sums) = self.clusters.of(cluster);
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            None => {
                for (powers, value) in self.alone.iter_mut().zip(row) {
                    powers.add(*value);
                }
            }
        }
    }

    /// The powers of each column over all clusters and all leads that stand alone.
    pub(crate) fn powers(&self) -> [Powers; N] {
        let mut powers = self.alone;
        for Sums(sums) in self.clusters.values() {
            for (powers, value) in powers.iter_mut().zip(sums) {
                powers.add(*value);
            }
        }
        powers
    }

    /// Sum over clusters of the square of one column over another: its sum of squares, if all rows of a cluster were alike.
    pub(crate) fn squares_between(&self, column: usize, over: usize) -> f64 {
        let of_clusters = self.clusters.values();
        let of_clusters = of_clusters.map(|Sums(sums)| sums[column] * sums[column] / sums[over]);
        self.alone[column].squares() + of_clusters.sum::<f64>()
    }

    pub(crate) fn n_clusters(&self) -> u64 {
        self.clusters.len() as u64
    }
}

/// A tail of its two columns.
pub(crate) fn tail(rewards: Powers, weights: Powers) -> Tail {
    Tail { rewards, weights }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rewards_count_as_many_and_one_heavy_reward_as_few() {
        let mut equal = Powers::default();
        let mut heavy = Powers::default();
        for _ in 0..100 {
            equal.add(7.0);
            heavy.add(1.0);
        }
        heavy.add(1_000.0);
        assert!((equal.count() - 100.0).abs() < 1e-9);
        assert!((equal.count_by_skewness() - 100.0).abs() < 1e-9);
        assert!(heavy.count() < 1.3 && heavy.count_by_skewness() < 1.1);
        assert!(Powers::default().count() <= 0.0 && Powers::default().count_by_skewness() <= 0.0);
    }

    #[test]
    fn heavy_weights_without_a_reward_make_a_tail_heavier() {
        let mut tail = Tail::default();
        for lead in 0..1_000 {
            let is_heavy = lead % 100 == 0;
            let weight = if is_heavy { 50.0 } else { 1.0 };
            let reward = if !is_heavy && lead % 10 == 3 {
                1.0
            } else {
                0.0
            };
            tail.add(reward * weight, weight);
        }
        assert!((tail.count() - 100.0).abs() < 1e-9);
        assert!(tail.count_by_skewness() < 2.0);
        assert!(!tail.is_enough());
    }
}
