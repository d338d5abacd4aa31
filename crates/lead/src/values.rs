//! Reading the values of a lead where they stand, without a copy of any text.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::{ALWAYS, CalendarDate, Envelope, FieldIdx, Fields, Timestamp, Value};

/// One value of a lead, borrowed. Which variant a field has follows from its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRef<'a> {
    /// Text of any kind, enum labels among them: NFC, never empty.
    Text(&'a str),
    /// An enum label whose position is known.
    Label {
        /// The label.
        text: &'a str,
        /// Its position among the labels of its field, in declared order.
        position: usize,
    },
    /// A whole number.
    Integer(i64),
    /// A decimal as an integer of `10^-scale`, the scale being its field's.
    Decimal(i64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Timestamp(Timestamp),
    /// A day of the calendar.
    Date(CalendarDate),
}

/// The values of one lead, in whatever form: [`Fields`], or a struct with `#[derive(Lead)]`.
///
/// A value is lent to a function instead of being returned, so that one that has to be made first
/// needs no owner.
pub trait Values {
    /// Lends the value of a field, `None` if it is missing, and gives back what is made of it.
    ///
    /// * `field`: position in the lead's schema, the always-there fields first.
    fn lend<R>(&self, field: FieldIdx, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R;
}

impl Values for Fields {
    fn lend<R>(&self, field: FieldIdx, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(self.get(field).map(Value::borrowed))
    }
}

impl Value {
    /// The value without its owner.
    pub fn borrowed(&self) -> ValueRef<'_> {
        match self {
            Self::Text(text) => ValueRef::Text(text),
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Decimal(units) => ValueRef::Decimal(*units),
            Self::Boolean(boolean) => ValueRef::Boolean(*boolean),
            Self::Timestamp(timestamp) => ValueRef::Timestamp(*timestamp),
            Self::Date(date) => ValueRef::Date(*date),
        }
    }
}

impl Envelope<'_> {
    /// Lends the value of an always-there field; `None` for a missing one, and for a declared field.
    pub fn lend<R>(&self, field: FieldIdx, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        let position = usize::from(field.0);
        match ALWAYS.get(position).copied() {
            Some("source") => lend_text(self.source, to),
            Some("received_at") => to(Some(ValueRef::Timestamp(self.received_at))),
            Some("is_test") => to(Some(ValueRef::Boolean(self.is_test))),
            Some(_) => match self.sub_ids.get(position - 1) {
                Some(Some(sub_id)) => lend_text(sub_id, to),
                _ => to(None),
            },
            None => to(None),
        }
    }
}

/// Lends a text as [`crate::Schema::parse`] would keep it: in NFC, and missing if it is empty.
pub(crate) fn lend_text<R>(text: &str, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
    if text.is_empty() {
        return to(None);
    }
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return to(Some(ValueRef::Text(text)));
    }
    let text: String = text.nfc().collect();
    to(Some(ValueRef::Text(&text)))
}
