//! A second, naive reading of predicates and cells, and what it is tried on.

use pointsman_cel::{Comparison, DatePart, Expr, Subject, Value};
use pointsman_lead::{Fields, Schema, Value as LeadValue};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    Cell, Literal,
    fixture::{self, lead},
};

/// What a predicate means, read off its tree: no classes, no slots.
pub(in crate::program) fn naive(expr: &Expr, schema: &Schema, fields: &Fields) -> Option<bool> {
    let get = |name: &str| schema.find(name).and_then(|idx| fields.get(idx));
    match expr {
        Expr::Constant(constant) => Some(*constant),
        Expr::And(parts) => {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| naive(part, schema, fields))
                .collect();
            if parts.contains(&Some(false)) {
                Some(false)
            } else {
                (!parts.contains(&None)).then_some(true)
            }
        }
        Expr::Or(parts) => {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| naive(part, schema, fields))
                .collect();
            if parts.contains(&Some(true)) {
                Some(true)
            } else {
                (!parts.contains(&None)).then_some(false)
            }
        }
        Expr::Not(inner) => naive(inner, schema, fields).map(|value| !value),
        Expr::Holds(field) => get(&field.value).map(|value| *value == LeadValue::Boolean(true)),
        Expr::Has(field) => Some(get(&field.value).is_some()),
        Expr::StartsWith(field, prefix) => get(&field.value)
            .map(|value| matches!(value, LeadValue::Text(text) if text.starts_with(&prefix.value))),
        Expr::InList(field, list) => get(&field.value).map(|value| {
            let LeadValue::Text(text) = value else {
                panic!("{value:?}")
            };
            assert_eq!(list.value, fixture::LISTED);
            fixture::listed().values().unwrap().contains(text)
        }),
        Expr::Compare(subject, comparison, literal) => {
            let ordering = order(&read(subject, schema, fields)?, &literal.value);
            Some(match comparison {
                Comparison::Equal => ordering.is_eq(),
                Comparison::NotEqual => ordering.is_ne(),
                Comparison::Less => ordering.is_lt(),
                Comparison::AtMost => ordering.is_le(),
                Comparison::Greater => ordering.is_gt(),
                Comparison::AtLeast => ordering.is_ge(),
            })
        }
        Expr::In(subject, literals) => {
            let value = read(subject, schema, fields)?;
            Some(
                literals
                    .iter()
                    .any(|literal| order(&value, &literal.value).is_eq()),
            )
        }
    }
}

fn read(subject: &Subject, schema: &Schema, fields: &Fields) -> Option<LeadValue> {
    let value = fields.get(schema.find(&subject.field().value)?)?;
    let Subject::Part(part, _, zone) = subject else {
        return Some(value.clone());
    };
    let LeadValue::Timestamp(timestamp) = value else {
        return None;
    };
    let local = timestamp.instant()?.in_tz(&zone.value).unwrap();
    Some(LeadValue::Integer(match part {
        DatePart::Hour => local.hour().into(),
        DatePart::Weekday => local.weekday().to_monday_one_offset().into(),
        DatePart::Years | DatePart::Days => return None, // Not among the predicates that are made here.
    }))
}

/// Compares in hundredths where decimals are concerned: the fixture's scale, and the literals'.
fn order(value: &LeadValue, literal: &Value) -> std::cmp::Ordering {
    match (value, literal) {
        (LeadValue::Integer(value), Value::Integer(literal)) => value.cmp(literal),
        (LeadValue::Decimal(value), Value::Integer(literal)) => value.cmp(&(literal * 100)),
        (LeadValue::Decimal(value), Value::Decimal(literal)) => {
            (value * 1_000).cmp(&(literal.digits * 10_i64.pow(5 - u32::from(literal.scale))))
        }
        (LeadValue::Text(value), Value::Text(literal)) => value.cmp(literal),
        (LeadValue::Boolean(value), Value::Boolean(literal)) => value.cmp(literal),
        (LeadValue::Timestamp(value), Value::Timestamp(literal)) => value.cmp(literal),
        both => panic!("{both:?}"),
    }
}

fn comparison() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="])
}

