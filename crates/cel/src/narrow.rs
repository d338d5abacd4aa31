//! From the tree of all of CEL to a predicate; what predicates do not have is named, all of it.

mod call;
mod outside;
mod time;

use super::{
    Comparison, DatePart, Error, Expr, FieldName, Span, Spanned, Subject, Value,
    lex::{number_too_long, outside},
    syntax::{Joint, Tree, TreeKind},
};

/// Reads a tree as a predicate.
///
/// # Errors
///
/// For everything in it that CEL has and predicates do not, in the order of the text.
pub(super) fn predicate(term: &Tree) -> Result<Expr, Vec<Error>> {
    let mut narrow = Narrow { errors: Vec::new() };
    let expr = narrow.test(term);
    let mut errors = narrow.errors;
    errors.sort_by_key(|error| error.span);
    expr.filter(|_| errors.is_empty()).ok_or(errors)
}

/// The number after the greatest integer.
const PAST_INTEGERS: &str = "9223372036854775808";

/// Each function yields nothing once it has reported why.
struct Narrow {
    errors: Vec<Error>,
}

/// One side of a comparison, or a whole test.
#[derive(Debug)]
enum Operand {
    Test(Expr),
    Subject(Subject),
    /// The day of the week as CEL counts it: 0 for Sunday to 6 for Saturday.
    SundayFirst(FieldName, Spanned<String>),
    Literal(Value),
    /// In nanoseconds.
    Duration(i128),
}

impl Narrow {
    fn fail<T>(&mut self, error: Error) -> Option<T> {
        self.errors.push(error);
        None
    }

    /// A part that is a question.
    fn test(&mut self, term: &Tree) -> Option<Expr> {
        let hint = match self.operand(term)? {
            Operand::Test(expr) => return Some(expr),
            Operand::Subject(Subject::Field(field)) => return Some(Expr::Holds(field)),
            Operand::Literal(Value::Boolean(constant)) => return Some(Expr::Constant(constant)),
            Operand::Subject(Subject::Part(..)) | Operand::SundayFirst(..) => {
                "compare it with a whole number"
            }
            Operand::Literal(_) | Operand::Duration(_) => "compare a field with it",
        };
        self.fail(Error {
            code: "not_in_subset",
            span: term.span,
            message: "this is a value, not a question".to_owned(),
            hint: Some(hint.to_owned()),
        })
    }

    /// All parts are read, so that all of their mistakes are found.
    fn tests(&mut self, terms: &[Tree]) -> Option<Vec<Expr>> {
        let tests: Vec<_> = terms.iter().map(|term| self.test(term)).collect();
        tests.into_iter().collect()
    }

    fn operand(&mut self, term: &Tree) -> Option<Operand> {
        let span = term.span;
        Some(match &term.kind {
            TreeKind::Boolean(boolean) => Operand::Literal(Value::Boolean(*boolean)),
            TreeKind::Integer(integer) => Operand::Literal(Value::Integer(*integer)),
            TreeKind::PastIntegers => return self.fail(number_too_long(span, PAST_INTEGERS)),
            TreeKind::Decimal(decimal) => Operand::Literal(Value::Decimal(*decimal)),
            TreeKind::Text(text) => Operand::Literal(Value::Text(text.clone())),
            TreeKind::List(_) => {
                return self.fail(outside(span, "lists as values", "a list goes after `in`"));
            }
            TreeKind::Name(name) => Operand::Subject(Subject::Field(Spanned {
                value: name.clone(),
                span,
            })),
            TreeKind::Select(of, name) => return self.select(of, name, span),
            TreeKind::Call(name, arguments) => return self.call(name, arguments, span),
            TreeKind::Method(of, name, arguments) => return self.method(of, name, arguments, span),
            TreeKind::Not(inner) => Operand::Test(Expr::Not(Box::new(self.test(inner)?))),
            TreeKind::Negative(inner) => return self.negative(inner, span),
            TreeKind::Arithmetic(first, further) => return self.arithmetic(first, further, span),
            TreeKind::Compare(left, joint, right) => {
                let expr = match joint.value {
                    Joint::In => self.member(left, right, span),
                    Joint::Compare(comparison) => self.compare(left, comparison, right, span),
                };
                Operand::Test(expr?)
            }
            TreeKind::Both(terms) => Operand::Test(Expr::And(self.tests(terms)?)),
            TreeKind::Either(terms) => Operand::Test(Expr::Or(self.tests(terms)?)),
            TreeKind::Outside(error) => return self.fail((**error).clone()),
        })
    }

