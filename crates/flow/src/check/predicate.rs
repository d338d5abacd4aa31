//! From the text of a predicate to a formula over slots.

mod listed;

use pointsman_cel::{self as cel, Comparison, DatePart, Expr, FieldName, Span, Spanned, Value};
use std::{collections::BTreeSet, sync::Arc};

use pointsman_lead::{FieldIdx, Zone};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    kind::Kind,
    scope::{Misfit, Scope, Subject},
};
use crate::{
    classes::Accepted,
    diagnostic::is_early,
    formula::Formula,
    inputs::{self, Input},
};

/// Reads and types a predicate. All that is wrong with it is reported.
pub(crate) fn formula(scope: &mut Scope<'_>, part: &str, text: &str) -> Option<Formula<Accepted>> {
    match cel::parse(text) {
        Ok(expr) => Typing { scope, part }.formula(&expr),
        Err(errors) => {
            for error in errors {
                scope.misread(part, error);
            }
            None
        }
    }
}

struct Typing<'s, 'a, 'p> {
    scope: &'s mut Scope<'a>,
    part: &'p str,
}

impl Typing<'_, '_, '_> {
    fn formula(&mut self, expr: &Expr) -> Option<Formula<Accepted>> {
        match expr {
            Expr::Constant(constant) => Some(Formula::Constant(*constant)),
            Expr::And(parts) => self.parts(parts).map(Formula::All),
            Expr::Or(parts) => self.parts(parts).map(Formula::Any),
            Expr::Not(inner) => Some(Formula::Not(Box::new(self.formula(inner)?))),
            Expr::Has(field) => Some(Formula::Has(self.field(field)?.slot)),
            Expr::Holds(field) => {
                let subject = self.field(field)?;
                if subject.kind != Kind::Boolean {
                    let message = format!("`{}` is not true or false by itself", field.value);
                    let misfit = Misfit::new("type_mismatch", message);
                    return self.fail(field.span, misfit.hint("compare it with a value"));
                }
                Some(self.test(
                    &subject,
                    Accepted::Booleans {
                        no: false,
                        yes: true,
                    },
                ))
            }
            Expr::StartsWith(field, prefix) => {
                let subject = self.field(field)?;
                if !subject.kind.is_text() {
                    let message =
                        format!("`{}` is not a text, so it starts with nothing", field.value);
                    return self.fail(field.span, Misfit::new("type_mismatch", message));
                }
                Some(self.starts_with(&subject, prefix))
            }
            Expr::InList(field, list) => self.in_list(field, list),
            Expr::Compare(subject, comparison, literal) => {
                let subject = self.subject(subject)?;
                self.compare(&subject, *comparison, literal)
            }
            Expr::In(subject, literals) => {
                let span = subject.span();
                let subject = self.subject(subject)?;
                self.member(&subject, span, literals)
            }
        }
    }

    /// All parts are typed, so that all of their mistakes are found.
    fn parts(&mut self, parts: &[Expr]) -> Option<Vec<Formula<Accepted>>> {
        let typed: Vec<_> = parts.iter().map(|part| self.formula(part)).collect();
        typed.into_iter().collect()
    }

    fn fail<T>(&mut self, span: Span, misfit: Misfit) -> Option<T> {
        self.scope.report(self.part, Some(span), misfit);
        None
    }

    fn field(&mut self, field: &FieldName) -> Option<Subject> {
        self.scope
            .subject(self.part, &field.value, Some(field.span))
    }

    fn test(&mut self, subject: &Subject, accepted: Accepted) -> Formula<Accepted> {
        self.scope.inputs.test(subject.slot, &accepted);
        Formula::Test(subject.slot, accepted)
    }

    fn subject(&mut self, subject: &cel::Subject) -> Option<Subject> {
        let (part, name, zone) = match subject {
            cel::Subject::Field(field) => return self.field(field),
            cel::Subject::Part(part, name, zone) => (*part, name, zone),
        };
        let field = time_in_zone(self.scope, self.part, part, name, zone)?;
        let kind = match part {
            DatePart::Hour => Kind::Integer(Some(0), Some(23)),
            DatePart::Weekday => Kind::Integer(Some(1), Some(7)),
            DatePart::Years | DatePart::Days => Kind::Integer(None, None),
        };
        let input = Input::Part(part, field, zone.value.clone());
        let slot = self.scope.inputs.slot(input, || kind.domain())?;
        Some(Subject {
            name: format!("{}({})", part.name(), name.value),
            slot,
            kind,
        })
    }

    fn starts_with(&mut self, subject: &Subject, prefix: &Spanned<String>) -> Formula<Accepted> {
        let Spanned { value, span } = prefix;
        let accepted = starting_with(self.scope, subject, self.part, Some(*span), value);
        self.test(subject, accepted)
    }

    fn compare(
        &mut self,
        subject: &Subject,
        comparison: Comparison,
        literal: &Spanned<Value>,
    ) -> Option<Formula<Accepted>> {
        let by_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if by_order && !subject.kind.is_number() {
            let message = format!(
                "`{}` has no order, so `{}` says nothing",
                subject.name,
                comparison.symbol()
            );
            let misfit = Misfit::new("type_mismatch", message);
            return self.fail(literal.span, misfit.hint("compare with `==`, `!=` or `in`"));
        }
        let accepted = if by_order {
            ordered(&subject.kind, &subject.name, comparison, &literal.value)
        } else {
            subject.kind.equal(&subject.name, &literal.value)
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(misfit) => return self.fail(literal.span, misfit),
        };
        self.scope
            .out_of_range(self.part, Some(literal.span), subject, &accepted);
        let test = self.test(subject, accepted);
        Some(match comparison {
            Comparison::NotEqual => Formula::Not(Box::new(test)),
            _ => test,
        })
    }

    fn member(
        &mut self,
        subject: &Subject,
        span: Span,
        literals: &[Spanned<Value>],
    ) -> Option<Formula<Accepted>> {
        let mut all: Vec<Accepted> = Vec::new();
        let mut seen = BTreeSet::new();
        for literal in literals {
            match subject.kind.equal(&subject.name, &literal.value) {
                Ok(accepted) => {
                    let span = Some(literal.span);
                    if !seen.insert(accepted.clone()) && accepted != subject.kind.nothing() {
                        let message = "this value is already in the list".to_owned();
                        self.scope.warn("duplicate_value", self.part, span, message);
                    } else {
                        self.scope.out_of_range(self.part, span, subject, &accepted);
                    }
                    all.push(accepted);
                }
                Err(misfit) => self.scope.report(self.part, Some(literal.span), misfit),
            }
        }
        if all.len() < literals.len() {
            return None;
        }
        if all.is_empty() {
            let message = format!("`{}` is never in an empty list", subject.name);
            self.scope
                .warn("never_true", self.part, Some(span), message);
        }
        let accepted = subject.kind.nothing().or(&all);
        Some(self.test(subject, accepted))
    }
}

