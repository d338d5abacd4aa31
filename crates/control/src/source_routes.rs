//! Sources as they take payloads.

use std::collections::BTreeMap;

use pointsman_history::SourceRoute;
use pointsman_source::SourceDocument;
use pointsman_store::{SourceRow, Store};

use crate::Error;

pub(crate) fn read_document(row: &SourceRow) -> Result<SourceDocument, Error> {
    serde_json::from_str(&row.document_body).map_err(|_| Error::Stored {
        what: format!("source {}", row.name),
    })
}

/// Every source, ready to take payloads. One that this release cannot read takes none, and is logged.
pub(crate) async fn source_routes(store: &Store) -> Result<BTreeMap<String, SourceRoute>, Error> {
    let mut routes = BTreeMap::new();
    for row in store.read().sources().await? {
        match read_document(&row) {
            Ok(document) => {
                let revision = row.revision;
                routes.insert(
                    row.name,
                    SourceRoute {
                        document: document.into(),
                        revision,
                    },
                );
            }
            Err(error) => {
                tracing::error!(source = row.name, error = %error, "a source cannot be read; it takes no payloads");
            }
        }
    }
    Ok(routes)
}
