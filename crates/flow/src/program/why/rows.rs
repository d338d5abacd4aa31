//! What a table saw: the row that matched, what each column left, and the rows that nearly matched.

use super::{
    Asked, ColumnCount, NearMiss, Readings, Why,
    asked::{cell_text, conjuncts},
};
use crate::{
    Row,
    classes::{ClassMap, ClassSet},
    formula::Formula,
    program::{
        Program,
        table::{Index, Residuals},
    },
};
use pointsman_cel::{self as cel, Expr, Subject};

/// Most rows that nearly matched.
const NEAR_MAX: usize = 3;

impl Program {
    /// * `written`: the columns and rows of the document.
    pub(super) fn why_rows(
        &self,
        (table, residuals): (&Index, &Residuals),
        written: (&[String], &[Row]),
        readings: &Readings,
    ) -> Why {
        let (columns, rows) = written;
        let view = View {
            program: self,
            table,
            residuals,
            columns,
            readings,
        };
        let matched = table.first(&readings.codes, residuals);
        let near = table.nearest(&readings.codes, residuals, matched, NEAR_MAX);
        let near = near.into_iter().filter_map(|row| {
            let written = rows.get(row)?;
            let failed = view.row(row, written).into_iter();
            Some(NearMiss {
                row,
                to: written.to.clone(),
                failed: failed.filter(|asked| asked.answer != Some(true)).collect(),
            })
        });
        Why::Table {
            row: matched,
            n_rows: rows.len(),
            near: near.collect(),
            cells: matched
                .and_then(|row| Some(view.row(row, rows.get(row)?)))
                .unwrap_or_default(),
            columns: view.counts(),
        }
    }
}

struct View<'a> {
    program: &'a Program,
    table: &'a Index,
    residuals: &'a Residuals,
    columns: &'a [String],
    readings: &'a Readings,
}

impl View<'_> {
    fn counts(&self) -> Vec<ColumnCount> {
        let counts = self.table.counts(&self.readings.codes);
        let columns = self.table.slots().zip(counts);
        columns
            .map(|(slot, (matching, left))| ColumnCount {
                column: self.program.seen_at(slot, self.readings),
                matching,
                left,
            })
            .collect()
    }

    /// Everything that a row asks, with the answers that decide.
    fn row(&self, row: usize, written: &Row) -> Vec<Asked> {
        let condition = written.condition.as_deref();
        let parts = condition.and_then(|text| cel::parse(text).ok());
        let mut parts = parts.map(conjuncts).unwrap_or_default();
        let mut asked: Vec<Asked> = self
            .columns
            .iter()
            .zip(self.table.slots())
            .enumerate()
            .filter_map(|(position, (name, slot))| {
                let classes = &self.program.slots[slot.at()].classes;
                let bare = matches!(classes, ClassMap::Numbers { .. });
                let cell = written.cells.get(position)?;
                let mut text: Vec<String> = cell_text(name, cell, bare).into_iter().collect();
                // The index holds what the predicate asks of this column together with the cell.
                let own = parts.extract_if(.., |part| reads_only(part, name));
                text.extend(own.map(|part| cel::print(&part)));
                (!text.is_empty()).then(|| {
                    let matches = self.table.matches(row, position, &self.readings.codes);
                    let missing = Program::is_missing(slot, self.readings);
                    Asked {
                        text: joined(&text),
                        answer: if matches {
                            Some(true)
                        } else {
                            (!missing).then_some(false)
                        },
                        seen: vec![self.program.seen_at(slot, self.readings)],
                    }
                })
            })
            .collect();
        asked.extend(self.rest(row, &parts, condition));
        asked
    }

    /// What the predicate of a row asks beyond its columns.
    fn rest(&self, row: usize, parts: &[Expr], condition: Option<&str>) -> Vec<Asked> {
        let Some(formula) = self.residuals.of(row) else {
            return Vec::new();
        };
        let formulas: &[Formula<ClassSet>] = match formula {
            Formula::All(formulas) => formulas,
            other => std::slice::from_ref(other),
        };
        let answered = |text, formula| self.program.answered(text, formula, self.readings);
        if formulas.len() == parts.len() {
            let both = parts.iter().zip(formulas);
            return both
                .map(|(part, formula)| answered(cel::print(part), formula))
                .collect();
        }
        vec![answered(condition.unwrap_or_default().to_owned(), formula)]
    }
}

/// Texts that must all be true, as one.
fn joined(texts: &[String]) -> String {
    let bracketed = |text: &String| {
        if texts.len() > 1 && text.contains(" || ") {
            format!("({text})")
        } else {
            text.clone()
        }
    };
    texts.iter().map(bracketed).collect::<Vec<_>>().join(" && ")
}

/// Whether a part of a row's predicate reads this column and nothing else, so that the index holds it.
fn reads_only(part: &Expr, column: &str) -> bool {
    let fields = part.fields();
    !fields.is_empty() && fields.iter().all(|field| *field == column) && reads_whole(part)
}

/// Whether it reads fields as they are; an hour or a weekday is another thing than its time, and so is what a list says.
fn reads_whole(part: &Expr) -> bool {
    match part {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(reads_whole),
        Expr::Not(inner) => reads_whole(inner),
        Expr::Compare(subject, ..) | Expr::In(subject, _) => matches!(subject, Subject::Field(_)),
        Expr::Constant(_) | Expr::Holds(_) | Expr::Has(_) | Expr::StartsWith(..) => true,
        Expr::InList(..) => false,
    }
}
