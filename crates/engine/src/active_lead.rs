//! A lead on its way: everything that the next step of its walk needs.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_bandit::Allocation;
use pointsman_delivery::Offer;
use pointsman_flow::ProgramDestination;
use pointsman_history::{
    CandidateRoute, LeadKeys, Reports, RewardAttribution, Route, record::BidRecord,
};
use pointsman_lead::{Fields, Id, Micros, Schema, Timestamp, kinds};
use pointsman_router::{Context, HashKey, Subject, Unit, Walk, place_in, takes_part};
use serde_json::{Map, Value};

use crate::{GivenLead, LeadOutcome, LeadRequest, LeadState, Mode, fingerprint, ident};

/// Real time for all offers of a lead, where the request names none.
const DEADLINE_MS: u64 = 30_000;

/// A lead between its first step and the end of its walk.
#[derive(Debug, Clone)]
pub(crate) struct ActiveLead {
    pub(crate) lead_id: Id<kinds::Lead>,
    pub(crate) decision_id: Id<kinds::Decision>,
    pub(crate) source: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) fingerprint: String,
    pub(crate) mode: Mode,
    pub(crate) is_test: bool,
    pub(crate) received_at: Timestamp,
    pub(crate) fields: Arc<Map<String, Value>>,
    /// What it was given as, until it is stored.
    pub(crate) given: Option<Arc<GivenLead>>,
    /// By what it is known as a duplicate.
    pub(crate) keys: Arc<LeadKeys>,
    /// The lead that it is a duplicate of.
    pub(crate) duplicate_of: Option<Id<kinds::Lead>>,
    /// Whether nobody may have it, since its person wants to be left alone.
    pub(crate) is_suppressed: bool,
    pub(crate) unit_key: String,
    /// By what experiments know its person; it is stored with the decision.
    pub(crate) kept_by: Vec<KeptBy>,
    pub(crate) route: Route,
    pub(crate) epoch: u64,
    /// The lease whose process it is on its way in.
    pub(crate) lease: i64,
    /// The revision of the routes that it was prepared by.
    pub(crate) revision: i64,
    pub(crate) subject: Arc<Subject>,
    pub(crate) walk: Walk,
    pub(crate) attribution: RewardAttribution,
    pub(crate) n_steps: i64,
    pub(crate) n_offers: usize,
    /// Real time after which no further offer is made.
    pub(crate) deadline: Instant,
    pub(crate) current: Option<Current>,
    pub(crate) pinging: Option<Pinging>,
    /// What destinations have bid for it, by name.
    pub(crate) bids: BTreeMap<String, BidRecord>,
    pub(crate) sold: Option<Sold>,
    /// What was reported of its offers so far, and its attribution knows.
    pub(crate) reported: Reports,
    pub(crate) last_reason: Option<String>,
}

/// The offer that awaits its answer.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) delivery_id: Id<kinds::Delivery>,
    pub(crate) click_id: Id<kinds::Click>,
    pub(crate) destination: ProgramDestination,
    /// Position of the offer in the walk, from 0.
    pub(crate) offer: usize,
    /// The number of the attempt that is made or is due, from 0.
    pub(crate) attempt: u32,
    /// When that attempt is due, where the one before it was surely not sent; absent once it is made.
    pub(crate) due: Option<Instant>,
}

/// The destinations whose bids are awaited.
#[derive(Debug, Clone)]
pub(crate) struct Pinging {
    /// Number of the step that asks them.
    pub(crate) step: i64,
    pub(crate) destinations: Vec<ProgramDestination>,
    /// How long the auction waits, in milliseconds.
    pub(crate) deadline_ms: u32,
}

/// The first destination that took the lead.
#[derive(Debug, Clone)]
pub(crate) struct Sold {
    pub(crate) destination: String,
    pub(crate) price: Option<Micros>,
    pub(crate) redirect_url: Option<String>,
}

/// A field by which a person is known, and the hash of its value, as a decision stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptBy {
    pub(crate) field: String,
    pub(crate) hash: String,
}

/// What a lead is drawn with beside its own values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MadeWith<'a> {
    /// The weights of bandits.
    pub(crate) allocation: &'a Allocation,
    /// The key of the hashes of sticky values.
    pub(crate) hash_key: HashKey,
    /// The lease of this process.
    pub(crate) lease: i64,
    /// The revision of the routes.
    pub(crate) revision: i64,
    /// What takes the place of the live version for a share of leads.
    pub(crate) candidate: Option<&'a CandidateRoute>,
    /// The fields by which experiments know people.
    pub(crate) kept: Option<&'a BTreeSet<String>>,
}

