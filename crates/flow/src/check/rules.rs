//! What `when`, `switch`, `table` and `scorecard` nodes ask of a lead.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    CellTest, Rule, TableRule,
    predicate::formula,
    scope::{Misfit, Scope, Subject},
};
use crate::{Case, Cell, Literal, Node, Points, Row, cel::Value, classes::Accepted, inputs::Input};

/// Most rows of a table and most cases of a switch.
pub(super) const MAX_ROWS: usize = 65_535;

/// Most columns of a table.
const MAX_COLUMNS: usize = 64;

/// The rule of a node that has one. All that is wrong with it is reported.
pub(super) fn rule(node: &Node, scope: &mut Scope<'_>) -> Option<Rule> {
    match node {
        Node::When { condition, .. } => formula(scope, "if", condition).map(Rule::When),
        Node::Switch { on, cases, .. } => switch(on, cases, scope),
        Node::Table { columns, rows, .. } => table(columns, rows, scope).map(Rule::Table),
        _ => None,
    }
}

/// Gives a scorecard its slot, after those that its predicates read.
pub(super) fn scorecard(name: &str, points: &[Points], scope: &mut Scope<'_>) {
    if points.is_empty() {
        let message = "this scorecard is always 0".to_owned();
        scope.warn("empty_scorecard", "points", None, message);
    }
    let points: Vec<_> = points
        .iter()
        .enumerate()
        .filter_map(|(idx, points)| {
            let formula = formula(scope, &format!("points[{idx}].if"), &points.condition)?;
            Some((formula, points.points))
        })
        .collect();
    let input = Input::Scorecard(name.to_owned());
    let slot = scope.inputs.slot(input, || crate::classes::Domain::Number);
    if let Some(slot) = slot {
        scope.inputs.slots[slot.at()].points = points;
    }
}

fn too_many(scope: &mut Scope<'_>, part: &str, what: &str, n: usize, limit: usize) -> bool {
    if n > limit {
        let message = format!("{n} {what} are more than {limit}");
        scope.report(part, None, Misfit::new("too_large", message));
    }
    n > limit
}

fn switch(on: &str, cases: &[Case], scope: &mut Scope<'_>) -> Option<Rule> {
    if cases.is_empty() {
        let message = "this switch has no cases".to_owned();
        scope.report(
            "cases",
            None,
            Misfit::new("empty", message).hint("lead straight to `otherwise`"),
        );
    }
    if too_many(scope, "cases", "cases", cases.len(), MAX_ROWS) {
        return None;
    }
    let subject = scope.subject("on", on, None)?;
    let mut seen: BTreeMap<Value, usize> = BTreeMap::new();
    let mut complete = true;
    let mut accepted = Vec::new();
    for (idx, case) in cases.iter().enumerate() {
        let part = format!("cases[{idx}].in");
        if case.values.is_empty() {
            let message = "this case has no values".to_owned();
            scope.report(&part, None, Misfit::new("empty", message));
        }
        let mut all = Vec::new();
        for (entry, literal) in case.values.iter().enumerate() {
            let part = format!("{part}[{entry}]");
            let Some((value, test)) = equal(scope, &subject, &part, literal) else {
                complete = false;
                continue;
            };
            match seen.insert(value, idx) {
                Some(before) if before != idx => {
                    let message = format!("this value is already in case {}", before + 1);
                    let misfit = Misfit::new("duplicate_value", message);
                    scope.report(&part, None, misfit.hint("take it out of one of them"));
                }
                _ => all.push(test),
            }
        }
        let test = Accepted::any_of(&subject.kind.domain(), all);
        scope.inputs.test(subject.slot, &test);
        accepted.push(test);
    }
    complete.then_some(Rule::Switch(subject.slot, accepted))
}

/// A literal and what equals it; what is wrong with it is reported.
fn equal(
    scope: &mut Scope<'_>,
    subject: &Subject,
    part: &str,
    literal: &Literal,
) -> Option<(Value, Accepted)> {
    let name = &subject.name;
    let value = subject.kind.literal(name, &literal.nfc());
    let found = value.and_then(|value| {
        let accepted = subject.kind.equal(name, &value)?;
        Ok((value, accepted))
    });
    match found {
        Ok(found) => Some(found),
        Err(misfit) => {
            scope.report(part, None, misfit);
            None
        }
    }
}

fn table(columns: &[String], rows: &[Row], scope: &mut Scope<'_>) -> Option<TableRule> {
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
    let tests: Vec<Option<Vec<CellTest>>> = rows
        .iter()
        .enumerate()
        .map(|(idx, row)| self::row(idx, row, &subjects, scope))
        .collect();
    let slots = subjects.into_iter().map(|subject| Some(subject?.slot));
    Some(TableRule {
        columns: slots.collect::<Option<_>>()?,
        rows: tests.into_iter().collect::<Option<_>>()?,
    })
}

fn row(
    idx: usize,
    row: &Row,
    subjects: &[Option<Subject>],
    scope: &mut Scope<'_>,
) -> Option<Vec<CellTest>> {
    let (n_cells, n_columns) = (row.cells.len(), subjects.len());
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
    }
    let cells = row.cells.iter().zip(subjects).enumerate();
    let tests: Vec<Option<CellTest>> = cells
        .map(|(column, (cell, subject))| {
            let part = format!("rows[{idx}].cells[{column}]");
            let test = self::cell(cell, subject.as_ref()?, &part, scope)?;
            if let (CellTest::Accepted(accepted), Some(subject)) = (&test, subject) {
                scope.inputs.test(subject.slot, accepted);
            }
            Some(test)
        })
        .collect();
    let tests: Vec<CellTest> = tests.into_iter().collect::<Option<_>>()?;
    (n_cells == n_columns).then_some(tests)
}

fn cell(cell: &Cell, subject: &Subject, part: &str, scope: &mut Scope<'_>) -> Option<CellTest> {
    match cell {
        Cell::Any => Some(CellTest::Any),
        Cell::Missing => Some(CellTest::Missing),
        Cell::OneOf(literals) => {
            if literals.is_empty() {
                let message = "this cell has no values, so the row never matches".to_owned();
                let misfit = Misfit::new("empty", message);
                scope.report(part, None, misfit.hint("write null for any value"));
                return None;
            }
            let all: Vec<_> = literals
                .iter()
                .map(|literal| Some(equal(scope, subject, part, literal)?.1))
                .collect();
            let all = all.into_iter().collect::<Option<Vec<_>>>()?;
            Some(CellTest::Accepted(Accepted::any_of(
                &subject.kind.domain(),
                all,
            )))
        }
        Cell::Range { from, to } => range(from.as_ref(), to.as_ref(), subject, part, scope),
    }
}

fn range(
    from: Option<&Literal>,
    to: Option<&Literal>,
    subject: &Subject,
    part: &str,
    scope: &mut Scope<'_>,
) -> Option<CellTest> {
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
    Some(CellTest::Accepted(Accepted::range(low, after - 1)))
}
