use proptest::prelude::*;

use super::Schema;
use crate::Problem;

fn problems(json: &str) -> String {
    let problems = Schema::from_json(json).err().unwrap_or_default();
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_mistake_of_shape_is_reported_at_once() {
    insta::assert_snapshot!(problems(r#"{"vertical": "solar", "colour": 1, "fields": [
        {"name": "a", "kind": "boolan"},
        {"name": "b", "kind": "enum"},
        {"name": "c", "kind": "decimal", "scale": 12},
        {"name": "d", "kind": "decimal"},
        {"name": "e", "kind": "text", "min": 1, "required": "always", "pii": "no"},
        {"kind": "text"},
        7,
        {"name": "In", "kind": "text"}
    ]}"#), @r#"
    unknown_key at colour: `colour` means nothing here; keys are vertical, fields
    unknown_kind at fields[0].kind: `boolan` is not a kind of field; did you mean `boolean`?
    wrong_type at fields[1].labels: an enum needs `labels`, a list of texts
    wrong_type at fields[2].scale: `scale` is a whole number from 0 to 9
    missing_key at fields[3].scale: a decimal needs `scale`, its digits after the point
    wrong_type at fields[4].required: `required` is "ping", "post" or "never"
    wrong_type at fields[4].pii: `pii` is true or false
    unknown_key at fields[4].min: `min` means nothing here; keys are name, kind, required, pii, max_chars, multiline
    wrong_type at fields[5].name: `name` is needed, and is a text
    wrong_type at fields[6]: this must be a JSON object
    bad_name at fields[7].name: `In` is not a field name; start with a small letter; then small letters, digits and `_`, at most 63 in all
    "#);
}

#[test]
fn every_mistake_of_meaning_is_reported_at_once() {
    insta::assert_snapshot!(problems(r#"{"vertical": "Solar Panels", "fields": [
        {"name": "source", "kind": "text"},
        {"name": "startsWith", "kind": "text"},
        {"name": "in", "kind": "text"},
        {"name": "Roof", "kind": "text", "max_chars": 0},
        {"name": "roof", "kind": "enum", "labels": []},
        {"name": "roof", "kind": "enum", "labels": ["a", "", "a", "e\u0301", " b"]},
        {"name": "age", "kind": "integer", "min": 2, "max": 1}
    ]}"#), @r"
    bad_name at vertical: `Solar Panels` is not a name of a vertical; start with a small letter; then small letters, digits, `_` and `-`, at most 63 in all
    reserved_name at fields[0].name: `source` is there in every schema; leave it out; it is already a field
    reserved_name at fields[1].name: `startsWith` is a word of the predicate language; choose another name
    reserved_name at fields[2].name: `in` is a word of the predicate language; choose another name
    bad_name at fields[3].name: `Roof` is not a field name; start with a small letter; then small letters, digits and `_`, at most 63 in all
    out_of_range at fields[3].max_chars: 0 characters, but a text has at least 1 and at most 65536
    out_of_range at fields[4].labels: 0 labels, but an enum has at least 1 and at most 1024
    doubled_name at fields[5].name: `roof` is already a field; give each field its own name
    bad_label at fields[5].labels[1]: `` is not a label; a label has 1 to 256 characters in NFC, none of them a control character, and no space at its ends
    doubled_label at fields[5].labels[2]: `a` is already a label; leave it out
    bad_label at fields[5].labels[3]: `e\u{301}` is not a label; a label has 1 to 256 characters in NFC, none of them a control character, and no space at its ends
    bad_label at fields[5].labels[4]: ` b` is not a label; a label has 1 to 256 characters in NFC, none of them a control character, and no space at its ends
    empty_range at fields[6].min: no whole number lies between 2 and 1; `min` is at most `max`
    ");
}

#[test]
fn what_is_no_object_or_no_json_is_said_so() {
    for json in [
        "",
        "[]",
        "{",
        "null",
        "{}",
        r#"{"vertical": 1, "fields": {}}"#,
    ] {
        assert!(!problems(json).is_empty(), "{json}");
    }
}

#[test]
fn a_schema_has_at_most_256_fields() {
    let field = |n| format!(r#"{{"name": "f{n}", "kind": "boolean"}}"#);
    let schema = |n| {
        let fields: Vec<String> = (0..n).map(field).collect();
        format!(
            r#"{{"vertical": "solar", "fields": [{}]}}"#,
            fields.join(",")
        )
    };
    assert_eq!(problems(&schema(256)), "");
    assert!(problems(&schema(257)).starts_with("too_many_fields"));
}

const ROOF: &str = r#"{"vertical": "solar", "fields": [
    {"name": "roof", "kind": "enum", "labels": ["flat", "steep"], "required": "ping"},
    {"name": "bill", "kind": "decimal", "scale": 2},
    {"name": "note", "kind": "text"}
]}"#;

#[test]
fn the_hash_knows_the_meaning_and_not_the_spelling() {
    let schema = Schema::from_json(ROOF).unwrap();
    let written_out = ROOF
        .replace(
            r#""kind": "text""#,
            r#""pii": false, "max_chars": 1024, "kind": "text""#,
        )
        .replace(r#""scale": 2"#, r#""required": "never", "scale": 2"#);
    assert_eq!(
        Schema::from_json(&written_out).unwrap().hash(),
        schema.hash()
    );
    let other = ROOF.replace("steep", "gabled");
    assert_ne!(Schema::from_json(&other).unwrap().hash(), schema.hash());
    insta::assert_snapshot!(schema.hash(), @"b424ee04b353d3ace9e2d04140bcf0b66e0e83c04315cdfa768c76f699a9109c");
}

#[test]
fn a_schema_reads_back() {
    let schema = Schema::from_json(ROOF).unwrap();
    let json = serde_json::to_string(&schema).unwrap();
    assert_eq!(serde_json::from_str::<Schema>(&json).unwrap(), schema);
    assert_eq!(
        schema
            .find("roof")
            .map(|field| schema.field(field).name.as_str()),
        Some("roof")
    );
    let error = serde_json::from_str::<Schema>(
        r#"{"vertical": "x", "fields": [{"name": "a", "kind": "b"}]}"#,
    );
    insta::assert_snapshot!(error.unwrap_err(), @"fields[0].kind: `b` is not a kind of field");
}

#[test]
fn json_schema_says_what_a_source_may_send() {
    let schema = Schema::from_json(ROOF).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema.json_schema()).unwrap(), @r#"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "additionalProperties": false,
      "properties": {
        "bill": {
          "anyOf": [
            {
              "pattern": "^-?[0-9]+(\\.[0-9]{1,2}0*)?$",
              "type": [
                "number",
                "string"
              ]
            },
            {
              "type": "null"
            }
          ],
          "x-pointsman-pii": false,
          "x-pointsman-required": "never"
        },
        "note": {
          "anyOf": [
            {
              "maxLength": 1024,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "x-pointsman-pii": false,
          "x-pointsman-required": "never"
        },
        "roof": {
          "enum": [
            "flat",
            "steep"
          ],
          "x-pointsman-pii": false,
          "x-pointsman-required": "ping"
        }
      },
      "required": [
        "roof"
      ],
      "title": "solar",
      "type": "object"
    }
    "#);
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = Schema::from_json(&text);
    }
}
