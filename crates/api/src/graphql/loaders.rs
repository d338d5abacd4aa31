//! Data loaders: rows of many parents in one query.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Error, dataloader::Loader};
use pointsman_flow::Catalog;
use pointsman_store::{
    AttemptRow, ConversionRow, DecisionRow, DecisionStepRow, DeliveryRow, FlowVersionRow, LeadRow,
    Store,
};

use super::fault::OrFault as _;

/// Most keys of one look-up.
pub(super) const BATCH_MAX: usize = 256;

/// Fetches rows by keys.
#[derive(Debug)]
pub(super) struct Rows {
    store: Store,
}

impl Rows {
    pub(super) fn new(store: Store) -> Self {
        Self { store }
    }
}

/// Declares a key of its own type for each look-up.
macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub(super) struct $name(pub(super) String);
    )*};
}

keys! {
    /// A lead, by its id.
    LeadById;
    /// The decision of a lead.
    DecisionOfLead;
    /// A decision, by its id.
    DecisionById;
    /// The steps of a decision.
    StepsOfDecision;
    /// The deliveries of a lead.
    DeliveriesOfLead;
    /// A delivery, by its id.
    DeliveryById;
    /// The attempts of a delivery.
    AttemptsOfDelivery;
    /// The conversions of a delivery.
    ConversionsOfDelivery;
    /// A version of a flow, by its hash.
    VersionByHash;
    /// The names of the destinations of a catalog, in its order.
    DestinationsOfCatalog;
}

/// Answers a look-up of rows that each have one key.
macro_rules! one_each {
    ($key:ident => $row:ty, $query:ident, $own:expr) => {
        impl Loader<$key> for Rows {
            type Value = $row;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $row>, Error> {
                let keys: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
                let rows = self.store.read().$query(&keys).await.or_fault()?;
                let own: fn(&$row) -> &String = $own;
                Ok(rows
                    .into_iter()
                    .map(|row| ($key(own(&row).clone()), row))
                    .collect())
            }
        }
    };
}

/// Answers a look-up of rows that share keys.
macro_rules! many_each {
    ($key:ident => $row:ty, $query:ident, $own:expr) => {
        impl Loader<$key> for Rows {
            type Value = Vec<$row>;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Vec<$row>>, Error> {
                let keys: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
                let own: fn(&$row) -> &String = $own;
                let mut found: HashMap<$key, Vec<$row>> = HashMap::new();
                for row in self.store.read().$query(&keys).await.or_fault()? {
                    found.entry($key(own(&row).clone())).or_default().push(row);
                }
                Ok(found)
            }
        }
    };
}

one_each!(LeadById => LeadRow, leads_by_id, |row| &row.id);
one_each!(DecisionOfLead => DecisionRow, decisions_of_leads, |row| &row.lead_id);
one_each!(DecisionById => DecisionRow, decisions_by_id, |row| &row.id);
one_each!(DeliveryById => DeliveryRow, deliveries_by_id, |row| &row.id);
one_each!(VersionByHash => FlowVersionRow, flow_versions, |row| &row.hash);
many_each!(StepsOfDecision => DecisionStepRow, steps_of_decisions, |row| &row.decision_id);
many_each!(DeliveriesOfLead => DeliveryRow, deliveries_of_leads, |row| &row.lead_id);
many_each!(AttemptsOfDelivery => AttemptRow, attempts_of_deliveries, |row| &row.delivery_id);
many_each!(ConversionsOfDelivery => ConversionRow, conversions_of_deliveries, |row| &row.delivery_id);

impl Loader<DestinationsOfCatalog> for Rows {
    type Value = Arc<Vec<String>>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[DestinationsOfCatalog],
    ) -> Result<HashMap<DestinationsOfCatalog, Arc<Vec<String>>>, Error> {
        let hashes: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let mut found = HashMap::new();
        for row in self.store.read().catalogs(&hashes).await.or_fault()? {
            let catalog = Catalog::from_stored(&row.body).or_fault()?;
            let names = catalog.destinations.into_keys().collect();
            found.insert(DestinationsOfCatalog(row.hash), Arc::new(names));
        }
        Ok(found)
    }
}
