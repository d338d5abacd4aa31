//! From a predicate to its one canonical text.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::{Comparison, Decimal, Expr, Spanned, Subject, Value, parse::RESERVED};

/// A text as a CEL literal, with quotes and escapes.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A field by its name, or as a field of `lead` where CEL has another use for the bare name.
pub fn named(field: &str) -> String {
    let is_word = field.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && field
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match field {
        "true" | "false" | "null" | "in" => format!("lead.`{field}`"),
        _ if !is_word => format!("lead.`{field}`"),
        _ if RESERVED.contains(&field) => format!("lead.{field}"),
        _ => field.to_owned(),
    }
}

/// The text that all spellings of a predicate share: nested `&&` and `||` flattened, sets sorted
/// without doubles, texts in NFC.
pub fn normal_form(expr: &Expr) -> String {
    print(&normal(expr))
}

pub(super) fn normal(expr: &Expr) -> Expr {
    match expr {
        Expr::And(parts) => {
            let parts = parts.iter().map(normal).flat_map(|part| match part {
                Expr::And(inner) => inner,
                other => vec![other],
            });
            Expr::And(parts.collect())
        }
        Expr::Or(parts) => {
            let parts = parts.iter().map(normal).flat_map(|part| match part {
                Expr::Or(inner) => inner,
                other => vec![other],
            });
            Expr::Or(parts.collect())
        }
        Expr::Not(inner) => Expr::Not(Box::new(normal(inner))),
        Expr::StartsWith(field, prefix) => Expr::StartsWith(field.clone(), nfc(prefix)),
        Expr::InList(field, list) => Expr::InList(field.clone(), nfc(list)),
        Expr::Compare(subject, comparison, literal) => {
            Expr::Compare(subject.clone(), *comparison, normal_literal(literal))
        }
        Expr::In(subject, literals) => {
            let mut literals: Vec<_> = literals.iter().map(normal_literal).collect();
            literals.sort_by(|a, b| a.value.cmp(&b.value));
            literals.dedup_by(|a, b| a.value == b.value);
            Expr::In(subject.clone(), literals)
        }
        Expr::Constant(_) | Expr::Holds(_) | Expr::Has(_) => expr.clone(),
    }
}

fn nfc(text: &Spanned<String>) -> Spanned<String> {
    Spanned {
        value: text.value.nfc().collect(),
        span: text.span,
    }
}

fn normal_literal(literal: &Spanned<Value>) -> Spanned<Value> {
    let value = match &literal.value {
        Value::Text(text) => Value::Text(text.nfc().collect()),
        other => other.clone(),
    };
    Spanned {
        value,
        span: literal.span,
    }
}

/// A predicate as text, with only the brackets that it needs.
pub fn print(expr: &Expr) -> String {
    match expr {
        Expr::Constant(constant) => constant.to_string(),
        Expr::And(parts) => join(parts, " && "),
        Expr::Or(parts) => join(parts, " || "),
        Expr::Not(inner) => match **inner {
            Expr::And(_) | Expr::Or(_) | Expr::Compare(..) | Expr::In(..) | Expr::InList(..) => {
                format!("!({})", print(inner))
            }
            _ => format!("!{}", print(inner)),
        },
        Expr::Holds(field) => named(&field.value),
        Expr::Has(field) => format!("has({})", named(&field.value)),
        Expr::StartsWith(field, prefix) => {
            format!(
                "{}.startsWith({})",
                named(&field.value),
                quote(&prefix.value)
            )
        }
        Expr::InList(field, list) => {
            format!("{} in list({})", named(&field.value), quote(&list.value))
        }
        Expr::Compare(subject, comparison, literal) => compare(subject, *comparison, literal),
        Expr::In(subject, literals) => {
            let literals: Vec<_> = literals
                .iter()
                .map(|literal| value(&literal.value))
                .collect();
            format!("{} in [{}]", self::subject(subject), literals.join(", "))
        }
    }
}

fn compare(subject: &Subject, comparison: Comparison, literal: &Spanned<Value>) -> String {
    let (subject, literal) = (self::subject(subject), value(&literal.value));
    format!("{subject} {} {literal}", comparison.symbol())
}

fn join(parts: &[Expr], operator: &str) -> String {
    let grouped = |part: &Expr| match part {
        Expr::And(_) | Expr::Or(_) => format!("({})", print(part)),
        _ => print(part),
    };
    let parts: Vec<String> = parts.iter().map(grouped).collect();
    parts.join(operator)
}

pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Field(field) => named(&field.value),
        Subject::Part(part, field, zone) => {
            let (part, field, zone) = (part.name(), named(&field.value), quote(&zone.value));
            format!("{part}({field}, {zone})")
        }
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Text(text) => quote(text),
        Value::Timestamp(timestamp) => format!("timestamp(\"{timestamp}\")"),
        Value::Date(date) => format!("date(\"{date}\")"),
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&subject(self))
    }
}

impl fmt::Display for Decimal {
    /// With at least one digit after the point, so that it reads back as a decimal.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        write!(formatter, "{sign}{whole}.{fraction}")
    }
}
