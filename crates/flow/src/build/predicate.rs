//! Typed predicates as text: one form, with the brackets that it needs.

use pointsman_cel::{named, quote};
use std::{
    marker::PhantomData,
    ops::{BitAnd, BitOr, Not},
};

use pointsman_lead::{FieldKind, FieldValue};
use serde_json::Value as Json;

use super::{
    field::{HalfOpen, ValueOf},
    steps::Brand,
};
use crate::Literal;

/// What a lead must be like. Unknown on a missing value, and the opposite of unknown is unknown;
/// a step follows a predicate only if it is true.
///
/// Predicates are joined with `&`, `|` and `!`.
#[must_use = "a predicate does nothing by itself"]
pub struct Predicate<'f, L> {
    term: Term,
    brand: Brand<'f, L>,
}

/// A predicate as a tree, so that its text has the brackets that it needs and no others.
#[derive(Debug)]
enum Term {
    /// `has(age)` and the like, which need no brackets anywhere.
    Test(String),
    /// `age >= 30` and the like, which need brackets after `!`.
    Comparison(String),
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
}

impl Term {
    fn into_text(self) -> String {
        match self {
            Self::Test(text) | Self::Comparison(text) => text,
            Self::All(terms) => joined(terms, " && "),
            Self::Any(terms) => joined(terms, " || "),
            Self::Not(inner) => match *inner {
                term @ (Self::Test(_) | Self::Not(_)) => format!("!{}", term.into_text()),
                term => format!("!({})", term.into_text()),
            },
        }
    }
}

fn joined(terms: Vec<Term>, operator: &str) -> String {
    let texts: Vec<String> = terms
        .into_iter()
        .map(|term| match term {
            term @ (Term::All(_) | Term::Any(_)) => format!("({})", term.into_text()),
            term => term.into_text(),
        })
        .collect();
    texts.join(operator)
}

impl<L> Predicate<'_, L> {
    fn of(term: Term) -> Self {
        Self {
            term,
            brand: PhantomData,
        }
    }

    /// The predicate as CEL.
    pub(super) fn into_text(self) -> String {
        self.term.into_text()
    }
}

impl<L> BitAnd for Predicate<'_, L> {
    type Output = Self;

    /// Both.
    fn bitand(self, other: Self) -> Self {
        Self::of(match (self.term, other.term) {
            (Term::All(mut terms), Term::All(more)) => {
                terms.extend(more);
                Term::All(terms)
            }
            (Term::All(mut terms), other) => {
                terms.push(other);
                Term::All(terms)
            }
            (one, other) => Term::All(vec![one, other]),
        })
    }
}

impl<L> BitOr for Predicate<'_, L> {
    type Output = Self;

    /// At least one of both.
    fn bitor(self, other: Self) -> Self {
        Self::of(match (self.term, other.term) {
            (Term::Any(mut terms), Term::Any(more)) => {
                terms.extend(more);
                Term::Any(terms)
            }
            (Term::Any(mut terms), other) => {
                terms.push(other);
                Term::Any(terms)
            }
            (one, other) => Term::Any(vec![one, other]),
        })
    }
}

impl<L> Not for Predicate<'_, L> {
    type Output = Self;

    /// The opposite; unknown stays unknown.
    fn not(self) -> Self {
        Self::of(Term::Not(Box::new(self.term)))
    }
}

impl<L> std::fmt::Debug for Predicate<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.term.fmt(formatter)
    }
}

pub(super) fn has<'f, L>(field: &str) -> Predicate<'f, L> {
    Predicate::of(Term::Test(format!("has({})", named(field))))
}

pub(super) fn starts_with<'f, L>(field: &str, prefix: &str) -> Predicate<'f, L> {
    let (field, prefix) = (named(field), quote(prefix));
    Predicate::of(Term::Test(format!("{field}.startsWith({prefix})")))
}

pub(super) fn in_list<'f, L>(field: &str, list: &str) -> Predicate<'f, L> {
    let (field, list) = (named(field), quote(list));
    Predicate::of(Term::Comparison(format!("{field} in list({list})")))
}

pub(super) fn compare<'f, L, T: FieldValue>(
    subject: &str,
    symbol: &str,
    value: &T,
) -> Predicate<'f, L> {
    Predicate::of(Term::Comparison(format!(
        "{} {symbol} {}",
        spelled(subject),
        cel(value)
    )))
}

pub(super) fn is_in<'f, L, T: FieldValue>(
    subject: &str,
    values: impl Iterator<Item = T>,
) -> Predicate<'f, L> {
    let values: Vec<String> = values.map(|value| cel(&value)).collect();
    Predicate::of(Term::Comparison(format!(
        "{} in [{}]",
        spelled(subject),
        values.join(", ")
    )))
}

pub(super) fn lies_in<'f, L, T: FieldValue, V: ValueOf<T>>(
    subject: &str,
    range: impl HalfOpen<V>,
) -> Predicate<'f, L> {
    let (from, to) = range.bounds();
    let subject = spelled(subject);
    let term = |symbol, bound: V| {
        Term::Comparison(format!("{subject} {symbol} {}", cel(&bound.into_value())))
    };
    Predicate::of(match (from, to) {
        (Some(from), Some(to)) => Term::All(vec![term(">=", from), term("<", to)]),
        (Some(from), None) => term(">=", from),
        (None, Some(to)) => term("<", to),
        (None, None) => Term::Test("true".to_owned()),
    })
}

/// What is compared, as CEL: a name, or a part of a timestamp that is spelled already.
fn spelled(subject: &str) -> String {
    if subject.contains('(') {
        subject.to_owned()
    } else {
        named(subject)
    }
}

/// A value as CEL, in the words that its kind of field is compared with.
fn cel<T: FieldValue>(value: &T) -> String {
    match (T::kind(), value.to_json()) {
        (FieldKind::Timestamp, Json::String(text)) => format!("timestamp({})", quote(&text)),
        (FieldKind::Date, Json::String(text)) => format!("date({})", quote(&text)),
        (FieldKind::Decimal { .. }, Json::String(digits)) => shortest(&digits),
        (_, Json::String(text)) => quote(&text),
        (_, other) => other.to_string(),
    }
}

/// A decimal without needless zeros, but with its point: `12.50` is `12.5`, and `12.00` is `12.0`.
fn shortest(digits: &str) -> String {
    match digits.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            format!(
                "{whole}.{}",
                if fraction.is_empty() { "0" } else { fraction }
            )
        }
        None => digits.to_owned(),
    }
}

/// A value in a document's own words.
pub(super) fn literal<T: FieldValue>(value: &T) -> Literal {
    match value.to_json() {
        Json::Bool(boolean) => Literal::Boolean(boolean),
        Json::String(text) => Literal::Text(text),
        other => other
            .as_i64()
            .map_or_else(|| Literal::Text(other.to_string()), Literal::Integer),
    }
}
