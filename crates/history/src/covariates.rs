//! What was known of a lead before it drew, as numbers that differences are adjusted by.

use pointsman_lead::{FieldKind, Fields, Schema, Value};
use pointsman_store::LeadRow;
use serde_json::{Map, Value as Json};

use crate::Error;

/// Kept values are millionths.
const WHOLE: i64 = 1_000_000;
/// Largest value that is kept, and smallest with the other sign: the difference of two is a number still.
const LARGEST: i64 = 1_000_000_000_000_000_000;

/// Whether differences can be adjusted by fields of this kind.
pub fn is_covariate(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Boolean => true,
        FieldKind::Enum { .. }
        | FieldKind::Text { .. }
        | FieldKind::Timestamp
        | FieldKind::Date
        | FieldKind::Country
        | FieldKind::Region
        | FieldKind::PostalCode
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Ip
        | FieldKind::Url => false,
    }
}

/// The covariates of a lead in the order of their names, in millionths; `None` for one that is missing.
///
/// A field that is personal or of another kind under the schema of the decision is missing: what is kept here must
/// not outlive an erasure.
///
/// # Errors
///
/// [`Error::Stored`] for a lead whose fields cannot be read.
pub(crate) fn covariates(
    schema: &Schema,
    lead: &LeadRow,
    names: &[String],
) -> Result<Vec<Option<i64>>, Error> {
    let unreadable = || Error::Stored {
        what: format!("the fields of lead {}", lead.id),
    };
    let mut stored: Map<String, Json> =
        serde_json::from_str(&lead.fields_body).map_err(|_| unreadable())?;
    stored.retain(|name, _| names.contains(name));
    let fields = Fields::from_stored(schema, &stored).map_err(|_| unreadable())?;
    let values = names.iter().map(|name| {
        let idx = schema.find(name)?;
        let field = schema.field(idx);
        if field.pii {
            return None;
        }
        millionths(&field.kind, fields.get(idx)?)
    });
    Ok(values.collect())
}

fn millionths(kind: &FieldKind, value: &Value) -> Option<i64> {
    let value = match (kind, value) {
        (FieldKind::Integer { .. }, Value::Integer(value)) => value.saturating_mul(WHOLE),
        (FieldKind::Decimal { scale }, Value::Decimal(units)) => {
            let digits = u32::from(*scale);
            match 6_u32.checked_sub(digits) {
                Some(more) => units.saturating_mul(10_i64.pow(more)),
                None => units / 10_i64.pow(digits - 6),
            }
        }
        (FieldKind::Boolean, Value::Boolean(value)) => i64::from(*value) * WHOLE,
        _ => return None,
    };
    Some(value.clamp(-LARGEST, LARGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_millionths_and_what_is_no_number_is_missing() {
        let decimal = |scale| FieldKind::Decimal { scale };
        let integer = FieldKind::Integer {
            min: None,
            max: None,
        };
        for (kind, value, expected) in [
            (&integer, Value::Integer(-7), Some(-7_000_000)),
            (&integer, Value::Integer(i64::MIN), Some(-LARGEST)),
            (&integer, Value::Integer(i64::MAX), Some(LARGEST)),
            (&decimal(2), Value::Decimal(1_050), Some(10_500_000)),
            (&decimal(0), Value::Decimal(3), Some(3_000_000)),
            (&decimal(9), Value::Decimal(1_999), Some(1)),
            (&FieldKind::Boolean, Value::Boolean(true), Some(WHOLE)),
            (&FieldKind::Boolean, Value::Boolean(false), Some(0)),
            (&FieldKind::Country, Value::Text("US".to_owned()), None),
        ] {
            assert_eq!(millionths(kind, &value), expected, "{kind:?} {value:?}");
            assert_eq!(is_covariate(kind), expected.is_some());
        }
    }
}
