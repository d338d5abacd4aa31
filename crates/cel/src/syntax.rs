//! A text of CEL as a tree, before anyone asked whether predicates have all of it.

use super::{Comparison, Decimal, Error, Span, Spanned};

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a part of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean(bool),
    Integer(i64),
    /// 2^63, which is an integer only after a minus.
    PastIntegers,
    Decimal(Decimal),
    Text(String),
    List(Vec<Term>),
    Name(String),
    /// `state.name`, with the place of the name alone.
    Select(Box<Term>, Spanned<String>),
    Call(Spanned<String>, Vec<Term>),
    /// `state.name(…)`.
    Method(Box<Term>, Spanned<String>, Vec<Term>),
    Not(Box<Term>),
    Negative(Box<Term>),
    /// `a + b - c` and `a * b / c`: the first, and each further one with its operator.
    Arithmetic(Box<Term>, Vec<(Spanned<&'static str>, Term)>),
    Compare(Box<Term>, Spanned<Joint>, Box<Term>),
    Both(Vec<Term>),
    Either(Vec<Term>),
    /// What CEL has and predicates do not, whatever stands around it.
    Outside(Box<Error>),
}

/// What stands between the two sides of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    Compare(Comparison),
    In,
}
