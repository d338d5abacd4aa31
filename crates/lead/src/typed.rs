//! Lead schemas written as Rust types.

use std::net::IpAddr;

use serde_json::{Map, Value as Json};

use crate::{
    CalendarDate, Decimal, Envelope, FieldKind, Fields, Problem, Schema, Timestamp, ValueRef,
    values::lend_text,
};

pub mod derive;
mod text;
pub mod us;

pub use text::{Country, Email, Phone, PostalCode, Region, TextError, Url};

/// A whole number of a lead.
pub type Integer = i64;

/// A region of the United States, with constants in [`us`].
pub type State = Region;

/// A struct whose fields are the declared fields of a vertical. Implemented by `#[derive(Lead)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a lead",
    note = "write `#[derive(Lead)]` above its struct"
)]
pub trait Lead {
    /// The schema that the struct declares.
    fn schema() -> Schema;

    /// The declared fields as a source would send them.
    fn to_json(&self) -> Map<String, Json>;

    /// Lends the value of a declared field, `None` if it is missing, without building anything.
    ///
    /// The value is the one that [`Lead::to_fields`] gives where it gives one; what that refuses,
    /// such as a text that is too long, is lent all the same.
    ///
    /// * `position`: among the declared fields, in the order of the struct, from 0.
    fn lend<R>(&self, position: usize, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R;

    /// The typed fields of this lead, by the same checks that a source's leads go through.
    ///
    /// # Errors
    ///
    /// What [`Schema::parse`] refuses, such as a text that is too long.
    fn to_fields(&self, envelope: &Envelope<'_>) -> Result<Fields, Vec<Problem>> {
        Self::schema().parse(&self.to_json(), envelope)
    }
}

/// A Rust enum whose variants are labels. Implemented by `#[derive(Enumerated)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no labels",
    note = "write `#[derive(Enumerated)]` above its enum"
)]
pub trait Enumerated {
    /// All labels, in the order of the variants.
    const LABELS: &'static [&'static str];

    /// The label of this variant.
    fn label(&self) -> &'static str;

    /// Position of this variant's label in [`Enumerated::LABELS`].
    fn position(&self) -> usize;
}

/// A Rust type that a field of a lead may have.
#[diagnostic::on_unimplemented(
    message = "a field of a lead cannot hold `{Self}`",
    label = "not a type of a lead's field",
    note = "use a boolean, an integer, `Decimal<SCALE>`, `String`, `Timestamp`, `CalendarDate`, `Country`, `Region`, `PostalCode`, `Phone`, `Email`, `IpAddr`, `Url`, an enum with `#[derive(Enumerated)]`, or an `Option` of one of these"
)]
pub trait FieldValue {
    /// The type that predicates compare with: without `Option`, and [`Integer`] for all integers.
    type Base: FieldValue<Base = Self::Base>;

    /// Whether the value may be missing.
    const OPTIONAL: bool = false;

    /// The kind of field that holds it.
    fn kind() -> FieldKind;

    /// The value in JSON, as [`Schema::parse`] takes it; null for a missing one.
    fn to_json(&self) -> Json;

    /// Lends the value, `None` for a missing one; see [`Lead::lend`].
    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R;
}

/// Values that have an order: numbers, times and days, but not labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no order",
    label = "cannot be compared with `<`",
    note = "integers, decimals, timestamps and days have an order; labels and other texts have none"
)]
pub trait Ordered: FieldValue<Base = Self> {}

/// Values that are free text, whose beginning may be tested.
#[diagnostic::on_unimplemented(message = "`{Self}` is not text")]
pub trait Textual: FieldValue {}

impl<T: Enumerated> FieldValue for T {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::Enum {
            labels: T::LABELS.iter().map(|&label| label.to_owned()).collect(),
        }
    }

    fn to_json(&self) -> Json {
        Json::from(self.label())
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(Some(ValueRef::Label {
            text: self.label(),
            position: self.position(),
        }))
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    type Base = T::Base;

    const OPTIONAL: bool = true;

    fn kind() -> FieldKind {
        T::kind()
    }

    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, T::to_json)
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        match self {
            Some(value) => value.lend(to),
            None => to(None),
        }
    }
}

impl FieldValue for bool {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::Boolean
    }

    fn to_json(&self) -> Json {
        Json::from(*self)
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(Some(ValueRef::Boolean(*self)))
    }
}

macro_rules! integers {
    ($($integer:ty: $min:expr, $max:expr;)*) => {$(
        impl FieldValue for $integer {
            type Base = Integer;

            fn kind() -> FieldKind {
                FieldKind::Integer { min: $min, max: $max }
            }

            fn to_json(&self) -> Json {
                Json::from(*self)
            }

            fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
                to(Some(ValueRef::Integer((*self).into())))
            }
        }
    )*};
}
integers! {
    i64: None, None;
    i32: Some(i32::MIN.into()), Some(i32::MAX.into());
    i16: Some(i16::MIN.into()), Some(i16::MAX.into());
    i8: Some(i8::MIN.into()), Some(i8::MAX.into());
    u32: Some(0), Some(u32::MAX.into());
    u16: Some(0), Some(u16::MAX.into());
    u8: Some(0), Some(u8::MAX.into());
}

impl<const SCALE: u8> FieldValue for Decimal<SCALE> {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::Decimal { scale: SCALE }
    }

    fn to_json(&self) -> Json {
        Json::from(self.to_string())
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(Some(ValueRef::Decimal(self.units())))
    }
}

impl FieldValue for Timestamp {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::Timestamp
    }

    fn to_json(&self) -> Json {
        Json::from(self.to_string())
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(Some(ValueRef::Timestamp(*self)))
    }
}

impl FieldValue for CalendarDate {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::Date
    }

    fn to_json(&self) -> Json {
        Json::from(self.to_string())
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(Some(ValueRef::Date(*self)))
    }
}

impl FieldValue for String {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::text(derive::MAX_CHARS)
    }

    fn to_json(&self) -> Json {
        Json::from(self.as_str())
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        lend_text(self, to)
    }
}

impl FieldValue for IpAddr {
    type Base = Self;

    fn kind() -> FieldKind {
        FieldKind::Ip
    }

    fn to_json(&self) -> Json {
        Json::from(self.to_canonical().to_string())
    }

    fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        lend_text(&self.to_canonical().to_string(), to)
    }
}

impl Ordered for Integer {}
impl Ordered for Timestamp {}
impl Ordered for CalendarDate {}
impl<const SCALE: u8> Ordered for Decimal<SCALE> {}

impl Textual for String {}
impl Textual for PostalCode {}
impl Textual for Phone {}
impl Textual for Email {}
impl Textual for Url {}

#[cfg(test)]
mod tests;
