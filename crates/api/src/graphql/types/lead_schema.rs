//! Lead schemas: the fields of a vertical's leads.

use async_graphql::{ID, Object, SimpleObject};
use pointsman_lead::{Field, FieldKind, Required};

use crate::graphql::{
    node_id::named,
    scalars::{JsonSchema, LeadFieldList, Timestamp},
};

/// The fields of a vertical's leads.
pub(in crate::graphql) struct LeadSchema(pub(in crate::graphql) pointsman_control::LeadSchema);

/// The fields of a vertical's leads. `source`, `sub_id_1` to `sub_id_5`, `received_at` and `is_test`
/// are always there.
#[Object]
impl LeadSchema {
    /// Names it among everything.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("schema", self.0.schema.vertical())
    }

    /// The vertical: a kind of lead.
    async fn vertical(&self) -> &str {
        self.0.schema.vertical()
    }

    /// Content address: equal schemas have equal hashes.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// All fields, those that are always there first.
    async fn fields(&self) -> Vec<LeadField> {
        self.0.schema.fields().iter().map(LeadField::from).collect()
    }

    /// The declared fields, as `putLeadSchema` takes them.
    async fn declared_fields(&self) -> LeadFieldList {
        LeadFieldList(serde_json::to_value(self.0.schema.declared()).unwrap_or_default())
    }

    /// A JSON Schema of what `fields` of a lead may hold.
    async fn json_schema(&self) -> JsonSchema {
        JsonSchema(self.0.schema.json_schema())
    }

    /// When it was first put.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// When it was last put.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }
}

/// One field of a lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LeadField {
    /// Its name in documents, predicates and JSON.
    name: String,
    /// What it may hold: `enum`, `text`, `integer`, `decimal`, `boolean`, `timestamp`, `country`, `region`,
    /// `postal_code`, `phone`, `email`, `ip` or `url`.
    kind: &'static str,
    /// When it must be there: `ping`, `post` or `never`.
    required: &'static str,
    /// Whether it tells who a person is.
    pii: bool,
    /// The labels of an enum.
    labels: Option<Vec<String>>,
    /// Smallest value of an integer.
    min: Option<i64>,
    /// Largest value of an integer.
    max: Option<i64>,
    /// Digits after the point of a decimal.
    scale: Option<u8>,
    /// Most characters of a text.
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
