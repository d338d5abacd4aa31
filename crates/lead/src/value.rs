//! The typed values of one lead.

use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::{CalendarDate, Field, FieldIdx, FieldKind, Schema, Timestamp, number, parse};

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
    /// A day of the calendar.
    Date(CalendarDate),
}

/// The values of one lead, by position in its schema; `None` is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    values: Vec<Option<Value>>,
}

/// A stored lead that does not read under this schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("stored field `{field}` is not of kind {kind}")]
pub struct StoredError {
    field: String,
    kind: &'static str,
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

    /// The same values under another schema, field by field **by name**: a revision moves positions.
    ///
    /// A value whose field changed its kind is read as its source would send it today. What does not fit is missing.
    ///
    /// * `from`: the schema of these fields.
    /// * returns: the fields of `to`, and the names of those whose values do not fit.
    #[must_use]
    pub fn under(&self, from: &Schema, to: &Schema) -> (Self, Vec<String>) {
        let mut lost = Vec::new();
        let values = to.fields().iter().map(|field| {
            let idx = from.find(&field.name)?;
            let value = self.get(idx)?;
            let moved = value.under(&from.field(idx).kind, field);
            if moved.is_none() {
                lost.push(field.name.clone());
            }
            moved
        });
        let values = values.collect();
        (Self { values }, lost)
    }

    /// All values by name, the always-there ones too, without the missing ones.
    ///
    /// Decimals are texts with all digits of their scale, times are RFC 3339 in UTC: what
    /// [`Schema::parse`] takes for the declared fields, and [`Fields::from_stored`] for all.
    pub fn to_json(&self, schema: &Schema) -> Map<String, Json> {
        schema
            .fields()
            .iter()
            .zip(&self.values)
            .filter_map(|(field, value)| {
                Some((field.name.clone(), value.as_ref()?.to_json(&field.kind)))
            })
            .collect()
    }

    /// Reads back what [`Fields::to_json`] wrote.
    ///
    /// Trusting: ranges, labels and shapes were checked when the lead came in. Names that the
    /// schema does not know are passed over.
    ///
    /// # Errors
    ///
    /// [`StoredError`] for the first value that is not even of its field's kind.
    pub fn from_stored(schema: &Schema, stored: &Map<String, Json>) -> Result<Self, StoredError> {
        let values = schema
            .fields()
            .iter()
            .map(|field| {
                let Some(json) = stored.get(&field.name).filter(|json| !json.is_null()) else {
                    return Ok(None);
                };
                Value::from_stored(&field.kind, json)
                    .map(Some)
                    .ok_or_else(|| StoredError {
                        field: field.name.clone(),
                        kind: field.kind.name(),
                    })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { values })
    }
}

impl Value {
    /// The value in JSON, as [`Fields::to_json`] writes it.
    ///
    /// * `kind`: its field's, which knows the scale of a decimal.
    pub fn to_json(&self, kind: &FieldKind) -> Json {
        match self {
            Self::Text(text) => Json::from(text.as_str()),
            Self::Integer(integer) => Json::from(*integer),
            Self::Decimal(units) => {
                let scale = if let FieldKind::Decimal { scale } = kind {
                    *scale
                } else {
                    0
                };
                Json::from(number::print(*units, scale))
            }
            Self::Boolean(boolean) => Json::from(*boolean),
            Self::Timestamp(timestamp) => match timestamp.instant() {
                Some(_) => Json::from(timestamp.to_string()),
                // Beyond the calendar there are only numbers.
                None => Json::from(timestamp.0),
            },
            Self::Date(date) => Json::from(date.to_string()),
        }
    }

    fn under(&self, from: &FieldKind, to: &Field) -> Option<Self> {
        // A label or a bound that is gone takes nothing back of what was said before.
        if std::mem::discriminant(from) == std::mem::discriminant(&to.kind)
            && !matches!(from, FieldKind::Decimal { .. })
        {
            return Some(self.clone());
        }
        let given = self.to_json(from);
        // Numbers are sent as numbers, and everything else that becomes a text as it is printed.
        let given = match (&to.kind, &given) {
            (FieldKind::Integer { .. } | FieldKind::Boolean, Json::String(text)) => {
                serde_json::from_str(text).ok()?
            }
            (FieldKind::Integer { .. } | FieldKind::Boolean | FieldKind::Decimal { .. }, _)
            | (_, Json::String(_)) => given,
            _ => Json::from(given.to_string()),
        };
        parse::read(to, &given).ok()
    }

    fn from_stored(kind: &FieldKind, json: &Json) -> Option<Self> {
        match kind {
            FieldKind::Integer { .. } => json.as_i64().map(Self::Integer),
            FieldKind::Decimal { scale } => number::parse(json.as_str()?, *scale)
                .ok()
                .map(Self::Decimal),
            FieldKind::Boolean => json.as_bool().map(Self::Boolean),
            FieldKind::Timestamp => match json {
                Json::String(text) => text.parse().ok().map(Self::Timestamp),
                json => json
                    .as_i64()
                    .map(|micros| Self::Timestamp(Timestamp(micros))),
            },
            FieldKind::Date => json.as_str()?.parse().ok().map(Self::Date),
            _ => json.as_str().map(|text| Self::Text(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests;
