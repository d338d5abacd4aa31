//! What the rows of a table ask of a lead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;
use smallvec::SmallVec;

use super::{
    predicate::{formula, starting_with},
    rules::{MAX_ROWS, equal, too_many},
    scope::{Misfit, Scope, Subject},
};
use crate::{
    Cell, Literal, Row,
    classes::Accepted,
    formula::Formula,
    typed_flow::{CellTest, ColumnRule, TableRule},
};

/// Most columns of a table.
const MAX_COLUMNS: usize = 64;

pub(crate) fn table(columns: &[String], rows: &[Row], scope: &mut Scope<'_>) -> Option<TableRule> {
    let empty = Misfit::new("empty", "this table has no columns".to_owned());
    if columns.is_empty() {
        scope.report("columns", None, empty);
    }
    if rows.is_empty() {
        let empty = Misfit::new("empty", "this table has no rows".to_owned());
        scope.report("rows", None, empty.hint("lead straight to `otherwise`"));
    }
    if too_many(scope, "columns", "columns", columns.len(), MAX_COLUMNS)
        | too_many(scope, "rows", "rows", rows.len(), MAX_ROWS)
    {
        return None;
    }
    let mut names = BTreeSet::new();
    let subjects: Vec<Option<Subject>> = columns
        .iter()
        .enumerate()
        .map(|(idx, column)| {
            let part = format!("columns[{idx}]");
            if !names.insert(column) {
                let message = format!("column `{column}` is there twice");
                let misfit = Misfit::new("duplicate_column", message);
                scope.report(&part, None, misfit.hint("put both into one cell"));
            }
            scope.subject(&part, column, None)
        })
        .collect();
    let mut reading = Reading {
        columns: subjects.into_iter().map(Reader::new).collect(),
        residuals: BTreeMap::new(),
        complete: true,
    };
    for (idx, row) in rows.iter().enumerate() {
        reading.row(idx, row, scope);
    }
    reading.finish(rows.len())
}

/// The rows of a table while they are read.
struct Reading<'a> {
    columns: Vec<Reader<'a>>,
    residuals: BTreeMap<usize, Formula<Accepted>>,
    /// Whether all rows could be read so far.
    complete: bool,
}

/// A column while its cells are read.
struct Reader<'a> {
    subject: Option<Subject>,
    tests: Vec<CellTest>,
    by_row: Vec<u32>,
    /// Position of the test of each cell that was read. Fixed keys: what is looked up decides, not
    /// the order.
    known: HashMap<&'a Cell, u32, FixedState>,
    /// What each value means that was read.
    values: HashMap<&'a Literal, Accepted, FixedState>,
}

impl<'a> Reading<'a> {
    fn row(&mut self, idx: usize, row: &'a Row, scope: &mut Scope<'_>) {
        let (n_cells, n_columns) = (row.cells.len(), self.columns.len());
        if n_cells != n_columns {
            let message = format!(
                "row {} has {n_cells} cells for {n_columns} columns",
                idx + 1
            );
            let misfit = Misfit::new("cell_count", message);
            scope.report(
                &format!("rows[{idx}].cells"),
                None,
                misfit.hint("write null for any value"),
            );
            self.complete = false;
        }
        for (position, (cell, column)) in row.cells.iter().zip(&mut self.columns).enumerate() {
            self.complete &= column.cell(cell, (idx, position), scope);
        }
        let Some(text) = &row.condition else {
            return;
        };
        match formula(scope, &format!("rows[{idx}].if"), text) {
            Some(formula) if self.complete => self.condition(idx, formula),
            Some(_) => {}
            None => self.complete = false,
        }
    }

    /// Puts what a predicate asks of columns into their cells, and the rest aside.
    fn condition(&mut self, row: usize, formula: Formula<Accepted>) {
        let mut rest = Vec::new();
        for part in formula.conjuncts() {
            let slots = part.slots();
            let column = self.columns.iter_mut().find(|column| {
                let slot = column.subject.as_ref().map(|subject| subject.slot);
                slots.len() == 1 && slot == slots.first().copied()
            });
            match column {
                Some(column) => column.narrow(row, part),
                None => rest.push(part),
            }
        }
        if !rest.is_empty() {
            self.residuals.insert(row, Formula::All(rest));
        }
    }

