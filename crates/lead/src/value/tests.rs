use super::*;
use crate::Required;

fn schema(fields: &[(&str, FieldKind)]) -> Schema {
    let field = |(name, kind): &(&str, FieldKind)| Field {
        name: (*name).to_owned(),
        kind: kind.clone(),
        required: Required::Never,
        pii: false,
    };
    Schema::new("v", fields.iter().map(field).collect()).unwrap()
}

const INTEGER: FieldKind = FieldKind::Integer {
    min: None,
    max: None,
};
const TEXT: FieldKind = FieldKind::text(20);

/// Fields with these declared values.
fn fields(schema: &Schema, declared: Vec<Option<Value>>) -> Fields {
    let always = schema.fields().len() - declared.len();
    let mut values = vec![None; always];
    values[0] = Some(Value::Text("seo".to_owned()));
    values.extend(declared);
    Fields::new(values)
}

fn shown(fields: &Fields, schema: &Schema) -> String {
    Json::from(fields.to_json(schema)).to_string()
}

#[test]
fn a_revision_that_moves_fields_moves_no_value_into_another_field() {
    let old = schema(&[
        ("phone", FieldKind::Phone),
        ("state", FieldKind::Region),
        ("age", INTEGER),
    ]);
    let new = schema(&[
        ("age", INTEGER),
        ("city", TEXT),
        ("state", FieldKind::Region),
    ]);
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let stored = fields(
        &old,
        vec![text("+12125550100"), text("CA"), Some(Value::Integer(30))],
    );
    let (moved, lost) = stored.under(&old, &new);
    assert_eq!(
        shown(&moved, &new),
        r#"{"age":30,"source":"seo","state":"CA"}"#
    );
    assert!(lost.is_empty());
    assert_eq!(moved.values().len(), new.fields().len());
}

#[test]
fn a_value_of_another_kind_is_read_as_it_would_be_sent_today() {
    let kinds = [
        (INTEGER, Value::Integer(30)),
        (TEXT, Value::Text("30".to_owned())),
        (FieldKind::Decimal { scale: 2 }, Value::Decimal(3_000)),
        (FieldKind::Decimal { scale: 4 }, Value::Decimal(300_000)),
        (FieldKind::Boolean, Value::Boolean(true)),
        (TEXT, Value::Text("soon".to_owned())),
    ];
    let moved = |from: usize, to: usize| {
        let (from, value) = &kinds[from];
        let (old, new) = (
            schema(&[("x", from.clone())]),
            schema(&[("x", kinds[to].0.clone())]),
        );
        let stored = fields(&old, vec![Some(value.clone())]);
        let (moved, lost) = stored.under(&old, &new);
        match moved.values().last() {
            Some(Some(value)) => format!("{value:?}"),
            _ => format!("lost {}", lost.join(" ")),
        }
    };
    for (from, to, expected) in [
        (0, 1, "Text(\"30\")"),
        (1, 0, "Integer(30)"),
        (0, 2, "Decimal(3000)"),
        (2, 3, "Decimal(300000)"),
        (3, 2, "Decimal(3000)"),
        (4, 1, "Text(\"true\")"),
        (4, 0, "lost x"),
        (5, 0, "lost x"),
        (5, 2, "lost x"),
    ] {
        assert_eq!(moved(from, to), expected, "{from} {to}");
    }
}

#[test]
fn a_label_that_is_gone_is_still_what_was_said() {
    let labels = |labels: &[&str]| FieldKind::Enum {
        labels: labels.iter().map(|&label| label.to_owned()).collect(),
    };
    let (old, new) = (
        schema(&[("x", labels(&["good", "fair"]))]),
        schema(&[("x", labels(&["good"]))]),
    );
    let stored = fields(&old, vec![Some(Value::Text("fair".to_owned()))]);
    let (moved, lost) = stored.under(&old, &new);
    assert_eq!(moved.values().last(), stored.values().last());
    assert!(lost.is_empty());
}
