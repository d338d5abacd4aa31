use std::sync::Arc;

use pointsman_lead::{Field, FieldKind, Required, Schema};

use crate::{
    Catalog, Diagnostic, Document, Severity, check, compile,
    fixture::{catalog, findings},
};

/// The catalog of the other tests with a field of each kind that is spelled in several ways.
fn spelled() -> Catalog {
    let mut catalog = catalog();
    let further = [
        ("ip", FieldKind::Ip),
        ("city", FieldKind::text(64)),
        ("moved_at", FieldKind::Timestamp),
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

fn document(start: &str) -> Document {
    let text = format!(
        r#"{{"flow": "test", "vertical": "auto-insurance", "currency": "USD", "root": "start", "nodes": {{
            "start": {start}, "acme": {{"kind": "destination"}}, "zenith": {{"kind": "destination"}}}}}}"#
    );
    Document::from_json(&text).unwrap()
}

fn all(start: &str) -> Vec<Diagnostic> {
    match check(document(start), &spelled()) {
        Ok(checked) => checked.warnings,
        Err(found) => found,
    }
}

/// What is found about a switch with two cases.
fn cases(on: &str, first: &str, second: &str) -> Vec<Diagnostic> {
    all(&switch(on, first, second))
}

fn switch(on: &str, first: &str, second: &str) -> String {
    format!(
        r#"{{"kind": "switch", "on": "{on}", "otherwise": "zenith", "cases": [
            {{"in": {first}, "to": "acme"}}, {{"in": {second}, "to": "zenith"}}]}}"#
    )
}

#[test]
fn a_value_in_two_cases_is_an_error_however_it_is_written() {
    insta::assert_snapshot!(findings(&cases("price", "[1, 5]", r#"["1.0", 7]"#)), @"duplicate_value start:cases[1].in[0]: this value is already in case 1, where it is written `1` | take it out of one of them");
    let doubles = [
        ("price", r#"["1.00"]"#, "[1.0]"),
        ("price", r#"["-0"]"#, "[0]"),
        ("price", "[2.5]", r#"["2.50"]"#),
        ("ip", r#"["2001:db8::1"]"#, r#"["2001:DB8:0::1"]"#),
        ("ip", r#"["192.0.2.1"]"#, r#"["::FFFF:c000:201"]"#),
        ("city", r#"["Caf\u00e9"]"#, r#"["Cafe\u0301"]"#),
        (
            "moved_at",
            r#"["2026-01-31T09:30:00Z"]"#,
            r#"["2026-01-31T10:30:00+01:00"]"#,
        ),
        ("age", "[30]", "[30]"),
        ("home_owner", "[true]", "[true]"),
    ];
    for (on, first, second) in doubles {
        let found = cases(on, first, second);
        let doubled = found.iter().find(|it| it.code == "duplicate_value");
        let doubled = doubled.unwrap_or_else(|| panic!("{on} {first} {second}"));
        assert_eq!(doubled.severity, Severity::Error, "{on} {first} {second}");
    }
}

#[test]
fn values_that_differ_are_no_doubles() {
    for (on, first, second) in [
        ("price", r#"["1.00"]"#, r#"["1.01"]"#),
        // Neither is ever the value of a price, and both say so.
        ("price", r#"["1.001"]"#, r#"["1.002"]"#),
        ("city", r#"["x"]"#, r#"["X"]"#),
        ("ip", r#"["192.0.2.1"]"#, r#"["192.0.2.10"]"#),
    ] {
        let found = cases(on, first, second);
        assert!(
            found.iter().all(|it| it.code != "duplicate_value"),
            "{on} {first} {second}"
        );
    }
}

#[test]
fn a_value_that_stands_twice_in_one_list_is_told() {
    insta::assert_snapshot!(findings(&cases("price", r#"[1, "1.0"]"#, "[2]")), @"duplicate_value start:cases[0].in[1]: this value is already in this case");
    let predicate = r#"{"kind": "when", "if": "price in [1, 2.5, 1.0] && zip.startsWith('9')", "then": "acme", "otherwise": "zenith"}"#;
    insta::assert_snapshot!(findings(&all(predicate)), @"duplicate_value start:if 18..21: this value is already in the list");
    let table = r#"{"kind": "table", "columns": ["ip"], "otherwise": "zenith", "rows": [
        {"cells": [["::1", "2001:db8::1", "0:0::1"]], "to": "acme"}]}"#;
    insta::assert_snapshot!(findings(&all(table)), @"duplicate_value start:rows[0].cells[0]: `0:0::1` is there twice in this cell");
}

#[test]
fn rows_of_a_unique_table_overlap_however_their_values_are_written() {
    let table = r#"{"kind": "table", "hit": "unique", "columns": ["price"], "otherwise": "zenith", "rows": [
        {"cells": [[1]], "to": "acme"}, {"cells": [["1.00"]], "to": "zenith"}]}"#;
    assert_eq!(all(table)[0].code, "overlap");
}

#[test]
fn a_version_that_is_known_runs_on_with_what_nobody_looked_for_when_it_was_made() {
    let double = document(&switch("price", "[1]", r#"["1.0"]"#));
    let catalog = spelled();
    check(&double, &catalog).unwrap_err();
    let program = compile(Arc::new(double), &catalog).unwrap();
    assert_eq!(program.n_nodes(), 3);

    let prefix = r#"{"kind": "when", "if": "state.startsWith('ca')", "then": "acme", "otherwise": "zenith"}"#;
    check(document(prefix), &catalog).unwrap_err();
    compile(document(prefix), &catalog).unwrap();
}