fn atom() -> impl Strategy<Value = String> {
    let state = prop::sample::select(vec!["CA", "TX", "NY"]);
    let zip = prop::sample::select(vec!["", "9", "90", "902", "90210", "1"]);
    prop_oneof![
        (comparison(), 0..6_i64).prop_map(|(comparison, age)| format!("age {comparison} {age}")),
        (comparison(), -3..3_i64, 0..1000).prop_map(|(comparison, whole, thousandths)| {
            format!("price {comparison} {whole}.{thousandths:03}")
        }),
        prop::collection::vec(0..6_i64, 0..4).prop_map(|ages| format!("age in {ages:?}")),
        state
            .clone()
            .prop_map(|state| format!("state == '{state}'")),
        prop::collection::vec(state, 0..3).prop_map(|states| format!("state in {states:?}")),
        zip.clone()
            .prop_map(|zip| format!("zip.startsWith('{zip}')")),
        prop::sample::select(vec!["902", "90210"]).prop_map(|zip| format!("zip != '{zip}'")),
        Just("home_owner".to_owned()),
        Just(format!("zip in list('{}')", fixture::LISTED)),
        Just("has(age)".to_owned()),
        Just("has(zip)".to_owned()),
        Just("credit in ['good', 'fair']".to_owned()),
        Just("credit.startsWith('p')".to_owned()),
        (0..24).prop_map(|hour| format!("hour(received_at, 'Asia/Kolkata') < {hour}")),
        (1..8).prop_map(|day| format!("weekday(received_at, 'America/New_York') == {day}")),
        (0..5)
            .prop_map(|day| format!("received_at >= timestamp('2026-03-0{}T12:00:00Z')", day + 1)),
    ]
}

pub(in crate::program) fn predicate() -> impl Strategy<Value = String> {
    atom().prop_recursive(4, 24, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list.clone()
                .prop_map(|parts| format!("({})", parts.join(" && "))),
            list.prop_map(|parts| format!("({})", parts.join(" || "))),
            inner.prop_map(|inner| format!("!({inner})")),
        ]
    })
}

pub(in crate::program) fn any_lead() -> impl Strategy<Value = Fields> {
    let text = |values: Vec<&'static str>| prop::option::of(prop::sample::select(values));
    (
        text(vec!["CA", "TX", "NY", "WY"]),
        text(vec!["good", "fair", "poor"]),
        prop::option::of(0..7_i64),
        prop::option::of(any::<bool>()),
        prop::option::of(-400..400_i64),
        text(vec![
            "9", "90", "901", "902", "90210", "90211", "1", "10", "8",
        ]),
        prop::option::of(0..120_i64),
    )
        .prop_map(|(state, credit, age, home_owner, price, zip, hours)| {
            let start: pointsman_lead::Timestamp = "2026-03-01T00:30:00Z".parse().unwrap();
            let received_at = hours.map(|hours| start.plus(hours * 3_600_000_000).to_string());
            lead(&json!({
                "state": state, "credit": credit, "age": age, "home_owner": home_owner,
                "price": price, "zip": zip, "received_at": received_at,
            }))
        })
}

pub(in crate::program) fn cell(
    schema: &Schema,
    column: &str,
    cell: &Cell,
    fields: &Fields,
) -> bool {
    let value = schema.find(column).and_then(|idx| fields.get(idx));
    let literal = |literal: &Literal| match literal {
        Literal::Integer(integer) => Value::Integer(*integer),
        Literal::Boolean(boolean) => Value::Boolean(*boolean),
        Literal::Text(text) => Value::Text(text.clone()),
    };
    match (cell, value) {
        (Cell::Any, _) => true,
        (Cell::Missing, value) => value.is_none(),
        (_, None) => false,
        (Cell::OneOf(literals), Some(value)) => literals
            .iter()
            .any(|entry| order(value, &literal(entry)).is_eq()),
        (Cell::NoneOf(literals), Some(value)) => literals
            .iter()
            .all(|entry| order(value, &literal(entry)).is_ne()),
        (Cell::StartsWith(prefixes), Some(value)) => match value {
            LeadValue::Text(text) => {
                let mut prefixes = prefixes.iter();
                prefixes.any(|prefix| text.starts_with(prefix.as_str()))
            }
            _ => false,
        },
        (Cell::Range { from, to }, Some(value)) => {
            from.as_ref()
                .is_none_or(|from| order(value, &literal(from)).is_ge())
                && to
                    .as_ref()
                    .is_none_or(|to| order(value, &literal(to)).is_lt())
        }
    }
}

pub(in crate::program) fn age_cell() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        Just(json!({ "missing": true })),
        prop::collection::vec(0..7_i64, 1..3).prop_map(|ages| json!(ages)),
        (0..6_i64, 1..4_i64).prop_map(|(from, width)| json!({ "from": from, "to": from + width })),
        (0..6_i64).prop_map(|from| json!({ "from": from })),
        (1..6_i64).prop_map(|to| json!({ "to": to })),
        prop::collection::vec(0..7_i64, 1..3).prop_map(|ages| json!({ "not_in": ages })),
    ]
}

pub(in crate::program) fn state_cell() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        Just(json!({ "missing": true })),
        prop::collection::vec(prop::sample::select(vec!["CA", "TX", "NY"]), 1..3)
            .prop_map(|states| json!(states)),
        prop::collection::vec(prop::sample::select(vec!["CA", "TX", "NY"]), 1..3)
            .prop_map(|states| json!({ "not_in": states })),
        prop::collection::vec(prop::sample::select(vec!["C", "T", "NY"]), 1..3)
            .prop_map(|starts| json!({ "starts_with": starts })),
    ]
}
