//! CUPED by several covariates at once, over strata, for means per lead of units that may have several leads.
//!
//! A covariate must not be able to depend on the arm. What covariates say together is said once: one that follows from those before it is
//! left out, as one is that never varies.
//!
//! # Source
//!
//! Deng, Xu, Kohavi, Walker, *Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data*, 2013; for ratios
//! by the linear parts of Deng, Knoblich, Lu, *Applying the Delta Method in Metric Analytics*, 2018.

use super::{
    Error, Mean, SampleMoments, count, finite,
    means::{ROUNDING, ratio},
    strata,
};

/// A covariate of whose variance less than this share is left by those before it says nothing of its own.
const OWN_SHARE_MIN: f64 = 1e-8;

/// Means and sample covariances (by n − 1) of the units of an arm: of each unit the value, its leads, then the covariates, all of them
/// summed over its leads.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitMoments {
    n: u64,
    means: Vec<f64>,
    covariances: Vec<Vec<f64>>,
}

impl UnitMoments {
    /// * `n`: units.
    /// * `means`: of value, leads and covariates, shape `(2 + k,)`.
    /// * `covariances`: of the same, shape `(2 + k, 2 + k)`, symmetric.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two units; [`Error::Lengths`] for shapes that do not fit; [`Error::NotFinite`].
    pub fn new(n: u64, means: Vec<f64>, covariances: Vec<Vec<f64>>) -> Result<Self, Error> {
        if n < 2 {
            return Err(Error::TooFew { n, needed: 2 });
        }
        let expected = means.len();
        let rows = covariances.iter().map(Vec::len).chain([covariances.len()]);
        for found in rows {
            if found != expected || found < 2 {
                return Err(Error::Lengths { expected, found });
            }
        }
        for value in means.iter().chain(covariances.iter().flatten()) {
            finite(*value)?;
        }
        Ok(Self {
            n,
            means,
            covariances,
        })
    }

    /// The moments of rows that were added up.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn of<const K: usize>(units: &SampleMoments<K>) -> Result<Self, Error> {
        let (means, covariances) = units.checked()?;
        Self::new(
            units.n(),
            means.to_vec(),
            covariances.map(|row| row.to_vec()).to_vec(),
        )
    }

    /// The moments of the units of two arms together.
    fn with(&self, other: &Self) -> Self {
        let (own, others) = (count(self.n), count(other.n));
        let n = own + others;
        let apart: Vec<f64> = pairs(&other.means, &self.means)
            .map(|(a, b)| a - b)
            .collect();
        let means = pairs(&self.means, &apart).map(|(mean, apart)| mean + apart * others / n);
        let covariances = self.covariances.iter().zip(&other.covariances).zip(&apart);
        let covariances = covariances.map(|((one, two), row_apart)| {
            let cells = pairs(one, two).zip(&apart);
            let cells = cells.map(|((one, two), apart)| {
                let products = one * (own - 1.0) + two * (others - 1.0);
                (products + row_apart * apart * (own * others / n)) / (n - 1.0)
            });
            cells.collect()
        });
        Self {
            n: self.n + other.n,
            means: means.collect(),
            covariances: covariances.collect(),
        }
    }

    /// The ratios of value and covariates to leads, and the covariances of a unit's linear parts of them.
    fn linear(&self) -> Result<Linear, Error> {
        let leads = self.means[1];
        let columns: Vec<usize> = (0..self.means.len())
            .filter(|column| *column != 1)
            .collect();
        let ratios = columns
            .iter()
            .map(|column| ratio(self.means[*column], leads));
        let ratios: Vec<f64> = ratios.collect::<Result<_, _>>()?;
        // A unit moves the ratio by (numerator − ratio · leads) / mean leads.
        let of = |i: usize, j: usize| {
            let (row, other) = (columns[i], columns[j]);
            let parts = [
                self.covariances[row][other],
                -ratios[j] * self.covariances[row][1],
                -ratios[i] * self.covariances[1][other],
                ratios[i] * ratios[j] * self.covariances[1][1],
            ];
            unless_rounding(parts.into_iter()) / (leads * leads)
        };
        let k = columns.len();
        let covariances = (0..k).map(|i| (0..k).map(|j| of(i, j)).collect());
        Ok(Linear {
            covariances: covariances.collect(),
            ratios,
        })
    }
}

/// The value first, then the covariates.
struct Linear {
    ratios: Vec<f64>,
    covariances: Vec<Vec<f64>>,
}

fn pairs<'a>(one: &'a [f64], other: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
    one.iter().copied().zip(other.iter().copied())
}

/// A sum; 0 where only rounding is left of it, which would pass for something that varies.
fn unless_rounding(parts: impl Iterator<Item = f64>) -> f64 {
    let (sum, size) = parts.fold((0.0, 0.0), |(sum, size), part| {
        (sum + part, size + f64::abs(part))
    });
    if f64::abs(sum) > ROUNDING * size {
        sum
    } else {
        0.0
    }
}

/// Units that could draw the same arms with the same weights.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmsStratum {
    /// The first arm.
    pub control: UnitMoments,
    /// The other one.
    pub treatment: UnitMoments,
    /// How much it counts: the leads of both arms.
    pub leads: u64,
}

/// Both arms with the covariates taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct AdjustedByAll {
    /// The control's mean per lead, as if it had the covariates of both arms together.
    pub control: Mean,
    /// The treatment's mean per lead, likewise.
    pub treatment: Mean,
    /// What one unit of each covariate is worth; 0 of one that is left out.
    pub slopes: Vec<f64>,
    /// Which covariates say something that those before them do not.
    pub is_used: Vec<bool>,
    /// Share of the variance that is left: so many times fewer units are needed. Above 1 where covariates explain nothing.
    pub variance_left: f64,
}

