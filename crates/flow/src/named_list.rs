//! Named lists: up to a million values under a name, which predicates ask with `field in list("name")`.

mod reading;
mod values;

use std::{fmt, sync::Arc};

use pointsman_lead::FieldKind;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct as _};

use crate::{Hash, hash::Encoder};
pub use reading::ListReader;
pub use values::{ListDifference, ListValues};

/// Most values of one list.
pub const LIST_VALUES_MAX: usize = 1_000_000;

/// Most bytes of one value.
pub const LIST_VALUE_BYTES_MAX: usize = 255;

/// What the values of a list are. A field of this kind may be asked whether its value is in the list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Texts of one line; for fields of text, and for the labels of an enum.
    #[default]
    Text,
    /// ISO 3166-1 alpha-2.
    Country,
    /// ISO 3166-2 without its country.
    Region,
    /// Postal codes.
    PostalCode,
    /// Telephone numbers in E.164.
    Phone,
    /// E-mail addresses.
    Email,
    /// IP addresses.
    Ip,
    /// http or https addresses.
    Url,
}

impl ListKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Country,
        Self::Region,
        Self::PostalCode,
        Self::Phone,
        Self::Email,
        Self::Ip,
        Self::Url,
    ];

    /// The word for it in documents and databases.
    pub fn word(self) -> &'static str {
        self.field_kind().name()
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether its values may tell who a person is, whatever a schema says of the fields that are asked.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Phone | Self::Email | Self::Ip)
    }

    /// The kind of list that a field may be asked for; `None` for what is no text.
    pub fn of_field(kind: &FieldKind) -> Option<Self> {
        Some(match kind {
            FieldKind::Text { .. } | FieldKind::Enum { .. } => Self::Text,
            FieldKind::Country => Self::Country,
            FieldKind::Region => Self::Region,
            FieldKind::PostalCode => Self::PostalCode,
            FieldKind::Phone => Self::Phone,
            FieldKind::Email => Self::Email,
            FieldKind::Ip => Self::Ip,
            FieldKind::Url => Self::Url,
            FieldKind::Integer { .. }
            | FieldKind::Decimal { .. }
            | FieldKind::Boolean
            | FieldKind::Timestamp
            | FieldKind::Date => return None,
        })
    }

    /// The kind of a field that has such values.
    pub(crate) fn field_kind(self) -> FieldKind {
        match self {
            Self::Text => FieldKind::Text {
                max_chars: 1_024,
                multiline: false,
            },
            Self::Country => FieldKind::Country,
            Self::Region => FieldKind::Region,
            Self::PostalCode => FieldKind::PostalCode,
            Self::Phone => FieldKind::Phone,
            Self::Email => FieldKind::Email,
            Self::Ip => FieldKind::Ip,
            Self::Url => FieldKind::Url,
        }
    }
}

/// A version of a list, by its content. Cheap to clone: clones share the values.
///
/// What a database keeps of it in a catalog is its hash. A flow that asks it compiles only where its values
/// are at hand.
#[derive(Clone)]
pub struct NamedList {
    kind: ListKind,
    hash: Hash,
    values: Option<Arc<ListValues>>,
}

impl NamedList {
    /// A list of values that are in the form that leads have them in.
    pub fn new(kind: ListKind, values: Arc<ListValues>) -> Self {
        let mut encoder = Encoder::new("pointsman/list/v1");
        encoder.text(kind.word());
        encoder.text(values.body());
        Self {
            kind,
            hash: encoder.finish(),
            values: Some(values),
        }
    }

    /// A list whose values are those of a hash, which whoever calls has made sure of.
    pub fn new_known(kind: ListKind, hash: Hash, values: Arc<ListValues>) -> Self {
        Self {
            kind,
            hash,
            values: Some(values),
        }
    }

    /// A list that is known by its hash alone.
    pub fn of_hash(kind: ListKind, hash: Hash) -> Self {
        Self {
            kind,
            hash,
            values: None,
        }
    }

    /// What its values are.
    pub fn kind(&self) -> ListKind {
        self.kind
    }

    /// Content address: of equal lists it is equal, in whatever order they were written.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Its values, where they are at hand.
    pub fn values(&self) -> Option<&Arc<ListValues>> {
        self.values.as_ref()
    }
}

impl PartialEq for NamedList {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.hash) == (other.kind, other.hash)
    }
}

impl Eq for NamedList {}

impl fmt::Debug for NamedList {
    /// Without the values: there may be a million.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_values = self.values.as_ref().map(|values| values.len());
        formatter
            .debug_struct("NamedList")
            .field("kind", &self.kind)
            .field("hash", &self.hash)
            .field("n_values", &n_values)
            .finish()
    }
}

/// How a list is written in a file: with its values, or by its hash.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    #[serde(default)]
    kind: ListKind,
    values: Option<Vec<String>>,
    hash: Option<Hash>,
}

impl<'de> Deserialize<'de> for NamedList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenList { kind, values, hash } = WrittenList::deserialize(deserializer)?;
        match (values, hash) {
            (Some(values), None) => {
                let mut reader = ListReader::new(kind);
                for (idx, value) in values.iter().enumerate() {
                    reader.add(&format!("values[{idx}]"), value);
                }
                reader.finish().map_err(|problems| {
                    let shown = problems.iter().take(5);
                    let shown = shown.map(|it| format!("{}: {}", it.path, it.message));
                    de::Error::custom(shown.collect::<Vec<_>>().join("; "))
                })
            }
            (None, Some(hash)) => Ok(Self::of_hash(kind, hash)),
            _ => Err(de::Error::custom("a list has either `values` or a `hash`")),
        }
    }
}

impl Serialize for NamedList {
    /// With its values where they are at hand, so that a file is complete.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_struct("NamedList", 2)?;
        list.serialize_field("kind", &self.kind)?;
        match &self.values {
            Some(values) => list.serialize_field("values", &**values)?,
            None => list.serialize_field("hash", &self.hash)?,
        }
        list.end()
    }
}

/// A list as a database keeps it in a catalog.
#[derive(Serialize)]
pub(crate) struct StoredList {
    kind: ListKind,
    hash: Hash,
}

impl From<&NamedList> for StoredList {
    fn from(list: &NamedList) -> Self {
        Self {
            kind: list.kind,
            hash: list.hash,
        }
    }
}

#[cfg(test)]
mod tests;
