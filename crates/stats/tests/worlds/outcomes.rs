//! How far estimators were off, and how often their intervals covered, over many logs of one world.

use super::{Found, share};

/// What many logs of a world gave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcomes {
    pub(crate) logs: u64,
    pub(crate) shown: [u64; 5],
    pub(crate) covers: [u64; 5],
    /// Sums of squared errors by estimator.
    squares: [f64; 4],
    sums: [f64; 4],
}

impl Outcomes {
    pub(crate) fn add(&mut self, found: Found, truth: f64) {
        self.logs += 1;
        for (position, covers) in found.covers.into_iter().enumerate() {
            self.shown[position] += u64::from(covers.is_some());
            self.covers[position] += u64::from(covers == Some(true));
        }
        for (position, value) in found.values.into_iter().enumerate() {
            self.squares[position] += (value - truth).powi(2);
            self.sums[position] += value - truth;
        }
    }

    /// Root of the mean squared error by estimator, in the unit of the value.
    pub(crate) fn rmse(&self) -> [f64; 4] {
        let n = self.logs;
        self.squares.map(|sum| (sum * share(1, n)).sqrt())
    }

    /// Mean error over its standard error, by estimator.
    pub(crate) fn bias_z(&self) -> [f64; 4] {
        let inverse = share(1, self.logs);
        std::array::from_fn(|position| {
            let mean = self.sums[position] * inverse;
            let variance = self.squares[position] * inverse - mean * mean;
            mean / (variance * inverse).sqrt()
        })
    }
}
