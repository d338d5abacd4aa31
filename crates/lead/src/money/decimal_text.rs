//! Money as decimal text, such as `"12.50"`: the one form in which it comes in and goes out.
//!
//! For `#[serde(with = "pointsman_lead::decimal_text")]` on an `Option<Micros>`. Numbers are refused:
//! `1250` could be main units, cents or micro-units, and a float may not be the amount that was meant.

use std::fmt;

use serde::{
    Deserializer, Serializer,
    de::{Error, Visitor},
};

use super::Micros;

/// Writes main units with at least two decimals.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<S: Serializer>(amount: &Option<Micros>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => serializer.collect_str(amount),
        None => serializer.serialize_none(),
    }
}

/// Reads a text of main units; null is no amount.
///
/// # Errors
///
/// For anything else than a text, and for a text that is not an amount.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Micros>, D::Error> {
    deserializer.deserialize_any(AmountVisitor)
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Option<Micros>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an amount of money as text, such as \"12.50\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<Micros>, E> {
        text.parse().map(Some).map_err(E::custom)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Micros>, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Option<Micros>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Micros>, D::Error> {
        deserializer.deserialize_any(self)
    }
}
