//! What a publisher sent, within limits.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, json, unstorable_in};
use serde_json::{Map, Value};
use url::form_urlencoded;

/// Most levels of objects and lists in a payload.
pub const LEVELS_MAX: usize = 32;
/// Most names in a payload, those of inner objects among them, and most parameters of a form.
pub const KEYS_MAX: usize = 1_000;

/// What a publisher sent: one JSON object, as it is or made of the parameters of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    pub(crate) value: Map<String, Value>,
    /// Whether it was a form: every value is a text then, or a list of texts for a name that came several times.
    pub(crate) is_form: bool,
}

impl Payload {
    /// A payload of JSON.
    ///
    /// # Errors
    ///
    /// Every mistake at once: what [`json::read`] refuses, `wrong_type` for what is no object, `too_deep`, `too_many`, and
    /// `malformed` for texts that cannot be stored.
    pub fn from_json(text: &str) -> Result<Self, Vec<Problem>> {
        Self::from_value(json::read(text)?)
    }

    /// The same of JSON that was read before.
    ///
    /// # Errors
    ///
    /// As [`Payload::from_json`].
    pub fn from_value(value: Value) -> Result<Self, Vec<Problem>> {
        // Some relays put the one object into a list.
        let value = match value {
            Value::Array(mut entries) if entries.len() == 1 => entries.remove(0),
            value => value,
        };
        let mut problems = Vec::new();
        let size = Size::of(&value, 1);
        if size.levels > LEVELS_MAX {
            let message = format!("the payload has more than {LEVELS_MAX} levels");
            problems.push(Problem::new("too_deep", "", message).hint("send a flatter object"));
        }
        if size.keys > KEYS_MAX {
            problems.push(too_many());
        }
        problems.extend(unstorable_in("", &value));
        match value {
            Value::Object(value) if problems.is_empty() => Ok(Self {
                value,
                is_form: false,
            }),
            Value::Object(_) => Err(problems),
            Value::Array(entries) => {
                let message = format!(
                    "the payload is a list of {}; a lead is one object",
                    entries.len()
                );
                let problem = Problem::new("wrong_type", "", message);
                problems.push(problem.hint("send each lead by itself"));
                Err(problems)
            }
            _ => {
                let problem = Problem::new("wrong_type", "", "the payload is not a JSON object");
                problems.push(problem.hint(r#"send an object, like {"email": "…"}"#));
                Err(problems)
            }
        }
    }

    /// A payload of parameters as forms and addresses have them: `name=Ada&age=41`.
    ///
    /// # Errors
    ///
    /// As [`Payload::from_pairs`].
    pub fn from_form(bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let pairs = form_urlencoded::parse(bytes);
        // The reader puts a mark in the place of what is not UTF-8, which is another text than was sent.
        let has_mark = |text: &str| text.contains('\u{fffd}');
        let is_marked = pairs
            .clone()
            .any(|(name, text)| has_mark(&name) || has_mark(&text));
        let raw = String::from_utf8_lossy(bytes).to_ascii_uppercase();
        if is_marked && !raw.contains("%EF%BF%BD") {
            let problem = Problem::new("malformed", "", "the form is not UTF-8");
            return Err(vec![problem.hint("send the page and its form as UTF-8")]);
        }
        Self::from_pairs(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())))
    }

    /// A payload of names and texts, in the order in which they were sent.
    ///
    /// # Errors
    ///
    /// `too_many`, and `malformed` for texts that cannot be stored.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Problem>> {
        let mut texts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut n_pairs = 0;
        for (name, text) in pairs {
            n_pairs += 1;
            if n_pairs > KEYS_MAX {
                return Err(vec![too_many()]);
            }
            texts.entry(name).or_default().push(text.into());
        }
        let value = texts.into_iter().map(|(name, mut texts)| {
            let value = match texts.len() {
                1 => texts.remove(0),
                _ => Value::Array(texts),
            };
            (name, value)
        });
        let value = Value::Object(value.collect());
        let problems = unstorable_in("", &value);
        match value {
            Value::Object(value) if problems.is_empty() => Ok(Self {
                value,
                is_form: true,
            }),
            _ => Err(problems),
        }
    }

    /// Adds what was said elsewhere, such as in the address of a request with a body; what is there already counts more.
    pub fn add(&mut self, other: Self) {
        for (name, value) in other.value {
            self.value.entry(name).or_insert(value);
        }
    }

    /// The text of a member, as it was sent.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value.get(name)?.as_str()
    }
}

