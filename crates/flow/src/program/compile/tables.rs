//! What is wrong or odd about a table, with leads that show it.

use std::cell::Cell;

use pointsman_lead::{FieldKind, Timestamp, Value};

use super::Compiler;
use crate::{
    Diagnostic, Hit, Node, Place,
    check::TableRule,
    diagnostic::note,
    inputs::Input,
    program::{
        analysis::{Analysis, TooHard},
        table::BitTable,
    },
};

impl Compiler<'_> {
    /// Reports overlaps, gaps, and rows that never decide.
    pub(super) fn analyse(&mut self, name: &str, rule: &TableRule, table: &BitTable) {
        let Some(Node::Table { hit, otherwise, .. }) = self.document.nodes.get(name) else {
            return;
        };
        let work = Cell::new(self.work);
        let analysis = Analysis {
            rule,
            table,
            maps: &self.maps,
            work: &work,
        };
        let mut found = Vec::new();
        for row in analysis.impossible() {
            let message = format!("no lead matches row {}", row + 1);
            found.push(Diagnostic::warning("never_true", place(name, row), message));
        }
        match hit {
            Hit::Unique => found.extend(self.overlaps(name, &analysis)),
            Hit::First => found.extend(shadows(name, &analysis)),
        }
        if otherwise.is_none() {
            found.extend(self.gap(name, &analysis));
        }
        self.work = work.get();
        for finding in found {
            note(self.found, finding);
        }
    }

    fn overlaps(&self, name: &str, analysis: &Analysis<'_>) -> Vec<Diagnostic> {
        let Ok(overlaps) = analysis.overlaps() else {
            return vec![not_proved(
                name,
                "no two rows overlap",
                "take the `first` hit",
            )];
        };
        let overlaps = overlaps.into_iter().map(|overlap| {
            let (row, other) = (overlap.row + 1, overlap.other + 1);
            let message = format!("row {other} overlaps row {row}, and only one row may match");
            Diagnostic::error("overlap", place(name, overlap.other), message)
                .hint("narrow one of them, or take the `first` hit")
                .example(self.example(analysis.rule, &overlap.classes))
        });
        overlaps.collect()
    }

    fn gap(&self, name: &str, analysis: &Analysis<'_>) -> Option<Diagnostic> {
        let hint = "add `otherwise`";
        match analysis.gap() {
            Ok(None) => None,
            Ok(Some(classes)) => {
                let message = "some leads match no row, and there is no `otherwise`";
                let error = Diagnostic::error("gap", Place::node(name).part("otherwise"), message);
                Some(
                    error
                        .hint(hint)
                        .example(self.example(analysis.rule, &classes)),
                )
            }
            Err(TooHard) => Some(not_proved(name, "every lead matches some row", hint)),
        }
    }

    /// A lead with these classes in the columns of a table; null is a missing value. Scorecards are
    /// left out, since they cannot be given.
    fn example(&self, rule: &TableRule, classes: &[u16]) -> serde_json::Value {
        let schema = &self.catalog.schema;
        let columns = rule.columns.iter().zip(classes);
        let fields = columns.filter_map(|(slot, class)| {
            let Input::Field(field) = self.inputs[slot.at()].input else {
                return None;
            };
            let value = self.maps[slot.at()].example(*class);
            let field = schema.field(field);
            Some((field.name.clone(), in_json(value, &field.kind)))
        });
        serde_json::Value::Object(fields.collect())
    }
}

fn place(node: &str, row: usize) -> Place {
    Place::node(node).part(format!("rows[{row}]"))
}

fn not_proved(node: &str, what: &str, hint: &str) -> Diagnostic {
    let message = format!("it takes too long to prove that {what}");
    Diagnostic::error("not_proved", Place::node(node), message).hint(hint)
}

/// Rows that another one hides. Only warnings, so that giving up needs no words.
fn shadows(node: &str, analysis: &Analysis<'_>) -> Vec<Diagnostic> {
    let shadowed = analysis.shadowed().into_iter().flatten();
    let shadows = shadowed.map(|(row, by)| {
        let (hidden, by) = (row + 1, by + 1);
        let message = format!("row {hidden} never decides: row {by} takes all of its leads");
        let warning = Diagnostic::warning("shadowed_row", place(node, row), message);
        warning.hint("move it up, or delete it")
    });
    shadows.collect()
}

/// A value as a lead would bring it in. Classes know only numbers; the kind says what they count.
fn in_json(value: Option<Value>, kind: &FieldKind) -> serde_json::Value {
    let value = match (value, kind) {
        (Some(Value::Integer(units)), FieldKind::Decimal { .. }) => Some(Value::Decimal(units)),
        (Some(Value::Integer(micros)), FieldKind::Timestamp) => {
            Some(Value::Timestamp(Timestamp(micros)))
        }
        (value, _) => value,
    };
    value.map_or(serde_json::Value::Null, |value| value.to_json(kind))
}