    fn finish(self, n_rows: usize) -> Option<TableRule> {
        let columns = self.columns.into_iter().map(|column| {
            Some(ColumnRule {
                slot: column.subject?.slot,
                tests: column.tests,
                by_row: column.by_row,
            })
        });
        let columns = columns.collect::<Option<_>>()?;
        self.complete.then_some(TableRule {
            columns,
            n_rows,
            residuals: self.residuals,
        })
    }
}

impl<'a> Reader<'a> {
    fn new(subject: Option<Subject>) -> Self {
        Self {
            subject,
            tests: Vec::new(),
            by_row: Vec::new(),
            known: HashMap::default(),
            values: HashMap::default(),
        }
    }

    /// Reads a cell; whether that was possible. A bad one is reported wherever it stands.
    fn cell(
        &mut self,
        cell: &'a Cell,
        (row, position): (usize, usize),
        scope: &mut Scope<'_>,
    ) -> bool {
        if let Some(&known) = self.known.get(cell) {
            self.by_row.push(known);
            return true;
        }
        let Some(subject) = &self.subject else {
            return false;
        };
        let part = format!("rows[{row}].cells[{position}]");
        let Some(test) = test(cell, subject, &part, &mut self.values, scope) else {
            return false;
        };
        if let (Cell::Range { .. } | Cell::StartsWith(_), CellTest::Asks(formula)) = (cell, &test) {
            formula.each(&mut |slot, accepted| scope.inputs.test(slot, accepted));
        }
        let new = self.push(test);
        self.known.insert(cell, new);
        self.by_row.push(new);
        true
    }

    /// Asks one thing more of a row.
    fn narrow(&mut self, row: usize, part: Formula<Accepted>) {
        let asked = &self.tests[self.by_row[row] as usize];
        let both = match asked {
            CellTest::Any => part,
            CellTest::Asks(formula) => Formula::All(vec![formula.clone(), part]),
        };
        self.by_row[row] = self.push(CellTest::Asks(both));
    }

    fn push(&mut self, test: CellTest) -> u32 {
        self.tests.push(test);
        // Rows are bounded far below 32 bits, and there are at most two tests for each.
        u32::try_from(self.tests.len() - 1).unwrap_or(u32::MAX)
    }
}

/// What a cell asks; what is wrong with it is reported.
///
/// * `values`: what values of the column mean, as far as they were read before.
fn test<'a>(
    cell: &'a Cell,
    subject: &Subject,
    part: &str,
    values: &mut HashMap<&'a Literal, Accepted, FixedState>,
    scope: &mut Scope<'_>,
) -> Option<CellTest> {
    let asks = |accepted| Formula::Test(subject.slot, accepted);
    Some(CellTest::Asks(match cell {
        Cell::Any => return Some(CellTest::Any),
        Cell::Missing => Formula::Not(Box::new(Formula::Has(subject.slot))),
        Cell::OneOf(literals) => {
            let accepted = list(literals, subject, part, values, scope)?;
            scope.out_of_range(part, None, subject, &accepted);
            asks(accepted)
        }
        Cell::NoneOf(literals) => Formula::Not(Box::new(asks(list(
            literals, subject, part, values, scope,
        )?))),
        Cell::StartsWith(prefixes) => prefixed(prefixes, subject, part, scope)?,
        Cell::Range { from, to } => {
            let accepted = range(from.as_ref(), to.as_ref(), subject, part, scope)?;
            scope.out_of_range(part, None, subject, &accepted);
            asks(accepted)
        }
    }))
}

fn empty(part: &str, scope: &mut Scope<'_>) {
    let message = "this cell has no values, so the row never matches".to_owned();
    let misfit = Misfit::new("empty", message);
    scope.report(part, None, misfit.hint("write null for any value"));
}