    fn select(&mut self, of: &Tree, name: &Spanned<String>, span: Span) -> Option<Operand> {
        match &of.kind {
            TreeKind::Name(lead) if lead == "lead" => {
                Some(Operand::Subject(Subject::Field(Spanned {
                    value: name.value.clone(),
                    span,
                })))
            }
            TreeKind::Name(_) | TreeKind::Select(..) => self.fail(outside(
                span,
                "nested fields",
                "write `state` or `lead.state`",
            )),
            _ => match self.operand(of)? {
                Operand::Test(_) | Operand::Subject(_) | Operand::SundayFirst(..) => self.fail(
                    outside(span, "fields of results", "ask a field of the lead"),
                ),
                Operand::Literal(_) | Operand::Duration(_) => {
                    self.fail(outside(span, "fields of values", "ask a field of the lead"))
                }
            },
        }
    }

    /// A minus in front of something: a number, or arithmetic.
    fn negative(&mut self, inner: &Tree, span: Span) -> Option<Operand> {
        if matches!(inner.kind, TreeKind::PastIntegers) {
            return Some(Operand::Literal(Value::Integer(i64::MIN)));
        }
        let value = match self.operand(inner)? {
            Operand::Literal(Value::Integer(integer)) => match integer.checked_neg() {
                Some(integer) => Value::Integer(integer),
                None => return self.fail(number_too_long(span, PAST_INTEGERS)),
            },
            Operand::Literal(Value::Decimal(mut decimal)) => {
                decimal.digits = -decimal.digits;
                Value::Decimal(decimal)
            }
            _ => return self.fail(arithmetic((span.0, span.0 + 1))),
        };
        Some(Operand::Literal(value))
    }

    fn compare(
        &mut self,
        left: &Tree,
        comparison: Comparison,
        right: &Tree,
        span: Span,
    ) -> Option<Expr> {
        let (one, other) = (self.operand(left), self.operand(right));
        let placed = |value, term: &Tree| Spanned {
            value,
            span: term.span,
        };
        match (one?, other?) {
            (Operand::Subject(subject), Operand::Literal(value)) => {
                Some(Expr::Compare(subject, comparison, placed(value, right)))
            }
            (Operand::Literal(value), Operand::Subject(subject)) => {
                let comparison = comparison.flipped();
                Some(Expr::Compare(subject, comparison, placed(value, left)))
            }
            (Operand::SundayFirst(field, zone), Operand::Literal(value)) => {
                Some(sunday_first(field, zone, comparison, placed(value, right)))
            }
            (Operand::Literal(value), Operand::SundayFirst(field, zone)) => {
                let comparison = comparison.flipped();
                Some(sunday_first(field, zone, comparison, placed(value, left)))
            }
            (Operand::Test(test), Operand::Literal(Value::Boolean(boolean)))
            | (Operand::Literal(Value::Boolean(boolean)), Operand::Test(test))
                if matches!(comparison, Comparison::Equal | Comparison::NotEqual) =>
            {
                let same = (comparison == Comparison::Equal) == boolean;
                Some(if same {
                    test
                } else {
                    Expr::Not(Box::new(test))
                })
            }
            (Operand::Test(_), _) => self.fail(compared_test(left)),
            (_, Operand::Test(_)) => self.fail(compared_test(right)),
            (Operand::Duration(_), _) => self.fail(lone_duration(left.span)),
            (_, Operand::Duration(_)) => self.fail(lone_duration(right.span)),
            (Operand::Literal(_), Operand::Literal(_)) => self.fail(two_values(span)),
            _ => self.fail(two_fields(right, span)),
        }
    }

