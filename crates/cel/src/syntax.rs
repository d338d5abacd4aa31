//! A text of CEL as a tree, before anyone asked whether predicates have all of it.

use super::{Comparison, Decimal, Error, Span, Spanned};

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) kind: TreeKind,
    pub(super) span: Span,
}

/// What a part of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TreeKind {
    Boolean(bool),
    Integer(i64),
    /// 2^63, which is an integer only after a minus.
    PastIntegers,
    Decimal(Decimal),
    Text(String),
    List(Vec<Tree>),
    Name(String),
    /// `state.name`, with the place of the name alone.
    Select(Box<Tree>, Spanned<String>),
    Call(Spanned<String>, Vec<Tree>),
    /// `state.name(…)`.
    Method(Box<Tree>, Spanned<String>, Vec<Tree>),
    Not(Box<Tree>),
    Negative(Box<Tree>),
    /// `a + b - c` and `a * b / c`: the first, and each further one with its operator.
    Arithmetic(Box<Tree>, Vec<(Spanned<&'static str>, Tree)>),
    Compare(Box<Tree>, Spanned<Joint>, Box<Tree>),
    Both(Vec<Tree>),
    Either(Vec<Tree>),
    /// What CEL has and predicates do not, whatever stands around it.
    Outside(Box<Error>),
}

/// What stands between the two sides of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    Compare(Comparison),
    In,
}
