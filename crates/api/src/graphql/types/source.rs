//! Sources with the documents that read their payloads.

use async_graphql::{ID, Object, SimpleObject};
use pointsman_control as control;
use pointsman_source::{FieldReading, PayloadReading, Preset};

use crate::graphql::{
    node_id::named,
    scalars::{GivenValue, SourceDocument, Timestamp},
    user_error::UserError,
};

/// A source whose payloads are read by a document.
pub(in crate::graphql) struct Source(pub(in crate::graphql) control::Source);

/// A source that sends forms, JSON of its own or the webhooks of a platform, with the document that reads them as leads.
#[Object]
impl Source {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("source", &self.0.name)
    }

    /// Name of the source, as leads and tokens have it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Flow of its leads.
    async fn flow(&self) -> &str {
        self.0.document.flow()
    }

    /// Preset: whose payloads it sends.
    async fn preset(&self) -> &'static str {
        self.0.document.preset().word()
    }

    /// Whether its leads are taken.
    async fn is_active(&self) -> bool {
        self.0.document.is_active()
    }

    /// The document, as input of `putSource`.
    async fn document(&self) -> SourceDocument {
        SourceDocument(serde_json::to_value(&self.0.document).unwrap_or_default())
    }

    /// Path of the address that takes its payloads with a token in the header `Authorization`. With the token in the address it
    /// is `/v1/intake/` and the secret.
    async fn path(&self) -> String {
        let name = url::form_urlencoded::byte_serialize(self.0.name.as_bytes());
        let name = name.collect::<String>().replace('+', "%20");
        format!("/v1/sources/{name}/leads")
    }

    /// Revision; incremented by each change.
    async fn revision(&self) -> i64 {
        self.0.revision
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

/// A shape of payloads that needs no mapping.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SourcePreset {
    /// Name in documents.
    name: &'static str,
    /// Which payloads it reads.
    description: &'static str,
    /// Names of the secrets that a document of this preset may have.
    secrets: &'static [&'static str],
    /// Header with the signature of the platform; null where it sends none.
    signature_header: Option<&'static str>,
}

impl From<Preset> for SourcePreset {
    fn from(preset: Preset) -> Self {
        Self {
            name: preset.word(),
            description: preset.says(),
            secrets: preset.secrets(),
            signature_header: preset.signature_header(),
        }
    }
}

/// What a payload says for one field.
#[derive(SimpleObject)]
pub(in crate::graphql) struct TriedField {
    /// Name of the field.
    field: String,
    /// Key of the answer or place in the payload; null where nothing was found or the document has a fixed value.
    from: Option<String>,
    /// The value as it was sent.
    given: Option<GivenValue>,
    /// The value as it is read; null: the field is missing.
    read: Option<GivenValue>,
}

impl From<FieldReading> for TriedField {
    fn from(reading: FieldReading) -> Self {
        let FieldReading {
            field,
            from,
            given,
            read,
        } = reading;
        Self {
            field,
            from,
            given: given.map(GivenValue),
            read: read.map(GivenValue),
        }
    }
}

/// An answer that no field takes.
#[derive(SimpleObject)]
pub(in crate::graphql) struct UnknownAnswer {
    /// Its key.
    key: String,
    /// Its value.
    value: GivenValue,
}

/// A payload as a source would send it, read and not stored.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct TriedPayload {
    /// Whether it would be taken as a lead.
    is_accepted: bool,
    /// Fields that were found or have a rule, in the order of the lead schema.
    fields: Vec<TriedField>,
    /// Answers that no field takes.
    unknown: Vec<UnknownAnswer>,
    /// Idempotency key that the lead would have.
    idempotency_key: Option<String>,
    /// Whether it would be a test lead.
    is_test: bool,
    /// All problems of the document and the payload; paths of the former begin with `document`.
    problems: Vec<UserError>,
}

impl TriedPayload {
    /// One that cannot be read at all.
    pub(in crate::graphql) fn refused(problems: Vec<UserError>) -> Self {
        Self {
            problems,
            ..Self::default()
        }
    }
}

impl From<PayloadReading> for TriedPayload {
    fn from(reading: PayloadReading) -> Self {
        let is_test = reading.is_test();
        let PayloadReading {
            fields,
            unknown,
            idempotency_key,
            problems,
        } = reading;
        let unknown = unknown.into_iter().map(|(key, value)| UnknownAnswer {
            key,
            value: GivenValue(value),
        });
        Self {
            is_accepted: problems.is_empty(),
            fields: fields.into_iter().map(Into::into).collect(),
            unknown: unknown.collect(),
            idempotency_key,
            is_test,
            problems: problems.into_iter().map(UserError::from).collect(),
        }
    }
}
