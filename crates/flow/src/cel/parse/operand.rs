//! The parts of a test: fields, literals and calls.

use super::{Operand, Parser};
use crate::cel::{
    CelError, DatePart, Expr, FieldName, Span, Spanned, Subject, Value,
    lex::{Token, hinted, outside, syntax},
};

impl Parser<'_> {
    pub(super) fn operand(&mut self) -> Result<Operand, CelError> {
        let span = self.here();
        let negative = self.accept("-");
        let token = self.peek();
        self.at += usize::from(token.is_some());
        let value = match token {
            Some(Token::Integer(integer)) => {
                Value::Integer(if negative { -integer } else { *integer })
            }
            Some(Token::Decimal(decimal)) => {
                let mut decimal = *decimal;
                decimal.digits *= if negative { -1 } else { 1 };
                Value::Decimal(decimal)
            }
            _ if negative => {
                return Err(outside(span, "arithmetic", "compute it in a `derive` node"));
            }
            Some(Token::Text(text)) => Value::Text(text.clone()),
            Some(Token::Word(word)) => return self.word(word, span),
            _ => {
                self.at -= usize::from(token.is_some());
                return Err(match self.peek() {
                    Some(Token::Symbol("[")) => {
                        outside(span, "lists as values", "a list goes after `in`")
                    }
                    _ => self.unexpected("a field or a value"),
                });
            }
        };
        let span = self.span_from(span.0);
        Ok(Operand::Literal(Spanned { value, span }))
    }

    fn word(&mut self, word: &str, span: Span) -> Result<Operand, CelError> {
        match word {
            "true" | "false" => {
                let value = Value::Boolean(word == "true");
                return Ok(Operand::Literal(Spanned { value, span }));
            }
            "null" => return Err(outside(span, "null", "ask `has(field)` or `!has(field)`")),
            "in" => {
                self.at -= 1;
                return Err(self.unexpected("a field or a value"));
            }
            _ => {}
        }
        if self.accept("(") {
            return self.call(word, span);
        }
        let mut field = FieldName {
            value: word.to_owned(),
            span,
        };
        while self.accept(".") {
            let member = self.here();
            let Some(Token::Word(name)) = self.peek() else {
                return Err(self.unexpected("a name"));
            };
            self.at += 1;
            if self.accept("(") {
                return self.method(field, name, member);
            }
            if field.value != "lead" || field.span != span {
                let span = self.span_from(span.0);
                return Err(outside(
                    span,
                    "nested fields",
                    "write `state` or `lead.state`",
                ));
            }
            field = FieldName {
                value: name.clone(),
                span: self.span_from(span.0),
            };
        }
        Ok(Operand::Subject(Subject::Field(field)))
    }

    /// A function of the subset; its opening bracket is already taken.
    fn call(&mut self, name: &str, span: Span) -> Result<Operand, CelError> {
        let operand = match name {
            "has" => {
                let field = self.field()?;
                Operand::Test(Expr::Has(field), span)
            }
            "startsWith" => {
                let field = self.field()?;
                self.expect(",")?;
                Operand::Test(Expr::StartsWith(field, self.text()?), span)
            }
            "hour" | "weekday" => {
                let part = if name == "hour" {
                    DatePart::Hour
                } else {
                    DatePart::Weekday
                };
                let field = self.field()?;
                if !self.accept(",") {
                    let message = format!("`{name}` needs a time zone");
                    let hint = format!("write `{name}({}, \"America/New_York\")`", field.value);
                    return Err(hinted(syntax(self.here(), message), &hint));
                }
                Operand::Subject(Subject::Part(part, field, self.text()?))
            }
            "timestamp" => {
                let text = self.text()?;
                let value = text
                    .value
                    .parse()
                    .map_err(|error| syntax(text.span, format!("{error}")))?;
                let value = Value::Timestamp(value);
                Operand::Literal(Spanned {
                    value,
                    span: (span.0, self.here().1),
                })
            }
            "duration" => return Err(outside(span, "durations", "compare with a timestamp")),
            _ => {
                let hint = "known are has, startsWith, hour, weekday and timestamp";
                return Err(outside(span, &format!("functions such as `{name}`"), hint));
            }
        };
        self.expect(")")?;
        Ok(operand)
    }

    /// A method of a field; its opening bracket is already taken.
    fn method(&mut self, field: FieldName, name: &str, span: Span) -> Result<Operand, CelError> {
        if name != "startsWith" {
            let hint = "only `startsWith` can be asked of a field";
            return Err(outside(span, &format!("functions such as `{name}`"), hint));
        }
        let prefix = self.text()?;
        self.expect(")")?;
        Ok(Operand::Test(Expr::StartsWith(field, prefix), span))
    }

    fn field(&mut self) -> Result<FieldName, CelError> {
        let start = self.here().0;
        match self.operand()? {
            Operand::Subject(Subject::Field(field)) => Ok(field),
            _ => Err(syntax(
                self.span_from(start),
                "a field should be here".to_owned(),
            )),
        }
    }

    fn text(&mut self) -> Result<Spanned<String>, CelError> {
        let span = self.here();
        let Some(Token::Text(text)) = self.peek() else {
            return Err(self.unexpected("a text in quotes"));
        };
        self.at += 1;
        let value = text.clone();
        Ok(Spanned { value, span })
    }
}
