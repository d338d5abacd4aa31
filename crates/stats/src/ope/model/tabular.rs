//! Means by cell, shrunk to the mean of their group, of the leads outside of each fold.

use std::collections::BTreeMap;

/// What cells bring, by fold.
///
/// The mean of a cell for a fold is `(Σy + κ m) / (n + κ)`, over the rows of the cell in the other folds. `m` is the mean of the
/// cell's group in the other folds, shrunk in the same way to the mean of all rows in the other folds. Groups matter where a log
/// hardly ever makes some decisions: those are then expected to be like each other, and not like the ones that it prefers.
///
/// # Source
///
/// Efron and Morris, *Stein's estimation rule and its competitors*, 1973, for shrinkage to a mean.
///
/// # Example
///
/// ```
/// use pointsman_stats::ope::model::Tabular;
///
/// let mut table = Tabular::new(2, &[0], 2.0);
/// for (fold, outcome) in [(0, 10.0), (1, 1.0), (1, 3.0)] {
///     table.add(fold, 0, outcome);
/// }
/// // The lead in fold 0 is expected to be like the two in fold 1.
/// assert!((table.means(0)[0] - 2.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tabular {
    /// The group of each cell.
    groups: Vec<usize>,
    strength: f64,
    /// Rows and sum of outcomes by fold and cell.
    sums: Vec<(f64, f64)>,
}

impl Tabular {
    /// An empty table.
    ///
    /// * `groups`: the group of each cell, any numbers; a destination for cells of segments and destinations.
    /// * `strength`: κ, as how many rows of a cell the mean of its group counts; at least 0.
    pub fn new(n_folds: usize, groups: &[usize], strength: f64) -> Self {
        Self {
            groups: groups.to_vec(),
            strength: strength.max(0.0),
            sums: vec![(0.0, 0.0); n_folds * groups.len()],
        }
    }

    /// Adds a row; one outside of the table is left out.
    ///
    /// * `outcome`: in the unit of the value.
    pub fn add(&mut self, fold: usize, cell: usize, outcome: f64) {
        let n_cells = self.groups.len();
        let at = (cell < n_cells).then(|| fold * n_cells + cell);
        if let Some((n, sum)) = at.and_then(|at| self.sums.get_mut(at)) {
            *n += 1.0;
            *sum += outcome;
        }
    }

    /// What each cell brings by the leads of all other folds, shape `(n_cells,)`; 0 where there are none.
    pub fn means(&self, fold: usize) -> Vec<f64> {
        let n_cells = self.groups.len();
        let mut cells = vec![(0.0, 0.0); n_cells];
        let folds = self.sums.chunks(n_cells.max(1)).enumerate();
        for (_, sums) in folds.filter(|(other, _)| *other != fold) {
            for (cell, more) in cells.iter_mut().zip(sums) {
                add(cell, *more);
            }
        }
        let (mut all, mut groups) = ((0.0, 0.0), BTreeMap::new());
        for (cell, group) in cells.iter().zip(&self.groups) {
            add(&mut all, *cell);
            add(groups.entry(*group).or_default(), *cell);
        }
        let mean = if all.0 > 0.0 { all.1 / all.0 } else { 0.0 };
        let of_cells = cells.into_iter().zip(&self.groups);
        of_cells
            .map(|(cell, group)| {
                let of_group = groups.get(group).copied().unwrap_or_default();
                self.shrunk(cell, self.shrunk(of_group, mean))
            })
            .collect()
    }

    /// A mean, drawn to another one.
    fn shrunk(&self, (n, sum): (f64, f64), mean: f64) -> f64 {
        let of = n + self.strength;
        if of > 0.0 {
            (sum + self.strength * mean) / of
        } else {
            mean
        }
    }
}

fn add(sums: &mut (f64, f64), more: (f64, f64)) {
    sums.0 += more.0;
    sums.1 += more.1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_learns_nothing_from_itself_and_cells_shrink_to_all() {
        let mut table = Tabular::new(2, &[0, 0, 0], 2.0);
        for (fold, cell, outcome) in [(0, 0, 900.0), (1, 0, 1.0), (1, 0, 2.0), (1, 1, 6.0)] {
            table.add(fold, cell, outcome);
        }
        let means = table.means(0);
        let expected = [(3.0 + 6.0) / 4.0, (6.0 + 6.0) / 3.0, 3.0];
        for (found, expected) in means.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{means:?}");
        }
        assert!((table.means(1)[1] - 900.0).abs() < 1e-12);
    }

    #[test]
    fn a_rare_decision_is_expected_to_be_like_others_of_its_group() {
        let mut table = Tabular::new(2, &[7, 7, 9], 1.0);
        for (cell, outcome) in [(2, 10.0), (2, 10.0), (2, 10.0), (0, 2.0), (0, 2.0)] {
            table.add(1, cell, outcome);
        }
        // The mean of all is 34 / 5, and that of the group 7 drawn to it (4 + 6.8) / 3.
        let means = table.means(0);
        assert!((means[1] - 3.6).abs() < 1e-12, "{means:?}");
        assert!((means[0] - (4.0 + 3.6) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_expected_of_nothing() {
        let mut table = Tabular::new(1, &[0], 0.0);
        table.add(0, 0, 5.0);
        table.add(7, 7, 5.0);
        assert_eq!(table.means(0), [0.0]);
        assert_eq!(Tabular::new(0, &[], 1.0).means(3), [0.0; 0]);
    }
}
