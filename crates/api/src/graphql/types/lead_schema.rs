//! Lead schemas of verticals.

use async_graphql::{ID, Object, SimpleObject};
use pointsman_lead::{Field, FieldKind, Required};

use crate::graphql::{
    node_id::named,
    scalars::{JsonSchema, LeadFieldList, Timestamp},
};

/// The lead schema of a vertical.
pub(in crate::graphql) struct LeadSchema(pub(in crate::graphql) pointsman_control::LeadSchema);

/// The lead schema of a vertical. `source`, `sub_id_1` to `sub_id_5`, `received_at` and `is_test` are
/// built in.
#[Object]
impl LeadSchema {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("schema", self.0.schema.vertical())
    }

    /// Vertical: the kind of lead.
    async fn vertical(&self) -> &str {
        self.0.schema.vertical()
    }

    /// Content hash; equal schemas have equal hashes.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// All fields, built-in fields first.
    async fn fields(&self) -> Vec<LeadField> {
        self.0.schema.fields().iter().map(LeadField::from).collect()
    }

    /// Declared fields, as input of `putLeadSchema`.
    async fn declared_fields(&self) -> LeadFieldList {
        LeadFieldList(serde_json::to_value(self.0.schema.declared()).unwrap_or_default())
    }

    /// JSON Schema of the `fields` of a lead.
    async fn json_schema(&self) -> JsonSchema {
        JsonSchema(self.0.schema.json_schema())
    }

    /// Time of creation.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time of the last change.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }
}

/// One field of a lead schema.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LeadField {
    /// Name in documents, predicates and JSON.
    name: String,
    /// Kind of value: `enum`, `text`, `integer`, `decimal`, `boolean`, `timestamp`, `date`, `country`, `region`,
    /// `postal_code`, `phone`, `email`, `ip` or `url`.
    kind: &'static str,
    /// When the field is required: `ping`, `post` or `never`.
    required: &'static str,
    /// Whether it is personal data.
    pii: bool,
    /// Allowed labels of an enum.
    labels: Option<Vec<String>>,
    /// Minimum of an integer.
    min: Option<i64>,
    /// Maximum of an integer.
    max: Option<i64>,
    /// Digits after the point of a decimal.
    scale: Option<u8>,
    /// Maximum length of a text, in characters.
    max_chars: Option<u32>,
    /// Whether a text may hold line breaks and tabs.
    multiline: Option<bool>,
}

impl From<&Field> for LeadField {
    fn from(field: &Field) -> Self {
        let Field {
            name,
            kind,
            required,
            pii,
        } = field;
        let mut shown = Self {
            name: name.clone(),
            kind: kind.name(),
            required: match required {
                Required::Ping => "ping",
                Required::Post => "post",
                Required::Never => "never",
            },
            pii: *pii,
            labels: None,
            min: None,
            max: None,
            scale: None,
            max_chars: None,
            multiline: None,
        };
        match kind {
            FieldKind::Enum { labels } => shown.labels = Some(labels.clone()),
            FieldKind::Text {
                max_chars,
                multiline,
            } => {
                (shown.max_chars, shown.multiline) = (Some(*max_chars), Some(*multiline));
            }
            FieldKind::Integer { min, max } => (shown.min, shown.max) = (*min, *max),
            FieldKind::Decimal { scale } => shown.scale = Some(*scale),
            _ => {}
        }
        shown
    }
}
