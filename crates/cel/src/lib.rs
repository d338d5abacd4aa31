//! The expression language of flows: predicates as text, a strict and total subset of CEL.
//!
//! ```text
//! either  = both { "||" both }
//! both    = test { "&&" test }
//! test    = { "!" } ( "(" either ")" | field | "true" | "false" | "has" "(" field ")"
//!         | field "." "startsWith" "(" text ")" | "startsWith" "(" field "," text ")" )
//!         | subject ("==" | "!=" | "<" | "<=" | ">" | ">=") literal
//!         | subject "in" "[" [ literal { "," literal } ] "]"
//!         | field "in" "list" "(" text ")"
//! subject = field | ("hour" | "weekday" | "years" | "days") "(" field "," zone ")"
//!         | field "." ("getHours" | "getDayOfWeek") "(" zone ")"
//! literal = "true" | "false" | integer | decimal | text | time | "date" "(" text ")"
//! time    = "timestamp" "(" text ")" { ("+" | "-") "duration" "(" text ")" }
//! field   = name | "lead" "." name
//! ```
//!
//! A literal may stand on the left as well, and a test may be compared with `true` or `false`.
//! `hour` is 0 to 23; `weekday` is 1 for Monday to 7 for Sunday, as in ISO 8601. `getDayOfWeek` is
//! CEL's and counts from 0 for Sunday. `years` and `days` say how many have passed from a time or a day to the
//! receipt of the lead, by the calendar of the zone; days are no part of CEL, and `date("1990-01-31")` is ours too. `!` binds closer than a comparison, as in CEL.
//!
//! A text is read as CEL of any kind first and narrowed then, so that what predicates do not have
//! is named, and nobody takes it for a typing mistake. Derived values are arithmetic in the same
//! spelling: [`parse_arithmetic`].
//!
//! This crate does not know which fields a lead has, nor what kind they are: names are checked, and
//! predicates evaluated, by the crate `flow`.
#![deny(
    clippy::disallowed_methods,
    reason = "cel is pure: pass in what it needs"
)]

mod arithmetic;
mod cursor;
mod lex;
mod narrow;
mod parse;
mod print;
mod span;
mod syntax;

use std::cmp::Ordering;

use pointsman_lead::{CalendarDate, Timestamp};

pub use arithmetic::{Arithmetic, Extreme, Operator, Term, parse as parse_arithmetic};
pub use print::{named, normal_form, print, quote};
pub use span::Spans;

/// Most bytes of one predicate.
pub const MAX_BYTES: usize = 65_536;

/// Deepest nesting of one predicate.
pub const MAX_DEPTH: usize = 64;

/// From and to, in bytes of the predicate.
pub type Span = (usize, usize);

/// Why a text is not a predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// `syntax`, `not_in_subset`, `number_too_long`, `too_deep` or `too_large`.
    pub code: &'static str,
    /// The part of the text that is wrong.
    pub span: Span,
    /// What is wrong, without the place.
    pub message: String,
    /// What to write instead, where that is known.
    pub hint: Option<String>,
}

/// Reads a predicate. Hostile text costs at most its length in time and 64 levels of stack.
///
/// # Errors
///
/// All of CEL that predicates do not have, in the order of the text; or the one place where the
/// text is no CEL at all.
pub fn parse(text: &str) -> Result<Expr, Vec<Error>> {
    if text.len() > MAX_BYTES {
        return Err(vec![Error {
            code: "too_large",
            span: (0, 0),
            message: format!(
                "this predicate has {} bytes; {MAX_BYTES} is the limit",
                text.len()
            ),
            hint: Some(
                "use a table for long lists of cases, and a named list for long lists of values: \
                 `zip in list(\"our-zips\")`"
                    .to_owned(),
            ),
        }]);
    }
    let tree = lex::tokens(text).and_then(|tokens| parse::tree(&tokens, text.len()));
    narrow::predicate(&tree.map_err(|error| vec![error])?)
}

/// The one text that all spellings of a predicate share: what the hash of a flow is made of. `None` if
/// it is no predicate.
///
/// ```
/// use pointsman_cel::canonical;
///
/// assert_eq!(canonical("(30 <= age) && !(state in ['TX','CA'])").as_deref(), Some(r#"age >= 30 && !(state in ["CA", "TX"])"#));
/// assert_eq!(canonical("age >"), None);
/// ```
pub fn canonical(predicate: &str) -> Option<String> {
    parse(predicate).ok().map(|expr| normal_form(&expr))
}

