//! What rows ask beyond their cells: tested only where all cells of the row already match.

use crate::{classes::ClassSet, formula::Formula, program::encode::Codes};

/// The predicates of rows, by row. Empty for most tables, which then cost nothing more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Residuals(pub(crate) Vec<(usize, Formula<ClassSet>)>);

impl Residuals {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a row asks beyond its cells, if anything.
    #[inline]
    pub(crate) fn of(&self, row: usize) -> Option<&Formula<ClassSet>> {
        let position = self.0.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.0.get(position).map(|(_, formula)| formula)
    }

    /// Whether a row whose cells match has nothing more to ask, or is answered with true.
    #[inline]
    pub(super) fn holds(&self, row: usize, codes: &Codes) -> bool {
        self.of(row).is_none_or(|formula| codes.meets(formula))
    }
}
