//! A lead that nobody sent: where it would go. Nothing is stored, and no cap is charged.

use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_delivery::QuoteEnd;
use pointsman_flow::{DestinationIdx, Mask, Program};
use pointsman_lead::{Envelope, Fields, Micros, Problem, Stage, Timestamp};
use pointsman_ledger::{Ledger, Unavailability};
use pointsman_router::{
    Answer, Conditions, Context, End, Event, HashKey, Outlook, Step, Subject, Trace, Unit, Walk,
};
use pointsman_store::Read;
use serde_json::{Map, Value};

use super::{
    EndExplanation, Explanation, StepExplanation, TakenStep, Turn, WalkExplainer, bandits,
};
use crate::{
    Error, hash_key,
    record::{self, BidRecord, OutlookRecord},
    rotation,
};

/// What a what-if lead draws by if nobody says.
const UNIT_KEY: &str = "what-if";

/// A lead, and everything else that its walk depends on.
#[derive(Debug, Clone, Copy)]
pub struct WhatIf<'a> {
    /// The compiled flow.
    pub program: &'a Program,
    /// The weights of bandits.
    pub allocation: &'a Allocation,
    /// Caps, breakers and turns. A copy is read; nothing is charged to it.
    pub ledger: &'a Ledger,
    /// The lead.
    pub fields: &'a Fields,
    /// What splits and bandits draw by.
    pub unit_key: &'a str,
    /// The key of the hashes that sticky nodes draw by; that of the database where there is one.
    pub hash_key: HashKey,
    /// When it comes in.
    pub at: Timestamp,
    /// What every destination answers that is offered the lead.
    pub answer: Answer,
    /// What destinations bid when they are asked, by name; who is not here does not bid. If nobody is,
    /// the walk is told up to where it asks.
    pub bids: &'a BTreeMap<String, Micros>,
}

/// A lead to be explained that nobody sent.
#[derive(Debug, Clone)]
pub struct WhatIfLead {
    /// The flow that would route it.
    pub flow: String,
    /// Which version of it.
    pub version: WhatIfVersion,
    /// Who would send it.
    pub source: String,
    /// The source's own placement ids.
    pub sub_ids: [Option<String>; 5],
    /// The fields of the vertical's schema, by name.
    pub fields: Map<String, Value>,
    /// Whether it is a test.
    pub is_test: bool,
    /// When it comes in; none: now.
    pub at: Option<Timestamp>,
    /// What draws depend on; none: a key of its own, the same each time.
    pub unit_key: Option<String>,
    /// What every destination answers that is offered the lead.
    pub answer: Answer,
    /// What destinations bid when they are asked, by name.
    pub bids: BTreeMap<String, Micros>,
}

/// What a lead meets that comes in now.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// The compiled flow.
    pub program: &'a Program,
    /// The weights of bandits.
    pub allocation: &'a Allocation,
    /// Caps, breakers and turns.
    pub ledger: &'a Ledger,
    /// The time.
    pub now: Timestamp,
}

/// Which version of a flow a what-if lead is walked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhatIfVersion {
    /// The one that a stage points to.
    Stage(String),
    /// The one of this hash.
    Hash(String),
    /// None of them: the draft as it is.
    Draft,
}

/// Walks a lead that nobody sent, and tells why it goes where it goes.
///
/// The step machine, the index and the draws are those that decide: a lead that comes in under the same
/// circumstances takes the same steps.
pub fn what_if(question: &WhatIf<'_>) -> Explanation {
    let WhatIf {
        program,
        allocation,
        fields,
        unit_key,
        hash_key,
        ..
    } = *question;
    let unit = Unit::new(unit_key, hash_key);
    let subject = Subject::new(program, allocation, fields, unit);
    let readings = program.readings(fields);
    let context = Context {
        program,
        subject: &subject,
    };
    let mut explainer = WalkExplainer::new(context, &readings);
    let (steps, end) = walked(question, context, &mut explainer);
    Explanation {
        decision_id: None,
        flow: program.flow().to_owned(),
        version_hash: program.flow_hash().to_string(),
        catalog_hash: program.catalog_hash().to_string(),
        epoch: allocation.epoch,
        unit_key: unit_key.to_owned(),
        seen: program.seen(&readings),
        rules: explainer.rules(),
        steps,
        end: end.map(|end| EndExplanation {
            state: end.word(),
            reason: match &end {
                End::Declined { reason } => Some(reason.to_string()),
                End::Sold | End::Unsold | End::Held => None,
            },
        }),
        bandits: bandits::explained(context, allocation.epoch),
        mismatches: Vec::new(),
    }
}

