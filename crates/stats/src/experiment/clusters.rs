//! Means per lead where only clusters of leads are independent, such as the leads of a sticky key.

use std::collections::BTreeMap;

use super::{Error, Mean, SampleMoments, count, finite, means::ratio};

/// From this many clusters on, the error of a mean is taken as normal.
pub const NORMAL_FROM: u64 = 200;

/// Sums by cluster. Memory grows with the clusters, not with the leads.
///
/// All leads of a cluster belong to one arm: keep one of these for each arm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterSums {
    /// Numerator and denominator of each cluster, such as revenue and leads.
    sums: BTreeMap<u64, [f64; 2]>,
}

impl ClusterSums {
    /// Adds one lead with its value.
    ///
    /// * `cluster`: a hash of the key that draws stick to.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for a value that is infinite or not a number; then nothing is added.
    pub fn add(&mut self, cluster: u64, value: f64) -> Result<(), Error> {
        self.add_parts(cluster, [value, 1.0])
    }

    /// Adds to numerator and denominator of a cluster.
    ///
    /// # Errors
    ///
    /// As [`Self::add`].
    pub fn add_parts(&mut self, cluster: u64, parts: [f64; 2]) -> Result<(), Error> {
        for part in parts {
            finite(part)?;
        }
        let sums = self.sums.entry(cluster).or_default();
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += part;
        }
        Ok(())
    }

    /// Adds the clusters of another; those of both are put together.
    pub fn merge(&mut self, other: &Self) {
        for (cluster, parts) in &other.sums {
            let sums = self.sums.entry(*cluster).or_default();
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part;
            }
        }
    }

    /// Clusters so far.
    pub fn n(&self) -> u64 {
        self.sums.len() as u64
    }

    /// The mean per lead, with an error that is robust to leads of a cluster being alike.
    ///
    /// Below [`NORMAL_FROM`] clusters by [`Self::jackknife`], with one degree of freedom less than clusters; the linearised
    /// variance of [`Self::linearised`] is too small there, since a large cluster bends the ratio towards itself. From there on the
    /// linearised one with a normal error.
    ///
    /// # Errors
    ///
    /// As [`Mean::of_ratio`], by clusters.
    pub fn mean(&self) -> Result<Mean, Error> {
        if self.n() < NORMAL_FROM {
            return self.jackknife();
        }
        let mean = self.linearised()?;
        Mean::new(mean.value(), mean.variance(), f64::INFINITY)
    }

    /// The mean per lead with the variance of [`Mean::of_ratio`]: that of regression with cluster-robust errors, by G / (G − 1).
    ///
    /// # Errors
    ///
    /// As [`Mean::of_ratio`], by clusters.
    pub fn linearised(&self) -> Result<Mean, Error> {
        let mut moments = SampleMoments::<2>::default();
        for sums in self.sums.values() {
            moments.add(*sums)?;
        }
        Mean::of_ratio(&moments)
    }

    /// The mean per lead with the variance of what it becomes without each of the G clusters: `(G − 1) / G · Σ (R₍₋g₎ − R)²`.
    ///
    /// # Errors
    ///
    /// As [`Mean::of_ratio`], by clusters; [`Error::NoDenominator`] also where nothing is left without one of them.
    ///
    /// # Source
    ///
    /// Efron and Stein, *The jackknife estimate of variance*, 1981.
    pub fn jackknife(&self) -> Result<Mean, Error> {
        let n = self.n();
        if n < 2 {
            return Err(Error::TooFew { n, needed: 2 });
        }
        let [y, x] = self.sums.values().fold([0.0; 2], |sum: [f64; 2], parts| {
            [sum[0] + parts[0], sum[1] + parts[1]]
        });
        let value = ratio(y, x)?;
        let mut squares = 0.0;
        for [own_y, own_x] in self.sums.values() {
            // R₍₋g₎ − R as one fraction, so that nothing large cancels.
            let apart = ratio(value * own_x - own_y, x - own_x)?;
            squares += apart * apart;
        }
        let n = count(n);
        Mean::new(value, (n - 1.0) / n * squares, n - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(rows: &[(u64, f64)]) -> ClusterSums {
        let mut clusters = ClusterSums::default();
        for (cluster, value) in rows {
            clusters.add(*cluster, *value).unwrap();
        }
        clusters
    }

    #[test]
    fn clusters_of_one_lead_are_leads() {
        let rows: Vec<(u64, f64)> = (0..50).map(|i| (i, count((i * 7) % 11))).collect();
        let mut moments = SampleMoments::<1>::default();
        for row in &rows {
            moments.add([row.1]).unwrap();
        }
        let plain = Mean::of(&moments).unwrap();
        for robust in [
            filled(&rows).jackknife().unwrap(),
            filled(&rows).linearised().unwrap(),
        ] {
            assert!((robust.value() - plain.value()).abs() < 1e-12);
            assert!((robust.variance() / plain.variance() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn alike_leads_count_once() {
        let rows: Vec<(u64, f64)> = (0..400).map(|i| (i / 10, count(i / 10 % 2))).collect();
        let mean = filled(&rows).mean().unwrap();
        // 40 clusters of share ½ and not 400 leads of it.
        assert!((mean.variance() - 0.25 / 39.0).abs() < 1e-12, "{mean:?}");
        assert!((mean.degrees_of_freedom() - 39.0).abs() < 1e-12);
    }

    #[test]
    fn merged_parts_are_the_whole() {
        let rows: Vec<(u64, f64)> = (0..90).map(|i| (i % 13, count(i % 5))).collect();
        let mut merged = filled(&rows[..40]);
        merged.merge(&filled(&rows[40..]));
        assert_eq!(merged, filled(&rows));
    }

    #[test]
    fn one_cluster_says_nothing() {
        let one = filled(&[(3, 1.0), (3, 2.0)]);
        let too_few = Err(Error::TooFew { n: 1, needed: 2 });
        assert_eq!((one.mean(), one.linearised()), (too_few, too_few));
        assert!(ClusterSums::default().add(1, f64::NAN).is_err());
    }
}