/// Adjusts two means per lead by all covariates.
///
/// Slopes are those of all strata together. Each slope that is estimated takes a degree of freedom, which the variances are raised for:
/// `(n − 2) / (n − 2 − k)`.
///
/// # Errors
///
/// [`Error::Lengths`] where strata differ in their covariates; [`Error::TooFew`] for too few units for so many covariates, and for no
/// stratum; [`Error::NoSpread`] where no covariate varies, or the value does not; [`Error::NoDenominator`] for a mean of no leads.
pub fn adjust_by_all(arms: &[ArmsStratum]) -> Result<AdjustedByAll, Error> {
    let k = arms.first().map_or(0, |it| it.control.means.len());
    let (mut n, mut products) = (0, vec![vec![0.0; k.saturating_sub(1)]; k.saturating_sub(1)]);
    let mut both = Vec::with_capacity(arms.len());
    for stratum in arms {
        for arm in [&stratum.control, &stratum.treatment] {
            if arm.means.len() != k {
                return Err(Error::Lengths {
                    expected: k,
                    found: arm.means.len(),
                });
            }
        }
        let together = stratum.control.with(&stratum.treatment);
        let linear = together.linear()?;
        for (sums, row) in products.iter_mut().zip(&linear.covariances) {
            for (sum, covariance) in sums.iter_mut().zip(row) {
                *sum += covariance * count(together.n - 1);
            }
        }
        n += together.n;
        both.push(linear.ratios);
    }
    let (slopes, is_used) = slopes(&products);
    let n_used = is_used.iter().filter(|it| **it).count() as u64;
    if n < n_used + 4 {
        return Err(Error::TooFew {
            n,
            needed: n_used + 4,
        });
    }
    if n_used == 0 {
        return Err(Error::NoSpread);
    }
    let raised = count(n - 2) / count(n - 2 - n_used);
    let nothing = vec![0.0; slopes.len()];
    let of = |of_arm: fn(&ArmsStratum) -> &UnitMoments, slopes: &[f64], raised: f64| {
        let means = arms.iter().zip(&both).map(|(stratum, both)| {
            let mean = adjusted(of_arm(stratum), both, slopes, raised)?;
            Ok((mean, stratum.leads))
        });
        strata::of_means(&means.collect::<Result<Vec<_>, Error>>()?)
    };
    let control = of(|it| &it.control, &slopes, raised)?;
    let treatment = of(|it| &it.treatment, &slopes, raised)?;
    let plain = of(|it| &it.control, &nothing, 1.0)?.variance()
        + of(|it| &it.treatment, &nothing, 1.0)?.variance();
    if plain <= 0.0 {
        return Err(Error::NoSpread);
    }
    Ok(AdjustedByAll {
        variance_left: (control.variance() + treatment.variance()) / plain,
        control,
        treatment,
        slopes,
        is_used,
    })
}

/// The mean of an arm as if it had the covariates of both.
fn adjusted(arm: &UnitMoments, both: &[f64], slopes: &[f64], raised: f64) -> Result<Mean, Error> {
    let linear = arm.linear()?;
    let apart = pairs(&linear.ratios[1..], &both[1..]).zip(slopes);
    let shift: f64 = apart.map(|((own, both), slope)| slope * (own - both)).sum();
    let factors: Vec<f64> = [1.0]
        .into_iter()
        .chain(slopes.iter().map(|it| -it))
        .collect();
    let parts = linear.covariances.iter().zip(&factors);
    let parts = parts.flat_map(|(row, factor)| {
        pairs(row, &factors).map(move |(covariance, other)| factor * other * covariance)
    });
    let variance = unless_rounding(parts).max(0.0) * raised / count(arm.n);
    Mean::new(linear.ratios[0] - shift, variance, count(arm.n - 1))
}

/// The slopes of least squares, and which covariates have one.
///
/// * `products`: of value and covariates, shape `(1 + k, 1 + k)`.
fn slopes(products: &[Vec<f64>]) -> (Vec<f64>, Vec<bool>) {
    let k = products.len().saturating_sub(1);
    let whole: Vec<f64> = (0..=k)
        .map(|i| products.get(i).map_or(0.0, |row| row[i]))
        .collect();
    let mut left = products.to_vec();
    let mut is_used = vec![false; k];
    // The sweep operator: each covariate in turn is taken out of all others.
    for column in 1..=k {
        let pivot = left[column][column];
        if whole[column] <= 0.0 || pivot <= OWN_SHARE_MIN * whole[column] {
            continue;
        }
        is_used[column - 1] = true;
        let row: Vec<f64> = left[column].clone();
        for (i, cells) in left.iter_mut().enumerate() {
            if i == column {
                continue;
            }
            let factor = cells[column] / pivot;
            for (j, (cell, own)) in cells.iter_mut().zip(&row).enumerate() {
                if j != column {
                    *cell -= factor * own;
                }
            }
            cells[column] = factor;
        }
        for (j, cell) in left[column].iter_mut().enumerate() {
            *cell = if j == column {
                -1.0 / pivot
            } else {
                row[j] / pivot
            };
        }
    }
    let slopes = (1..=k).map(|column| {
        if is_used[column - 1] {
            left[column][0]
        } else {
            0.0
        }
    });
    (slopes.collect(), is_used)
}

#[cfg(test)]
mod tests;
