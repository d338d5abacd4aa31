//! Random predicates of random leads: ours, the `cel` crate, and a naive reading must agree.

use std::collections::{BTreeMap, HashMap};

use cel::{Context, Program, Value};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    asking::{self, Answer, Asked, Kind},
    tree::{Field, Person, Spelling, ZONES, any_person, any_tree, parts},
};

/// The lead as we take it.
fn lead(person: &Person) -> BTreeMap<String, Asked> {
    let asked = |field: Field| {
        let (kind, value): (Kind, Option<Json>) = match field {
            Field::Owns => (Kind::Boolean, person.owns.map(Json::from)),
            Field::Age => (Kind::Integer, person.age.map(Json::from)),
            Field::Price => {
                let digits = |cents: i64| {
                    let sign = if cents < 0 { "-" } else { "" };
                    json!(format!(
                        "{sign}{}.{:02}",
                        cents.abs() / 100,
                        cents.abs() % 100
                    ))
                };
                (Kind::Decimal(2), person.price.map(digits))
            }
            Field::State => (Kind::Text, person.state.clone().map(Json::from)),
            Field::Seen => {
                let time = |seen| json!(Timestamp::from_microsecond(seen).unwrap().to_string());
                (Kind::Timestamp, person.seen.map(time))
            }
        };
        let value = value.unwrap_or_default();
        (field.name().to_owned(), Asked { kind, value })
    };
    Field::ALL.into_iter().map(asked).collect()
}

/// What the `cel` crate says about a complete lead.
fn by_cel(text: &str, person: &Person) -> bool {
    let seen = person.seen.unwrap();
    let mut members: HashMap<String, Value> = HashMap::from([
        ("owns".to_owned(), Value::Bool(person.owns.unwrap())),
        ("age".to_owned(), Value::Int(person.age.unwrap())),
        (
            "price".to_owned(),
            Value::Float(f64::from(i32::try_from(person.price.unwrap()).unwrap()) / 100.0),
        ),
        ("state".to_owned(), person.state.clone().unwrap().into()),
        ("seen".to_owned(), Value::Int(seen)),
    ]);
    for zone in 0..ZONES.len() {
        for (word, part) in ["hour", "weekday", "getDayOfWeek"]
            .into_iter()
            .zip(parts(seen, zone))
        {
            members.insert(format!("{word}_{zone}"), Value::Int(part));
        }
    }
    let mut context = Context::default();
    context.add_variable_from_value("lead", members);
    match Program::compile(text).unwrap().execute(&context) {
        Ok(Value::Bool(value)) => value,
        other => panic!("{text} of {person:?}: {other:?}"),
    }
}

proptest! {
    #[test]
    fn complete_leads_get_the_answer_of_cel(tree in any_tree(), seed in any::<u64>(), person in any_person(true)) {
        let (ours, plain) = (tree.text(&mut Spelling::Any(seed)), tree.text(&mut Spelling::Plain));
        let expected = by_cel(&plain, &person);
        prop_assert_eq!(tree.value(&person), Some(expected), "{}", &plain);
        prop_assert_eq!(asking::answer(&ours, &lead(&person)), Answer::Is(Some(expected)), "{}", &ours);
    }

    #[test]
    fn missing_fields_make_tests_unknown_and_nothing_else(
        tree in any_tree(), seed in any::<u64>(), person in any_person(false),
    ) {
        let ours = tree.text(&mut Spelling::Any(seed));
        let expected = Answer::Is(tree.value(&person));
        prop_assert_eq!(asking::answer(&ours, &lead(&person)), expected, "{}", &ours);
    }
}
