//! When a lead counts as one that came before.

use pointsman_lead::{Schema, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Diagnostic, Place};

/// Most fields of a rule.
const FIELDS_MAX: usize = 8;
/// The member that says how long.
const WINDOW: &str = "window_minutes";
/// The longest window: ten years, in minutes.
const WINDOW_MINUTES_MAX: u32 = 10 * 366 * 24 * 60;

/// A rule about leads that come twice: those of a flow, or those that one destination has.
///
/// A missing value is equal to nothing, not even to another missing value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dedupe {
    /// The fields that are compared, in the normal form of their kind.
    pub fields: Vec<String>,
    /// How many of them have to be equal.
    #[serde(rename = "match", default)]
    pub matching: Matching,
    /// How long a lead is remembered, in minutes; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_minutes: Option<u32>,
    /// Whether a lead that was not sold is forgotten; of a destination, one that it did not take.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub sold_only: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_yes(yes: &bool) -> bool {
    *yes
}

/// How many fields have to be equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// All of them.
    #[default]
    All,
    /// At least one.
    Any,
}

impl Dedupe {
    /// Fields that have to be equal together: one set of these is enough.
    pub fn sets(&self) -> impl Iterator<Item = &[String]> {
        let size = match self.matching {
            Matching::All => self.fields.len(),
            Matching::Any => 1,
        };
        self.fields.chunks(size.max(1))
    }

    /// The earliest moment that counts at `now`.
    pub fn since(&self, now: Timestamp) -> Timestamp {
        match self.window_minutes {
            Some(minutes) => now.plus(-i64::from(minutes) * 60_000_000),
            None => Timestamp(i64::MIN),
        }
    }

    /// What is wrong with it for leads of a schema.
    ///
    /// * `place`: where it stands; its parts are named after it.
    pub(crate) fn diagnostics(&self, place: &Place, schema: &Schema) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut report = |code, part: &str, message: String, hint: &str| {
            let place = place.clone().part(format!("dedupe.{part}"));
            found.push(Diagnostic::error(code, place, message).hint(hint));
        };
        if self.fields.is_empty() || self.fields.len() > FIELDS_MAX {
            let message = format!("{} fields are compared", self.fields.len());
            let hint = format!("name 1 to {FIELDS_MAX}, such as \"email\" and \"phone\"");
            report("dedupe_range", "fields", message, &hint);
        }
        for (at, name) in self.fields.iter().enumerate() {
            let part = format!("fields[{at}]");
            if matches!(name.as_str(), "received_at" | "is_test") || schema.find(name).is_none() {
                let message = format!("leads cannot be compared by `{name}`");
                report(
                    "dedupe_field",
                    &part,
                    message,
                    "name a field of the lead schema",
                );
            } else if self.fields[..at].contains(name) {
                let message = format!("`{name}` is named twice");
                report("dedupe_field", &part, message, "name it once");
            }
        }
        if let Some(minutes) = self.window_minutes
            && !(1..=WINDOW_MINUTES_MAX).contains(&minutes)
        {
            let message = format!("a window of {minutes} minutes is none");
            let hint = format!(
                "write 1 to {WINDOW_MINUTES_MAX}; 43200 are thirty days; leave it out for all time"
            );
            report("dedupe_range", WINDOW, message, &hint);
        }
        found
    }

    /// The rule in one line, as differences show it.
    pub(crate) fn shown(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use pointsman_lead::{Schema, Timestamp};
    use serde_json::json;

    use super::Dedupe;
    use crate::Place;

    fn rule(text: serde_json::Value) -> Dedupe {
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn all_fields_are_one_set_and_any_are_one_each() {
        let sets = |text| {
            rule(text)
                .sets()
                .map(|set| set.join("+"))
                .collect::<Vec<_>>()
        };
        assert_eq!(sets(json!({"fields": ["email", "phone"]})), ["email+phone"]);
        assert_eq!(
            sets(json!({"fields": ["email", "phone"], "match": "any"})),
            ["email", "phone"]
        );
    }

    #[test]
    fn a_window_begins_before_now() {
        let day = rule(json!({"fields": ["email"], "window_minutes": 1440}));
        assert_eq!(day.since(Timestamp(86_400_000_001)), Timestamp(1));
        let ever = rule(json!({"fields": ["email"]}));
        assert!(ever.sold_only && ever.since(Timestamp(0)) < Timestamp(i64::MIN + 1));
    }

    #[test]
    fn every_mistake_is_told() {
        let fields = json!([{"name": "email", "kind": "email"}]);
        let schema = Schema::from_value(&json!({"vertical": "x", "fields": fields})).unwrap();
        let codes = |text| {
            let found = rule(text)
                .diagnostics(&Place::default(), &schema)
                .into_iter();
            found
                .map(|it| format!("{} {}", it.code, it.place.part.unwrap_or_default()))
                .collect::<Vec<_>>()
        };
        assert_eq!(codes(json!({"fields": ["email"]})), [""; 0]);
        assert_eq!(codes(json!({"fields": []})), ["dedupe_range dedupe.fields"]);
        assert_eq!(
            codes(json!({"fields": ["email", "email", "fax", "received_at"], "window_minutes": 0})),
            [
                "dedupe_field dedupe.fields[1]",
                "dedupe_field dedupe.fields[2]",
                "dedupe_field dedupe.fields[3]",
                "dedupe_range dedupe.window_minutes",
            ]
        );
    }
}
