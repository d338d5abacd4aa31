//! The fields of a lead, as typed predicates name them.

use pointsman_cel::{DatePart, Spanned, Subject};
use std::{
    marker::PhantomData,
    ops::{Range, RangeFrom, RangeTo},
};

use pointsman_lead::{
    CalendarDate, FieldValue, Integer, Ordered, Textual, Timestamp, Weekday, Zone,
};

use super::predicate::{Predicate, compare, has, in_list, is_in, lies_in, starts_with};

/// A field of the leads `L`, compared with values of type `T`. `#[derive(Lead)]` writes one
/// constant for each field.
pub struct FieldOf<L, T> {
    name: &'static str,
    types: PhantomData<fn() -> (L, T)>,
}

/// A whole number that is read of a time or a day in a zone: its hour, or the years or days since.
pub struct NumberOf<L> {
    text: String,
    subject: Subject,
    lead: PhantomData<fn() -> L>,
}

/// The day of the week of a timestamp in a zone.
pub struct WeekdayOf<L> {
    text: String,
    subject: Subject,
    lead: PhantomData<fn() -> L>,
}

/// A field, a scorecard or a derived value, as what a switch or a table looks at.
pub trait Column<'f, L>: sealed::Sealed {
    /// What it is compared with.
    type Value: FieldValue;

    #[doc(hidden)]
    fn column(self) -> String;
}