fn too_many() -> Problem {
    let message = format!("the payload has more than {KEYS_MAX} names");
    Problem::new("too_many", "", message).hint("leave out what does not belong to the lead")
}

/// How much a value holds.
struct Size {
    levels: usize,
    keys: usize,
}

impl Size {
    fn of(value: &Value, level: usize) -> Self {
        let inner: &mut dyn Iterator<Item = &Value> = match value {
            Value::Object(members) => &mut members.values(),
            Value::Array(entries) => &mut entries.iter(),
            _ => {
                return Self {
                    levels: level - 1,
                    keys: 0,
                };
            }
        };
        let mut size = Self {
            levels: level,
            keys: value.as_object().map_or(0, Map::len),
        };
        // The reader of JSON goes 128 levels deep, and so may this.
        for value in inner {
            let below = Self::of(value, level + 1);
            size.levels = size.levels.max(below.levels);
            size.keys += below.keys;
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Problem;
    use serde_json::json;

    use super::Payload;

    fn codes(refused: Result<Payload, Vec<Problem>>) -> Vec<String> {
        let problems = refused.unwrap_err().into_iter();
        problems
            .map(|it| format!("{} {}", it.code, it.path))
            .collect()
    }

    #[test]
    fn a_payload_is_one_object_within_limits() {
        assert!(Payload::from_json(r#"[{"a": 1}]"#).is_ok());
        assert_eq!(codes(Payload::from_json("[]")), ["wrong_type "]);
        assert_eq!(codes(Payload::from_json("7")), ["wrong_type "]);
        assert_eq!(codes(Payload::from_json("{")), ["malformed "]);
        assert_eq!(
            codes(Payload::from_json(r#"{"a": 1, "a": 2}"#)),
            ["duplicate_name a"]
        );
        let deep = format!("{}1{}", r#"{"a":"#.repeat(40), "}".repeat(40));
        assert_eq!(codes(Payload::from_json(&deep)), ["too_deep "]);
        let bottomless = "[".repeat(100_000);
        assert_eq!(codes(Payload::from_json(&bottomless)), ["malformed "]);
        let wide: serde_json::Map<_, _> = (0..1_001).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(codes(Payload::from_value(wide.into())), ["too_many "]);
        assert_eq!(
            codes(Payload::from_value(json!({"a": "\0"}))),
            ["malformed a"]
        );
    }

    #[test]
    fn a_form_keeps_all_that_came_under_a_name() {
        let form = Payload::from_form("name=Ada+L%C3%B6we&tag=a&tag=b&empty=".as_bytes()).unwrap();
        assert_eq!(
            serde_json::Value::Object(form.value),
            json!({"name": "Ada Löwe", "tag": ["a", "b"], "empty": ""})
        );
        let many = "a=1&".repeat(1_001);
        assert_eq!(codes(Payload::from_form(many.as_bytes())), ["too_many "]);
        assert_eq!(codes(Payload::from_form(b"a=%00")), ["malformed a"]);
        assert_eq!(codes(Payload::from_form(b"name=L%F6we")), ["malformed "]);
    }

    #[test]
    fn a_body_counts_more_than_the_address() {
        let mut body = Payload::from_form(b"state=CA").unwrap();
        body.add(Payload::from_form(b"state=TX&utm_source=mail").unwrap());
        assert_eq!(body.text("state"), Some("CA"));
        assert_eq!(body.text("utm_source"), Some("mail"));
    }
}
