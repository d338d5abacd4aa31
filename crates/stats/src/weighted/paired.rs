//! Two policies on one log.

use std::collections::BTreeMap;

use super::{Error, interval, moments::count};

/// By how much one policy is worth more than another, per lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Candidate minus baseline, in the unit of the rewards.
    pub diff: f64,
    /// Its standard error, from the differences lead by lead.
    pub se_paired: f64,
    /// Its 95 % interval.
    pub ci95: [f64; 2],
}

/// Adds up the differences of two policies' weighted rewards.
///
/// Both values rest on the same leads and move together; adding their variances would drown the difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paired {
    all: Spread,
    clusters: BTreeMap<u64, Spread>,
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
    ///
    /// # Panics
    ///
    /// When some leads have a cluster and others none.
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
        assert!(
            self.all.n == 0 || self.clusters.is_empty() == cluster.is_none(),
            "all leads have a cluster or none has"
        );
        let lead = Spread {
            n: 1,
            mean: candidate - baseline,
            squares: 0.0,
        };
        self.all.merge(lead);
        if let Some(cluster) = cluster {
            self.clusters.entry(cluster).or_default().merge(lead);
        }
        Ok(())
    }

    /// Adds the leads of `other`, which come after those of `self`.
    pub fn merge(&mut self, other: &Self) {
        self.all.merge(other.all);
        for (cluster, mean) in &other.clusters {
            self.clusters.entry(*cluster).or_default().merge(*mean);
        }
    }

    /// What the leads added so far say.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two leads or clusters.
    pub fn difference(&self) -> Result<Difference, Error> {
        let independent = if self.clusters.is_empty() {
            self.all.n
        } else {
            self.clusters.len() as u64
        };
        if independent < 2 {
            return Err(Error::TooFew { n: independent });
        }
        let (n, g, diff) = (count(self.all.n), count(independent), self.all.mean);
        let se_paired = if self.clusters.is_empty() {
            (self.all.squares / (n - 1.0) / n).sqrt()
        } else {
            let sums = self
                .clusters
                .values()
                .map(|cluster| count(cluster.n) * (cluster.mean - diff));
            (g / (g - 1.0) * sums.map(|sum| sum * sum).sum::<f64>()).sqrt() / n
        };
        Ok(Difference {
            diff,
            se_paired,
            ci95: interval(diff, se_paired),
        })
    }
}
