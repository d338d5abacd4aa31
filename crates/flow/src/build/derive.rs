//! Derived values: numbers that predicates, tables and switches of the same flow may read.

use std::marker::PhantomData;

use pointsman_lead::{Decimal, Integer, Ordered};

use super::{
    Amount, Builder, Column, HalfOpen, Operand, Predicate, ValueOf,
    amount::{BelongsTo, Numeric},
    field::sealed,
    predicate::{compare, has, is_in, lies_in, literal},
    steps::Brand,
};
use crate::{DeriveNode, Literal};

/// A derived value of the flow branded `'f` that does not say yet what stands in where it cannot be
/// computed.
#[must_use = "say `.or(value)` or `.or_missing()`"]
pub struct Derive<'f, L, T> {
    builder: Builder<'f, L>,
    name: String,
    value: String,
    scale: Option<u8>,
    types: PhantomData<fn() -> T>,
}

/// A derived value of the flow branded `'f`: a number of type `T`.
pub struct Derived<'f, L, T> {
    brand: Brand<'f, L>,
    text: String,
    types: PhantomData<fn() -> T>,
}

impl<'f, L> Builder<'f, L> {
    /// A whole number that is computed from the lead. What it has after the point is cut off.
    ///
    /// * `name`: what predicates call it; no field of the lead has this name.
    ///
    /// ```
    /// # use pointsman_flow::{Lead, build::{Flow, Integer}};
    /// # #[derive(Lead)]
    /// # struct Loan { debt: Integer, income: Option<Integer> }
    /// Flow::<Loan>::build("loan", |f| {
    ///     let dti = f.derive("dti", Loan::DEBT * 100 / Loan::INCOME).or_missing();
    ///     f.when(dti.below(40)).then(f.destination("acme")).otherwise(f.reject("too much debt"))
    /// });
    /// ```
    pub fn derive(
        self,
        name: &str,
        amount: impl Operand<L, Brand: BelongsTo<'f>>,
    ) -> Derive<'f, L, Integer> {
        let amount = amount.amount();
        let scale = (!amount.is_whole()).then_some(0);
        self.unfinished(name, &amount, scale)
    }

    /// A number with `SCALE` digits after the point that is computed from the lead. Quotients on the
    /// way have as many at least; what is beyond is cut off.
    ///
    /// * `name`: what predicates call it; no field of the lead has this name.
    pub fn derive_decimal<const SCALE: u8>(
        self,
        name: &str,
        amount: impl Operand<L, Brand: BelongsTo<'f>>,
    ) -> Derive<'f, L, Decimal<SCALE>> {
        self.unfinished(name, &amount.amount(), Some(SCALE))
    }

    fn unfinished<B, T>(
        self,
        name: &str,
        amount: &Amount<B, L>,
        scale: Option<u8>,
    ) -> Derive<'f, L, T> {
        Derive {
            builder: self,
            name: name.to_owned(),
            value: amount.text(),
            scale,
            types: PhantomData,
        }
    }
}

impl<'f, L, T: Numeric> Derive<'f, L, T> {
    /// It is `value` where an input is missing, a step overflows, or something is divided by zero.
    #[track_caller]
    pub fn or(self, value: impl ValueOf<T>) -> Derived<'f, L, T> {
        let default = literal(&value.into_value());
        self.finish(Some(default))
    }

    /// It is missing where an input is missing, a step overflows, or something is divided by zero.
    #[track_caller]
    pub fn or_missing(self) -> Derived<'f, L, T> {
        self.finish(None)
    }

    #[track_caller]
    fn finish(self, default: Option<Literal>) -> Derived<'f, L, T> {
        let Self {
            builder,
            name,
            value,
            scale,
            types: _,
        } = self;
        let node = DeriveNode {
            value,
            default,
            scale,
        };
        builder.steps.add_named(&name, node);
        Derived {
            brand: PhantomData,
            text: name,
            types: PhantomData,
        }
    }
}

impl<'f, L, T: Numeric> Derived<'f, L, T> {
    /// What predicates call it.
    pub fn name(&self) -> &str {
        &self.text
    }

    /// It has a value.
    pub fn present(&self) -> Predicate<'f, L> {
        has(&self.text)
    }

    /// It has no value.
    pub fn missing(&self) -> Predicate<'f, L> {
        !self.present()
    }

    /// It equals `value`.
    pub fn is(&self, value: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(&self.text, "==", &value.into_value())
    }

    /// It equals one of `values`.
    pub fn one_of(&self, values: impl IntoIterator<Item = impl ValueOf<T>>) -> Predicate<'f, L> {
        is_in(&self.text, values.into_iter().map(ValueOf::into_value))
    }
}

impl<'f, L, T: Numeric + Ordered> Derived<'f, L, T> {
    /// It is `least` or more.
    pub fn at_least(&self, least: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(&self.text, ">=", &least.into_value())
    }

    /// It is `most` or less.
    pub fn at_most(&self, most: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(&self.text, "<=", &most.into_value())
    }

    /// It is more than `bound`.
    pub fn above(&self, bound: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(&self.text, ">", &bound.into_value())
    }

    /// It is less than `bound`.
    pub fn below(&self, bound: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(&self.text, "<", &bound.into_value())
    }

    /// It lies in `range`, the end of which is outside.
    pub fn within<V: ValueOf<T>>(&self, range: impl HalfOpen<V>) -> Predicate<'f, L> {
        lies_in(&self.text, range)
    }
}

impl<L, T> sealed::Sealed for &Derived<'_, L, T> {}

impl<'f, L, T: Numeric> Column<'f, L> for &Derived<'f, L, T> {
    type Value = T;

    fn column(self) -> String {
        self.text.clone()
    }
}

impl<L, T> std::fmt::Debug for Derive<'_, L, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Derive({})", self.name)
    }
}

impl<L, T> std::fmt::Debug for Derived<'_, L, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Derived({})", self.text)
    }
}

#[cfg(test)]
mod tests;
