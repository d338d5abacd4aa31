//! Arithmetic over the fields of a lead: what derived values are computed from.

use pointsman_cel::{self as cel, Arithmetic, Extreme, Operator, Spanned, Term};
use std::{
    marker::PhantomData,
    ops::{Add, Div, Mul, Neg, Rem, Sub},
};

use pointsman_lead::{Decimal, FieldValue, Integer};

use super::{Derived, FieldOf, NumberOf, Score, WeekdayOf};

/// A number that is computed from a lead `L`, by `+ - * / %`, [`min`] and [`max`].
///
/// `B` says whether it reads values of one flow alone ([`Of`]) or only fields ([`Free`]).
#[must_use = "an amount does nothing by itself; give it to `derive`"]
pub struct Amount<B, L> {
    arithmetic: Arithmetic,
    /// Whether all that it is made of is whole.
    is_whole: bool,
    types: PhantomData<(B, fn() -> L)>,
}

/// Reads only fields, so that it is at home in every flow.
#[derive(Debug, Clone, Copy)]
pub enum Free {}

/// Reads values of the flow branded `'f`.
#[derive(Debug, Clone, Copy)]
pub struct Of<'f>(PhantomData<fn(&'f ()) -> &'f ()>);

/// What the flow branded `'f` may read.
#[diagnostic::on_unimplemented(
    message = "this value is of another flow",
    label = "not of this flow"
)]
pub trait BelongsTo<'f> {}

impl BelongsTo<'_> for Free {}
impl<'f> BelongsTo<'f> for Of<'f> {}

/// What can be computed with: numeric fields, hours and weekdays, scorecards and derived values (as
/// `&value`), amounts, and numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of the lead `{L}`",
    label = "cannot be computed with",
    note = "numbers, decimals, integer and decimal fields of the same lead, their hours and weekdays, and `&` of scorecards and derived values can"
)]
pub trait Operand<L> {
    /// Whose values it reads.
    type Brand;

    #[doc(hidden)]
    fn amount(self) -> Amount<Self::Brand, L>;
}

/// Fields that can be computed with.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` is not a number",
    label = "cannot be computed with"
)]
pub trait Numeric: FieldValue<Base = Self> {}

impl Numeric for Integer {}
impl<const SCALE: u8> Numeric for Decimal<SCALE> {}

/// What two operands have in common: at most one flow.
#[diagnostic::on_unimplemented(
    message = "these values are of two flows",
    label = "not of the same flow"
)]
pub trait Joins<B> {
    /// That flow, or [`Free`].
    type Both;
}

impl Joins<Free> for Free {
    type Both = Free;
}
impl<'f> Joins<Of<'f>> for Free {
    type Both = Of<'f>;
}
impl<'f> Joins<Free> for Of<'f> {
    type Both = Of<'f>;
}
impl<'f> Joins<Of<'f>> for Of<'f> {
    type Both = Of<'f>;
}

/// The least of two numbers.
pub fn min<L, A: Operand<L>, B: Operand<L>>(
    one: A,
    other: B,
) -> Amount<<A::Brand as Joins<B::Brand>>::Both, L>
where
    A::Brand: Joins<B::Brand>,
{
    extreme(Extreme::Min, one.amount(), other.amount())
}

/// The greatest of two numbers.
pub fn max<L, A: Operand<L>, B: Operand<L>>(
    one: A,
    other: B,
) -> Amount<<A::Brand as Joins<B::Brand>>::Both, L>
where
    A::Brand: Joins<B::Brand>,
{
    extreme(Extreme::Max, one.amount(), other.amount())
}

fn term(value: Arithmetic) -> Term {
    // Written in Rust, it has no place in a text.
    Spanned {
        value,
        span: (0, 0),
    }
}

impl<B, L> Amount<B, L> {
    fn of(arithmetic: Arithmetic, is_whole: bool) -> Self {
        Self {
            arithmetic,
            is_whole,
            types: PhantomData,
        }
    }

    fn reading(text: &str, is_whole: bool) -> Self {
        let name = cel::FieldName {
            value: text.to_owned(),
            span: (0, 0),
        };
        Self::of(Arithmetic::Read(cel::Subject::Field(name)), is_whole)
    }

    /// The expression as text.
    pub(super) fn text(&self) -> String {
        self.arithmetic.print()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }
}

fn operation<A, B, C, L>(
    left: Amount<A, L>,
    operator: Operator,
    right: Amount<B, L>,
) -> Amount<C, L> {
    let is_whole = left.is_whole && right.is_whole;
    let (left, right) = (term(left.arithmetic), term(right.arithmetic));
    let operation = Arithmetic::Operation(Box::new(left), operator, Box::new(right));
    Amount::of(operation, is_whole)
}

fn extreme<A, B, C, L>(extreme: Extreme, one: Amount<A, L>, other: Amount<B, L>) -> Amount<C, L> {
    let is_whole = one.is_whole && other.is_whole;
    // `min(min(a, b), c)` is `min(a, b, c)`.
    let terms = match one.arithmetic {
        Arithmetic::Extreme(inner, mut terms) if inner == extreme => {
            terms.push(term(other.arithmetic));
            terms
        }
        one => vec![term(one), term(other.arithmetic)],
    };
    Amount::of(Arithmetic::Extreme(extreme, terms), is_whole)
}

