//! The search for leads that match no row of a table.

use super::{Example, TooHard, rows::Rows};

/// Whether some leads match no row.
#[derive(Debug, Clone)]
pub(crate) enum Gap {
    /// Every lead matches some row.
    Closed,
    /// This lead matches none.
    Shown(Example),
    /// There are such leads, though none could be made up.
    Open,
}

/// Searches leads that match no row.
pub(super) fn find(rows: &Rows<'_, '_>) -> Result<Gap, TooHard> {
    let facts = rows.facts;
    let n_words = rows.bitmaps().buffer().len();
    let mut all = vec![0; n_words];
    (0..facts.n_rows).for_each(|row| all[row / 64] |= 1_u64 << (row % 64));
    let mut search = Gaps {
        rows,
        representatives: rows
            .bitmaps()
            .representatives(&rows.world.everything, facts),
        indifferent: indifferent(rows, n_words),
        chosen: Vec::new(),
        given_up: false,
    };
    let found = search.find(&all)?;
    match found {
        Gap::Closed if search.given_up => Err(TooHard),
        found => Ok(found),
    }
}

/// For each column the rows that accept anything from there on and ask nothing else.
fn indifferent(rows: &Rows<'_, '_>, n_words: usize) -> Vec<Vec<u64>> {
    let n_columns = rows.facts.columns.len();
    let mut from = vec![vec![0; n_words]; n_columns + 1];
    for row in (0..rows.facts.n_rows).filter(|&row| rows.facts.residual(row).is_none()) {
        let columns = rows.facts.columns.iter().rev();
        let any = columns
            .take_while(|column| column.set(row).is_none())
            .count();
        let later = from.iter_mut().skip(n_columns - any);
        later.for_each(|rows| rows[row / 64] |= 1 << (row % 64));
    }
    from
}

struct Gaps<'r, 'a, 'w> {
    rows: &'r Rows<'a, 'w>,
    representatives: Vec<Vec<u16>>,
    indifferent: Vec<Vec<u64>>,
    chosen: Vec<u16>,
    given_up: bool,
}

impl Gaps<'_, '_, '_> {
    /// Extends the chosen classes until no row is left, if that is possible.
    ///
    /// * `left`: the rows that match all classes chosen so far.
    fn find(&mut self, left: &[u64]) -> Result<Gap, TooHard> {
        let column = self.chosen.len();
        let mut indifferent = left.iter().zip(&self.indifferent[column]);
        if indifferent.any(|(a, b)| a & b != 0) {
            return Ok(Gap::Closed);
        }
        if column == self.representatives.len() || left.iter().all(|&word| word == 0) {
            return Ok(self.lead(left));
        }
        for class in self.representatives[column].clone() {
            // A step costs more than its words: it also allocates.
            self.rows.world.spend(left.len() + 64)?;
            let bitmap = self.rows.bitmaps().bitmap(column, class);
            let narrowed: Vec<u64> = left.iter().zip(bitmap).map(|(a, b)| a & b).collect();
            self.chosen.push(class);
            let found = self.find(&narrowed)?;
            self.chosen.pop();
            if !matches!(found, Gap::Closed) {
                return Ok(found);
            }
        }
        Ok(Gap::Closed)
    }

    /// A lead with the chosen classes for which the predicates of the rows that are left are not
    /// true.
    fn lead(&mut self, left: &[u64]) -> Gap {
        let Rows { facts, world, .. } = self.rows;
        let mut question = world.question();
        for (position, (column, &class)) in facts.columns.iter().zip(&self.chosen).enumerate() {
            let alike = self.rows.bitmaps().alike(position, class);
            if !question.region.narrow(column.slot, &alike) {
                return Gap::Closed;
            }
        }
        // Columns without a choice are those that nothing is asked of any more.
        let rest = super::bitmaps::bits(left, 0..facts.n_rows);
        question
            .asked
            .extend(rest.filter_map(|row| Some((facts.residual(row)?, false))));
        match world.ask(&question) {
            Ok(Some(example)) => Gap::Shown(example),
            Ok(None) => Gap::Closed,
            // The cells alone prove the gap, though no lead of it could be made.
            Err(TooHard) if question.asked.is_empty() && world.left() > 0 => Gap::Open,
            Err(TooHard) => {
                self.given_up = true;
                Gap::Closed
            }
        }
    }
}
