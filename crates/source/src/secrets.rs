//! What a source and its platform know and nobody else does.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// What stands in a secret's place where it is shown.
const REDACTED: &str = "[secret]";

/// Secrets of a source by name. `Debug` hides them; serialisation, which storage needs, does not.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A secret's value, for a comparison and nothing else.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same as others may see them: each value reads `[secret]`.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let hidden = self
            .0
            .keys()
            .map(|name| (name.clone(), REDACTED.to_owned()));
        Self(hidden.collect())
    }

    /// The same, with the values of `known` for those that came back as they were shown.
    #[must_use]
    pub fn with_known(self, known: &Self) -> Self {
        let kept = self.0.into_iter().map(|(name, value)| {
            let value = match known.find(&name) {
                Some(known) if value == REDACTED => known.to_owned(),
                _ => value,
            };
            (name, value)
        });
        Self(kept.collect())
    }

    /// Names of the secrets that read `[secret]`: nobody has said their values.
    pub fn unsaid(&self) -> impl Iterator<Item = &str> {
        let unsaid = self.iter().filter(|(_, value)| *value == REDACTED);
        unsaid.map(|(name, _)| name)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.keys().map(|name| (name, REDACTED));
        formatter.debug_map().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Secrets;

    #[test]
    fn a_secret_that_comes_back_as_shown_stays_what_it_was() {
        let read = |value| serde_json::from_value::<Secrets>(value).unwrap();
        let known = read(json!({"app_secret": "s3cret", "verify_token": "old"}));
        assert!(!format!("{known:?}").contains("s3cret"));
        let shown = serde_json::to_value(known.redacted()).unwrap();
        assert_eq!(shown["app_secret"], "[secret]");
        let put = read(
            json!({"app_secret": "[secret]", "verify_token": "new", "google_key": "[secret]"}),
        );
        let put = put.with_known(&known);
        assert_eq!(put.find("app_secret"), Some("s3cret"));
        assert_eq!(put.find("verify_token"), Some("new"));
        assert_eq!(put.unsaid().collect::<Vec<_>>(), ["google_key"]);
    }
}
