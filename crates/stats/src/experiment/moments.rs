//! Means and covariances, added up row by row.

use super::{Error, count, finite};

/// Means and co-moments of rows of `K` values, such as revenue and leads of a unit.
///
/// Squares of large values would swallow their differences, so sums are about the mean. Merged parts give the same as one pass,
/// up to rounding.
///
/// # Example
///
/// ```
/// use pointsman_stats::experiment::SampleMoments;
///
/// let mut moments = SampleMoments::<1>::default();
/// for value in [1.0, 2.0, 4.0] {
///     moments.add([value])?;
/// }
/// assert!((moments.covariance(0, 0).unwrap() - 7.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), pointsman_stats::experiment::Error>(())
/// ```
///
/// # Source
///
/// Chan, Golub, LeVeque, *Algorithms for computing the sample variance*, 1983.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleMoments<const K: usize> {
    n: u64,
    means: [f64; K],
    /// Sums of products of deviations from the means.
    products: [[f64; K]; K],
}

impl<const K: usize> Default for SampleMoments<K> {
    fn default() -> Self {
        Self {
            n: 0,
            means: [0.0; K],
            products: [[0.0; K]; K],
        }
    }
}

impl<const K: usize> SampleMoments<K> {
    /// The moments of `n` rows of which means and sample covariances (by n − 1) are known.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for a number that is none.
    pub fn from_summary(
        n: u64,
        means: [f64; K],
        covariances: [[f64; K]; K],
    ) -> Result<Self, Error> {
        for value in means.iter().chain(covariances.iter().flatten()) {
            finite(*value)?;
        }
        let factor = count(n.saturating_sub(1));
        Ok(Self {
            n,
            means,
            products: covariances.map(|row| row.map(|covariance| covariance * factor)),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for a value that is infinite or not a number; then nothing is added.
    pub fn add(&mut self, row: [f64; K]) -> Result<(), Error> {
        for value in row {
            finite(value)?;
        }
        self.n += 1;
        let n = count(self.n);
        let mut before = row;
        for (deviation, mean) in before.iter_mut().zip(self.means) {
            *deviation -= mean;
        }
        for (mean, deviation) in self.means.iter_mut().zip(before) {
            *mean += deviation / n;
        }
        for (products, own) in self.products.iter_mut().zip(before) {
            for (product, other) in products.iter_mut().zip(before) {
                *product += own * other * ((n - 1.0) / n);
            }
        }
        Ok(())
    }

    /// Adds the rows of another.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        let (own, others) = (count(self.n), count(other.n));
        let n = own + others;
        let mut apart = other.means;
        for (apart, mean) in apart.iter_mut().zip(self.means) {
            *apart -= mean;
        }
        for (i, (products, theirs)) in self.products.iter_mut().zip(other.products).enumerate() {
            for (j, (product, their)) in products.iter_mut().zip(theirs).enumerate() {
                *product += their + apart[i] * apart[j] * (own * others / n);
            }
        }
        for (mean, apart) in self.means.iter_mut().zip(apart) {
            *mean += apart * others / n;
        }
        self.n += other.n;
    }

    /// Rows so far.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Mean of a column; none without rows.
    ///
    /// # Panics
    ///
    /// When there is no such column.
    pub fn mean(&self, column: usize) -> Option<f64> {
        (self.n > 0).then(|| self.means[column])
    }

    /// Sample covariance (by n − 1) of two columns, or the variance of one; none for fewer than two rows.
    ///
    /// # Panics
    ///
    /// When there is no such column.
    pub fn covariance(&self, column: usize, other: usize) -> Option<f64> {
        (self.n > 1).then(|| self.products[column][other] / count(self.n - 1))
    }

    /// Means and covariances, where there are enough rows for both.
    pub(super) fn checked(&self) -> Result<([f64; K], [[f64; K]; K]), Error> {
        if self.n < 2 {
            return Err(Error::TooFew {
                n: self.n,
                needed: 2,
            });
        }
        let factor = count(self.n - 1);
        let covariances = self.products.map(|row| row.map(|product| product / factor));
        for value in covariances.iter().flatten() {
            finite(*value)?;
        }
        Ok((self.means, covariances))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_parts_are_one_pass() {
        let rows: Vec<[f64; 2]> = (0..100_u32)
            .map(|i| [f64::from(i * i % 37) + 1e6, f64::from(i % 7)])
            .collect();
        let of = |rows: &[[f64; 2]]| {
            let mut moments = SampleMoments::<2>::default();
            for row in rows {
                moments.add(*row).unwrap();
            }
            moments
        };
        let whole = of(&rows);
        let mut merged = SampleMoments::default();
        for part in [&rows[..0], &rows[..30], &rows[30..31], &rows[31..]] {
            merged.merge(&of(part));
        }
        assert_eq!(whole.n(), merged.n());
        for i in 0..2 {
            assert!((whole.mean(i).unwrap() - merged.mean(i).unwrap()).abs() < 1e-9);
            for j in 0..2 {
                let [one, other] = [whole, merged].map(|it| it.covariance(i, j).unwrap());
                assert!((one - other).abs() < 1e-8, "{one} is not {other}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_not_added() {
        let mut moments = SampleMoments::<2>::default();
        for bad in [f64::NAN, f64::INFINITY] {
            assert!(matches!(
                moments.add([1.0, bad]),
                Err(Error::NotFinite { .. })
            ));
        }
        assert_eq!((moments.n(), moments.mean(0)), (0, None));
        moments.add([1.0, 2.0]).unwrap();
        assert_eq!(
            (moments.mean(1), moments.covariance(0, 1)),
            (Some(2.0), None)
        );
        assert_eq!(moments.checked(), Err(Error::TooFew { n: 1, needed: 2 }));
        // The squares of what can still be written may not be.
        moments.add([1e300, -1e300]).unwrap();
        assert!(moments.checked().is_err());
    }
}
