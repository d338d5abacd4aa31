//! The answers in a payload: values under keys, whatever shape they came in.

use serde_json::Value;

use crate::{
    names::folded,
    path::JsonPath,
    payload::Payload,
    place::Place,
    preset::{AnswerList, Preset},
};

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// Its key, as it was sent; of inner members with a point between: `contact.email`.
    key: String,
    /// The same where case, blanks and signs do not matter. Made once: each field asks under several names.
    folded: String,
    value: Value,
    /// Whether nobody has asked for it yet.
    is_free: bool,
}

impl Answer {
    fn new(key: String, value: Value) -> Self {
        Self {
            folded: folded(&key),
            key,
            value,
            is_free: true,
        }
    }
}

/// All answers of a payload, in the order in which they were sent.
#[derive(Debug)]
pub(crate) struct Answers {
    all: Vec<Answer>,
    /// The payload, for what is taken by its place.
    whole: Value,
}

/// What was found of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Where it stood.
    pub(crate) from: String,
    pub(crate) value: Value,
}

impl Answers {
    /// The answers of a payload. What stands beside the list of a platform are answers too; those in the list come first.
    pub(crate) fn of(preset: Preset, payload: &Payload) -> Self {
        let mut all = Vec::new();
        let whole = Value::Object(payload.value.clone());
        let mut inside = None;
        if let Some(shape) = preset.answers()
            && let Some((place, list)) = list_of(shape, &whole)
        {
            all.extend(list.iter().filter_map(|entry| answer(shape, entry)));
            inside = Some(place);
        }
        for (name, value) in &payload.value {
            // What the list was found in has been read.
            let holds_list = inside.is_some_and(|place| holds(place, name));
            if !holds_list {
                flatten(name, value, &mut all);
            }
        }
        Self { all, whole }
    }

    /// Takes the value at a place of the payload.
    pub(crate) fn take(&mut self, place: &Place) -> Option<Found> {
        match place {
            Place::Key(key) => self.take_exact(key).or_else(|| self.take_alike(key)),
            Place::Path(path) => {
                let value = path.find(&self.whole).cloned()?;
                self.free_no_more(path);
                let from = path.to_string();
                Some(Found { from, value }).filter(|found| !is_empty(&found.value))
            }
        }
    }

    /// Takes the first answer that says something under exactly this key.
    pub(crate) fn take_exact(&mut self, key: &str) -> Option<Found> {
        self.take_if(|answer| answer.key == key)
    }

    /// The same where case, blanks and signs do not matter: `ZIP Code` is `zip_code`.
    pub(crate) fn take_alike(&mut self, key: &str) -> Option<Found> {
        let key = folded(key);
        self.take_if(|answer| answer.folded == key)
    }

    /// The same, of what nobody has asked for yet.
    pub(crate) fn take_free(&mut self, key: &str) -> Option<Found> {
        let key = folded(key);
        self.take_if(|answer| answer.is_free && answer.folded == key)
    }

    fn take_if(&mut self, is: impl Fn(&Answer) -> bool) -> Option<Found> {
        let mut found = None;
        for answer in self.all.iter_mut().filter(|answer| is(answer)) {
            answer.is_free = false;
            if found.is_none() && !is_empty(&answer.value) {
                found = Some(Found {
                    from: answer.key.clone(),
                    value: answer.value.clone(),
                });
            }
        }
        found
    }

    /// What a path has taken is no unknown answer, where it is a member by itself.
    fn free_no_more(&mut self, path: &JsonPath) {
        let place = path.to_string();
        let key = place.trim_start_matches("$.");
        for answer in self.all.iter_mut().filter(|answer| answer.key == key) {
            answer.is_free = false;
        }
    }

    /// Takes a value out of what was not asked for, without reading it.
    pub(crate) fn forget(&mut self, key: &str) {
        self.all.retain(|answer| answer.key != key);
    }

    /// What nobody has asked for.
    pub(crate) fn free(self) -> impl Iterator<Item = (String, Value)> {
        let free = self.all.into_iter().filter(|answer| answer.is_free);
        free.map(|answer| (answer.key, answer.value))
    }
}

/// Whether a value says nothing: forms send empty texts for what was left out.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(entries) => entries.iter().all(is_empty),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn list_of(shape: AnswerList, whole: &Value) -> Option<(&'static str, &Vec<Value>)> {
    shape.places.iter().find_map(|&place| {
        let path = JsonPath::parse(place).ok()?;
        Some((place, path.find(whole)?.as_array()?))
    })
}

/// Whether a place lies in the member of this name.
fn holds(place: &str, name: &str) -> bool {
    let inside = place.strip_prefix("$.").unwrap_or(place);
    let first = inside.split(['.', '[']).next();
    first == Some(name)
}

fn answer(shape: AnswerList, entry: &Value) -> Option<Answer> {
    let entry = entry.as_object()?;
    let said = |member: &&str| entry.get(*member).and_then(Value::as_str);
    let key = shape.names.iter().find_map(said)?;
    let value = shape.values.iter().find_map(|member| entry.get(*member))?;
    Some(Answer::new(key.to_owned(), only(value).clone()))
}

/// The one entry of a list of one; platforms write each answer as a list.
fn only(value: &Value) -> &Value {
    match value {
        Value::Array(entries) if entries.len() == 1 => &entries[0],
        value => value,
    }
}

/// Adds a member, and the members of objects under names with points.
fn flatten(key: &str, value: &Value, all: &mut Vec<Answer>) {
    match only(value) {
        Value::Object(members) => {
            for (name, value) in members {
                flatten(&format!("{key}.{name}"), value, all);
            }
        }
        value => all.push(Answer::new(key.to_owned(), value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Answers;
    use crate::{payload::Payload, place::Place, preset::Preset};

    fn answers(preset: Preset, payload: Value) -> Answers {
        Answers::of(preset, &Payload::from_value(payload).unwrap())
    }

    fn shown(answers: Answers) -> Vec<String> {
        let free = answers.free();
        free.map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn members_of_objects_are_answers_under_names_with_points() {
        let payload = json!({"age": 41, "contact": {"e-mail": "a@b.co", "tags": ["x"]}, "n": []});
        assert_eq!(
            shown(answers(Preset::Form, payload)),
            [
                "age=41",
                "contact.e-mail=\"a@b.co\"",
                "contact.tags=\"x\"",
                "n=[]"
            ]
        );
    }

    #[test]
    fn the_list_of_a_platform_is_read_and_what_stands_beside_it() {
        let payload = json!({
            "id": "77", "form_id": "9",
            "field_data": [
                {"name": "email", "values": ["a@b.co"]}, {"name": "none", "values": []},
                {"values": ["x"]}, "no object",
            ],
        });
        assert_eq!(
            shown(answers(Preset::FacebookLeadAds, payload)),
            ["email=\"a@b.co\"", "none=[]", "form_id=\"9\"", "id=\"77\""]
        );
    }

    #[test]
    fn an_answer_is_found_by_its_key_however_it_is_spelled() {
        let payload = json!({"ZIP Code": "94103", "zip": "", "Age": 41});
        let mut answers = answers(Preset::Form, payload);
        let mut from = |place: &str| {
            let place = Place::try_from(place.to_owned()).unwrap();
            answers.take(&place).map(|found| found.from)
        };
        assert_eq!(from("zip_code").as_deref(), Some("ZIP Code"));
        assert_eq!(from("zip"), None, "it says nothing");
        assert_eq!(from("$.Age").as_deref(), Some("$.Age"));
        assert_eq!(shown(answers), [""; 0], "all was asked for");
    }
}
