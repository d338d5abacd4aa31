//! The sequencer's memory without a database, for tests: commands in, rows and answers out.

use std::{collections::BTreeMap, sync::Arc};

use imbl::{OrdMap, OrdSet};
use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Document, check};
use pointsman_history::{AttemptOutcome, ConversionDelta, HeldKeys, Reports, Route};
use pointsman_lead::{Envelope, Id, Micros, Stage, Timestamp, kinds};
use pointsman_ledger::{Holds, Ledger};
use pointsman_router::HashKey;
use pointsman_store::LeadRow;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    Advance, Command, Memory, NotStored,
    batch::{Decided, decide},
    repeat::{Known, KnownLead},
    reply::Reply,
    rows::Rows,
};
use crate::{
    LeadOutcome, LeadRequest, Refused,
    active_lead::{ActiveLead, MadeWith},
    step_result::{OfferResult, StepResult},
};

/// When a story begins: 2026-01-01T00:00:00Z, a Thursday.
const BEGIN: Timestamp = Timestamp(1_767_225_600_000_000);

/// A sequencer's memory with one live flow, and the time it lives in.
pub(crate) struct Harness {
    pub(crate) memory: Memory,
    pub(crate) at: Timestamp,
    pub(crate) route: Route,
    /// The leads whose keys came before.
    pub(crate) known: Known,
    /// Which leads stand in the way of others.
    pub(crate) holds: Holds,
}

impl Harness {
    /// One whose memory holds nothing yet.
    ///
    /// * `root`: the step that leads come to.
    /// * `nodes`: the steps by name; each destination among them is one that follows.
    /// * `destinations`: their settings by name.
    pub(crate) fn new(root: &str, nodes: &Value, destinations: &Value) -> Self {
        Self::sold_to(1, root, nodes, destinations)
    }

    /// The same, whose leads are sold to several.
    fn sold_to(max_sold: u8, root: &str, nodes: &Value, destinations: &Value) -> Self {
        let document = json!({
            "flow": "solar", "vertical": "solar", "currency": "USD", "max_sold": max_sold,
            "root": root, "nodes": nodes,
        });
        Self::of_document(document, destinations)
    }

    /// The same with a rule about duplicates of the flow.
    pub(crate) fn deduped(dedupe: &Value, destinations: &Value) -> Self {
        let names: Vec<&String> = destinations.as_object().unwrap().keys().collect();
        let mut nodes: BTreeMap<&str, Value> = names
            .iter()
            .map(|name| (name.as_str(), json!({"kind": "destination"})))
            .collect();
        nodes.insert("in-turn", json!({"kind": "waterfall", "to": names}));
        let mut document = json!({
            "flow": "solar", "vertical": "solar", "currency": "USD", "root": "in-turn", "nodes": nodes,
        });
        if !dedupe.is_null() {
            document["dedupe"] = dedupe.clone();
        }
        Self::of_document(document, destinations)
    }

    fn of_document(document: Value, destinations: &Value) -> Self {
        let schema = json!({
            "vertical": "solar",
            "fields": [
                {"name": "age", "kind": "integer", "min": 16, "max": 120},
                {"name": "email", "kind": "email"}, {"name": "phone", "kind": "phone"},
            ],
        });
        let catalog = json!({"schema": schema, "currency": "USD", "destinations": destinations});
        let document: Document = serde_json::from_value(document).unwrap();
        let catalog: Catalog = serde_json::from_value(catalog).unwrap();
        let program = check(document, &catalog).unwrap().program;
        Self {
            memory: Memory::new(Ledger::new(), 0, BEGIN, OrdSet::new(), OrdMap::new()),
            at: BEGIN,
            route: Route {
                program: Arc::new(program),
                targets: Arc::default(),
            },
            known: Known::new(),
            holds: Holds::default(),
        }
    }

    /// Destinations that are offered each lead one after the other.
    pub(crate) fn waterfall(destinations: &Value) -> Self {
        Self::shared_waterfall(1, destinations)
    }

    /// The same for leads that are sold to several.
    pub(crate) fn shared_waterfall(max_sold: u8, destinations: &Value) -> Self {
        let names: Vec<&String> = destinations.as_object().unwrap().keys().collect();
        let mut nodes: BTreeMap<&str, Value> = names
            .iter()
            .map(|name| (name.as_str(), json!({"kind": "destination"})))
            .collect();
        nodes.insert("in-turn", json!({"kind": "waterfall", "to": names}));
        Self::sold_to(max_sold, "in-turn", &json!(nodes), destinations)
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, seconds: i64) {
        self.at = self.at.plus(seconds * 1_000_000);
    }

