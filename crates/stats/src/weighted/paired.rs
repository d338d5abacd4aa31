//! Two policies on one log.

use super::{Error, by_cluster::ByCluster, interval, moments::count, skewness, spans::Clusters};

/// By how much one policy is worth more than another, per lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Candidate minus baseline, in the unit of the rewards.
    pub diff: f64,
    /// Its standard error, from the differences lead by lead.
    pub se_paired: f64,
    /// Its 95 % interval by the normal distribution.
    pub ci95: [f64; 2],
    /// Clusters and leads that stand alone beside them; none without clusters.
    pub clusters: Option<Clusters>,
}

/// Adds up the differences of two policies' weighted rewards.
///
/// Both values rest on the same leads and move together; adding their variances would drown the difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paired {
    all: Spread,
    alone: Spread,
    clusters: ByCluster<Spread>,
}

/// A mean with its sum of squared deviations.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Spread {
    n: u64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn merge(&mut self, other: Self) {
        if other.n == 0 {
            return;
        }
        let n = count(self.n + other.n);
        let apart = other.mean - self.mean;
        self.squares += other.squares + apart * apart * count(self.n) * count(other.n) / n;
        self.mean += apart * count(other.n) / n;
        self.n += other.n;
    }
}

impl Paired {
    /// Adds a lead.
    ///
    /// * `candidate`, `baseline`: its weighted rewards under each policy, as [`super::value`] gives them.
    /// * `cluster`: as in [`super::Weighted::add`].
    ///
    /// # Errors
    ///
    /// [`Error::Reward`] when a value is not finite; the lead is not added then.
    pub fn add(
        &mut self,
        candidate: f64,
        baseline: f64,
        cluster: Option<u64>,
    ) -> Result<(), Error> {
        if let Some(value) = [candidate, baseline]
            .into_iter()
            .find(|value| !value.is_finite())
        {
            return Err(Error::Reward { step: 0, value });
        }
        self.add_difference(candidate - baseline, cluster);
        Ok(())
    }

    /// Adds a lead by what one policy is worth more on it than the other, finite.
    pub(crate) fn add_difference(&mut self, difference: f64, cluster: Option<u64>) {
        let lead = Spread {
            n: 1,
            mean: difference,
            squares: 0.0,
        };
        self.all.merge(lead);
        match cluster {
            Some(cluster) => self.clusters.of(cluster).merge(lead),
            None => self.alone.merge(lead),
        }
    }

    /// Adds the leads of `other`, which come after those of `self`.
    pub fn merge(&mut self, other: &Self) {
        self.all.merge(other.all);
        self.alone.merge(other.alone);
        for (cluster, mean) in other.clusters.iter() {
            self.clusters.of(cluster).merge(*mean);
        }
    }

    /// What the leads added so far say.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two leads or clusters.
    pub fn difference(&self) -> Result<Difference, Error> {
        let independent = self.independent();
        if independent < 2 {
            return Err(Error::TooFew { n: independent });
        }
        let (n, g, diff) = (count(self.all.n), count(independent), self.all.mean);
        let (se_paired, clusters) = if self.clusters.is_empty() {
            ((self.all.squares / (n - 1.0) / n).sqrt(), None)
        } else {
            let apart = self.alone.mean - diff;
            let mut squares = self.alone.squares + count(self.alone.n) * apart * apart;
            let mut cubes = 0.0;
            for cluster in self.clusters.values() {
                let sum = count(cluster.n) * (cluster.mean - diff);
                squares += sum * sum;
                cubes += sum * sum * sum;
            }
            let clusters = Clusters {
                n: independent,
                skewness: skewness(squares, cubes),
            };
            ((g / (g - 1.0) * squares).sqrt() / n, Some(clusters))
        };
        Ok(Difference {
            diff,
            se_paired,
            ci95: interval(diff, se_paired),
            clusters,
        })
    }

    /// Clusters, and leads that stand alone.
    pub fn independent(&self) -> u64 {
        self.alone.n + self.clusters.len() as u64
    }
}
