use pointsman_lead::{FieldKind, Fields, Required, Timestamp, Value};
use pointsman_router::UnitHashes;

use super::*;

fn schema(fields: &[(&str, FieldKind)]) -> Arc<Schema> {
    let field = |(name, kind): &(&str, FieldKind)| Field {
        name: (*name).to_owned(),
        kind: kind.clone(),
        required: Required::Never,
        pii: false,
    };
    Arc::new(Schema::new("v", fields.iter().map(field).collect()).unwrap())
}

fn lead(schema: &Arc<Schema>, declared: &[&str]) -> PastLead {
    let mut values = vec![None; schema.fields().len() - declared.len()];
    values.extend(
        declared
            .iter()
            .map(|text| Some(Value::Text((*text).to_owned()))),
    );
    PastLead {
        lead: LogLead {
            lead_id: declared.join(" "),
            received_at: Timestamp(0),
            unit_key: String::new(),
            unit_hashes: UnitHashes::new(),
            cluster: None,
            epoch: None,
            fields: Fields::new(values),
            offers: Vec::new(),
            pings: Vec::new(),
            end: None,
            timeline: None,
        },
        schema: Arc::clone(schema),
    }
}

const INTEGER: FieldKind = FieldKind::Integer {
    min: None,
    max: None,
};

#[test]
fn leads_of_two_revisions_have_each_value_in_the_field_of_its_name() {
    let old = schema(&[("phone", FieldKind::Phone), ("state", FieldKind::Region)]);
    let new = schema(&[("state", FieldKind::Region), ("city", FieldKind::text(20))]);
    let leads = vec![
        lead(&old, &["+12125550100", "NY"]),
        lead(&new, &["CA", "Oakland"]),
    ];
    let all = union(&[Arc::clone(&old), Arc::clone(&new)])
        .unwrap()
        .unwrap();
    let names: Vec<&str> = all
        .declared()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["state", "city", "phone"]);
    let aligned = Aligned::under(&all, leads.clone());
    assert_eq!(aligned.warnings(), [""; 0]);
    let shown = |lead: &LogLead, schema: &Schema| {
        serde_json::Value::from(lead.fields.to_json(schema)).to_string()
    };
    assert_eq!(
        shown(&aligned.leads[0], &all),
        r#"{"phone":"+12125550100","state":"NY"}"#
    );
    assert_eq!(
        shown(&aligned.leads[1], &all),
        r#"{"city":"Oakland","state":"CA"}"#
    );
    // Under the present schema, which has no telephone numbers, there is none anywhere.
    let aligned = Aligned::under(&new, leads);
    assert_eq!(shown(&aligned.leads[0], &new), r#"{"state":"NY"}"#);
}

#[test]
fn values_that_do_not_fit_a_new_kind_are_missing_with_a_warning() {
    let old = schema(&[("size", FieldKind::text(20))]);
    let new = schema(&[("size", INTEGER)]);
    let aligned = Aligned::under(&new, vec![lead(&old, &["12"]), lead(&old, &["large"])]);
    let value = |lead: usize| {
        aligned.leads[lead]
            .fields
            .values()
            .last()
            .cloned()
            .flatten()
    };
    assert_eq!((value(0), value(1)), (Some(Value::Integer(12)), None));
    assert_eq!(
        aligned.warnings(),
        [
            "the field `size` has another kind than it had: its values of 1 leads do not fit it and count as missing"
        ]
    );
    assert_eq!(union(&[]), Ok(None));
}
