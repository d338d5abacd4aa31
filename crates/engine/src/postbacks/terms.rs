//! What each catalog says of the money of its destinations, kept at hand.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use pointsman_flow::Catalog;
use pointsman_store::{Error, Read};

use crate::postback::Terms;

/// Most catalogs whose terms are remembered.
const CATALOGS_MAX: usize = 256;

/// The terms of catalogs that were asked for lately, by hash and destination: a catalog is read once and
/// not for each postback.
#[derive(Debug, Default)]
pub(super) struct KnownTerms(RwLock<BTreeMap<String, Arc<BTreeMap<String, Terms>>>>);

impl KnownTerms {
    /// The terms of a destination in a catalog.
    ///
    /// # Errors
    ///
    /// Those of the database, and [`Error::Corrupt`] for a catalog that is not there, cannot be read, or does
    /// not know the destination.
    pub(super) async fn of(
        &self,
        read: &Read<'_>,
        hash: &str,
        destination: &str,
    ) -> Result<Terms, Error> {
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
            .cloned();
        let terms = match known {
            Some(terms) => terms,
            None => self.read(read, hash).await?,
        };
        terms
            .get(destination)
            .cloned()
            .ok_or_else(|| Error::Corrupt {
                what: format!("catalog {hash} does not know {destination}"),
            })
    }

    async fn read(
        &self,
        read: &Read<'_>,
        hash: &str,
    ) -> Result<Arc<BTreeMap<String, Terms>>, Error> {
        let row = read.find_catalog(hash).await?;
        let catalog: Option<Catalog> = row.and_then(|row| Catalog::from_stored(&row.body).ok());
        let catalog = catalog.ok_or_else(|| Error::Corrupt {
            what: format!("catalog {hash} cannot be read"),
        })?;
        let destinations = catalog.destinations.into_iter().map(|(name, settings)| {
            let terms = Terms::new(catalog.currency, &settings);
            (name, terms)
        });
        let terms = Arc::new(destinations.collect());
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CATALOGS_MAX {
            known.clear();
        }
        known.insert(hash.to_owned(), Arc::clone(&terms));
        Ok(terms)
    }
}