    fn member(&mut self, left: &Tree, right: &Tree, span: Span) -> Option<Expr> {
        if let TreeKind::Call(name, arguments) = &right.kind
            && name.value == "list"
        {
            return self.in_list(left, name, arguments, right.span);
        }
        let subject = self.operand(left);
        let TreeKind::List(entries) = &right.kind else {
            let hint = "write `field in [\"CA\", \"TX\"]`, or `field in list(\"name\")`";
            let construct = match &right.kind {
                TreeKind::Outside(error) => return self.fail((**error).clone()),
                TreeKind::Name(_) | TreeKind::Select(..) => "lists in fields",
                _ => "`in` with anything but a list",
            };
            return self.fail(outside(right.span, construct, hint));
        };
        let entries: Vec<_> = entries.iter().map(|entry| self.entry(entry)).collect();
        let entries: Option<Vec<Spanned<Value>>> = entries.into_iter().collect();
        match subject? {
            Operand::Subject(subject) => Some(Expr::In(subject, entries?)),
            Operand::SundayFirst(field, zone) => {
                let mut days = entries?;
                for day in &mut days {
                    day.value = monday_first(&day.value);
                }
                Some(Expr::In(
                    Subject::Part(DatePart::Weekday, field, zone),
                    days,
                ))
            }
            Operand::Literal(_) => self.fail(two_values(span)),
            Operand::Duration(_) => self.fail(lone_duration(left.span)),
            Operand::Test(_) => self.fail(compared_test(left)),
        }
    }

    /// A literal of a list.
    fn entry(&mut self, term: &Tree) -> Option<Spanned<Value>> {
        match self.operand(term)? {
            Operand::Literal(value) => Some(Spanned {
                value,
                span: term.span,
            }),
            Operand::Subject(_) | Operand::SundayFirst(..) => {
                self.fail(two_fields(term, term.span))
            }
            Operand::Duration(_) => self.fail(lone_duration(term.span)),
            Operand::Test(_) => self.fail(compared_test(term)),
        }
    }
}

/// A test of CEL's day of the week as one of ours, which counts Sunday as 7.
fn sunday_first(
    field: FieldName,
    zone: Spanned<String>,
    comparison: Comparison,
    literal: Spanned<Value>,
) -> Expr {
    let subject = Subject::Part(DatePart::Weekday, field, zone);
    let by_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let Value::Integer(bound) = literal.value else {
        return Expr::Compare(subject, comparison, literal);
    };
    let placed = |value: Value| Spanned {
        value,
        span: literal.span,
    };
    if !by_order {
        let day = monday_first(&literal.value);
        return Expr::Compare(subject, comparison, placed(day));
    }
    // Another start of the week does not keep the order, so the days are named.
    let days = (0..7).filter(|day| comparison.holds(day.cmp(&bound)));
    let days = days.map(|day| placed(monday_first(&Value::Integer(day))));
    Expr::In(subject, days.collect())
}

/// A day counted from Sunday as 0, counted from Monday as 1; what is no day becomes 0, which is
/// none here.
fn monday_first(day: &Value) -> Value {
    match day {
        Value::Integer(0) => Value::Integer(7),
        Value::Integer(day @ 1..=6) => Value::Integer(*day),
        Value::Integer(_) => Value::Integer(0),
        other => other.clone(),
    }
}

fn arithmetic(span: Span) -> Error {
    let hint = "compute it in a `derive` node and compare that";
    outside(span, "arithmetic", hint)
}

fn two_fields(right: &Tree, span: Span) -> Error {
    let hint = match &right.kind {
        TreeKind::Name(name) => match name.to_ascii_lowercase().as_str() {
            word @ ("true" | "false") => format!("write `{word}` in small letters"),
            "null" | "none" | "nil" => "ask `has(field)` or `!has(field)`".to_owned(),
            _ => format!("put a text in quotes, like \"{name}\""),
        },
        _ => "compare a field with a value".to_owned(),
    };
    let hint = format!("{hint}; a difference is for a `derive` node");
    outside(span, "comparisons of two fields", &hint)
}

fn two_values(span: Span) -> Error {
    let hint = "compare a field with a value, or write `true` or `false`";
    outside(span, "comparisons of two values", hint)
}

fn compared_test(test: &Tree) -> Error {
    let hint = match test.kind {
        TreeKind::Compare(..) => "write two tests and join them, like `30 < age && age < 40`",
        _ => "join tests with `&&`, `||` and `!`; `!` binds closer than a comparison",
    };
    outside(test.span, "comparisons of tests", hint)
}

fn lone_duration(span: Span) -> Error {
    let hint = "add it to a time, like `timestamp(\"2026-01-31T09:30:00Z\") + duration(\"36h\")`";
    outside(span, "durations by themselves", hint)
}
