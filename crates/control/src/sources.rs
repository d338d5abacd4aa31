//! Sources: how their payloads are read.

use std::time::Duration;

use pointsman_history::{Routes, SourceRoute};
use pointsman_lead::{Problem, Timestamp};
use pointsman_source::{Payload, PayloadReading, SourceDocument};
use pointsman_store::{Expected, NewSource, SourceRow};
use serde_json::Value;

use crate::{
    Control, Error, SettingsChangeKind,
    changes::{ChangeRecord, said},
    names,
    source_routes::read_document,
};

/// Time for settings of another process to be followed.
const FOLLOW_MAX: Duration = Duration::from_secs(5);

/// A source to put in place of the one of its name.
#[derive(Debug, Clone)]
pub struct SourceToPut {
    /// Its name, as leads and tokens have it.
    pub name: String,
    /// How its payloads are read, as [`SourceDocument`] is written. A secret given as `[secret]` stays as it is.
    pub document: Value,
    /// The revision that it shall replace; 0: it must not be there yet; `None`: any.
    pub expected_revision: Option<i64>,
}

/// A source as others may see it: without the values of its secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How its payloads are read; each secret reads `[secret]`.
    pub document: SourceDocument,
    /// One more with each change, from 1.
    pub revision: i64,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When it was last put.
    pub updated_at: Timestamp,
}

