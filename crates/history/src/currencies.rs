//! The currencies of flow versions.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::Currency;
use pointsman_store::{DecisionRow, Read};
use serde::Deserialize;

use crate::Error;

/// The currencies of versions, each read once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Currencies {
    by_version: BTreeMap<String, Currency>,
}

/// The one member of a flow document that is wanted.
#[derive(Deserialize)]
struct Priced {
    currency: Currency,
}

impl Currencies {
    /// Reads what is not known yet.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a version that is not there or cannot be read.
    pub(crate) async fn learn(
        &mut self,
        read: &Read<'_>,
        decisions: &[DecisionRow],
    ) -> Result<(), Error> {
        let versions: BTreeSet<&String> = decisions.iter().map(|it| &it.version_hash).collect();
        for hash in versions {
            if self.by_version.contains_key(hash) {
                continue;
            }
            let unreadable = || Error::Stored {
                what: format!("flow version {hash}"),
            };
            let row = read.find_flow_version(hash).await?;
            let row = row.ok_or_else(unreadable)?;
            let priced: Priced = serde_json::from_str(&row.body).map_err(|_| unreadable())?;
            self.by_version.insert(hash.clone(), priced.currency);
        }
        Ok(())
    }

    /// The currency in which a decision's flow counts, once it was read.
    pub(crate) fn of(&self, decision: &DecisionRow) -> Option<Currency> {
        self.by_version.get(&decision.version_hash).copied()
    }
}
