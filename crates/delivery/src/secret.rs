//! Values that must not be shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A key or password of a target. `Debug` hides it; serialisation, which storage needs, does not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// What stands in a secret's place.
pub(crate) const REDACTED: &str = "[secret]";

impl Secret {
    /// Hides a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the request and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

/// `text` with every one of `secrets` blotted out, also where a destination echoes them
/// percent-encoded or escaped as JSON or XML.
pub(crate) fn redact<'a>(text: &str, secrets: impl Iterator<Item = &'a Secret>) -> String {
    let mut spellings: Vec<String> = secrets.flat_map(spellings).collect();
    // Longest first: a secret that starts another one must not leave that one's rest behind.
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    spellings.iter().fold(text.to_owned(), |text, spelling| {
        text.replace(spelling, REDACTED)
    })
}

fn spellings(secret: &Secret) -> Vec<String> {
    let plain = secret.reveal();
    if plain.is_empty() {
        return Vec::new();
    }
    let form: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let json = serde_json::Value::from(plain).to_string();
    let json = json[1..json.len() - 1].to_owned();
    vec![
        plain.to_owned(),
        form.replace('+', "%20"),
        form,
        json.replace('/', "\\/"),
        json,
        crate::xml::escape(plain),
    ]
}
