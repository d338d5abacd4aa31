//! The search for leads that match no row of a table.

use super::{Example, TooHard, rows::Rows};

/// Leads that match no row, if there are any; one of them where it could be made.
pub(super) fn find(rows: &Rows<'_, '_>) -> Result<Option<Option<Example>>, TooHard> {
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
        None if search.given_up => Err(TooHard),
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
    fn find(&mut self, left: &[u64]) -> Result<Option<Option<Example>>, TooHard> {
        let column = self.chosen.len();
        let mut indifferent = left.iter().zip(&self.indifferent[column]);
        if indifferent.any(|(a, b)| a & b != 0) {
            return Ok(None);
        }
        if column == self.representatives.len() || left.iter().all(|&word| word == 0) {
            return self.lead(left);
        }
        for class in self.representatives[column].clone() {
            // A step costs more than its words: it also allocates.
            self.rows.world.spend(left.len() + 64)?;
            let bitmap = self.rows.bitmaps().bitmap(column, class);
            let narrowed: Vec<u64> = left.iter().zip(bitmap).map(|(a, b)| a & b).collect();
            self.chosen.push(class);
            let found = self.find(&narrowed)?;
            self.chosen.pop();
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// A lead with the chosen classes for which the predicates of the rows that are left are not
    /// true.
    fn lead(&mut self, left: &[u64]) -> Result<Option<Option<Example>>, TooHard> {
        let Rows { facts, world, .. } = self.rows;
        let mut question = world.question();
        for (position, (column, &class)) in facts.columns.iter().zip(&self.chosen).enumerate() {
            let alike = self.rows.bitmaps().alike(position, class);
            if !question.region.narrow(column.slot, &alike) {
                return Ok(None);
            }
        }
        // Columns without a choice are those that nothing is asked of any more.
        let rest = super::bitmaps::bits(left, 0..facts.n_rows);
        question
            .asked
            .extend(rest.filter_map(|row| Some((facts.residual(row)?, false))));
        match world.ask(&question) {
            Ok(Some(example)) => Ok(Some(Some(example))),
            Ok(None) => Ok(None),
            // The cells alone prove the gap, though no lead of it could be made.
            Err(TooHard) if question.asked.is_empty() && world.left() > 0 => Ok(Some(None)),
            Err(TooHard) => {
                self.given_up = true;
                Ok(None)
            }
        }
    }
}
