//! What `derive` nodes compute, with the scale of every number on the way.
//!
//! Sums, remainders, `min` and `max` have the larger scale of their parts; a product has the sum of
//! both scales; a quotient has the scale of its dividend, or the declared one if that is larger.
//! The whole has its own scale, or the declared one. A point in time is a number of seconds since 1970 with six digits after
//! the point, so that two of them can be subtracted; a day is a number of days since 1970.

use pointsman_cel::{self as cel, Arithmetic, Extreme, Operator, Span, Subject, Term};
use pointsman_lead::{Fields, Zone};

use super::{
    kind::Kind,
    predicate,
    scope::{Misfit, Scope},
};
use crate::{
    Literal,
    calculation::{Arith, Calculation},
    classes::Domain,
    inputs::{Derivation, Input},
};

/// Most digits after the point of a derived value, as of fields.
const SCALE_MAX: u8 = 9;

/// Digits after the point of a point in time, which is a number of seconds since 1970.
const SECONDS_SCALE: u8 = 6;

/// Most digits after the point on the way to one.
const INNER_SCALE_MAX: u8 = 18;

/// Gives a derived value its slot, after those that it reads. All that is wrong is reported; a value
/// with a mistake has no slot, so that what reads it is not blamed.
pub(crate) fn derive(
    name: &str,
    text: &str,
    default: Option<&Literal>,
    scale: Option<u8>,
    scope: &mut Scope<'_>,
) {
    if let Some(scale) = scale.filter(|&scale| scale > SCALE_MAX) {
        let message =
            format!("a value has at most {SCALE_MAX} digits after the point, not {scale}");
        scope.report("scale", None, Misfit::new("scale_range", message));
    }
    let term = match cel::parse_arithmetic(text) {
        Ok(term) => term,
        Err(error) => return scope.misread("value", error),
    };
    let declared = scale;
    let Some(number) = (Typing { scope, declared }).number(&term) else {
        return;
    };
    let Some(number) = whole(number, declared, term.span, scope) else {
        return;
    };
    let default = match default {
        None => None,
        Some(default) => match self::default(name, default, number.scale) {
            Ok(default) => Some(default),
            Err(misfit) => return scope.report("default", None, misfit),
        },
    };
    let slot = scope
        .inputs
        .slot(Input::Derived(name.to_owned()), || Domain::Number);
    match slot {
        Some(slot) => {
            scope.inputs.slots[slot.at()].derivation = Some(Derivation {
                calculation: number.calculation,
                default,
                scale: number.scale,
            });
        }
        None => scope.too_many_slots("value", None),
    }
}

/// The number in the scale that the node declares, if it does.
fn whole(
    number: Number,
    declared: Option<u8>,
    span: Span,
    scope: &mut Scope<'_>,
) -> Option<Number> {
    let Number { calculation, scale } = number;
    let wanted = declared.unwrap_or(scale);
    if wanted > SCALE_MAX {
        if declared.is_none() {
            let message =
                format!("this value has {scale} digits after the point; {SCALE_MAX} is the limit");
            let misfit = Misfit::new("scale_range", message);
            scope.report(
                "value",
                Some(span),
                misfit.hint("declare a `scale`, like \"scale\": 2"),
            );
        }
        return None; // A declared one is reported already.
    }
    let inner = Box::new(calculation);
    let calculation = match (wanted.checked_sub(scale), scale.checked_sub(wanted)) {
        (Some(0), _) => *inner,
        (Some(digits), _) => Calculation::Finer(inner, digits),
        (None, digits) => Calculation::Coarser(inner, digits.unwrap_or(0)),
    };
    Some(Number {
        calculation,
        scale: wanted,
    })
}

/// The default in the units of a scale.
fn default(name: &str, default: &Literal, scale: u8) -> Result<i64, Misfit> {
    let kind = Kind::computed(scale);
    let scaled = kind.scaled(name, &kind.literal(name, default)?)?;
    let exact = i64::try_from(scaled.floor).ok().filter(|_| scaled.exact);
    exact.ok_or_else(|| {
        let message = format!("`{name}` has {scale} digits after the point, and 64 bits in all");
        Misfit::new("scale_range", message).hint("write a value that fits")
    })
}

/// A typed expression, and the digits after the point of its units.
struct Number {
    calculation: Calculation,
    scale: u8,
}

struct Typing<'s, 'a> {
    scope: &'s mut Scope<'a>,
    /// The scale that the node declares.
    declared: Option<u8>,
}

impl Typing<'_, '_> {
    fn number(&mut self, term: &Term) -> Option<Number> {
        let span = term.span;
        match &term.value {
            Arithmetic::Integer(integer) => Some(constant(*integer, 0)),
            Arithmetic::Decimal(decimal) => Some(constant(decimal.digits, decimal.scale)),
            Arithmetic::Read(subject) => self.read(subject),
            Arithmetic::Negative(inner) => {
                let Number { calculation, scale } = self.number(inner)?;
                let negative = Calculation::Negative(Box::new(calculation));
                self.folded(negative, scale, span)
            }
            Arithmetic::Operation(left, operator, right) => {
                // Both are typed, so that the mistakes of both are found.
                let (left, typed) = (self.number(left), self.number(right));
                let (left, typed) = (left?, typed?);
                match operator {
                    Operator::Plus => self.alike(Arith::Plus, [left, typed], span),
                    Operator::Minus => self.alike(Arith::Minus, [left, typed], span),
                    Operator::Times => self.product([left, typed], span),
                    Operator::Over => {
                        self.divides(&typed, right.span)?;
                        self.quotient([left, typed], span)
                    }
                    Operator::Modulo => {
                        self.divides(&typed, right.span)?;
                        self.alike(Arith::Remainder, [left, typed], span)
                    }
                }
            }
            Arithmetic::Extreme(extreme, terms) => {
                let typed: Vec<_> = terms.iter().map(|term| self.number(term)).collect();
                self.extreme(*extreme, typed.into_iter().collect::<Option<_>>()?, span)
            }
        }
    }

