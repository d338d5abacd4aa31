//! The lead schema of a vertical: typed fields by name.

use serde::{Deserialize, Serialize};

use crate::Problem;

mod check;
mod document;
mod json_schema;
#[cfg(test)]
mod tests;

/// Position of a field in its schema; the always-there fields come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldIdx(pub u16);

/// What a field may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldKind {
    /// One of the labels, spelled exactly.
    Enum {
        /// The labels, in declared order.
        labels: Vec<String>,
    },
    /// Any text up to `max_chars` characters, compared exactly after NFC.
    Text {
        /// Most characters.
        #[serde(default = "default_max_chars")]
        max_chars: u32,
        /// Whether it may hold line breaks and tabs, as what people type into a box does.
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        multiline: bool,
    },
    /// A whole number.
    Integer {
        /// Smallest value allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Largest value allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// A decimal number, kept as an integer of `10^-scale`.
    Decimal {
        /// Digits after the point, at most 9.
        scale: u8,
    },
    /// True or false.
    Boolean,
    /// A point in time.
    Timestamp,
    /// A day of the calendar, such as one of birth, wherever it is that day.
    Date,
    /// ISO 3166-1 alpha-2, such as `US`.
    Country,
    /// A state or province: ISO 3166-2 without its country, such as `CA`.
    Region,
    /// A postal code.
    PostalCode,
    /// A telephone number in E.164.
    Phone,
    /// An e-mail address.
    Email,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An http or https address.
    Url,
}

fn default_max_chars() -> u32 {
    1_024
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_yes(yes: &bool) -> bool {
    *yes
}

/// When a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// Already at the ping.
    Ping,
    /// At the post.
    Post,
    /// It may be missing.
    #[default]
    Never,
}

/// One field of a lead schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name in documents, predicates and JSON: a lower-case identifier.
    pub name: String,
    /// What it may hold.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// When it must be there.
    #[serde(default)]
    pub required: Required,
    /// Whether it tells who a person is.
    #[serde(default)]
    pub pii: bool,
}

impl FieldKind {
    /// A text of at most so many characters, of any number of lines.
    pub const fn text(max_chars: u32) -> Self {
        Self::Text {
            max_chars,
            multiline: true,
        }
    }

    /// The word for this kind in documents, such as `postal_code`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Enum { .. } => "enum",
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::Date => "date",
            Self::Country => "country",
            Self::Region => "region",
            Self::PostalCode => "postal_code",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Url => "url",
        }
    }
}

/// Names of the fields that every schema starts with, in their order.
pub const ALWAYS: [&str; 8] = [
    "source",
    "sub_id_1",
    "sub_id_2",
    "sub_id_3",
    "sub_id_4",
    "sub_id_5",
    "received_at",
    "is_test",
];

/// Where the time of receipt stands in every schema.
pub const RECEIVED_AT: FieldIdx = FieldIdx(6);

/// The fields of the leads of one vertical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value", into = "Declared")]
pub struct Schema {
    vertical: String,
    fields: Vec<Field>,
}

/// What a schema's document holds: only the declared fields.
#[derive(Serialize)]
struct Declared {
    vertical: String,
    fields: Vec<Field>,
}

impl Schema {
    /// A schema with the always-there fields in front of `declared`.
    ///
    /// # Errors
    ///
    /// Every bad, doubled or reserved name and every impossible kind, all at once; a path is like
    /// `fields[3].name` and counts the declared fields from 0.
    pub fn new(vertical: &str, declared: Vec<Field>) -> Result<Self, Vec<Problem>> {
        let declared: Vec<(usize, Field)> = declared.into_iter().enumerate().collect();
        let problems = check::problems(vertical, &declared);
        if problems.is_empty() {
            Ok(Self::of(
                vertical,
                declared.into_iter().map(|(_, field)| field),
            ))
        } else {
            Err(problems)
        }
    }

    /// The always-there fields alone. The name is taken as it is: whoever wrote it is told elsewhere.
    pub fn bare(vertical: &str) -> Self {
        Self::of(vertical, std::iter::empty())
    }

    /// The schema of fields that are known to be right.
    fn of(vertical: &str, declared: impl Iterator<Item = Field>) -> Self {
        let always = ALWAYS.iter().map(|&name| Field {
            name: name.to_owned(),
            kind: match name {
                "received_at" => FieldKind::Timestamp,
                "is_test" => FieldKind::Boolean,
                _ => FieldKind::Text {
                    max_chars: 256,
                    multiline: false,
                },
            },
            required: Required::Never,
            pii: false,
        });
        Self {
            vertical: vertical.to_owned(),
            fields: always.chain(declared).collect(),
        }
    }

    /// The vertical that these leads belong to.
    pub fn vertical(&self) -> &str {
        &self.vertical
    }

    /// All fields, the always-there ones first.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The declared fields alone.
    pub fn declared(&self) -> &[Field] {
        &self.fields[ALWAYS.len()..]
    }

    /// The field at a position.
    ///
    /// # Panics
    ///
    /// If `field` is of another schema and beyond this one's end.
    pub fn field(&self, field: FieldIdx) -> &Field {
        &self.fields[usize::from(field.0)]
    }

    /// Position of the field of this name.
    pub fn find(&self, name: &str) -> Option<FieldIdx> {
        let position = self.fields.iter().position(|field| field.name == name)?;
        u16::try_from(position).ok().map(FieldIdx)
    }
}

impl TryFrom<serde_json::Value> for Schema {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        Self::from_value(&value).map_err(|problems| {
            let line = |problem: Problem| format!("{}: {}", problem.path, problem.message);
            problems
                .into_iter()
                .map(line)
                .collect::<Vec<_>>()
                .join("; ")
        })
    }
}

impl From<Schema> for Declared {
    fn from(schema: Schema) -> Self {
        let Schema {
            vertical,
            mut fields,
        } = schema;
        fields.drain(..ALWAYS.len());
        Self { vertical, fields }
    }
}
