//! What nodes are made of, as it is fed into hashes: the same for all spellings of one meaning.

use std::borrow::Cow;

use pointsman_cel as cel;

use crate::{Cell, Literal, hash::Encoder};

/// A predicate by its canonical text; one that cannot be read, as it is written.
pub(super) fn predicate(encoder: &mut Encoder, text: &str) {
    let expr = cel::parse(text);
    encoder.boolean(expr.is_ok());
    match expr {
        Ok(expr) => encoder.text(&cel::normal_form(&expr)),
        Err(_) => encoder.text(text),
    }
}

/// An expression by its canonical text; one that cannot be read, as it is written.
pub(super) fn arithmetic(encoder: &mut Encoder, text: &str) {
    let term = cel::parse_arithmetic(text);
    encoder.boolean(term.is_ok());
    match term {
        Ok(term) => encoder.text(&term.value.print()),
        Err(_) => encoder.text(text),
    }
}

pub(super) fn cell(encoder: &mut Encoder, cell: &Cell) {
    match cell {
        Cell::Any => encoder.text("any"),
        Cell::Missing => encoder.text("missing"),
        Cell::OneOf(literals) => set(encoder, literals),
        Cell::NoneOf(literals) => {
            encoder.text("not_in");
            set(encoder, literals);
        }
        Cell::StartsWith(prefixes) => {
            encoder.text("starts_with");
            let prefixes = prefixes.iter().map(|prefix| Literal::Text(prefix.clone()));
            set(encoder, &prefixes.collect::<Vec<_>>());
        }
        Cell::Range { from, to } => {
            encoder.text("range");
            for end in [from, to] {
                optional(encoder, end.as_ref(), literal);
            }
        }
    }
}

pub(super) fn set(encoder: &mut Encoder, literals: &[Literal]) {
    if let [only] = literals {
        encoder.list(1);
        literal(encoder, only);
        return;
    }
    let mut literals: Vec<Cow<'_, Literal>> = literals.iter().map(Literal::nfc).collect();
    literals.sort();
    literals.dedup();
    encoder.list(literals.len());
    for entry in &literals {
        literal(encoder, entry);
    }
}

pub(super) fn literal(encoder: &mut Encoder, literal: &Literal) {
    match literal.nfc().as_ref() {
        Literal::Boolean(boolean) => encoder.boolean(*boolean),
        Literal::Integer(integer) => encoder.integer(*integer),
        Literal::Text(text) => encoder.text(text),
    }
}

pub(super) fn optional<T: ?Sized>(
    encoder: &mut Encoder,
    value: Option<&T>,
    feed: fn(&mut Encoder, &T),
) {
    match value {
        None => encoder.none(),
        Some(value) => feed(encoder, value),
    }
}
