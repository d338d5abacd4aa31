//! Numbers that are computed from a lead, as text: arithmetic in the spelling of CEL.
//!
//! ```text
//! sum     = product { ("+" | "-") product }
//! product = unary { ("*" | "/" | "%") unary }
//! unary   = "-" unary | "(" sum ")" | number | field
//!         | ("min" | "max") "(" sum { "," sum } ")"
//!         | ("hour" | "weekday" | "years" | "days") "(" field "," zone ")"
//! field   = name | "lead" "." name
//! ```

mod parse;

use super::{DatePart, Decimal, FieldName, Span, Spanned, Subject, print};

pub use parse::parse;

/// Most operations and arguments of one expression.
const MAX_OPERATIONS: usize = 256;

/// An expression with its place in the text.
pub type Term = Spanned<Arithmetic>;

/// A number as written, before anyone asked whether its fields exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arithmetic {
    /// A whole number.
    Integer(i64),
    /// A number with a point.
    Decimal(Decimal),
    /// A field or computed value, or a number that is read of a time.
    Read(Subject),
    /// The opposite of a number.
    Negative(Box<Term>),
    /// Two numbers and what is done with them.
    Operation(Box<Term>, Operator, Box<Term>),
    /// The least or the greatest of some numbers, one at least.
    Extreme(Extreme, Vec<Term>),
}

/// What is done with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// The sum.
    Plus,
    /// The difference.
    Minus,
    /// The product.
    Times,
    /// The quotient; rounds towards zero.
    Over,
    /// The remainder, with the sign of the dividend.
    Modulo,
}

/// Which one of some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// The least.
    Min,
    /// The greatest.
    Max,
}

impl Operator {
    fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
            Self::Modulo => "%",
        }
    }

    /// Whether it binds more tightly than a sum.
    fn is_product(self) -> bool {
        matches!(self, Self::Times | Self::Over | Self::Modulo)
    }
}

impl Extreme {
    fn word(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
        }
    }
}

impl Arithmetic {
    /// The opposite of a term; that of a literal is a literal.
    pub fn negative(term: Term) -> Self {
        match term.value {
            Self::Integer(integer) if integer > 0 => Self::Integer(-integer),
            Self::Decimal(Decimal { digits, scale }) if digits > 0 => Self::Decimal(Decimal {
                digits: -digits,
                scale,
            }),
            _ => Self::Negative(Box::new(term)),
        }
    }

    /// Names of all fields and computed values that it reads, in order of appearance.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Integer(_) | Self::Decimal(_) => Vec::new(),
            Self::Read(subject) => vec![&subject.field().value],
            Self::Negative(inner) => inner.value.fields(),
            Self::Operation(left, _, right) => {
                let mut fields = left.value.fields();
                fields.extend(right.value.fields());
                fields
            }
            Self::Extreme(_, terms) => {
                let terms = terms.iter();
                terms.flat_map(|term| term.value.fields()).collect()
            }
        }
    }

    /// The text that all spellings share, with only the brackets that it needs.
    pub fn print(&self) -> String {
        match self {
            Self::Integer(integer) => integer.to_string(),
            Self::Decimal(decimal) => decimal.to_string(),
            Self::Read(subject) => print::subject(subject),
            Self::Negative(inner) => format!("-{}", inner.value.grouped(true)),
            Self::Operation(left, operator, right) => {
                let left = match &left.value {
                    Self::Operation(_, inner, _) => left
                        .value
                        .grouped(operator.is_product() && !inner.is_product()),
                    other => other.print(),
                };
                let right = match &right.value {
                    // To the right, `a - (b - c)` and `a * (b / c)` need theirs too.
                    Self::Operation(_, inner, _) => right
                        .value
                        .grouped(operator.is_product() || !inner.is_product()),
                    other => other.print(),
                };
                format!("{left} {} {right}", operator.symbol())
            }
            Self::Extreme(extreme, terms) => {
                let terms: Vec<String> = terms.iter().map(|term| term.value.print()).collect();
                format!("{}({})", extreme.word(), terms.join(", "))
            }
        }
    }

    /// The text, in brackets if it is an operation and they are `needed`.
    fn grouped(&self, needed: bool) -> String {
        match self {
            Self::Operation(..) if needed => format!("({})", self.print()),
            _ => self.print(),
        }
    }
}

#[cfg(test)]
mod tests;
