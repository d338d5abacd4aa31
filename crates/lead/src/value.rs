//! The typed values of one lead.

use crate::{FieldIdx, Timestamp};

/// One value of a lead. Which variant a field holds follows from its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Enum label, text, country, region, postal code, phone, e-mail, IP, URL: NFC.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal as an integer of `10^-scale`, the scale being its field's.
    Decimal(i64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Timestamp(Timestamp),
}

/// The values of one lead, by position in its schema; `None` is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    values: Vec<Option<Value>>,
}

impl Fields {
    /// Fields in schema order, one entry for each field of the schema.
    pub fn new(values: Vec<Option<Value>>) -> Self {
        Self { values }
    }

    /// The value of a field, or `None` if it is missing.
    pub fn get(&self, field: FieldIdx) -> Option<&Value> {
        self.values.get(usize::from(field.0))?.as_ref()
    }

    /// All values in schema order.
    pub fn values(&self) -> &[Option<Value>] {
        &self.values
    }
}