/// What people write who think of another language, or in capital letters.
fn suggest_operator(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "and" | "&" => "write `&&`",
        "or" | "|" => "write `||`",
        "not" => "write `!` in front, like `!(state in [\"CA\"])`",
        "is" | "eq" => "write `==`",
        "like" => "write `field.startsWith(\"90\")`",
        "in" if word != "in" => "write `in` in small letters, like `state in [\"CA\", \"TX\"]`",
        "between" => "write `age >= 18 && age <= 65`",
        _ => return None,
    })
}

/// A predicate as written, before anyone asked whether its fields exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// `true` or `false`.
    Constant(bool),
    /// All parts hold.
    And(Vec<Expr>),
    /// One of the parts holds, at least.
    Or(Vec<Expr>),
    /// The part does not hold.
    Not(Box<Expr>),
    /// A boolean field by itself.
    Holds(FieldName),
    /// The field has a value.
    Has(FieldName),
    /// The text of the field begins with this one.
    StartsWith(FieldName, Spanned<String>),
    /// The subject compared with a literal.
    Compare(Subject, Comparison, Spanned<Value>),
    /// The subject equals one of the literals.
    In(Subject, Vec<Spanned<Value>>),
    /// The value of the field stands in the named list.
    InList(FieldName, Spanned<String>),
}

/// Something with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The thing itself.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// Name of a field or scorecard.
pub type FieldName = Spanned<String>;

/// What a comparison reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The value of a field.
    Field(FieldName),
    /// A number that is read of a time in an IANA zone.
    Part(DatePart, FieldName, Spanned<String>),
}

/// A number that is read of a time or of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatePart {
    /// 0 to 23.
    Hour,
    /// 1 for Monday to 7 for Sunday.
    Weekday,
    /// Whole years from it to the receipt of the lead: the age of who was born then. Negative for what is to come.
    Years,
    /// Days from it to the receipt of the lead. Negative for what is to come.
    Days,
}

impl DatePart {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Weekday, Self::Years, Self::Days];

    /// The function that reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Weekday => "weekday",
            Self::Years => "years",
            Self::Days => "days",
        }
    }

    /// What the function of this name reads.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Whether it is counted up to the receipt of the lead.
    pub fn is_since(self) -> bool {
        matches!(self, Self::Years | Self::Days)
    }
}

/// How a subject is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A literal of a predicate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point.
    Decimal(Decimal),
    /// A text, as written.
    Text(String),
    /// `timestamp(…)` with what was added to it.
    Timestamp(Timestamp),
    /// `date(…)`.
    Date(CalendarDate),
}

/// A decimal number without trailing zeros: `digits · 10^-scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal {
    /// All digits as one integer, with the sign.
    pub digits: i64,
    /// How many of the digits stand after the point.
    pub scale: u8,
}

impl Decimal {
    /// Reads digits with at most one point and at most 18 of them, such as `-1.50`.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let complete = !whole.is_empty() && (!fraction.is_empty() || !unsigned.contains('.'));
        if !complete || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        if whole.len() + fraction.len() > 18 {
            return None;
        }
        let digits: i64 = format!("{whole}{fraction}").parse().ok()?;
        Some(Self {
            digits: sign * digits,
            scale: u8::try_from(fraction.len()).ok()?,
        })
    }
}

impl Comparison {
    /// Whether it is true of a left side that stands so to the right one.
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// The same comparison read from right to left.
    fn flipped(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
        }
    }

    /// The operator as CEL writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Subject {
    /// The field that is read.
    pub fn field(&self) -> &FieldName {
        match self {
            Self::Field(field) | Self::Part(_, field, _) => field,
        }
    }
}

impl Expr {
    /// Names of all fields and scorecards that it reads, in order of appearance.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::fields).collect(),
            Self::Not(inner) => inner.fields(),
            Self::Holds(field)
            | Self::Has(field)
            | Self::StartsWith(field, _)
            | Self::InList(field, _) => vec![&field.value],
            Self::Compare(subject, ..) | Self::In(subject, _) => vec![&subject.field().value],
        }
    }

    /// Names of all lists that it asks, in order of appearance.
    pub fn lists(&self) -> Vec<&str> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::lists).collect(),
            Self::Not(inner) => inner.lists(),
            Self::InList(_, list) => vec![&list.value],
            Self::Constant(_)
            | Self::Holds(_)
            | Self::Has(_)
            | Self::StartsWith(..)
            | Self::Compare(..)
            | Self::In(..) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
