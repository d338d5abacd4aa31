//! A cap as documents and databases write it: amounts of money as decimal text, and nothing that is not said.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use pointsman_lead::{Micros, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Cap, CapKind, Window, utc};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCap {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    kind: CapKind,
    max: WrittenAmount,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    max_on: BTreeMap<Weekday, WrittenAmount>,
    #[serde(default)]
    window: Option<Window>,
    #[serde(default = "utc")]
    zone: String,
    #[serde(default, skip_serializing_if = "is_false")]
    paced: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    soft: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    sources: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    each_source: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A number of units, or money.
#[derive(Clone, Copy)]
enum WrittenAmount {
    Units(u64),
    Money(Micros),
}

impl WrittenAmount {
    fn of(kind: CapKind, amount: u64) -> Self {
        match kind {
            CapKind::Revenue => Self::Money(Micros(i64::try_from(amount).unwrap_or(i64::MAX))),
            _ => Self::Units(amount),
        }
    }

    fn read(self, kind: CapKind) -> Result<u64, String> {
        match (kind, self) {
            (CapKind::Revenue, Self::Money(Micros(micros))) => {
                u64::try_from(micros).map_err(|_| "the most revenue is not negative".to_owned())
            }
            (CapKind::Revenue, Self::Units(_)) => {
                Err("the most revenue is an amount of money as text, such as \"500.00\"".to_owned())
            }
            (_, Self::Units(units)) => Ok(units),
            (_, Self::Money(_)) => Err(format!(
                "the most {} is a whole number, without quotation marks",
                kind.units()
            )),
        }
    }
}

impl TryFrom<WrittenCap> for Cap {
    type Error = String;

    fn try_from(written: WrittenCap) -> Result<Self, String> {
        let WrittenCap {
            name,
            kind,
            max,
            max_on,
            window,
            zone,
            paced,
            soft,
            group,
            sources,
            each_source,
        } = written;
        let window = match (window, kind) {
            (Some(window), _) => window,
            (None, CapKind::InFlight) => Window::Lifetime,
            (None, _) => return Err("missing field `window`".to_owned()),
        };
        let days = max_on.into_iter();
        let days = days.map(|(day, max)| Ok((day, max.read(kind)?)));
        Ok(Self {
            name,
            kind,
            max: max.read(kind)?,
            max_on: days.collect::<Result<_, String>>()?,
            window,
            zone,
            paced,
            soft,
            group,
            sources,
            each_source,
        })
    }
}

impl From<Cap> for WrittenCap {
    fn from(cap: Cap) -> Self {
        let Cap {
            name,
            kind,
            max,
            max_on,
            window,
            zone,
            paced,
            soft,
            group,
            sources,
            each_source,
        } = cap;
        let days = max_on.into_iter();
        Self {
            name,
            kind,
            max: WrittenAmount::of(kind, max),
            max_on: days
                .map(|(day, max)| (day, WrittenAmount::of(kind, max)))
                .collect(),
            window: Some(window),
            zone,
            paced,
            soft,
            group,
            sources,
            each_source,
        }
    }
}

impl Serialize for WrittenAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Units(units) => serializer.serialize_u64(*units),
            Self::Money(amount) => serializer.collect_str(amount),
        }
    }
}

impl<'de> Deserialize<'de> for WrittenAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl de::Visitor<'_> for AmountVisitor {
    type Value = WrittenAmount;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number from 0, or of revenue a text such as \"500.00\"")
    }

    fn visit_u64<E: de::Error>(self, units: u64) -> Result<WrittenAmount, E> {
        Ok(WrittenAmount::Units(units))
    }

    fn visit_i64<E: de::Error>(self, units: i64) -> Result<WrittenAmount, E> {
        let wrong = || E::invalid_value(de::Unexpected::Signed(units), &self);
        u64::try_from(units)
            .map(WrittenAmount::Units)
            .map_err(|_| wrong())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WrittenAmount, E> {
        text.parse().map(WrittenAmount::Money).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{Cap, CapKind, Window};

    fn read(cap: Value) -> Result<Cap, String> {
        serde_json::from_value(cap).map_err(|error| error.to_string())
    }

    #[test]
    fn a_cap_is_written_as_it_was_before_there_were_more_kinds() {
        let stored = r#"{"name":"daily","kind":"accepted","max":2,"window":"day","zone":"UTC"}"#;
        let cap: Cap = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&cap).unwrap(), stored);
        assert_eq!(
            serde_json::to_string(&Cap::new(CapKind::Offers, 1, Window::Hour, "UTC")).unwrap(),
            r#"{"kind":"offers","max":1,"window":"hour","zone":"UTC"}"#
        );
    }

    #[test]
    fn revenue_is_money_and_all_else_whole_numbers() {
        let cap = read(
            json!({"kind": "revenue", "max": "500.5", "max_on": {"sat": "0"}, "window": "day"}),
        );
        let cap = cap.unwrap();
        assert_eq!(cap.max, 500_500_000);
        let again = serde_json::to_value(&cap).unwrap();
        assert_eq!(
            (&again["max"], &again["max_on"]),
            (&json!("500.50"), &json!({"sat": "0.00"}))
        );
        assert_eq!(read(again).unwrap(), cap);
        for (cap, word) in [
            (
                json!({"kind": "revenue", "max": 500, "window": "day"}),
                "as text",
            ),
            (
                json!({"kind": "revenue", "max": "-1", "window": "day"}),
                "not negative",
            ),
            (
                json!({"kind": "offers", "max": "5", "window": "day"}),
                "whole number",
            ),
            (json!({"kind": "offers", "max": -5, "window": "day"}), "-5"),
            (
                json!({"kind": "offers", "max": 5}),
                "missing field `window`",
            ),
            (
                json!({"kind": "offers", "max": 5, "window": "day", "limit": 1}),
                "unknown field `limit`",
            ),
        ] {
            let refused = read(cap.clone()).unwrap_err();
            assert!(refused.contains(word), "{cap}: {refused}");
        }
    }

    #[test]
    fn what_is_under_way_has_no_window() {
        let cap = read(json!({"kind": "in_flight", "max": 3})).unwrap();
        assert_eq!(cap.window, Window::Lifetime);
    }
}
