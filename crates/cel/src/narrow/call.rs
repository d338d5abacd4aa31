//! Functions and methods of predicates.

use super::{Narrow, Operand, outside::function, two_values};
use crate::{
    DatePart, Error, Expr, FieldName, Span, Spanned, Subject, Value,
    lex::{hinted, outside, syntax},
    syntax::{Tree, TreeKind},
};

impl Narrow {
    pub(super) fn call(
        &mut self,
        name: &Spanned<String>,
        arguments: &[Tree],
        span: Span,
    ) -> Option<Operand> {
        match (name.value.as_str(), arguments) {
            ("has", [field]) => Some(Operand::Test(Expr::Has(self.field(field)?))),
            ("startsWith", [field, prefix]) => self.starts_with(field, prefix, span),
            ("hour" | "weekday" | "years" | "days", [field, zone]) => {
                let part = DatePart::of_name(&name.value)?;
                self.part(part, field, zone)
            }
            ("hour" | "weekday" | "years" | "days", [field]) => {
                let field = self.field(field)?;
                let message = format!("`{}` needs a time zone", name.value);
                let error = syntax(span, message);
                let hint = format!(
                    "write `{}({}, \"America/New_York\")`",
                    name.value, field.value
                );
                self.fail(hinted(error, &hint))
            }
            ("timestamp", [text]) => self.timestamp(text),
            ("date", [text]) => self.date(text),
            ("list", _) => {
                let hint = "write `field in list(\"name\")`";
                let error = syntax(span, "a named list goes after `in`".to_owned());
                self.fail(hinted(error, hint))
            }
            ("duration", [text]) => self.duration(text),
            ("getHours" | "getDayOfWeek", _) => {
                let usage = format!("received_at.{}(\"America/New_York\")", name.value);
                self.fail(misused(name, &usage, span))
            }
            (known, _) => {
                let usage = match known {
                    "has" => "has(field)",
                    "startsWith" => "field.startsWith(\"90\")",
                    "hour" => "hour(field, \"America/New_York\")",
                    "weekday" => "weekday(field, \"America/New_York\")",
                    "years" => "years(field, \"America/New_York\")",
                    "days" => "days(field, \"America/New_York\")",
                    "date" => "date(\"1990-01-31\")",
                    "timestamp" => "timestamp(\"2026-01-31T09:30:00Z\")",
                    "duration" => "duration(\"1h30m\")",
                    _ => return self.fail(function(name)),
                };
                self.fail(misused(name, usage, span))
            }
        }
    }

    pub(super) fn method(
        &mut self,
        of: &Tree,
        name: &Spanned<String>,
        arguments: &[Tree],
        span: Span,
    ) -> Option<Operand> {
        match (name.value.as_str(), arguments) {
            ("startsWith", [prefix]) => self.starts_with(of, prefix, span),
            ("startsWith", _) => self.fail(misused(name, "field.startsWith(\"90\")", span)),
            ("getHours", [zone]) => self.part(DatePart::Hour, of, zone),
            ("getDayOfWeek", [zone]) => match self.part(DatePart::Weekday, of, zone)? {
                Operand::Subject(Subject::Part(_, field, zone)) => {
                    Some(Operand::SundayFirst(field, zone))
                }
                other => Some(other),
            },
            ("getHours" | "getDayOfWeek", []) => {
                let hint = format!(
                    "write `{name}(\"UTC\")`, or name another zone",
                    name = name.value
                );
                let construct = format!("`{}` without a time zone", name.value);
                self.fail(outside(name.span, &construct, &hint))
            }
            ("getHours" | "getDayOfWeek", _) => {
                let usage = format!("received_at.{}(\"America/New_York\")", name.value);
                self.fail(misused(name, &usage, span))
            }
            _ => match &of.kind {
                TreeKind::Outside(error) => self.fail((**error).clone()),
                _ => self.fail(function(name)),
            },
        }
    }

    /// `field in list("name")`.
    pub(super) fn in_list(
        &mut self,
        of: &Tree,
        name: &Spanned<String>,
        arguments: &[Tree],
        span: Span,
    ) -> Option<Expr> {
        let field = match &of.kind {
            TreeKind::Text(_) => self.fail(two_values(of.span)),
            _ => self.field(of),
        };
        match arguments {
            [list] => {
                let list = self.text(list);
                Some(Expr::InList(field?, list?))
            }
            _ => self.fail(misused(name, "field in list(\"name\")", span)),
        }
    }

    fn starts_with(&mut self, of: &Tree, prefix: &Tree, span: Span) -> Option<Operand> {
        if let TreeKind::Text(_) = of.kind {
            return self.fail(two_values(span));
        }
        let (field, prefix) = (self.field(of), self.text(prefix));
        Some(Operand::Test(Expr::StartsWith(field?, prefix?)))
    }

    fn part(&mut self, part: DatePart, of: &Tree, zone: &Tree) -> Option<Operand> {
        let (field, zone) = (self.field(of), self.text(zone));
        Some(Operand::Subject(Subject::Part(part, field?, zone?)))
    }

    fn field(&mut self, term: &Tree) -> Option<FieldName> {
        let error = match self.operand(term)? {
            Operand::Subject(Subject::Field(field)) => return Some(field),
            Operand::Literal(Value::Timestamp(_) | Value::Date(_)) => {
                outside(term.span, "parts of plain times", "ask a field of the lead")
            }
            _ => syntax(term.span, "a field should be here".to_owned()),
        };
        self.fail(error)
    }

    fn text(&mut self, term: &Tree) -> Option<Spanned<String>> {
        let error = match self.operand(term)? {
            Operand::Literal(Value::Text(value)) => {
                return Some(Spanned {
                    value,
                    span: term.span,
                });
            }
            Operand::Subject(_) => {
                outside(term.span, "fields in this place", "write a text in quotes")
            }
            _ => syntax(term.span, "a text in quotes should be here".to_owned()),
        };
        self.fail(error)
    }
}

fn misused(name: &Spanned<String>, usage: &str, span: Span) -> Error {
    let error = syntax(span, format!("`{}` is not called like this", name.value));
    hinted(error, &format!("write `{usage}`"))
}
