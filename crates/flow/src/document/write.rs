//! From a document to text, always the same for the same document.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Document;

impl Document {
    /// Pretty JSON, members in the order of [`Document`], nodes by name.
    pub fn to_json(&self) -> String {
        // Serialising these plain types cannot fail: every key is a text.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// TOML, which has no null: a cell that takes anything is `{ any = true }`, and a default that is
    /// missing `{ missing = true }`.
    pub fn to_toml(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        let toml::Value::Table(table) = to_toml(value) else {
            return String::new(); // A document is an object.
        };
        toml::to_string(&table).unwrap_or_default()
    }
}

fn word(word: &str) -> toml::Value {
    toml::Value::Table(toml::Table::from_iter([(word.to_owned(), true.into())]))
}

fn to_toml(value: Value) -> toml::Value {
    match value {
        Value::Null => word("any"),
        Value::Bool(boolean) => boolean.into(),
        // All numbers of a document fit.
        Value::Number(number) => number.as_i64().unwrap_or_default().into(),
        Value::String(text) => text.into(),
        Value::Array(entries) => entries.into_iter().map(to_toml).collect::<Vec<_>>().into(),
        Value::Object(members) => {
            // By name, whether or not some crate of the build lets maps keep their order.
            let members: BTreeMap<String, Value> = members.into_iter().collect();
            let members = members.into_iter();
            toml::Value::Table(
                members
                    .map(|(name, value)| match value {
                        Value::Null if name == "default" => (name, word("missing")),
                        value => (name, to_toml(value)),
                    })
                    .collect(),
            )
        }
    }
}
