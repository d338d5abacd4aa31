//! Something for each cluster, by its number.

use std::collections::BTreeMap;

/// Values that are allocated at once. A longer row would be copied whenever it grows.
const BLOCK: usize = 1_024;

/// Values by cluster, in the order of their numbers.
///
/// Numbers that are given in order, from 0, as a log gives them, cost one place in a row each and no search. Others are kept beside them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ByCluster<T> {
    /// Of the numbers from 0 up to the first one that was never seen, in blocks.
    first: Vec<Vec<T>>,
    n_first: usize,
    /// All larger numbers.
    others: BTreeMap<u64, T>,
}

impl<T> Default for ByCluster<T> {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            n_first: 0,
            others: BTreeMap::new(),
        }
    }
}

impl<T: Default> ByCluster<T> {
    /// The value of a cluster, which is the default for a new one.
    pub(crate) fn of(&mut self, cluster: u64) -> &mut T {
        let place = usize::try_from(cluster).unwrap_or(usize::MAX);
        if place > self.n_first {
            return self.others.entry(cluster).or_default();
        }
        if place == self.n_first {
            self.push(T::default());
            // The numbers that follow without a gap now.
            while let Some(value) = self.others.remove(&(self.n_first as u64)) {
                self.push(value);
            }
        }
        &mut self.first[place / BLOCK][place % BLOCK]
    }

    fn push(&mut self, value: T) {
        if self.n_first.is_multiple_of(BLOCK) {
            self.first.push(Vec::with_capacity(BLOCK));
        }
        if let Some(block) = self.first.last_mut() {
            block.push(value);
            self.n_first += 1;
        }
    }
}

impl<T> ByCluster<T> {
    /// Clusters.
    pub(crate) fn len(&self) -> usize {
        self.n_first + self.others.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// In the order of the numbers.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.first.iter().flatten().chain(self.others.values())
    }

    /// Numbers and values, in the order of the numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        let others = self.others.iter().map(|(number, value)| (*number, value));
        (0..).zip(self.first.iter().flatten()).chain(others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_come_in_the_order_of_their_numbers_however_they_were_seen() {
        for order in [
            [0, 1, 2, 7, 3, u64::MAX],
            [7, u64::MAX, 3, 2, 1, 0],
            [2, 0, 7, 3, u64::MAX, 1],
        ] {
            let mut seen = ByCluster::<u64>::default();
            for number in order.into_iter().chain(order) {
                *seen.of(number) += number / 4 + 1;
            }
            let expected = [0, 1, 2, 3, 7, u64::MAX].map(|number| (number, 2 * (number / 4 + 1)));
            let found: Vec<(u64, u64)> = seen.iter().map(|(number, sum)| (number, *sum)).collect();
            assert_eq!(found, expected, "{order:?}");
            assert_eq!((seen.len(), seen.n_first), (6, 4));
            assert!(seen.values().eq(expected.map(|(_, sum)| sum).iter()));
        }
    }

    #[test]
    fn clusters_of_several_blocks_keep_their_values() {
        let n = 3 * BLOCK as u64 + 7;
        let mut seen = ByCluster::<u64>::default();
        (0..n).for_each(|number| *seen.of(number) = number * number);
        assert!(
            seen.iter().eq((0..n)
                .map(|number| (number, number * number))
                .collect::<Vec<_>>()
                .iter()
                .map(|(number, square)| (*number, square)))
        );
        assert_eq!(seen.len() as u64, n);
    }
}
