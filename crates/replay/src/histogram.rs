//! How weights are spread: counts between powers of two.

use serde::Serialize;

/// Upper bounds of the bins after the one for zero: 2^-6 to 2^10.
const EXPONENTS: std::ops::RangeInclusive<i32> = -6..=10;

/// Counts of weights. The first bin holds those that are 0, the last those beyond all bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// The largest weight in each bin; the last bin has none.
    pub up_to: Vec<f64>,
    /// Weights in each bin; one more than bounds.
    pub counts: Vec<u64>,
}

impl Default for Histogram {
    fn default() -> Self {
        let up_to: Vec<f64> = std::iter::once(0.0)
            .chain(EXPONENTS.map(|exponent| 2f64.powi(exponent)))
            .collect();
        let counts = vec![0; up_to.len() + 1];
        Self { up_to, counts }
    }
}

impl Histogram {
    /// Counts a weight so many times.
    pub(crate) fn add(&mut self, weight: f64, n: u64) {
        let bin = self.up_to.partition_point(|&bound| bound < weight);
        self.counts[bin] += n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_has_one_bin() {
        let mut histogram = Histogram::default();
        for weight in [0.0, 1e-9, 1.0, 1.000_001, 1e9] {
            histogram.add(weight, 1);
        }
        let filled: Vec<(Option<f64>, u64)> = histogram
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(bin, count)| (histogram.up_to.get(bin).copied(), *count))
            .collect();
        let expected = [
            (Some(0.0), 1),
            (Some(1.0 / 64.0), 1),
            (Some(1.0), 1),
            (Some(2.0), 1),
            (None, 1),
        ];
        assert_eq!(filled, expected);
    }
}
