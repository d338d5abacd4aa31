//! Data loaders: entries of many parents in one query.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Error, dataloader::Loader};
use async_trait::async_trait;
use pointsman_control::{Control, FlowVersion};
use pointsman_engine::Engine;
use pointsman_history::{
    Attempt, Conversion, Decision, DecisionStep, Delivery, DeliveryRelease, DueDelivery, History,
    Lead, LeadGiven, LeadReturn, Payout, SourcePostback,
};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::Ledger;

use super::fault::{self, OrFault as _};

/// Most keys of one look-up.
pub(super) const BATCH_MAX: usize = 256;

/// Fetches entries by keys.
#[derive(Debug)]
pub(super) struct Batches {
    engine: Engine,
    history: History,
    control: Control,
}

impl Batches {
    pub(super) fn new(engine: Engine, control: Control) -> Self {
        Self {
            history: engine.history(),
            engine,
            control,
        }
    }
}

/// Declares a key of its own type for each look-up.
macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident($of:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub(super) struct $name(pub(super) $of);
    )*};
}

keys! {
    /// A lead, by its id.
    LeadById(Id<kinds::Lead>);
    /// The decision of a lead.
    DecisionOfLead(Id<kinds::Lead>);
    /// The steps of a decision.
    StepsOfDecision(Id<kinds::Decision>);
    /// What a lead was given as.
    GivenOfLead(Id<kinds::Lead>);
    /// What the source of a lead is paid for it.
    PayoutsOfLead(Id<kinds::Lead>);
    /// What the tracker of its source is told of a lead.
    SourcePostbacksOfLead(Id<kinds::Lead>);
    /// The deliveries of a lead.
    DeliveriesOfLead(Id<kinds::Lead>);
    /// A delivery, by its id.
    DeliveryById(Id<kinds::Delivery>);
    /// The attempts of a delivery.
    AttemptsOfDelivery(Id<kinds::Delivery>);
    /// What became known of a delivery whose answer was unknown.
    ReleaseOfDelivery(Id<kinds::Delivery>);
    /// What is due for a delivery.
    DueOfDelivery(Id<kinds::Delivery>);
    /// The returns of a delivery.
    ReturnsOfDelivery(Id<kinds::Delivery>);
    /// The conversions of a delivery.
    ConversionsOfDelivery(Id<kinds::Delivery>);
    /// A version of a flow, by its hash.
    VersionByHash(String);
    /// The names of the destinations of a catalog, in its order.
    DestinationsOfCatalog(String);
    /// The fields of a vertical that are not personal, by the vertical.
    OpenFields(String);
    /// The ledger and its moment.
    Now(());
}

/// Answers a look-up of entries that each have one key.
macro_rules! one_each {
    ($key:ident => $entry:ty, $source:ident.$query:ident, $own:expr) => {
        #[async_trait]
        impl Loader<$key> for Batches {
            type Value = $entry;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $entry>, Error> {
                let keys: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
                let entries = self.$source.$query(&keys).await.or_fault()?;
                let own: fn(&$entry) -> _ = $own;
                Ok(entries
                    .into_iter()
                    .map(|entry| ($key(own(&entry)), entry))
                    .collect())
            }
        }
    };
}

/// Answers a look-up of entries that share keys.
macro_rules! many_each {
    ($key:ident => $entry:ty, $source:ident.$query:ident, $own:expr) => {
        #[async_trait]
        impl Loader<$key> for Batches {
            type Value = Vec<$entry>;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Vec<$entry>>, Error> {
                let keys: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
                let own: fn(&$entry) -> _ = $own;
                let mut found: HashMap<$key, Vec<$entry>> = HashMap::new();
                for entry in self.$source.$query(&keys).await.or_fault()? {
                    found.entry($key(own(&entry))).or_default().push(entry);
                }
                Ok(found)
            }
        }
    };
}

one_each!(LeadById => Lead, history.leads_by_id, |lead| lead.id);
one_each!(DecisionOfLead => Decision, history.decisions_of_leads, |decision| decision.lead_id);
one_each!(GivenOfLead => LeadGiven, history.given_of_leads, |given| given.lead_id);
one_each!(DeliveryById => Delivery, history.deliveries_by_id, |delivery| delivery.id);
one_each!(ReleaseOfDelivery => DeliveryRelease, history.releases_of_deliveries, |it| it.delivery_id);
one_each!(DueOfDelivery => DueDelivery, history.due_of_deliveries, |due| due.delivery_id);
one_each!(VersionByHash => FlowVersion, control.versions_by_hash, |version| version.hash.clone());
many_each!(StepsOfDecision => DecisionStep, history.steps_of_decisions, DecisionStep::decision_id);
many_each!(DeliveriesOfLead => Delivery, history.deliveries_of_leads, |delivery| delivery.lead_id);
many_each!(PayoutsOfLead => Payout, history.payouts_of_leads, |payout| payout.lead_id);
many_each!(SourcePostbacksOfLead => SourcePostback, history.source_postbacks_of_leads, |it| it.lead_id);
many_each!(AttemptsOfDelivery => Attempt, history.attempts_of_deliveries, |it| it.delivery_id);
many_each!(ReturnsOfDelivery => LeadReturn, history.returns_of_deliveries, |it| it.delivery_id);
many_each!(ConversionsOfDelivery => Conversion, history.conversions_of_deliveries, |it| it.delivery_id);

#[async_trait]
impl Loader<DestinationsOfCatalog> for Batches {
    type Value = Arc<Vec<String>>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[DestinationsOfCatalog],
    ) -> Result<HashMap<DestinationsOfCatalog, Arc<Vec<String>>>, Error> {
        let hashes: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.history.destinations_of_catalogs(&hashes).await;
        let found = found.or_fault()?.into_iter();
        Ok(found
            .map(|(hash, names)| (DestinationsOfCatalog(hash), Arc::new(names)))
            .collect())
    }
}

#[async_trait]
impl Loader<OpenFields> for Batches {
    type Value = Arc<BTreeSet<String>>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[OpenFields],
    ) -> Result<HashMap<OpenFields, Arc<BTreeSet<String>>>, Error> {
        let mut found = HashMap::new();
        for key in keys {
            let schema = self.control.find_schema(&key.0).await.or_fault()?;
            let fields = schema.iter().flat_map(|schema| schema.schema.fields());
            let open = fields.filter(|field| !field.pii);
            let open = open.map(|field| field.name.clone()).collect();
            found.insert(key.clone(), Arc::new(open));
        }
        Ok(found)
    }
}

#[async_trait]
impl Loader<Now> for Batches {
    type Value = Arc<(Ledger, Timestamp)>;
    type Error = Error;

    async fn load(&self, keys: &[Now]) -> Result<HashMap<Now, Arc<(Ledger, Timestamp)>>, Error> {
        let ledger = self.engine.sequencer().ledger().await;
        let ledger = ledger.map_err(|_| fault::unavailable())?;
        let now = Arc::new((ledger, self.engine.clock().now()));
        Ok(keys
            .iter()
            .map(|key| (key.clone(), Arc::clone(&now)))
            .collect())
    }
}