/// The values of a list.
fn list<'a>(
    literals: &'a [Literal],
    subject: &Subject,
    part: &str,
    values: &mut HashMap<&'a Literal, Accepted, FixedState>,
    scope: &mut Scope<'_>,
) -> Option<Accepted> {
    if literals.is_empty() {
        empty(part, scope);
        return None;
    }
    for literal in literals {
        if !values.contains_key(literal)
            && let Some(accepted) = equal(scope, subject, part, literal)
        {
            scope.inputs.test(subject.slot, &accepted);
            values.insert(literal, accepted);
        }
    }
    let any = any_known(literals, subject, values)?; // Still unknown is what was reported.
    let mut seen = BTreeSet::new();
    let mut twice = literals.iter().filter(|literal| {
        let accepted = &values[*literal];
        *accepted != subject.kind.nothing() && !seen.insert(accepted)
    });
    if let Some(literal) = twice.next() {
        let message = format!("`{literal}` is there twice in this cell");
        scope.warn("duplicate_value", part, None, message);
    }
    Some(any)
}

/// What any of some values accepts, if all of them were read before.
fn any_known(
    literals: &[Literal],
    subject: &Subject,
    values: &HashMap<&Literal, Accepted, FixedState>,
) -> Option<Accepted> {
    let all = literals.iter().map(|literal| values.get(literal));
    let all: SmallVec<[&Accepted; 8]> = all.collect::<Option<_>>()?;
    Some(match all[..] {
        [only] => only.clone(),
        _ => subject.kind.nothing().or(all),
    })
}

fn prefixed(
    prefixes: &[String],
    subject: &Subject,
    part: &str,
    scope: &mut Scope<'_>,
) -> Option<Formula<Accepted>> {
    if prefixes.is_empty() {
        empty(part, scope);
        return None;
    }
    if !subject.kind.is_text() {
        let message = format!(
            "`{}` is not a text, so it starts with nothing",
            subject.name
        );
        scope.report(part, None, Misfit::new("type_mismatch", message));
        return None;
    }
    let all = prefixes.iter();
    let all = all.map(|prefix| starting_with(scope, subject, part, None, prefix));
    let all: Vec<Accepted> = all.collect();
    let (first, further) = all.split_first()?;
    Some(Formula::Test(subject.slot, first.clone().or(further)))
}

fn range(
    from: Option<&Literal>,
    to: Option<&Literal>,
    subject: &Subject,
    part: &str,
    scope: &mut Scope<'_>,
) -> Option<Accepted> {
    let name = &subject.name;
    let problem = if !subject.kind.is_number() {
        let message = format!("`{name}` has no order, so it has no ranges");
        Some(Misfit::new("type_mismatch", message).hint("list its values"))
    } else if from.is_none() && to.is_none() {
        let message = "a range needs `from` or `to`".to_owned();
        Some(Misfit::new("empty", message).hint("write null for any value"))
    } else {
        None
    };
    if let Some(misfit) = problem {
        scope.report(part, None, misfit);
        return None;
    }
    // The first whole unit that is not below an end.
    let mut end = |literal: Option<&Literal>, open: i128| match literal {
        None => Some(open),
        Some(literal) => {
            let value = subject.kind.literal(name, literal);
            match value.and_then(|value| subject.kind.scaled(name, &value)) {
                Ok(scaled) => Some(scaled.floor + i128::from(!scaled.exact)),
                Err(misfit) => {
                    scope.report(part, None, misfit);
                    None
                }
            }
        }
    };
    let low = end(from, i128::from(i64::MIN));
    let after = end(to, i128::from(i64::MAX) + 1);
    let (low, after) = (low?, after?);
    if low >= after {
        let message = "this range is empty, so the row never matches".to_owned();
        let misfit = Misfit::new("empty_range", message);
        scope.report(
            part,
            None,
            misfit.hint("`from` is in the range and `to` is not"),
        );
        return None;
    }
    Some(Accepted::range(low, after - 1))
}
