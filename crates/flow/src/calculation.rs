//! Numbers that are computed from a lead: checked, so that nothing wraps and nothing divides by zero.

use pointsman_cel::DatePart;
use pointsman_lead::{FieldIdx, ValueRef, Values, Zone};

use crate::inputs;

/// A typed expression. Every number is an integer of `10^-scale`, and whoever built the tree knows
/// the scales.
#[derive(Debug, Clone)]
pub(crate) enum Calculation {
    Constant(i64),
    Field(FieldIdx),
    Part(DatePart, FieldIdx, Zone),
    /// A scorecard or derived value: its position among all of them, in the order of their slots.
    Computed(u16),
    Negative(Box<Calculation>),
    Two(Arith, Box<[Calculation; 2]>),
    /// `dividend · 10^tens / divisor`, rounded towards zero.
    Quotient {
        parts: Box<[Calculation; 2]>,
        tens: u8,
    },
    /// The same number with this many digits more after the point.
    Finer(Box<Calculation>, u8),
    /// The same number with this many digits fewer after the point, rounded towards zero.
    Coarser(Box<Calculation>, u8),
    Least(Vec<Calculation>),
    Greatest(Vec<Calculation>),
}

/// What is done with two numbers of one scale, or of any scales to be multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arith {
    Plus,
    Minus,
    Times,
    Remainder,
}

impl Calculation {
    /// The value for a lead; `None` if an input is missing, a step overflows 64 bits, or something is
    /// divided by zero. Allocates nothing.
    ///
    /// * `computed`: the values of scorecards and derived values that were made before.
    #[inline]
    pub(crate) fn value(&self, values: &impl Values, computed: &[Option<i64>]) -> Option<i64> {
        let of = |inner: &Self| inner.value(values, computed);
        match self {
            Self::Constant(constant) => Some(*constant),
            Self::Field(field) => values.lend(*field, |value| match value? {
                ValueRef::Integer(number) | ValueRef::Decimal(number) => Some(number),
                // Seconds with six digits after the point.
                ValueRef::Timestamp(at) => Some(at.0),
                ValueRef::Date(date) => Some(date.days()),
                ValueRef::Text(_) | ValueRef::Label { .. } | ValueRef::Boolean(_) => None,
            }),
            Self::Part(part, field, zone) => inputs::part(*part, *field, zone, values),
            Self::Computed(position) => *computed.get(usize::from(*position))?,
            Self::Negative(inner) => of(inner)?.checked_neg(),
            Self::Two(arith, parts) => {
                let [left, right] = &**parts;
                arith.apply(of(left)?, of(right)?)
            }
            Self::Quotient { parts, tens } => {
                let [dividend, divisor] = &**parts;
                quotient(of(dividend)?, of(divisor)?, *tens)
            }
            Self::Finer(inner, digits) => finer(of(inner)?, *digits),
            Self::Coarser(inner, digits) => {
                Some(of(inner)? / 10_i64.checked_pow(u32::from(*digits))?)
            }
            // The first missing one decides; an iterator of options would stop there too.
            Self::Least(parts) => extreme(parts.iter().map(of), i64::min),
            Self::Greatest(parts) => extreme(parts.iter().map(of), i64::max),
        }
    }

    /// Whether it depends on a field, otherwise than by what was computed before.
    pub(crate) fn reads(&self, field: FieldIdx) -> bool {
        match self {
            Self::Constant(_) | Self::Computed(_) => false,
            Self::Field(own) | Self::Part(_, own, _) => *own == field,
            Self::Negative(inner) | Self::Finer(inner, _) | Self::Coarser(inner, _) => {
                inner.reads(field)
            }
            Self::Two(_, parts) | Self::Quotient { parts, .. } => {
                parts.iter().any(|part| part.reads(field))
            }
            Self::Least(parts) | Self::Greatest(parts) => {
                parts.iter().any(|part| part.reads(field))
            }
        }
    }

