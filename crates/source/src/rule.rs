//! How one field is taken from a payload.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, closest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::place::Place;

/// Most places that a rule looks at.
const PLACES_MAX: usize = 16;
/// Most normalisers of a rule, and most words that it knows.
const STEPS_MAX: usize = 16;
const WORDS_MAX: usize = 1_000;

/// Where a field's value comes from, and what is done to it before it is read as its kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// Where to look, in turn: the first place that says something counts. None: under the names of the field.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "one_or_more")]
    pub(crate) from: Vec<Place>,
    /// What the field always holds, whatever is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// What is done to what was found, in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "one_or_more")]
    pub(crate) read: Vec<Normaliser>,
    /// What stands for what, without regard to case: `{"Very good": "excellent"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) words: BTreeMap<String, Value>,
    /// Whether the value is read by its kind as forms write it (`"41"` as a number). `false`: exactly as it was sent.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub(crate) lenient: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_yes(yes: &bool) -> bool {
    *yes
}

/// Something that is done to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normaliser {
    /// White space at both ends goes, and what is invisible there.
    Trim,
    /// Small letters.
    Lower,
    /// Capital letters.
    Upper,
    /// Only the digits stay: `$1,200` is `1200`.
    Digits,
    /// Words for yes and no become true and false.
    YesNo,
    /// A telephone number as it is dialled in the country of the source, in E.164.
    Phone,
    /// A postal code as the country of the source writes it.
    PostalCode,
    /// A postal code of the United States without the four digits behind its hyphen.
    Zip5,
    /// An e-mail address in small letters.
    Email,
    /// A day that is written month, day, year: `1/31/1990` is `1990-01-31`.
    DateMdy,
    /// A day that is written day, month, year: `31.1.1990` is `1990-01-31`.
    DateDmy,
    /// The first word.
    FirstWord,
    /// All words but the first.
    OtherWords,
}

impl Normaliser {
    /// Every one of them.
    pub const ALL: [Self; 13] = [
        Self::Trim,
        Self::Lower,
        Self::Upper,
        Self::Digits,
        Self::YesNo,
        Self::Phone,
        Self::PostalCode,
        Self::Zip5,
        Self::Email,
        Self::DateMdy,
        Self::DateDmy,
        Self::FirstWord,
        Self::OtherWords,
    ];

    /// The word for it, as in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trim => "trim",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Digits => "digits",
            Self::YesNo => "yes_no",
            Self::Phone => "phone",
            Self::PostalCode => "postal_code",
            Self::Zip5 => "zip5",
            Self::Email => "email",
            Self::DateMdy => "date_mdy",
            Self::DateDmy => "date_dmy",
            Self::FirstWord => "first_word",
            Self::OtherWords => "other_words",
        }
    }
}

const MEMBERS: [&str; 5] = ["from", "value", "read", "words", "lenient"];