impl MadeWith<'_> {
    /// What a lead is decided by: the live version, or the one that is tried out.
    ///
    /// * `kept`: what [`Self::kept_by`] says.
    fn route(&self, live: &Route, unit_key: &str, kept: &[KeptBy]) -> Route {
        let candidate = self.candidate.filter(|candidate| {
            let own = |kept: &&KeptBy| Some(&kept.field) == candidate.sticky.as_ref();
            let unit = kept.iter().find(own);
            let unit = unit.map_or(unit_key, |kept| &kept.hash);
            let layer = candidate.layer.as_ref();
            layer.is_none_or(|layer| layer.holds(place_in(&layer.name, unit)))
                && takes_part(&candidate.experiment, unit, candidate.share_ppm)
        });
        candidate.map_or(live, |candidate| &candidate.route).clone()
    }

    /// By what experiments know the lead's person; nothing of a field that is missing.
    fn kept_by(&self, schema: &Schema, fields: &Fields) -> Vec<KeptBy> {
        let names = self.kept.into_iter().flatten();
        let kept = names.filter_map(|field| {
            let idx = schema.find(field)?;
            let value = fields.get(idx)?.borrowed();
            Some(KeptBy {
                field: field.clone(),
                hash: self.hash_key.hash_of_value(&schema.field(idx).kind, value),
            })
        });
        kept.collect()
    }
}

impl ActiveLead {
    /// A lead that stands before its first step.
    pub(crate) fn new(
        request: LeadRequest,
        live: &Route,
        fields: &Fields,
        made_with: MadeWith<'_>,
        now: Timestamp,
    ) -> Self {
        let MadeWith {
            allocation,
            hash_key,
            lease,
            revision,
            ..
        } = made_with;
        let lead_id = ident::id(now);
        let unit_key = match &request.idempotency_key {
            Some(key) => format!("{}\u{1f}{key}", request.source),
            None => lead_id.to_string(),
        };
        let kept_by = made_with.kept_by(live.program.schema(), fields);
        let route = made_with.route(live, &unit_key, &kept_by);
        let unit = Unit::new(&unit_key, hash_key);
        let subject = Subject::new(&route.program, allocation, fields, unit);
        let walk = Walk::new(Context {
            program: &route.program,
            subject: &subject,
        });
        let stored = fields.to_json(route.program.schema());
        let keys = LeadKeys::of(&route.program, fields, request.is_test, hash_key);
        let deadline_ms = request.deadline_ms.unwrap_or(DEADLINE_MS);
        Self {
            decision_id: ident::id(now),
            fingerprint: fingerprint::fingerprint(&request.flow, &stored),
            attribution: RewardAttribution::new(route.program.flow()),
            lead_id,
            source: request.source,
            idempotency_key: request.idempotency_key,
            mode: request.mode,
            is_test: request.is_test,
            received_at: now,
            fields: Arc::new(stored),
            given: request.given.map(Arc::new),
            keys: Arc::new(keys),
            duplicate_of: None,
            is_suppressed: false,
            unit_key,
            kept_by,
            route,
            epoch: allocation.epoch,
            lease,
            revision,
            subject: Arc::new(subject),
            walk,
            n_steps: 0,
            n_offers: 0,
            deadline: Instant::now() + Duration::from_millis(deadline_ms),
            current: None,
            pinging: None,
            bids: BTreeMap::new(),
            sold: None,
            reported: BTreeMap::new(),
            last_reason: None,
        }
    }

    /// Whether it was sent by the request whose fingerprint is stored under its key.
    pub(crate) fn is_of_request(&self, stored: &str) -> bool {
        let flow = self.route.program.flow();
        fingerprint::is_same(stored, &self.fingerprint, flow, &self.fields)
    }

    /// The program and the lead prepared for it.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            program: &self.route.program,
            subject: &self.subject,
        }
    }

    /// Keeps what was bid for the offers that follow.
    pub(crate) fn remember(&mut self, bids: &[BidRecord]) {
        for record in bids.iter().filter(|record| record.bid.is_some()) {
            self.bids.insert(record.destination.clone(), record.clone());
        }
    }

    /// What a destination has bid, if it was asked and did.
    pub(crate) fn bid_of(&self, destination: &str) -> Option<Micros> {
        self.bids.get(destination)?.bid
    }

    /// What the current destination may see of the lead.
    pub(crate) fn offer(&self, current: &Current) -> Offer {
        let bid = self.bids.get(&current.destination.name);
        Offer {
            delivery_id: current.delivery_id.to_string(),
            click_id: current.click_id.to_string(),
            lead_id: self.lead_id.to_string(),
            destination: current.destination.name.clone(),
            fields: Map::clone(&self.fields),
            price: current.destination.settings.price,
            bid: bid.and_then(|record| record.bid),
            ping_id: bid.and_then(|record| record.ping_id.clone()),
            reference: None,
            currency: self.route.program.document().currency,
        }
    }

    /// What its source is answered, in this status.
    pub(crate) fn outcome(&self, status: LeadState, reason: Option<&str>) -> LeadOutcome {
        let sold = self.sold.as_ref();
        LeadOutcome {
            lead_id: self.lead_id,
            decision_id: self.decision_id,
            status,
            destination: sold.map(|sold| sold.destination.clone()),
            price: sold.and_then(|sold| sold.price),
            currency: self.route.program.document().currency,
            redirect_url: sold.and_then(|sold| sold.redirect_url.clone()),
            reason: reason.map(ToOwned::to_owned),
            replayed: false,
        }
    }
}
