//! A lead schema in the words of JSON Schema, for other programs' forms and checks.

use serde_json::{Map, Value, json};

use super::{Field, FieldKind, Required, Schema};
use crate::parse::chars_max;

impl Schema {
    /// The declared fields as a JSON Schema (draft 2020-12) of the object that a source sends.
    ///
    /// A little stricter than [`Schema::parse`], which also takes an empty text for a missing
    /// value. What JSON Schema has no word for stands under `x-pointsman-required` (when the field
    /// must be there) and `x-pointsman-pii`.
    pub fn json_schema(&self) -> Value {
        let properties: Map<String, Value> = self
            .declared()
            .iter()
            .map(|field| (field.name.clone(), property(field)))
            .collect();
        let required: Vec<&str> = self
            .declared()
            .iter()
            .filter(|field| field.required != Required::Never)
            .map(|field| field.name.as_str())
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.vertical(),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

fn property(field: &Field) -> Value {
    let mut property = match &field.kind {
        FieldKind::Enum { labels } => json!({ "enum": labels }),
        FieldKind::Text {
            multiline: true, ..
        } => json!({ "type": "string" }),
        FieldKind::Text { .. } => json!({ "type": "string", "pattern": "^[^\\r\\n\\t]*$" }),
        FieldKind::Integer { min, max } => {
            let mut property = json!({ "type": "integer" });
            for (key, bound) in [("minimum", min), ("maximum", max)] {
                if let Some(bound) = bound {
                    property[key] = json!(bound);
                }
            }
            property
        }
        FieldKind::Decimal { scale } => json!({
            "type": ["number", "string"],
            "pattern": match scale {
                0 => "^-?[0-9]+$".to_owned(),
                scale => format!("^-?[0-9]+(\\.[0-9]{{1,{scale}}}0*)?$"),
            },
        }),
        FieldKind::Boolean => json!({ "type": "boolean" }),
        FieldKind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        FieldKind::Region => json!({ "type": "string", "pattern": "^[A-Z0-9]{1,3}$" }),
        FieldKind::PostalCode => json!({ "type": "string", "pattern": "^[A-Za-z0-9 -]{3,10}$" }),
        FieldKind::Phone => json!({ "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$" }),
        FieldKind::Email => json!({ "type": "string", "format": "email" }),
        FieldKind::Ip => {
            json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] })
        }
        FieldKind::Url => json!({ "type": "string", "format": "uri", "pattern": "^https?://" }),
    };
    if matches!(
        field.kind,
        FieldKind::Text { .. } | FieldKind::Email | FieldKind::Url
    ) {
        property["maxLength"] = json!(chars_max(&field.kind));
    }
    if field.required == Required::Never {
        property = json!({ "anyOf": [property, { "type": "null" }] });
    }
    property["x-pointsman-required"] = json!(field.required);
    property["x-pointsman-pii"] = json!(field.pii);
    property
}