/// The texts or labels that start so.
pub(super) fn starting_with(
    scope: &mut Scope<'_>,
    subject: &Subject,
    part: &str,
    span: Option<Span>,
    prefix: &str,
) -> Accepted {
    let text: String = prefix.nfc().collect();
    let labels = match &subject.kind {
        Kind::Enum(labels) => labels,
        Kind::Text(kind, _) => {
            if let Err(hint) = kind.may_start_with(&text) {
                let message = format!("`{}` never starts with `{text}`", subject.name);
                let misfit = Misfit::new("bad_value", message).unless_known();
                scope.report(part, span, misfit.hint(&hint));
            }
            return Accepted::Prefixes(vec![text]);
        }
        _ => return Accepted::Prefixes(vec![text]),
    };
    let starting = labels.iter().filter(|label| label.starts_with(&text));
    let starting: BTreeSet<Arc<str>> = starting.map(|label| label.as_str().into()).collect();
    if starting.is_empty() {
        let message = format!("no label of `{}` starts with `{text}`", subject.name);
        scope.warn("never_true", part, span, message);
    }
    Accepted::Texts(starting)
}

/// The field that a number is read of. What is wrong with it or its zone is reported.
///
/// * `part`: of the node, where the text is.
pub(super) fn time_in_zone(
    scope: &mut Scope<'_>,
    part: &str,
    read: DatePart,
    name: &FieldName,
    zone: &Spanned<String>,
) -> Option<FieldIdx> {
    let known_zone = Zone::parse(&zone.value).is_ok();
    if !known_zone {
        let hint = is_early(scope.found)
            .then(|| inputs::closest_zone(&zone.value))
            .flatten();
        let misfit = Misfit {
            code: "unknown_zone",
            is_borne: false,
            message: format!("`{}` is not an IANA time zone", zone.value),
            hint: Some(hint.map_or_else(
                || "write it like America/New_York".to_owned(),
                |zone| format!("did you mean `{zone}`?"),
            )),
        };
        scope.report(part, Some(zone.span), misfit);
    }
    let (field, declared) = scope.field(part, &name.value, Some(name.span))?;
    let fits = match Kind::of(declared) {
        Kind::Timestamp => true,
        Kind::Date => read.is_since(),
        _ => false,
    };
    if !fits {
        let or_day = if read.is_since() {
            " and not a day"
        } else {
            ""
        };
        let message = format!("`{}` is not a point in time{or_day}", name.value);
        scope.report(part, Some(name.span), Misfit::new("type_mismatch", message));
        return None;
    }
    known_zone.then_some(field)
}

/// The numbers that stand in this order to a value.
fn ordered(
    kind: &Kind,
    subject: &str,
    comparison: Comparison,
    value: &Value,
) -> Result<Accepted, Misfit> {
    let scaled = kind.scaled(subject, value)?;
    let (floor, ceiling) = (scaled.floor, scaled.floor + i128::from(!scaled.exact));
    let (lowest, highest) = (i128::from(i64::MIN), i128::from(i64::MAX));
    let (low, high) = match comparison {
        Comparison::Less => (lowest, ceiling - 1),
        Comparison::AtMost => (lowest, floor),
        Comparison::Greater => (floor + 1, highest),
        Comparison::AtLeast => (ceiling, highest),
        Comparison::Equal | Comparison::NotEqual => (floor, floor),
    };
    Ok(Accepted::range(low, high))
}

#[cfg(test)]
mod tests;
