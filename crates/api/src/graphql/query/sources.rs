//! Sources, and what payloads would be read as.

use async_graphql::{Context, InputObject, Object, Result, connection::Connection};
use axum::http::{HeaderMap, HeaderValue, header};
use pointsman_lead::Problem;
use pointsman_source::{Accepts, Payload, Preset, SourceDocument};

use crate::{
    access::Right,
    endpoints::sent_payload,
    failure::Failure,
    graphql::{
        asking::Asking as _,
        fault::{self, OrFault as _},
        node_id::name_of,
        paging::{Paging, by_name, cost, weigh},
        scalars,
        types::source::{Source, SourcePreset, TriedPayload},
    },
};

/// Largest payload that is tried, in bytes.
const PAYLOAD_BYTES_MAX: usize = 256 * 1024;

/// A payload to try.
#[derive(Debug, InputObject)]
pub(crate) struct TryPayloadInput {
    /// Name or id of the source.
    source: String,
    /// Document to read it by; omitted: the document that is in force.
    document: Option<scalars::SourceDocument>,
    /// The payload, exactly as the source sends it.
    payload: String,
    /// Content type of the payload; a form in an address is `application/x-www-form-urlencoded`.
    #[graphql(default_with = "\"application/json\".to_owned()")]
    content_type: String,
}

/// Sources and payloads.
#[derive(Debug, Default)]
pub(crate) struct SourceQuery;

#[Object]
impl SourceQuery {
    /// The sources that have a document, by name.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn sources(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Source>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let sources = context.control()?.sources().await.or_fault()?;
        Ok(paging.of_list(sources, |source| by_name(&source.name), Source))
    }

    /// A source that has a document.
    async fn source(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name.")] name: String,
    ) -> Result<Option<Source>> {
        context.require(Right::Read)?;
        let source = context.control()?.find_source(&name).await;
        Ok(source.or_fault()?.map(Source))
    }

    /// The shapes of payloads that need no mapping.
    async fn source_presets(&self, context: &Context<'_>) -> Result<Vec<SourcePreset>> {
        context.require(Right::Read)?;
        Ok(Preset::ALL.map(SourcePreset::from).into())
    }

    /// What a payload would be read as if the source sent it now. Nothing is stored, and no signature is asked for.
    #[graphql(complexity = "weigh(10, 50, child_complexity)")]
    async fn try_payload(
        &self,
        context: &Context<'_>,
        input: TryPayloadInput,
    ) -> Result<TriedPayload> {
        context.require(Right::Read)?;
        let TryPayloadInput {
            source,
            document,
            payload,
            content_type,
        } = input;
        let control = context.control()?;
        let name = name_of("source", &source);
        let document = match document {
            Some(document) => SourceDocument::from_value(&document.0).map_err(of_document),
            None => match control.find_source(name).await.or_fault()? {
                Some(source) => Ok(source.document),
                None => return Err(fault::bad_input(format!("source `{name}` has no document"))),
            },
        };
        let payload = read(&payload, &content_type).await;
        let (document, payload) = match (document, payload) {
            (Ok(document), Ok(payload)) => (document, payload),
            (document, payload) => {
                let mut problems = document.err().unwrap_or_default();
                problems.extend(payload.err().unwrap_or_default());
                return Ok(refused(problems));
            }
        };
        if let Some(reading) = control.try_payload(name, &document, &payload) {
            return Ok(reading.into());
        }
        let message = format!("there is no live flow `{}`", document.flow());
        let problem = Problem::new("unknown_flow", "document.flow", message);
        let problem = problem.hint("publish the flow and move its stage `live`");
        Ok(refused(vec![problem]))
    }
}

fn refused(problems: Vec<Problem>) -> TriedPayload {
    TriedPayload::refused(problems.into_iter().map(Into::into).collect())
}

fn of_document(problems: Vec<Problem>) -> Vec<Problem> {
    let in_document = problems.into_iter().map(|problem| Problem {
        path: format!("document.{}", problem.path),
        ..problem
    });
    in_document.collect()
}

/// A payload as an endpoint reads it.
async fn read(payload: &str, content_type: &str) -> Result<Payload, Vec<Problem>> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        let message = format!("a payload has at most {PAYLOAD_BYTES_MAX} bytes");
        return Err(vec![
            Problem::new("too_large", "payload", message).hint("shorten it"),
        ]);
    }
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    match sent_payload::form_of(&essence.to_ascii_lowercase()) {
        Some(Accepts::Json) => Payload::from_json(payload),
        Some(Accepts::Form | Accepts::Query) => Payload::from_form(payload.as_bytes()),
        Some(Accepts::Multipart) => {
            let mut headers = HeaderMap::new();
            headers
                .extend(HeaderValue::from_str(content_type).map(|it| (header::CONTENT_TYPE, it)));
            let read = sent_payload::multipart(&headers, payload.as_bytes()).await;
            read.map_err(Failure::into_problems)
        }
        None => {
            let message = format!("`{essence}` is no form of payloads");
            let problem = Problem::new("unsupported_media_type", "contentType", message);
            Err(vec![problem.hint(
                "use application/json, application/x-www-form-urlencoded or multipart/form-data",
            )])
        }
    }
}