    /// A lead as its source sends it, before its first step.
    pub(crate) fn lead(&self, request: LeadRequest) -> Box<ActiveLead> {
        let request = LeadRequest {
            flow: "solar".to_owned(),
            source: "web".to_owned(),
            ..request
        };
        let envelope = Envelope {
            source: &request.source,
            sub_ids: request.sub_ids.clone(),
            received_at: self.at,
            is_test: request.is_test,
            stage: Stage::Post,
        };
        let schema = self.route.program.schema();
        let fields = schema.parse(&request.fields, &envelope).unwrap();
        Box::new(ActiveLead::new(
            request,
            &self.route,
            &fields,
            MadeWith {
                allocation: &Allocation::default(),
                hash_key: HashKey([7; 16]),
                lease: 0,
                revision: 0,
                candidate: None,
                kept: None,
            },
            self.at,
        ))
    }

    /// Remembers what was reported of an offer of an active lead in all.
    ///
    /// * `offer`: its position in the walk, from 0.
    pub(crate) fn report(&mut self, active: &ActiveLead, offer: usize, total: ConversionDelta) {
        let reports = self.memory.early.entry(active.lead_id).or_default();
        reports.insert(offer, total);
    }

    /// What is remembered of reports of a lead.
    pub(crate) fn reports_of(&self, lead_id: Id<kinds::Lead>) -> Option<&Reports> {
        self.memory.early.get(&lead_id)
    }

    /// Stores a lead whose key comes again.
    pub(crate) fn know(&mut self, lead: LeadRow) {
        let key = (lead.source.clone(), lead.idempotency_key.clone().unwrap());
        self.known.insert(key, KnownLead::new(lead, None));
    }

    /// Does commands as one transaction would.
    pub(crate) fn decide(&mut self, commands: &[Command]) -> Decided {
        let at = self.memory.tick(self.at).unwrap();
        let held = HeldKeys::new(self.holds.clone());
        let decided = decide(commands, &self.known, held, &mut self.memory, 0, at);
        self.holds = decided.rows.held.holds().clone();
        decided
    }

    /// Takes a lead in.
    pub(crate) fn accept(&mut self, active: Box<ActiveLead>) -> (Rows, Result<Advance, Refused>) {
        let (command, _) = accept(active);
        let Decided { rows, mut answers } = self.decide(&[command]);
        let Some(Reply::Lead(answer)) = answers.remove(0) else {
            panic!("a lead is answered as a lead");
        };
        (rows, answer)
    }

    /// Takes a new lead in that nobody has sent before.
    pub(crate) fn accept_new(&mut self) -> (Rows, Advance) {
        let (rows, answer) = self.accept(self.lead(LeadRequest::default()));
        (rows, answer.unwrap())
    }

    /// Takes the answer to the current offer of a lead in.
    pub(crate) fn settle(
        &mut self,
        active: Box<ActiveLead>,
        result: OfferResult,
    ) -> (Rows, Advance) {
        let (command, _) = settle(active, result);
        let Decided { rows, mut answers } = self.decide(&[command]);
        let Some(Reply::Step(advance)) = answers.remove(0) else {
            panic!("an answer is answered as one");
        };
        (rows, advance)
    }
}

/// A command to take a lead in, and where its answer comes.
pub(crate) fn accept(
    active: Box<ActiveLead>,
) -> (Command, oneshot::Receiver<Result<Advance, Refused>>) {
    let (reply, answer) = oneshot::channel();
    (Command::Accept { active, reply }, answer)
}

/// A command to take an answer to an offer in, and where its answer comes.
pub(crate) fn settle(
    active: Box<ActiveLead>,
    result: OfferResult,
) -> (Command, oneshot::Receiver<Result<Advance, NotStored>>) {
    let (reply, answer) = oneshot::channel();
    let command = Command::Settle {
        active: Arc::from(active),
        result: Arc::new(StepResult::Offer(result)),
        reply,
    };
    (command, answer)
}

/// A destination takes the lead.
///
/// * `price`: micros.
pub(crate) fn accepted(price: i64) -> OfferResult {
    OfferResult {
        outcome: AttemptOutcome::Accepted,
        price: Some(Micros(price)),
        reason: None,
        ..OfferResult::interrupted()
    }
}

/// A destination does not take the lead.
pub(crate) fn rejected() -> OfferResult {
    OfferResult {
        outcome: AttemptOutcome::Rejected,
        reason: Some("no".to_owned()),
        ..OfferResult::interrupted()
    }
}

impl Advance {
    /// The lead with its next offer.
    pub(crate) fn on_its_way(self) -> Box<ActiveLead> {
        match self {
            Self::OnItsWay(active) => active,
            other => panic!("it is not on its way: {other:?}"),
        }
    }

    /// What became of the lead.
    pub(crate) fn outcome(self) -> LeadOutcome {
        match self {
            Self::Ended(outcome) | Self::Repeated(outcome) => *outcome,
            other => panic!("its walk has not ended: {other:?}"),
        }
    }
}