impl FieldRule {
    /// Reads a rule with all of its mistakes at once. A text or a list is short for where to look.
    ///
    /// * `path`: where it stands in the document.
    pub(crate) fn read(path: &str, given: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let n_before = problems.len();
        let mut rule = Self {
            lenient: true,
            ..Self::default()
        };
        match given {
            Value::String(_) | Value::Array(_) => rule.from = places(path, given, problems),
            Value::Object(members) => {
                for (name, value) in members {
                    let path = format!("{path}.{name}");
                    match name.as_str() {
                        "from" => rule.from = places(&path, value, problems),
                        "value" => rule.value = Some(fixed(&path, value, problems)),
                        "read" => rule.read = normalisers(&path, value, problems),
                        "words" => rule.words = words(&path, value, problems),
                        "lenient" => rule.lenient = flag(&path, value, problems),
                        _ => problems.push(unknown_member(path, name, &MEMBERS)),
                    }
                }
            }
            _ => problems.push(
                Problem::new(
                    "wrong_type",
                    path,
                    "a rule is a place, a list of places, or an object",
                )
                .hint(r#"write "phone_number", or {"from": "phone_number", "read": "phone"}"#),
            ),
        }
        if rule.value.is_some()
            && !(rule.from.is_empty() && rule.read.is_empty() && rule.words.is_empty())
        {
            let message = "a field that always holds one `value` takes nothing from the payload";
            let problem = Problem::new("contradiction", path, message);
            problems.push(problem.hint("leave out `value`, or all the others"));
        }
        (problems.len() == n_before).then_some(rule)
    }
}

/// A member that means nothing where it stands.
pub(crate) fn unknown_member(path: String, name: &str, known: &[&'static str]) -> Problem {
    let problem = Problem::new(
        "unknown_member",
        path,
        format!("`{name}` means nothing here"),
    );
    problem.hint(match closest(name, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("members are {}", known.join(", ")),
    })
}

fn wrong_type(path: &str, wanted: &str) -> Problem {
    let message = format!("what stands here is {wanted}");
    Problem::new("wrong_type", path, message).hint(format!("write {wanted}"))
}

fn too_many(path: &str, message: String) -> Problem {
    Problem::new("too_many", path, message).hint("leave some out")
}

fn flag(path: &str, given: &Value, problems: &mut Vec<Problem>) -> bool {
    given.as_bool().unwrap_or_else(|| {
        problems.push(wrong_type(path, "true or false"));
        true
    })
}

fn fixed(path: &str, given: &Value, problems: &mut Vec<Problem>) -> Value {
    if !matches!(given, Value::String(_) | Value::Number(_) | Value::Bool(_)) {
        problems.push(wrong_type(path, "a text, a number, or true or false"));
    }
    given.clone()
}

/// The entries of a list, or the one thing that stands for a list of one.
fn entries(given: &Value) -> &[Value] {
    match given {
        Value::Array(entries) => entries,
        one => std::slice::from_ref(one),
    }
}

/// Places, each with its mistake.
pub(crate) fn places(path: &str, given: &Value, problems: &mut Vec<Problem>) -> Vec<Place> {
    let entries = entries(given);
    if entries.len() > PLACES_MAX || entries.is_empty() {
        let message = format!("a rule looks at 1 to {PLACES_MAX} places");
        problems.push(too_many(path, message));
        return Vec::new();
    }
    let mut places = Vec::new();
    for entry in entries {
        let place = entry
            .as_str()
            .ok_or_else(|| "a place is a text".to_owned())
            .and_then(|text| Place::try_from(text.to_owned()));
        match place {
            Ok(place) => places.push(place),
            Err(why) => problems.push(
                Problem::new("bad_place", path, why)
                    .hint(r#"write the key of an answer, or a path like $.contact["e-mail"]"#),
            ),
        }
    }
    places
}

fn normalisers(path: &str, given: &Value, problems: &mut Vec<Problem>) -> Vec<Normaliser> {
    let entries = entries(given);
    if entries.len() > STEPS_MAX {
        let message = format!("at most {STEPS_MAX} things are done to a value");
        problems.push(too_many(path, message));
        return Vec::new();
    }
    let known = Normaliser::ALL.map(Normaliser::word);
    let mut steps = Vec::new();
    for entry in entries {
        let word = entry.as_str().unwrap_or_default();
        if let Some(step) = Normaliser::ALL.into_iter().find(|it| it.word() == word) {
            steps.push(step);
            continue;
        }
        let message = format!("{entry} is nothing that can be done to a value");
        let problem = Problem::new("unknown_label", path, message);
        problems.push(problem.hint(match closest(word, known) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("one of {}", known.join(", ")),
        }));
    }
    steps
}

fn words(path: &str, given: &Value, problems: &mut Vec<Problem>) -> BTreeMap<String, Value> {
    let Some(members) = given.as_object() else {
        problems.push(wrong_type(
            path,
            "an object: what is sent, and what it stands for",
        ));
        return BTreeMap::new();
    };
    if members.len() > WORDS_MAX {
        let message = format!("a rule knows at most {WORDS_MAX} words");
        problems.push(too_many(path, message));
        return BTreeMap::new();
    }
    let mut words = BTreeMap::new();
    for (word, value) in members {
        let place = format!("{path}.{word}");
        let value = fixed(&place, value, problems);
        if words.insert(crate::reading::word(word), value).is_some() {
            let message = format!("`{word}` stands here twice, in other letters");
            problems
                .push(Problem::new("duplicate_name", place, message).hint("keep one of the two"));
        }
    }
    words
}

/// A list that may be written as its one entry.
mod one_or_more {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written<T> {
        One(T),
        More(Vec<T>),
    }

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        list: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match list {
            [one] => one.serialize(serializer),
            more => more.serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::One(one) => vec![one],
            Written::More(more) => more,
        })
    }
}