impl<B, L> Operand<L> for Amount<B, L> {
    type Brand = B;

    fn amount(self) -> Self {
        self
    }
}

impl<L, T: Numeric> Operand<L> for FieldOf<L, T> {
    type Brand = Free;

    fn amount(self) -> Amount<Free, L> {
        Amount::reading(self.name(), is_whole::<T>())
    }
}

fn is_whole<T: FieldValue>() -> bool {
    matches!(
        T::kind(),
        pointsman_lead::FieldKind::Integer { .. } | pointsman_lead::FieldKind::Decimal { scale: 0 }
    )
}

macro_rules! parts {
    ($($part:ident),*) => {$(
        impl<L> Operand<L> for $part<L> {
            type Brand = Free;

            fn amount(self) -> Amount<Free, L> {
                Amount::of(Arithmetic::Read(self.into_subject()), true)
            }
        }
    )*};
}
parts!(NumberOf, WeekdayOf);

impl<'f, L> Operand<L> for &Score<'f, L> {
    type Brand = Of<'f>;

    fn amount(self) -> Amount<Of<'f>, L> {
        Amount::reading(self.name(), true)
    }
}

impl<'f, L, T: Numeric> Operand<L> for &Derived<'f, L, T> {
    type Brand = Of<'f>;

    fn amount(self) -> Amount<Of<'f>, L> {
        Amount::reading(self.name(), is_whole::<T>())
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl<L> Operand<L> for $integer {
            type Brand = Free;

            fn amount(self) -> Amount<Free, L> {
                Amount::of(Arithmetic::Integer(self.into()), true)
            }
        }
    )*};
}
integers!(i64, i32, i16, i8, u32, u16, u8);

impl<L, const SCALE: u8> Operand<L> for Decimal<SCALE> {
    type Brand = Free;

    fn amount(self) -> Amount<Free, L> {
        let (mut digits, mut scale) = (self.units(), SCALE);
        while scale > 0 && digits % 10 == 0 {
            (digits, scale) = (digits / 10, scale - 1);
        }
        let decimal = cel::Decimal { digits, scale };
        Amount::of(Arithmetic::Decimal(decimal), scale == 0)
    }
}

macro_rules! operators {
    ([$($own:tt)*] $left:ty, $brand:ty) => {
        operators!(@ [$($own)*] $left, $brand, Add, add, Plus);
        operators!(@ [$($own)*] $left, $brand, Sub, sub, Minus);
        operators!(@ [$($own)*] $left, $brand, Mul, mul, Times);
        operators!(@ [$($own)*] $left, $brand, Div, div, Over);
        operators!(@ [$($own)*] $left, $brand, Rem, rem, Modulo);

        impl<$($own)*> Neg for $left {
            type Output = Amount<$brand, L>;

            fn neg(self) -> Self::Output {
                let Amount { arithmetic, is_whole, .. } = self.amount();
                Amount::of(Arithmetic::negative(term(arithmetic)), is_whole)
            }
        }
    };
    (@ [$($own:tt)*] $left:ty, $brand:ty, $operator:ident, $method:ident, $as:ident) => {
        impl<$($own)* R: Operand<L>> $operator<R> for $left
        where
            $brand: Joins<R::Brand>,
        {
            type Output = Amount<<$brand as Joins<R::Brand>>::Both, L>;

            fn $method(self, right: R) -> Self::Output {
                operation(self.amount(), Operator::$as, right.amount())
            }
        }
    };
}
operators!([B, L,] Amount<B, L>, B);
operators!([L, T: Numeric,] FieldOf<L, T>, Free);
operators!([L,] NumberOf<L>, Free);
operators!([L,] WeekdayOf<L>, Free);
operators!(['f, L,] &Score<'f, L>, Of<'f>);
operators!(['f, L, T: Numeric,] &Derived<'f, L, T>, Of<'f>);

/// A number to the left, such as `100 - share`.
macro_rules! numbers_first {
    ($($number:ty)*) => {$(
        numbers_first!(@ $number, Add, add, Plus);
        numbers_first!(@ $number, Sub, sub, Minus);
        numbers_first!(@ $number, Mul, mul, Times);
        numbers_first!(@ $number, Div, div, Over);
        numbers_first!(@ $number, Rem, rem, Modulo);
    )*};
    (@ $number:ty, $operator:ident, $method:ident, $as:ident) => {
        impl<B, L> $operator<Amount<B, L>> for $number {
            type Output = Amount<B, L>;

            fn $method(self, right: Amount<B, L>) -> Self::Output {
                let left: Amount<Free, L> = self.amount();
                operation(left, Operator::$as, right)
            }
        }

        impl<L, T: Numeric> $operator<FieldOf<L, T>> for $number {
            type Output = Amount<Free, L>;

            fn $method(self, right: FieldOf<L, T>) -> Self::Output {
                let left: Amount<Free, L> = self.amount();
                operation(left, Operator::$as, right.amount())
            }
        }
    };
}
numbers_first!(i64 i32);

impl<B, L> Clone for Amount<B, L> {
    fn clone(&self) -> Self {
        Self::of(self.arithmetic.clone(), self.is_whole)
    }
}

impl<B, L> std::fmt::Debug for Amount<B, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Amount({})", self.text())
    }
}