fn walked(
    question: &WhatIf<'_>,
    context: Context<'_>,
    explainer: &mut WalkExplainer<'_>,
) -> (Vec<StepExplanation>, Option<End>) {
    let WhatIf {
        program,
        ledger,
        at,
        answer,
        bids,
        ..
    } = *question;
    let source = program.source_of(question.fields);
    let conditions = ledger.conditions(program, source, at);
    let unavailable = unavailable(program, ledger, source, at);
    let mut walk = Walk::new(context);
    let mut event = Event::Start;
    let mut steps = Vec::new();
    loop {
        let before = walk.clone();
        let step = walk.next(context, &conditions, event.clone());
        let taken = TakenStep {
            n: i64::try_from(steps.len()).unwrap_or(i64::MAX),
            at,
            unavailable: unavailable.clone(),
            ..taken(context, &conditions, ledger, at, &step)
        };
        let draws = before.draws(context, &conditions, event.clone(), &taken.trace);
        let taken = TakenStep { draws, ..taken };
        match step {
            Step::Ping(ping) => {
                let asked = record::destinations(program, &ping.destinations);
                let records: Vec<BidRecord> = asked
                    .iter()
                    .map(|destination| what_if_bid(&destination.name, bids))
                    .collect();
                if bids.is_empty() {
                    steps.push(explainer.step(taken));
                    return (steps, None);
                }
                event = Event::Bids(record::bids(program, &records));
                steps.push(explainer.step(TakenStep {
                    bids: records,
                    ..taken
                }));
            }
            Step::Offer(_) => {
                event = Event::Answer(answer);
                steps.push(explainer.step(TakenStep {
                    answer: Some(answer),
                    ..taken
                }));
            }
            Step::Done(done) => {
                steps.push(explainer.step(taken));
                return (steps, Some(done.end));
            }
        }
    }
}

/// Why each destination is not free, by name.
fn unavailable(
    program: &Program,
    ledger: &Ledger,
    source: &str,
    at: Timestamp,
) -> BTreeMap<String, Vec<Unavailability>> {
    let destinations = program.destinations().iter();
    let unavailable = destinations.map(|destination| {
        let (name, settings) = (&destination.name, &destination.settings);
        (
            name.clone(),
            ledger.unavailable(name, settings, Some(source), at),
        )
    });
    unavailable.collect()
}

fn what_if_bid(name: &str, bids: &BTreeMap<String, Micros>) -> BidRecord {
    let bid = bids.get(name).copied();
    BidRecord {
        destination: name.to_owned(),
        bid,
        ping_id: None,
        end: if bid.is_some() {
            QuoteEnd::Bid
        } else {
            QuoteEnd::NoBid
        },
        reason: None,
        status: None,
        latency_ms: 0,
        response_excerpt: None,
    }
}

/// A step of the walk as it was taken, without what only the caller knows.
fn taken(
    context: Context<'_>,
    conditions: &Conditions,
    ledger: &Ledger,
    at: Timestamp,
    step: &Step,
) -> TakenStep {
    let program = context.program;
    let nobody = Mask::with_len(conditions.free.len());
    let (kind, propensity, outlook, trace): (Turn, f64, &Outlook, &Trace) = match step {
        Step::Ping(ping) => (Turn::Ping, ping.propensity, &ping.outlook, &ping.trace),
        Step::Offer(offer) => (Turn::Offer, offer.propensity, &offer.outlook, &offer.trace),
        Step::Done(done) => (Turn::Done, done.propensity, &done.outlook, &done.trace),
    };
    let mut rotations = rotation::found(program, ledger, conditions, at);
    let (mut destination, mut node, mut asked): (Option<DestinationIdx>, _, _) =
        (None, None, nobody);
    let mut end = None;
    match step {
        Step::Ping(ping) => {
            node = Some(ping.node);
            asked = ping.destinations.clone();
        }
        Step::Offer(offer) => {
            destination = Some(offer.destination);
            rotation::charge(program, &offer.turns, &mut rotations);
        }
        Step::Done(done) => end = Some(done.end.word()),
    }
    let outlook: OutlookRecord = record::outlook(program, outlook);
    TakenStep {
        n: 0,
        at,
        kind,
        free: conditions.free.clone(),
        unavailable: BTreeMap::new(),
        expired: false,
        path: record::trace(context, trace),
        trace: trace.clone(),
        draws: Vec::new(),
        propensity,
        outlook,
        destination,
        node,
        asked,
        bids: Vec::new(),
        answer: None,
        rotations,
        end,
    }
}

impl WhatIfLead {
    /// Reads its fields as those of a lead that comes in now.
    ///
    /// # Errors
    ///
    /// Everything that the schema refuses.
    pub fn fields(&self, program: &Program, now: Timestamp) -> Result<Fields, Vec<Problem>> {
        let envelope = Envelope {
            source: &self.source,
            sub_ids: self.sub_ids.clone(),
            received_at: self.at.unwrap_or(now),
            is_test: self.is_test,
            stage: Stage::Post,
        };
        program.schema().parse(&self.fields, &envelope)
    }

    /// Explains where it would go, with these weights, caps, breakers and turns, and with what was
    /// believed of the arms when the weights were made. Nothing is stored, and no cap is charged.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for beliefs or a key of hashes that cannot be read.
    pub async fn explain(
        &self,
        read: &Read<'_>,
        fields: &Fields,
        present: Present<'_>,
    ) -> Result<Explanation, Error> {
        let Present {
            program,
            allocation,
            ledger,
            now,
        } = present;
        let mut explanation = what_if(&WhatIf {
            program,
            allocation,
            ledger,
            fields,
            unit_key: self.unit_key.as_deref().unwrap_or(UNIT_KEY),
            hash_key: hash_key(read).await?,
            at: self.at.unwrap_or(now),
            answer: self.answer,
            bids: &self.bids,
        });
        let epoch = i64::try_from(allocation.epoch).unwrap_or(i64::MAX);
        let rows = read.allocation_at(epoch).await?;
        for bandit in &mut explanation.bandits {
            bandit.believe(program, &rows)?;
        }
        Ok(explanation)
    }
}
