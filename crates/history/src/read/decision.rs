//! Decisions: the walk of one lead as a whole.

use std::collections::BTreeMap;

use pointsman_flow::Catalog;
use pointsman_lead::{Id, kinds};
use pointsman_store::{DecisionRow, EndState as StoredEnd};

use super::handle::{History, id, texts};
use crate::Error;

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndState {
    /// The lead was accepted as often as the flow sells it.
    Sold,
    /// A `reject` node declined the lead.
    Declined,
    /// No destination accepted the lead.
    Unsold,
    /// An answer is unknown, and the lead must not be sold twice.
    Held,
}

impl From<StoredEnd> for EndState {
    fn from(stored: StoredEnd) -> Self {
        match stored {
            StoredEnd::Sold => Self::Sold,
            StoredEnd::Declined => Self::Declined,
            StoredEnd::Unsold => Self::Unsold,
            StoredEnd::Held => Self::Held,
        }
    }
}

/// A decision: what fixed it, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: Id<kinds::Decision>,
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// The flow.
    pub flow: String,
    /// Hash of the version of the flow.
    pub version_hash: String,
    /// Hash of the catalog.
    pub catalog_hash: String,
    /// The semantics version.
    pub semantics: i64,
    /// The epoch of the allocation, pinned at the first step.
    pub epoch: i64,
    /// The identity that draws hash.
    pub unit_key: String,
    /// How it ended; `None` while the walk is under way.
    pub end_state: Option<EndState>,
    /// Why, where the end has a reason.
    pub end_reason: Option<String>,
}

impl Decision {
    fn of(row: DecisionRow) -> Result<Self, Error> {
        let DecisionRow {
            id: text,
            lead_id,
            flow,
            version_hash,
            catalog_hash,
            semantics,
            epoch,
            unit_key,
            unit_hashes_body: _,
            started_seq: _,
            end_state,
            end_reason,
            ended_seq: _,
            lease: _,
        } = row;
        Ok(Self {
            id: id(&text)?,
            lead_id: id(&lead_id)?,
            flow,
            version_hash,
            catalog_hash,
            semantics,
            epoch,
            unit_key,
            end_state: end_state.map(EndState::from),
            end_reason,
        })
    }
}

impl History {
    /// A decision by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_decision(&self, id: Id<kinds::Decision>) -> Result<Option<Decision>, Error> {
        let row = self.rows().find_decision(&id.to_string()).await?;
        row.map(Decision::of).transpose()
    }

    /// The decisions of leads, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn decisions_of_leads(
        &self,
        leads: &[Id<kinds::Lead>],
    ) -> Result<Vec<Decision>, Error> {
        let rows = self.rows().decisions_of_leads(&texts(leads)).await?;
        rows.into_iter().map(Decision::of).collect()
    }

    /// The names of the destinations of catalogs, in the order of the catalogs, by the hash of the catalog.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn destinations_of_catalogs(
        &self,
        hashes: &[String],
    ) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let rows = self.rows().catalogs(hashes).await?;
        let names = rows.into_iter().map(|row| {
            let catalog = Catalog::from_stored(&row.body).map_err(|_| Error::Stored {
                what: format!("catalog {}", row.hash),
            })?;
            Ok((row.hash, catalog.destinations.into_keys().collect()))
        });
        names.collect()
    }
}