impl Source {
    fn of(row: &SourceRow) -> Result<Self, Error> {
        Ok(Self {
            name: row.name.clone(),
            document: read_document(row)?.redacted(),
            revision: row.revision,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}

impl Control {
    /// Puts a source: payloads that come from now on are read by its document.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for mistakes in it, [`Error::Conflict`] for another revision than expected.
    pub async fn put_source(&self, new: SourceToPut) -> Result<Source, Error> {
        self.change(new, |control, new| async move {
            control.put_source_in_turn(new).await
        })
        .await
    }

    async fn put_source_in_turn(&self, new: SourceToPut) -> Result<Source, Error> {
        let inner = &self.inner;
        let present = inner.routes.get();
        let before = inner.store.read().find_source(&new.name).await?;
        let before = before.as_ref().map(read_document).transpose()?;
        let document = self.checked_document(&new, before.as_ref(), &present)?;
        let expected = match new.expected_revision {
            None => Expected::Any,
            Some(0) => Expected::Absent,
            Some(revision) => Expected::Revision(revision),
        };
        self.store_source(new.name, (before, document), expected)
            .await
    }

    /// Stops a source at once, or lets it send again. Its document is not checked against the schema of its flow: who stops a
    /// source must not be kept from it by what others have changed since.
    ///
    /// * `expected_revision`: of the source; `None`: any.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a source without a document, [`Error::Conflict`] for another revision, [`Error::Stored`] and
    /// [`Error::Store`].
    pub async fn set_source_active(
        &self,
        name: &str,
        is_active: bool,
        expected_revision: Option<i64>,
    ) -> Result<Source, Error> {
        let asked = (name.to_owned(), is_active, expected_revision);
        self.change(
            asked,
            |control, (name, is_active, expected_revision)| async move {
                let row = control.inner.store.read().find_source(&name).await?;
                let row = row.ok_or_else(|| Error::not_found("source", &name))?;
                let before = read_document(&row)?;
                let document = before.clone().with_active(is_active);
                // What was read above is what is replaced.
                let revision = expected_revision.unwrap_or(row.revision);
                let expected = Expected::Revision(revision);
                control
                    .store_source(name, (Some(before), document), expected)
                    .await
            },
        )
        .await
    }

    /// Stores a document without mistakes, and reads payloads by it from now on.
    async fn store_source(
        &self,
        name: String,
        (before, document): (Option<SourceDocument>, SourceDocument),
        expected: Expected,
    ) -> Result<Source, Error> {
        let inner = &self.inner;
        let present = inner.routes.get();
        let change = ChangeRecord::new(SettingsChangeKind::SourcePut, &name)
            .from(before.as_ref().map(|before| said(&before.redacted())))
            .to(source_said(&document, before.as_ref()));
        let unwritable = |_| Error::Stored {
            what: format!("source {name}"),
        };
        let payout = document.payout().map(serde_json::to_string);
        let payout = payout.transpose().map_err(unwritable)?;
        let postbacks = document.postbacks();
        let postbacks = (!postbacks.is_empty()).then(|| serde_json::to_string(postbacks));
        let postbacks = postbacks.transpose().map_err(unwritable)?;
        let row = NewSource {
            document_body: serde_json::to_string(&document).map_err(unwritable)?,
            name,
            at: inner.clock.now().0,
        };
        let stored = self.store_routed(present.revision, change, move |tx| {
            Box::pin(async move {
                tx.set_payout_terms(&row.name, payout).await?;
                tx.set_postbacks(&row.name, postbacks).await?;
                tx.put_source(row, expected).await
            })
        });
        let (row, revision) = stored.await?;
        let mut sources = present.sources.clone();
        let route = SourceRoute {
            document: document.into(),
            revision: row.revision,
        };
        sources.insert(row.name.clone(), route);
        inner.routes.put(Routes {
            sources,
            revision,
            ..Routes::clone(&present)
        });
        Source::of(&row)
    }

    /// A document, with its secrets, that has no mistakes. Rules and postbacks are held against the schema of the flow, if
    /// that is live.
    fn checked_document(
        &self,
        new: &SourceToPut,
        before: Option<&SourceDocument>,
        present: &Routes,
    ) -> Result<SourceDocument, Error> {
        let mut problems = Vec::new();
        if new.name.is_empty() {
            let problem = Problem::new("missing_member", "name", "the name of the source is empty");
            problems.push(problem.hint("name it as its leads and tokens do"));
        }
        problems.extend(names::check_text("name", &new.name, 256));
        let in_document = |problem: Problem| {
            let path = match problem.path.as_str() {
                "" => "document".to_owned(),
                path => format!("document.{path}"),
            };
            Problem { path, ..problem }
        };
        let (document, mut wrong) = SourceDocument::look(&new.document);
        if let Some(document) = &document {
            if let Some(route) = present.find(document.flow()) {
                wrong.extend(document.unknown_fields(route.program.schema()));
            }
            wrong.extend(self.wrong_postbacks(document));
        }
        let document = document.map(|document| document.with_secrets_of(before));
        let document = match document {
            Some(Ok(document)) => Some(document),
            Some(Err(unsaid)) => {
                wrong.extend(unsaid);
                None
            }
            None => None,
        };
        problems.extend(wrong.into_iter().map(in_document));
        match document {
            Some(document) if problems.is_empty() => Ok(document),
            _ => Err(Error::Problems(problems)),
        }
    }

    /// Reads a payload as it would be read if it were sent now, and keeps nothing of it.
    ///
    /// * `document`: of the source, as it is or as it may become.
    /// * returns: `None` if its flow takes no leads, so that nobody knows which fields there are.
    pub fn try_payload(
        &self,
        name: &str,
        document: &SourceDocument,
        payload: &Payload,
    ) -> Option<PayloadReading> {
        let routes = self.inner.routes.look();
        let route = routes.find(document.flow())?;
        Some(document.read(payload, route.program.schema(), name))
    }

    /// How the payloads of a source are read; `None` if it has no document, also not in what another process has just put.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn find_source_route(&self, name: &str) -> Result<Option<SourceRoute>, Error> {
        let inner = &self.inner;
        let found = inner.routes.look().sources.get(name).cloned();
        if found.is_some() || !inner.store.is_shared() {
            return Ok(found);
        }
        let revision = inner.store.read().order().await?.revision;
        if revision <= inner.routes.revision() {
            return Ok(None);
        }
        // Whoever follows the settings is given a moment; a source that is not there then is not there.
        let reached = inner.routes.reach(revision);
        let _ = tokio::time::timeout(FOLLOW_MAX, reached).await;
        Ok(inner.routes.look().sources.get(name).cloned())
    }

    /// A source that has a document, without its secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_source(&self, name: &str) -> Result<Option<Source>, Error> {
        let row = self.inner.store.read().find_source(name).await?;
        row.as_ref().map(Source::of).transpose()
    }

    /// Every source that has a document, by name, without secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        let rows = self.inner.store.read().sources().await?;
        rows.iter().map(Source::of).collect()
    }
}

/// What a document says, without its secrets. A secret that differs from the one before is marked.
fn source_said(document: &SourceDocument, before: Option<&SourceDocument>) -> Value {
    let mut shown = said(&document.redacted());
    for name in document.secret_names() {
        let secret = document.secrets().find(name);
        let old = before.and_then(|before| before.secrets().find(name));
        if secret.is_some() && old.is_some() && secret != old {
            shown["secrets"][name] = Value::from("[secret, changed]");
        }
    }
    shown
}
