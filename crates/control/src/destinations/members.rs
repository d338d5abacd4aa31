//! The members of a JSON object, each read by itself.

use pointsman_lead::{Problem, json};
use serde_json::{Map, Value};

use super::PRICE;

/// Reads an object member by member, so that each bad one is reported and not only the first.
///
/// * `example`: an object with the members that must be there.
pub(super) fn members<T: serde::de::DeserializeOwned>(
    path: &str,
    given: &Value,
    example: &Value,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let (Value::Object(given), Value::Object(example)) = (given, example) else {
        problems.push(Problem::new(
            "wrong_type",
            path,
            format!("`{path}` is an object"),
        ));
        return None;
    };
    let n_before = problems.len();
    for (name, value) in given {
        let mut alone: Map<String, Value> = example.clone();
        alone.insert(name.clone(), value.clone());
        if let Err(error) = serde_json::from_value::<T>(Value::Object(alone)) {
            let path = format!("{path}.{name}");
            problems.push(wrong_member(path, &error.to_string()));
        }
    }
    if problems.len() > n_before {
        return None;
    }
    // What must be there and is not has been noticed by the caller; the example stands in for it.
    let mut whole = example.clone();
    whole.extend(given.clone());
    serde_json::from_value(Value::Object(whole)).ok()
}

/// What is wrong with a member, in plain words.
///
/// * `error`: as `serde` says it.
pub(super) fn wrong_member(path: String, error: &str) -> Problem {
    if let Some(unknown) = error.strip_prefix("unknown field ") {
        let (name, known) = unknown.split_once(", expected ").unwrap_or((unknown, ""));
        let problem = Problem::new("unknown_member", path, format!("there is no member {name}"));
        let known = known.trim_start_matches("one of ");
        return problem.hint(format!("its members are {known}"));
    }
    let message = json::in_words(error);
    if path == PRICE {
        Problem::new("bad_amount", path, message)
            .hint("write main units as text: 12.50 is \"12.50\"")
    } else {
        Problem::new("wrong_type", path, message)
    }
}