    /// Whether it is the same for all leads.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Field(_) | Self::Part(..) | Self::Computed(_) => false,
            Self::Negative(inner) | Self::Finer(inner, _) | Self::Coarser(inner, _) => {
                inner.is_constant()
            }
            Self::Two(_, parts) | Self::Quotient { parts, .. } => {
                parts.iter().all(Self::is_constant)
            }
            Self::Least(parts) | Self::Greatest(parts) => parts.iter().all(Self::is_constant),
        }
    }
}

impl Arith {
    #[inline]
    fn apply(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Plus => left.checked_add(right),
            Self::Minus => left.checked_sub(right),
            Self::Times => left.checked_mul(right),
            Self::Remainder => left.checked_rem(right),
        }
    }
}

/// `dividend · 10^tens / divisor`, rounded towards zero. In 128 bits, so that the added digits
/// overflow only where the quotient is of no use either.
#[inline]
fn quotient(dividend: i64, divisor: i64, tens: u8) -> Option<i64> {
    let ten = 10_i128.checked_pow(u32::from(tens))?;
    let dividend = i128::from(dividend).checked_mul(ten)?;
    let quotient = dividend.checked_div(i128::from(divisor))?;
    i64::try_from(quotient).ok()
}

#[inline]
fn finer(number: i64, digits: u8) -> Option<i64> {
    number.checked_mul(10_i64.checked_pow(u32::from(digits))?)
}

#[inline]
fn extreme(
    mut parts: impl Iterator<Item = Option<i64>>,
    choose: fn(i64, i64) -> i64,
) -> Option<i64> {
    let first = parts.next()??;
    parts.try_fold(first, |best, part| Some(choose(best, part?)))
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Fields;

    use super::*;

    #[test]
    fn nothing_wraps_and_nothing_divides_by_zero() {
        assert_eq!(Arith::Plus.apply(i64::MAX, 1), None);
        assert_eq!(Arith::Minus.apply(i64::MIN, 1), None);
        assert_eq!(Arith::Times.apply(i64::MAX, 2), None);
        assert_eq!(Arith::Remainder.apply(5, 0), None);
        assert_eq!(Arith::Remainder.apply(i64::MIN, -1), None);
        assert_eq!(quotient(5, 0, 0), None);
        assert_eq!(quotient(i64::MIN, -1, 0), None);
        assert_eq!(quotient(i64::MAX, 1, 1), None);
        assert_eq!(finer(i64::MAX / 10 + 1, 1), None);
        let negative = Calculation::Negative(Box::new(Calculation::Constant(i64::MIN)));
        assert_eq!(negative.value(&Fields::new(Vec::new()), &[]), None);
    }

    #[test]
    fn division_rounds_towards_zero_and_the_remainder_has_the_sign_of_the_dividend() {
        for (dividend, divisor, expected, remainder) in [
            (7, 2, 3, 1),
            (-7, 2, -3, -1),
            (7, -2, -3, 1),
            (-7, -2, 3, -1),
        ] {
            assert_eq!(quotient(dividend, divisor, 0), Some(expected));
            assert_eq!(Arith::Remainder.apply(dividend, divisor), Some(remainder));
        }
        assert_eq!(quotient(1, 3, 4), Some(3_333));
        assert_eq!(
            quotient(i64::MAX, i64::MAX, 18),
            Some(1_000_000_000_000_000_000)
        );
    }

    #[test]
    fn the_least_of_some_numbers_is_missing_if_one_is() {
        let constant = Calculation::Constant;
        let all = |last| Calculation::Least(vec![constant(3), constant(-2), last]);
        let value = |of: &Calculation| of.value(&Fields::new(Vec::new()), &[Some(9), None]);
        assert_eq!(value(&all(Calculation::Computed(0))), Some(-2));
        assert_eq!(value(&all(Calculation::Computed(1))), None);
        let greatest = Calculation::Greatest(vec![constant(3), Calculation::Computed(0)]);
        assert_eq!(value(&greatest), Some(9));
    }
}
