use insta::assert_snapshot;
use pointsman_lead::{Field, FieldKind, Required, Schema};
use serde_json::json;

use crate::{
    Catalog, Diagnostic, Document, Severity, check,
    fixture::{catalog, findings},
};

/// The catalog of the other tests with fields of further kinds.
fn shaped() -> Catalog {
    let mut catalog = catalog();
    let further = [
        ("phone", FieldKind::Phone),
        ("country", FieldKind::Country),
        ("page", FieldKind::Url),
        ("ip", FieldKind::Ip),
        ("note", FieldKind::text(4)),
    ];
    let further = further.map(|(name, kind)| Field {
        name: name.to_owned(),
        kind,
        required: Required::Never,
        pii: false,
    });
    let fields = [catalog.schema.declared(), &further].concat();
    catalog.schema = Schema::new("auto-insurance", fields).unwrap();
    catalog
}

fn found_in(catalog: &Catalog, start: &str) -> Vec<Diagnostic> {
    let text = format!(
        r#"{{"flow": "test", "vertical": "auto-insurance", "currency": "USD", "root": "start", "nodes": {{
            "start": {start}, "acme": {{"kind": "destination"}}, "zenith": {{"kind": "destination"}}}}}}"#
    );
    match check(Document::from_json(&text).unwrap(), catalog) {
        Ok(checked) => checked.warnings,
        Err(found) => found,
    }
}

fn found(predicate: &str) -> String {
    let when = json!({ "kind": "when", "if": predicate, "then": "acme", "otherwise": "zenith" });
    findings(&found_in(&shaped(), &when.to_string()))
}

#[test]
fn a_beginning_that_no_value_has_is_an_error() {
    assert_snapshot!(found("phone.startsWith('415')"), @"bad_value start:if 17..22: `phone` never starts with `415` | a telephone number is in E.164: a plus and 7 to 15 digits, like +14155550132");
    assert_snapshot!(found("state.startsWith('ca')"), @"bad_value start:if 17..21: `state` never starts with `ca` | did you mean `CA`?");
    assert_snapshot!(found("country.startsWith('us')"), @"bad_value start:if 19..23: `country` never starts with `us` | did you mean `US`?");
    assert_snapshot!(found("page.startsWith('www.')"), @"bad_value start:if 16..22: `page` never starts with `www.` | did you mean `https://www.`?");
    assert_snapshot!(found("ip.startsWith('2001:DB8')"), @"bad_value start:if 14..24: `ip` never starts with `2001:DB8` | did you mean `2001:db8`?");
    assert_snapshot!(found("email.startsWith('@example.com')"), @"bad_value start:if 17..31: `email` never starts with `@example.com` | an e-mail address is like ada@example.com");
    assert_snapshot!(found("note.startsWith('12345')"), @"bad_value start:if 16..23: `note` never starts with `12345` | it has at most 4 printable characters");
    for sound in [
        "phone.startsWith('+1415')",
        "state.startsWith('C')",
        "country.startsWith('U')",
        "page.startsWith('https://www.')",
        "ip.startsWith('2001:db8:')",
        "zip.startsWith('SW1A ')",
    ] {
        assert_eq!(found(sound), "");
    }
}

#[test]
fn beginnings_in_cells_and_criteria_are_held_against_the_shape_too() {
    let table = r#"{"kind": "table", "columns": ["phone"], "otherwise": "zenith", "rows": [
        {"cells": [{"starts_with": ["+1415", "415"]}], "to": "acme"}]}"#;
    assert_snapshot!(findings(&found_in(&shaped(), table)), @"bad_value start:rows[0].cells[0]: `phone` never starts with `415` | a telephone number is in E.164: a plus and 7 to 15 digits, like +14155550132");

    let mut catalog = shaped();
    let criteria = json!({ "criteria": "home_owner || startsWith(state, 'new york')" });
    let picky = serde_json::from_value(criteria).unwrap();
    catalog.destinations.insert("acme".to_owned(), picky);
    let order = r#"{"kind": "waterfall", "to": ["acme", "zenith"]}"#;
    let all = found_in(&catalog, order);
    assert_snapshot!(findings(&all), @"bad_value acme:criteria 32..42: `state` never starts with `new york` | a region is one to three capital letters or digits, like CA");
    assert_eq!(all[0].severity, Severity::Error);
}

#[test]
fn a_text_that_no_lead_has_is_told() {
    assert_snapshot!(found("note == '' || note == '12345'"), @r#"
    never_true start:if 8..10: `note` is never empty | ask `has(field)`, or write {"missing": true}
    never_true start:if 22..29: `note` is never `12345` | it has at most 4 printable characters
    "#);
}
