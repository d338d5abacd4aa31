//! Drafts of flows: saved as they are, edited piece by piece, checked at any time.

use std::sync::Arc;

use pointsman_flow::{Change, Diagnostic, Document, diff};
use pointsman_lead::{Timestamp, unstorable_in};
use pointsman_store::{Draft, Error as StoreError, Expected, FlowRow};

use crate::{
    Control, Edit, Error, SettingsChangeKind, changes::ChangeRecord, compile::Surroundings, edit,
    names, routes::read_document,
};

/// A draft as it is now, and what keeps it from being published.
#[derive(Debug, Clone)]
pub struct SavedDraft {
    /// The flow.
    pub flow: String,
    /// The draft.
    pub document: Document,
    /// Compare-and-swap: pass it on with the next change.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What the checks say about it now.
    pub diagnostics: Vec<Diagnostic>,
}

impl Control {
    /// Checks a flow against the schemas and destinations as they are. Stores nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`]; findings are the answer and no error.
    pub async fn check_flow(&self, document: Document) -> Result<Vec<Diagnostic>, Error> {
        let store = &self.inner.store;
        let surroundings = Surroundings::read(store).await?;
        let surroundings = surroundings
            .with_subflows(store, &[&document], None)
            .await?;
        let surroundings = Arc::new(surroundings);
        Ok(match surroundings.compile(document).await {
            Ok(compiled) => compiled.warnings,
            Err(diagnostics) => diagnostics,
        })
    }

    /// Saves the draft of the flow that the document names; the flow is made if it is new.
    ///
    /// A draft may be wrong: the answer says how.
    ///
    /// * `expected_revision`: of the draft, 0 if there must be none yet; `None`: any.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for a name that cannot be one and for texts that no database takes,
    /// [`Error::Conflict`] for another revision.
    pub async fn save_draft(
        &self,
        document: Document,
        expected_revision: Option<i64>,
    ) -> Result<SavedDraft, Error> {
        if let Some(problem) = names::check("flow", &document.flow) {
            return Err(Error::problem(problem));
        }
        // Its texts end up in columns of their own, such as the reason of a reject.
        let written = serde_json::from_str(&document.to_json()).unwrap_or_default();
        let problems = unstorable_in("", &written);
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        self.change((document, expected_revision), |control, (document, expected)| async move {
            control.put_draft(document, expected).await
        })
        .await
    }

    /// Applies edits, all or none, to the draft of a flow. Without a draft they start from the live
    /// version, or else from the newest.
    ///
    /// * `expected_revision`: of the draft; `None`: any.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown flow, [`Error::Problems`] for edits that do not fit,
    /// [`Error::Conflict`] for another revision.
    pub async fn edit_draft(
        &self,
        flow: &str,
        edits: Vec<Edit>,
        expected_revision: Option<i64>,
    ) -> Result<SavedDraft, Error> {
        let asked = (flow.to_owned(), edits, expected_revision);
        self.change(
            asked,
            |control, (flow, edits, expected_revision)| async move {
                let row = control.flow_row(&flow).await?;
                let mut document = control.base_of_edits(&row).await?;
                edit::apply(&mut document, &edits).map_err(Error::Problems)?;
                control.put_draft(document, expected_revision).await
            },
        )
        .await
    }

    pub(crate) async fn flow_row(&self, flow: &str) -> Result<FlowRow, Error> {
        let row = self.inner.store.read().find_flow(flow).await?;
        row.ok_or_else(|| Error::not_found("flow", flow))
    }

    pub(crate) async fn base_of_edits(&self, row: &FlowRow) -> Result<Document, Error> {
        if let Some(body) = &row.draft_body {
            return Document::from_json(body).map_err(|_| Error::Stored {
                what: format!("the draft of {}", row.name),
            });
        }
        let version = self.version_to_edit(&row.name).await?;
        version.ok_or_else(|| Error::not_found("draft or version of flow", &row.name))
    }

    /// The version that a draft begins from: the live one, or else the newest.
    async fn version_to_edit(&self, flow: &str) -> Result<Option<Document>, Error> {
        let read = self.inner.store.read();
        let live = read.find_stage(flow, crate::routes::LIVE).await?;
        let version = match live {
            Some(stage) => read.find_flow_version(&stage.version_hash).await?,
            None => read.versions_of_flow(flow, None, 1).await?.items.pop(),
        };
        let document = version.map(|version| read_document(&version.hash, &version.body));
        document.transpose()
    }

    /// What would change if a draft took the place of the live version, or of the newest if none is live; `None` if
    /// the flow has no version.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn draft_changes(&self, draft: &Document) -> Result<Option<Vec<Change>>, Error> {
        let version = self.version_to_edit(&draft.flow).await?;
        Ok(version.map(|version| diff(&version, draft)))
    }

    pub(crate) async fn put_draft(
        &self,
        document: Document,
        expected_revision: Option<i64>,
    ) -> Result<SavedDraft, Error> {
        let inner = &self.inner;
        let found = inner.store.read().find_flow(&document.flow).await?;
        let expected = match expected_revision {
            None => Expected::Any,
            Some(0) if found.is_none() => Expected::Absent,
            Some(revision) => Expected::Revision(revision),
        };
        let json = |body: &str| serde_json::from_str(body).ok();
        let before = found.as_ref().and_then(|row| row.draft_body.as_deref());
        let before_revision = found.as_ref().map(|row| row.draft_revision);
        let change = ChangeRecord::new(SettingsChangeKind::FlowDraftSaved, &document.flow)
            .from(before.and_then(json))
            .to(json(&document.to_json()).unwrap_or_default());
        let draft = Draft {
            flow: document.flow.clone(),
            vertical: document.vertical.clone(),
            body: Some(document.to_json()),
            at: inner.clock.now().0,
        };
        let row = self.store_unrouted(change, move |tx| {
            Box::pin(async move {
                let found = tx.read().find_flow(&draft.flow).await?;
                if found.map(|row| row.draft_revision) != before_revision {
                    return Err(StoreError::Outdated);
                }
                tx.put_flow_draft(draft, expected).await
            })
        });
        let row = row.await?;
        let diagnostics = self.check_flow(document.clone()).await?;
        Ok(SavedDraft {
            flow: row.name,
            document,
            revision: row.draft_revision,
            updated_at: Timestamp(row.updated_at),
            diagnostics,
        })
    }
}