    fn fail<T>(&mut self, span: Span, misfit: Misfit) -> Option<T> {
        self.scope.report("value", Some(span), misfit);
        None
    }

    /// A calculation, or its value if that is the same for all leads.
    fn folded(&mut self, calculation: Calculation, scale: u8, span: Span) -> Option<Number> {
        if !calculation.is_constant() {
            return Some(Number { calculation, scale });
        }
        let Some(value) = calculation.value(&Fields::new(Vec::new()), &[]) else {
            let message = "this number has more than 64 bits".to_owned();
            let misfit = Misfit::new("overflow", message);
            return self.fail(span, misfit.hint("every lead would get the default"));
        };
        Some(constant(value, scale))
    }

    /// A field, a computed value, or a number that is read of a time.
    fn read(&mut self, subject: &Subject) -> Option<Number> {
        let name = match subject {
            Subject::Part(part, name, zone) => {
                let field = predicate::time_in_zone(self.scope, "value", *part, name, zone)?;
                let zone = Zone::parse(&zone.value).ok()?;
                let calculation = Calculation::Part(*part, field, zone);
                return Some(Number {
                    calculation,
                    scale: 0,
                });
            }
            Subject::Field(name) => name,
        };
        if self.scope.computes(&name.value) {
            // One without a slot is part of a cycle, or has a mistake of its own.
            let name = self.scope.in_place(&name.value);
            let (position, scale) = self.scope.inputs.computed_position(&name)?;
            let calculation = Calculation::Computed(position);
            return Some(Number { calculation, scale });
        }
        let (field, declared) = self.scope.field("value", &name.value, Some(name.span))?;
        let scale = match Kind::of(declared) {
            Kind::Integer(..) | Kind::Date => 0,
            Kind::Decimal(scale) => scale,
            Kind::Timestamp => SECONDS_SCALE,
            kind => {
                let message = format!("`{}` is {}, not a number", name.value, kind.word());
                let misfit = Misfit::new("type_mismatch", message);
                return self.fail(name.span, misfit.hint("count points for it in a scorecard"));
            }
        };
        let calculation = Calculation::Field(field);
        Some(Number { calculation, scale })
    }

    /// The same number at a scale that is not smaller than its own.
    fn at_scale(&mut self, number: Number, scale: u8, span: Span) -> Option<Calculation> {
        let digits = scale.saturating_sub(number.scale);
        if digits == 0 {
            return Some(number.calculation);
        }
        let raised = Calculation::Finer(Box::new(number.calculation), digits);
        let raised = self.folded(raised, scale, span)?;
        Some(raised.calculation)
    }

    fn alike(&mut self, arith: Arith, [left, right]: [Number; 2], span: Span) -> Option<Number> {
        let scale = left.scale.max(right.scale);
        let left = self.at_scale(left, scale, span)?;
        let right = self.at_scale(right, scale, span)?;
        self.two(arith, left, right, scale, span)
    }

    fn product(&mut self, [left, right]: [Number; 2], span: Span) -> Option<Number> {
        let scale = left.scale + right.scale;
        if scale > INNER_SCALE_MAX {
            let message = format!(
                "this product has {scale} digits after the point; {INNER_SCALE_MAX} is the limit"
            );
            let misfit = Misfit::new("scale_range", message);
            return self.fail(
                span,
                misfit.hint("put one factor into a `derive` node with a smaller `scale`"),
            );
        }
        self.two(
            Arith::Times,
            left.calculation,
            right.calculation,
            scale,
            span,
        )
    }

    fn two(
        &mut self,
        arith: Arith,
        left: Calculation,
        right: Calculation,
        scale: u8,
        span: Span,
    ) -> Option<Number> {
        let calculation = Calculation::Two(arith, Box::new([left, right]));
        self.folded(calculation, scale, span)
    }

    fn quotient(&mut self, [left, right]: [Number; 2], span: Span) -> Option<Number> {
        let declared = self.declared.filter(|&scale| scale <= SCALE_MAX);
        let scale = left.scale.max(declared.unwrap_or(0));
        let tens = scale - left.scale + right.scale;
        let parts = Box::new([left.calculation, right.calculation]);
        self.folded(Calculation::Quotient { parts, tens }, scale, span)
    }

    /// Refuses what is always zero as a divisor.
    fn divides(&mut self, divisor: &Number, span: Span) -> Option<()> {
        if !matches!(divisor.calculation, Calculation::Constant(0)) {
            return Some(());
        }
        let misfit = Misfit::new("division_by_zero", "this is always 0".to_owned());
        self.fail(span, misfit.hint("every lead would get the default"))
    }

    fn extreme(&mut self, extreme: Extreme, numbers: Vec<Number>, span: Span) -> Option<Number> {
        let scale = numbers.iter().map(|number| number.scale).max()?;
        let parts = numbers.into_iter();
        let parts: Vec<_> = parts
            .map(|number| self.at_scale(number, scale, span))
            .collect();
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        let calculation = match extreme {
            Extreme::Min => Calculation::Least(parts),
            Extreme::Max => Calculation::Greatest(parts),
        };
        self.folded(calculation, scale, span)
    }
}

fn constant(value: i64, scale: u8) -> Number {
    Number {
        calculation: Calculation::Constant(value),
        scale,
    }
}

#[cfg(test)]
mod tests;
