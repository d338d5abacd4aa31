//! Versions of flows, under their hashes.

use pointsman_flow::Document;
use pointsman_history::{Page, Place};
use pointsman_lead::Timestamp;
use pointsman_store::FlowVersionRow;
use serde_json::Value;

use crate::{Control, Error};

/// An immutable version of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowVersion {
    /// Hash of the normalised document.
    pub hash: String,
    /// The flow.
    pub flow: String,
    /// Its number within the flow, from 1.
    pub number: i64,
    /// What its author says about it.
    pub message: String,
    /// Who published it.
    pub author: String,
    /// When it was published.
    pub created_at: Timestamp,
    /// The semantics version that it was last published under.
    pub semantics: i64,
    body: String,
}

impl FlowVersion {
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
            what: format!("flow version {}", self.hash),
        }
    }
}

impl From<FlowVersionRow> for FlowVersion {
    fn from(row: FlowVersionRow) -> Self {
        let FlowVersionRow {
            hash,
            flow,
            number,
            body,
            message,
            author,
            created_at,
            semantics,
        } = row;
        Self {
            hash,
            flow,
            number,
            message,
            author,
            created_at: Timestamp(created_at),
            semantics,
            body,
        }
    }
}

impl Control {
    /// A version by its hash.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn find_version(&self, hash: &str) -> Result<Option<FlowVersion>, Error> {
        let row = self.inner.store.read().find_flow_version(hash).await?;
        Ok(row.map(FlowVersion::from))
    }

    /// Those of the versions that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn versions_by_hash(&self, hashes: &[String]) -> Result<Vec<FlowVersion>, Error> {
        let rows = self.inner.store.read().flow_versions(hashes).await?;
        Ok(rows.into_iter().map(FlowVersion::from).collect())
    }

    /// The versions of a flow, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn versions_of(
        &self,
        flow: &str,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<FlowVersion>, Error> {
        let after = after.map(Place::cursor);
        let read = self.inner.store.read();
        let rows = read.versions_of_flow(flow, after, limit).await?;
        Page::of(rows, |row| Ok(row.into()))
    }
}