/// What a field of type `T` may be compared with: values of `T`, and what only spells them
/// differently, such as `&str` for `String` and a small integer for [`Integer`].
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` is not compared with `{Self}`",
    label = "not a value of type `{T}`"
)]
pub trait ValueOf<T> {
    /// The value itself.
    fn into_value(self) -> T;
}

impl<T: FieldValue<Base = T>> ValueOf<T> for T {
    fn into_value(self) -> T {
        self
    }
}

impl ValueOf<String> for &str {
    fn into_value(self) -> String {
        self.to_owned()
    }
}

macro_rules! small_integers {
    ($($small:ty),*) => {$(
        impl ValueOf<Integer> for $small {
            fn into_value(self) -> Integer {
                self.into()
            }
        }
    )*};
}
small_integers!(i32, i16, i8, u32, u16, u8);

/// A range that contains its start and not its end, each of which may be left out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a half-open range",
    label = "write `a..b`, `a..` or `..b`",
    note = "ranges of a flow contain their start and not their end"
)]
pub trait HalfOpen<V> {
    /// Start and end.
    fn bounds(self) -> (Option<V>, Option<V>);
}

pub(super) mod sealed {
    pub trait Sealed {}
}

impl<L, T> FieldOf<L, T> {
    #[doc(hidden)]
    pub const fn derived(name: &'static str) -> Self {
        Self {
            name,
            types: PhantomData,
        }
    }

    /// Its name in documents.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// It has a value.
    pub fn present<'f>(&self) -> Predicate<'f, L> {
        has(self.name)
    }

    /// It has no value.
    pub fn missing<'f>(&self) -> Predicate<'f, L> {
        !self.present()
    }
}

impl<L, T: FieldValue> FieldOf<L, T> {
    /// It equals `value`.
    pub fn is<'f>(&self, value: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(self.name, "==", &value.into_value())
    }

    /// It is there and differs from `value`.
    pub fn is_not<'f>(&self, value: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(self.name, "!=", &value.into_value())
    }

    /// It equals one of `values`.
    pub fn one_of<'f>(
        &self,
        values: impl IntoIterator<Item = impl ValueOf<T>>,
    ) -> Predicate<'f, L> {
        is_in(self.name, values.into_iter().map(ValueOf::into_value))
    }
}

impl<L, T: Ordered> FieldOf<L, T> {
    /// It is `least` or more.
    pub fn at_least<'f>(&self, least: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(self.name, ">=", &least.into_value())
    }

    /// It is `most` or less.
    pub fn at_most<'f>(&self, most: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(self.name, "<=", &most.into_value())
    }

    /// It is more than `bound`.
    pub fn above<'f>(&self, bound: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(self.name, ">", &bound.into_value())
    }

    /// It is less than `bound`.
    pub fn below<'f>(&self, bound: impl ValueOf<T>) -> Predicate<'f, L> {
        compare(self.name, "<", &bound.into_value())
    }

    /// It lies in `range`, the end of which is outside.
    pub fn within<'f, V: ValueOf<T>>(&self, range: impl HalfOpen<V>) -> Predicate<'f, L> {
        lies_in(self.name, range)
    }
}

impl<L, T: Textual> FieldOf<L, T> {
    /// It begins with `prefix`, compared exactly after NFC.
    pub fn starts_with<'f>(&self, prefix: &str) -> Predicate<'f, L> {
        starts_with(self.name, prefix)
    }

    /// It is in the named list of the catalog.
    pub fn in_list<'f>(&self, list: &str) -> Predicate<'f, L> {
        in_list(self.name, list)
    }
}

impl<L> FieldOf<L, Timestamp> {
    /// The hour of the local clock, 0 to 23.
    pub fn hour(&self, zone: &Zone) -> NumberOf<L> {
        NumberOf::new(DatePart::Hour, self.name, zone)
    }

    /// The day of the local week.
    pub fn weekday(&self, zone: &Zone) -> WeekdayOf<L> {
        let subject = read(DatePart::Weekday, self.name, zone);
        WeekdayOf {
            text: subject.to_string(),
            subject,
            lead: PhantomData,
        }
    }
}

impl<L, T: Calendar> FieldOf<L, T> {
    /// Whole years from then to the receipt of the lead, by the calendar of the zone: the age of who was born then.
    pub fn years(&self, zone: &Zone) -> NumberOf<L> {
        NumberOf::new(DatePart::Years, self.name, zone)
    }

    /// Days from then to the receipt of the lead, by the calendar of the zone.
    pub fn days(&self, zone: &Zone) -> NumberOf<L> {
        NumberOf::new(DatePart::Days, self.name, zone)
    }
}

/// What is a day of the calendar, or falls on one.
pub trait Calendar: FieldValue<Base = Self> + sealed::Sealed {}

impl sealed::Sealed for Timestamp {}
impl Calendar for Timestamp {}
impl sealed::Sealed for CalendarDate {}
impl Calendar for CalendarDate {}

fn read(part: DatePart, field: &str, zone: &Zone) -> Subject {
    let written = |text: &str| Spanned {
        value: text.to_owned(),
        span: (0, 0), // Written in Rust, it has no place in a text.
    };
    Subject::Part(part, written(field), written(zone.name()))
}

impl<L> NumberOf<L> {
    fn new(part: DatePart, field: &str, zone: &Zone) -> Self {
        let subject = read(part, field, zone);
        Self {
            text: subject.to_string(),
            subject,
            lead: PhantomData,
        }
    }

    pub(super) fn into_subject(self) -> Subject {
        self.subject
    }
}

impl<L> WeekdayOf<L> {
    pub(super) fn into_subject(self) -> Subject {
        self.subject
    }

    /// It is this day.
    pub fn is<'f>(&self, day: Weekday) -> Predicate<'f, L> {
        compare(&self.text, "==", &Integer::from(day.number()))
    }

    /// It is one of these days.
    pub fn one_of<'f>(&self, days: impl IntoIterator<Item = Weekday>) -> Predicate<'f, L> {
        let days = days.into_iter().map(|day| Integer::from(day.number()));
        is_in(&self.text, days)
    }
}

/// Comparisons of what is always a whole number.
macro_rules! whole_numbers {
    ([$($own:tt)*] $subject:ty, $brand:lifetime, [$($free:tt)*]) => {
        impl<$($own)*> $subject {
            /// It equals `value`.
            pub fn is<$($free)*>(&self, value: impl ValueOf<Integer>) -> Predicate<$brand, L> {
                compare(&self.text, "==", &value.into_value())
            }

            /// It equals one of `values`.
            pub fn one_of<$($free)*>(
                &self,
                values: impl IntoIterator<Item = impl ValueOf<Integer>>,
            ) -> Predicate<$brand, L> {
                is_in(&self.text, values.into_iter().map(ValueOf::into_value))
            }

            /// It is `least` or more.
            pub fn at_least<$($free)*>(&self, least: impl ValueOf<Integer>) -> Predicate<$brand, L> {
                compare(&self.text, ">=", &least.into_value())
            }

            /// It is `most` or less.
            pub fn at_most<$($free)*>(&self, most: impl ValueOf<Integer>) -> Predicate<$brand, L> {
                compare(&self.text, "<=", &most.into_value())
            }

            /// It is more than `bound`.
            pub fn above<$($free)*>(&self, bound: impl ValueOf<Integer>) -> Predicate<$brand, L> {
                compare(&self.text, ">", &bound.into_value())
            }

            /// It is less than `bound`.
            pub fn below<$($free)*>(&self, bound: impl ValueOf<Integer>) -> Predicate<$brand, L> {
                compare(&self.text, "<", &bound.into_value())
            }

            /// It lies in `range`, the end of which is outside.
            pub fn within<$($free)* V: ValueOf<Integer>>(
                &self,
                range: impl HalfOpen<V>,
            ) -> Predicate<$brand, L> {
                lies_in::<L, Integer, V>(&self.text, range)
            }
        }
    };
}
whole_numbers!([L] NumberOf<L>, 'f, ['f,]);
pub(super) use whole_numbers;

impl<L, T> sealed::Sealed for FieldOf<L, T> {}

impl<L, T: FieldValue> Column<'_, L> for FieldOf<L, T> {
    type Value = T;

    fn column(self) -> String {
        self.name.to_owned()
    }
}

impl<V> HalfOpen<V> for Range<V> {
    fn bounds(self) -> (Option<V>, Option<V>) {
        (Some(self.start), Some(self.end))
    }
}

impl<V> HalfOpen<V> for RangeFrom<V> {
    fn bounds(self) -> (Option<V>, Option<V>) {
        (Some(self.start), None)
    }
}

impl<V> HalfOpen<V> for RangeTo<V> {
    fn bounds(self) -> (Option<V>, Option<V>) {
        (None, Some(self.end))
    }
}

impl<L, T> Clone for FieldOf<L, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, T> Copy for FieldOf<L, T> {}

impl<L, T> std::fmt::Debug for FieldOf<L, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FieldOf({})", self.name)
    }
}

impl<L> std::fmt::Debug for NumberOf<L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "NumberOf({})", self.text)
    }
}

impl<L> std::fmt::Debug for WeekdayOf<L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "WeekdayOf({})", self.text)
    }
}
