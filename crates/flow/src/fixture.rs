//! One small world for the tests of this crate: a schema, a catalog, leads.

use pointsman_lead::{FieldKind, Fields, Value};
use serde_json::json;

use crate::{Catalog, Checked, Diagnostic, Document, NamedList, Program, check};

/// Auto insurance with two buyers, `acme` and `zenith`, and `picky`, who wants good credit.
pub(crate) fn catalog() -> Catalog {
    serde_json::from_value(json!({
        "schema": {
            "vertical": "auto-insurance",
            "fields": [
                { "name": "state", "kind": "region" },
                { "name": "credit", "kind": "enum", "labels": ["good", "fair", "poor"] },
                { "name": "age", "kind": "integer", "min": 0, "max": 120 },
                { "name": "home_owner", "kind": "boolean" },
                { "name": "price", "kind": "decimal", "scale": 2 },
                { "name": "zip", "kind": "postal_code" },
                { "name": "email", "kind": "email", "pii": true },
            ],
        },
        "currency": "USD",
        "destinations": {
            "acme": {},
            "picky": { "criteria": "credit == 'good' && !(age < 25)" },
            "zenith": { "price": "12.50" },
        },
    }))
    .unwrap()
}

/// The document of some nodes, written as the members of an object; the root is `start`.
pub(crate) fn document(nodes: &str) -> Result<Document, Vec<Diagnostic>> {
    Document::from_json(&format!(
        r#"{{"flow": "test", "vertical": "auto-insurance", "currency": "USD", "root": "start", "nodes": {{{nodes}}}}}"#
    ))
}

/// The nodes together with `acme`, `zenith` and `nobody`, checked.
pub(crate) fn checked(nodes: &str) -> Result<Checked, Vec<Diagnostic>> {
    let leaves = r#""acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
        "nobody": {"kind": "reject", "reason": "no buyer wants it"}"#;
    let document = document(&format!("{nodes}, {leaves}"))?;
    let mut catalog = catalog();
    catalog.lists.insert(LISTED.to_owned(), listed());
    check(&document, &catalog)
}

/// The name of the list that flows may ask.
pub(crate) const LISTED: &str = "our-zips";

/// That list.
pub(crate) fn listed() -> NamedList {
    let list = json!({ "kind": "postal_code", "values": ["90210", "90211", "10001"] });
    serde_json::from_value(list).unwrap()
}

pub(crate) fn program(nodes: &str) -> Program {
    match checked(nodes) {
        Ok(checked) => checked.program,
        Err(found) => panic!("{}", findings(&found)),
    }
}

/// A line for each finding: code, place, message, hint.
pub(crate) fn findings(found: &[Diagnostic]) -> String {
    let lines = found.iter().map(|finding| {
        let place = &finding.place;
        let whose = place.node.as_ref().or(place.destination.as_ref());
        let (whose, part) = (whose.map_or("", String::as_str), place.part.as_deref());
        let span = place.span.map(|(from, to)| format!(" {from}..{to}"));
        let hint = finding.hint.as_ref().map(|hint| format!(" | {hint}"));
        let example = finding
            .example
            .as_ref()
            .map(|example| format!(" | {example}"));
        format!(
            "{} {whose}:{}{}: {}{}{}",
            finding.code,
            part.unwrap_or_default(),
            span.unwrap_or_default(),
            finding.message,
            hint.unwrap_or_default(),
            example.unwrap_or_default(),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A lead of the catalog's schema from the members of a JSON object.
pub(crate) fn lead(members: &serde_json::Value) -> Fields {
    let schema = catalog().schema;
    let values = schema.fields().iter().map(|field| {
        let member = members
            .get(&field.name)
            .filter(|member| !member.is_null())?;
        Some(match (&field.kind, member) {
            (FieldKind::Timestamp, member) => {
                Value::Timestamp(member.as_str().unwrap().parse().unwrap())
            }
            (FieldKind::Date, member) => Value::Date(member.as_str().unwrap().parse().unwrap()),
            (FieldKind::Decimal { .. }, member) => Value::Decimal(member.as_i64().unwrap()),
            (_, serde_json::Value::Bool(boolean)) => Value::Boolean(*boolean),
            (_, serde_json::Value::Number(number)) => Value::Integer(number.as_i64().unwrap()),
            (_, member) => Value::Text(member.as_str().unwrap().to_owned()),
        })
    });
    Fields::new(values.collect())
}
