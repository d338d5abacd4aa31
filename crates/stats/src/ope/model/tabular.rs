//! Means by cell, shrunk to the mean of all cells, of the leads outside of each fold.

/// What cells bring, by fold.
///
/// The mean of a cell for a fold is `(Σy + κ m) / (n + κ)`, over the rows of the cell in the other folds, with `m` the mean of all
/// rows in the other folds.
///
/// # Example
///
/// ```
/// use pointsman_stats::ope::model::Tabular;
///
/// let mut table = Tabular::new(2, 1, 2.0);
/// for (fold, outcome) in [(0, 10.0), (1, 1.0), (1, 3.0)] {
///     table.add(fold, 0, outcome);
/// }
/// // The lead in fold 0 is expected to be like the two in fold 1.
/// assert!((table.means(0)[0] - 2.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tabular {
    n_cells: usize,
    strength: f64,
    /// Rows and sum of outcomes by fold and cell.
    sums: Vec<(f64, f64)>,
}

impl Tabular {
    /// An empty table.
    ///
    /// * `strength`: κ, as how many rows of a cell the mean of all counts; at least 0.
    pub fn new(n_folds: usize, n_cells: usize, strength: f64) -> Self {
        Self {
            n_cells,
            strength: strength.max(0.0),
            sums: vec![(0.0, 0.0); n_folds * n_cells],
        }
    }

    /// Adds a row; one outside of the table is left out.
    ///
    /// * `outcome`: in the unit of the value.
    pub fn add(&mut self, fold: usize, cell: usize, outcome: f64) {
        let at = (cell < self.n_cells).then(|| fold * self.n_cells + cell);
        if let Some((n, sum)) = at.and_then(|at| self.sums.get_mut(at)) {
            *n += 1.0;
            *sum += outcome;
        }
    }

    /// What each cell brings by the leads of all other folds, shape `(n_cells,)`; 0 where there are none.
    pub fn means(&self, fold: usize) -> Vec<f64> {
        let mut cells = vec![(0.0, 0.0); self.n_cells];
        let folds = self.sums.chunks(self.n_cells.max(1)).enumerate();
        for (_, sums) in folds.filter(|(other, _)| *other != fold) {
            for ((n, sum), (more, outcome)) in cells.iter_mut().zip(sums) {
                *n += more;
                *sum += outcome;
            }
        }
        let all = cells.iter();
        let (n, sum) = all.fold((0.0, 0.0), |all, cell| (all.0 + cell.0, all.1 + cell.1));
        let mean = if n > 0.0 { sum / n } else { 0.0 };
        let shrunk = |(n, sum): (f64, f64)| {
            let of = n + self.strength;
            if of > 0.0 {
                (sum + self.strength * mean) / of
            } else {
                mean
            }
        };
        cells.into_iter().map(shrunk).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_learns_nothing_from_itself_and_cells_shrink_to_all() {
        let mut table = Tabular::new(2, 3, 2.0);
        for (fold, cell, outcome) in [(0, 0, 900.0), (1, 0, 1.0), (1, 0, 2.0), (1, 1, 6.0)] {
            table.add(fold, cell, outcome);
        }
        let means = table.means(0);
        for (found, expected) in means
            .iter()
            .zip([(3.0 + 6.0) / 4.0, (6.0 + 6.0) / 3.0, 3.0])
        {
            assert!((found - expected).abs() < 1e-12, "{means:?}");
        }
        assert!((table.means(1)[1] - 900.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_expected_of_nothing() {
        let mut table = Tabular::new(1, 1, 0.0);
        table.add(0, 0, 5.0);
        table.add(7, 7, 5.0);
        assert_eq!(table.means(0), [0.0]);
        assert_eq!(Tabular::new(0, 0, 1.0).means(3), [0.0; 0]);
    }
}
