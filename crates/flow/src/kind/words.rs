//! The parts of nodes in words, the same for all spellings of one meaning.

use pointsman_cel as cel;
use std::collections::BTreeSet;

use crate::{Cell, Literal, Objective, document::reserve};

pub(super) fn objective(objective: Objective) -> &'static str {
    match objective {
        Objective::NetRevenue => "net_revenue",
        Objective::Conversions => "conversions",
        Objective::Accepted => "accepted",
    }
}

pub(super) fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Any => "any".to_owned(),
        Cell::Missing => "missing".to_owned(),
        Cell::OneOf(literals) => set(literals),
        Cell::NoneOf(literals) => format!("not {}", set(literals)),
        Cell::StartsWith(prefixes) => {
            let prefixes = prefixes.iter().map(|prefix| Literal::Text(prefix.clone()));
            format!("starts with {}", set(&prefixes.collect::<Vec<_>>()))
        }
        Cell::Range { from, to } => {
            let end = |end: &Option<Literal>| end.as_ref().map(literal).unwrap_or_default();
            format!("{}..{}", end(from), end(to))
        }
    }
}

pub(super) fn set(literals: &[Literal]) -> String {
    let literals: BTreeSet<_> = literals.iter().map(Literal::nfc).collect();
    let literals: Vec<String> = literals.iter().map(|entry| literal(entry)).collect();
    literals.join(", ")
}

pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Boolean(boolean) => boolean.to_string(),
        Literal::Integer(integer) => integer.to_string(),
        Literal::Text(text) => text.clone(),
    }
}

pub(super) fn predicate(text: &str) -> String {
    cel::parse(text).map_or_else(|_| text.to_owned(), |expr| cel::normal_form(&expr))
}

pub(super) fn arithmetic(text: &str) -> String {
    cel::parse_arithmetic(text).map_or_else(|_| text.to_owned(), |term| term.value.print())
}

/// A reserve price in one spelling; one that cannot be read, as it is written.
pub(super) fn least(text: Option<&str>) -> String {
    reserve(text).map_or_else(
        |_| text.unwrap_or_default().to_owned(),
        |reserve| reserve.to_string(),
    )
}
