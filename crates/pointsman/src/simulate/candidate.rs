//! What a replay judges: a version, or a document that nobody has published yet.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow, bail};
use pointsman_control::{lists_of, subflows_of};
use pointsman_flow::{Catalog, Destination, Diagnostic, Document, Program, compile};
use pointsman_lead::{Problem, Schema};
use pointsman_store::Store;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::short;

/// What is judged.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Candidate {
    /// A version by its hash.
    Version(String),
    /// A document, such as a draft: the replay is of exactly this one, whatever becomes of the draft.
    Document(Map<String, Value>),
}

impl Candidate {
    /// What keeps a document from being one of this flow.
    pub(super) fn problems(&self, flow: &str) -> Vec<Problem> {
        let Self::Document(members) = self else {
            return Vec::new();
        };
        match read(members) {
            Ok(document) if document.flow == flow => Vec::new(),
            Ok(document) => {
                let message = format!("the document is of flow `{}`, not `{flow}`", document.flow);
                let problem = Problem::new("wrong_flow", "scenario.candidate.flow", message);
                vec![problem.hint("name the flow whose past leads are replayed")]
            }
            Err(found) => found
                .into_iter()
                .map(|it| Problem {
                    hint: it.hint,
                    ..Problem::new(it.code, "scenario.candidate", it.message)
                })
                .collect(),
        }
    }

    /// The document of it; none for one that cannot be read, and for a version that is not there.
    pub(super) async fn document(
        &self,
        store: &Store,
        flow: &str,
    ) -> Result<Option<Document>, pointsman_store::Error> {
        match self {
            Self::Document(members) => Ok(read(members).ok()),
            Self::Version(hash) => {
                let version = store.read().find_flow_version(hash).await?;
                let version = version.filter(|version| version.flow == flow);
                Ok(version.and_then(|version| Document::from_json(&version.body).ok()))
            }
        }
    }

    /// That there is no such version.
    pub(super) fn unknown(&self, flow: &str) -> Vec<Problem> {
        let Self::Version(hash) = self else {
            return Vec::new();
        };
        let message = format!("flow `{flow}` has no version {}", short(hash));
        let problem = Problem::new("unknown_version", "scenario.candidate", message);
        vec![problem.hint("name the hash of a version of this flow, or a whole document")]
    }

    /// The program of it under the present catalog.
    pub(super) async fn program(&self, store: &Store, flow: &str) -> anyhow::Result<Program> {
        match self {
            Self::Version(hash) => version(store, flow, hash).await,
            Self::Document(members) => {
                let document = read(members)
                    .map_err(|found| anyhow!("the document cannot be read: {}", words(&found)))?;
                let catalog = present_catalog(store, &document).await?;
                compile(&document, &catalog)
                    .map_err(|found| anyhow!("the document does not check: {}", words(&found)))
            }
        }
    }

    /// A name for it in a report.
    pub(super) fn name(&self, program: &Program) -> String {
        match self {
            Self::Version(hash) => short(hash).to_owned(),
            Self::Document(_) => {
                format!("document {}", short(&program.flow_hash().to_string()))
            }
        }
    }
}

fn read(members: &Map<String, Value>) -> Result<Document, Vec<Diagnostic>> {
    Document::from_json(&Value::Object(members.clone()).to_string())
}

pub(super) fn words(diagnostics: &[Diagnostic]) -> String {
    let messages = diagnostics.iter().map(|it| it.message.as_str());
    messages.collect::<Vec<_>>().join("; ")
}

/// A version of a flow under the present catalog.
pub(super) async fn version(store: &Store, flow: &str, hash: &str) -> anyhow::Result<Program> {
    let read = store.read();
    let version = read
        .find_flow_version(hash)
        .await?
        .filter(|version| version.flow == flow);
    let Some(version) = version else {
        bail!("flow `{flow}` has no version {hash}")
    };
    let document =
        Document::from_json(&version.body).map_err(|_| anyhow!("version {hash} cannot be read"))?;
    let catalog = present_catalog(store, &document).await?;
    compile(&document, &catalog)
        .map_err(|found| anyhow!("version {hash} does not check any more: {}", words(&found)))
}

/// The schema, the destinations, the subflows and the lists as they are now.
pub(super) async fn present_catalog(store: &Store, document: &Document) -> anyhow::Result<Catalog> {
    let read = store.read();
    let schema = read
        .lead_schemas()
        .await?
        .into_iter()
        .find(|row| row.vertical == document.vertical)
        .with_context(|| format!("there is no lead schema `{}`", document.vertical))?;
    let schema: Schema = serde_json::from_str(&schema.body).context("the lead schema")?;
    let mut destinations = BTreeMap::new();
    for row in read.destinations().await? {
        let mut settings =
            Destination::from_stored(&row.settings_body).with_context(|| row.name.clone())?;
        settings.name_caps();
        destinations.insert(row.name, settings);
    }
    let subflows = subflows_of(store, &[document]).await?;
    let lists = lists_of(store, &[document], &subflows, &destinations).await?;
    Ok(Catalog {
        schema,
        currency: document.currency,
        destinations,
        subflows,
        lists,
    })
}
