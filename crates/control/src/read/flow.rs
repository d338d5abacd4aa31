//! Flows and their drafts.

use pointsman_flow::Document;
use pointsman_lead::Timestamp;
use pointsman_store::FlowRow;
use serde_json::Value;

use crate::{Control, Error, SavedDraft};

/// A flow: a name with a draft, versions and stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// The vertical whose leads it routes.
    pub vertical: String,
    /// Its draft, if it has one.
    pub draft: Option<FlowDraft>,
    /// When the flow was first seen.
    pub created_at: Timestamp,
    /// Whether it takes no leads, whatever is live.
    pub is_stopped: bool,
}

impl From<FlowRow> for Flow {
    fn from(row: FlowRow) -> Self {
        let FlowRow {
            name,
            vertical,
            draft_body,
            draft_revision,
            created_at,
            updated_at,
            is_stopped,
        } = row;
        let draft = draft_body.map(|body| FlowDraft {
            flow: name.clone(),
            body,
            revision: draft_revision,
            updated_at: Timestamp(updated_at),
        });
        Self {
            name,
            vertical,
            draft,
            created_at: Timestamp(created_at),
            is_stopped,
        }
    }
}

/// The draft of a flow. It may have errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowDraft {
    flow: String,
    body: String,
    /// One more with each change, from 1.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl FlowDraft {
    /// Its document.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn document(&self) -> Result<Document, Error> {
        Document::from_json(&self.body).map_err(|_| self.unreadable())
    }

    /// Its document as it is stored.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn json(&self) -> Result<Value, Error> {
        serde_json::from_str(&self.body).map_err(|_| self.unreadable())
    }

    fn unreadable(&self) -> Error {
        Error::Stored {
            what: format!("the draft of {}", self.flow),
        }
    }
}

impl From<&SavedDraft> for FlowDraft {
    fn from(saved: &SavedDraft) -> Self {
        let SavedDraft {
            flow,
            document,
            revision,
            updated_at,
            diagnostics: _,
        } = saved;
        Self {
            flow: flow.clone(),
            body: document.to_json(),
            revision: *revision,
            updated_at: *updated_at,
        }
    }
}

impl Control {
    /// A flow by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn find_flow(&self, name: &str) -> Result<Option<Flow>, Error> {
        let row = self.inner.store.read().find_flow(name).await?;
        Ok(row.map(Flow::from))
    }

    /// Every flow, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn flows(&self) -> Result<Vec<Flow>, Error> {
        let rows = self.inner.store.read().flows().await?;
        Ok(rows.into_iter().map(Flow::from).collect())
    }
}
