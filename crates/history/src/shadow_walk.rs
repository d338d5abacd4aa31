//! Where another version would have sent a lead first, under what the live one met.
//!
//! The same step machine decides, with the lead, the weights, the conditions and the bids that are stored. Nothing is sent
//! and nothing is charged. What a walk would come to after the first offer depends on an answer that nobody has given.

use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Op, Program};
use pointsman_lead::{Fields, Timestamp};
use pointsman_ledger::Ledger;
use pointsman_router::{
    Conditions, Context, End, Event, HashKey, Orders, Outlook, Step, Subject, Unit, Walk,
};
use pointsman_store::{DecisionStepRow, EndState, StepKind};

use crate::{
    Error, StoredWalk,
    record::{self, BidRecord},
    rotation::{order_names, rotations_of},
    stored, unit_hashes_of,
};

/// What becomes of a lead first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirstChoice {
    /// It is offered to this destination.
    Offer(String),
    /// A `reject` node says no.
    Declined,
    /// Nobody is there to take it.
    Unsold,
    /// It cannot be known.
    Unknown(Unknown),
    /// Any of those that have no row of their own.
    Rest,
}

/// Why it cannot be known what becomes of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// A destination would have been asked for a bid that nobody asked.
    Bids,
    /// A field is of another kind than the version expects.
    Fields,
    /// The stored decision cannot be read.
    Stored,
}

impl FirstChoice {
    /// As it is stored. Names of destinations begin with a letter or a digit.
    pub(crate) fn key(&self) -> String {
        let word = match self {
            Self::Offer(destination) => return destination.clone(),
            Self::Declined => "!declined",
            Self::Unsold => "!unsold",
            Self::Unknown(Unknown::Bids) => "!bids",
            Self::Unknown(Unknown::Fields) => "!fields",
            Self::Unknown(Unknown::Stored) => "!stored",
            Self::Rest => "*",
        };
        word.to_owned()
    }

    /// Reads what is stored.
    pub fn of_key(key: &str) -> Self {
        match key {
            "!declined" => Self::Declined,
            "!unsold" => Self::Unsold,
            "!bids" => Self::Unknown(Unknown::Bids),
            "!fields" => Self::Unknown(Unknown::Fields),
            "!stored" => Self::Unknown(Unknown::Stored),
            "*" => Self::Rest,
            destination => Self::Offer(destination.to_owned()),
        }
    }
}

/// Where the live version sent a lead first, and where another one would have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shadowed {
    pub(crate) live: FirstChoice,
    pub(crate) candidate: FirstChoice,
    /// How likely the other version is to do so, in (0, 1].
    pub(crate) probability: f64,
    /// Whether it would be free to take the lead is not known: the live version does not know it, or a rotation.
    pub(crate) is_assumed: bool,
    /// Everything that the other version could have done first, in parts per million.
    pub(crate) expected: Vec<(FirstChoice, i64)>,
}

impl Shadowed {
    fn unknown(live: FirstChoice, why: Unknown) -> Self {
        let candidate = FirstChoice::Unknown(why);
        Self {
            live,
            probability: 1.0,
            is_assumed: false,
            expected: vec![(candidate.clone(), ppm(1.0))],
            candidate,
        }
    }
}

/// What a version needs beside the stored walk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShadowOf<'a> {
    /// The version that would have decided.
    pub(crate) candidate: &'a Program,
    /// The one that did.
    pub(crate) live: &'a Program,
    /// The weights that the lead was decided with.
    pub(crate) allocation: &'a Allocation,
    /// That of the database.
    pub(crate) hash_key: HashKey,
}

/// What the live version did first.
pub(crate) fn live_choice(walk: &StoredWalk) -> FirstChoice {
    let mut steps = walk.rows.steps.iter();
    let offer = steps.find(|step| step.kind == StepKind::Offer);
    match (
        offer.and_then(|step| step.destination.clone()),
        walk.decision.end_state,
    ) {
        (Some(destination), _) => FirstChoice::Offer(destination),
        (None, Some(EndState::Declined)) => FirstChoice::Declined,
        (None, _) => FirstChoice::Unsold,
    }
}

/// A lead that could not even be read.
pub(crate) fn unreadable(walk: &StoredWalk) -> Shadowed {
    Shadowed::unknown(live_choice(walk), Unknown::Stored)
}

/// Decides an ended walk by another version.
///
/// # Errors
///
/// [`Error::Store`] and [`Error::Stored`] for rows that this release cannot read.
pub(crate) fn shadowed(with: ShadowOf<'_>, walk: &StoredWalk) -> Result<Shadowed, Error> {
    let live = live_choice(walk);
    let unreadable = || Error::Stored {
        what: format!("the fields of lead {}", walk.lead.id),
    };
    let fields = serde_json::from_str(&walk.lead.fields_body).map_err(|_| unreadable())?;
    let Ok(fields) = Fields::from_stored(with.candidate.schema(), &fields) else {
        return Ok(Shadowed::unknown(live, Unknown::Fields));
    };
    let hashes = unit_hashes_of(&walk.decision)?;
    let unit = Unit {
        hashes: hashes.as_ref(),
        ..Unit::new(&walk.decision.unit_key, with.hash_key)
    };
    let subject = Subject::new(with.candidate, with.allocation, &fields, unit);
    let context = Context {
        program: with.candidate,
        subject: &subject,
    };
    let First {
        choice: candidate,
        probability,
        is_assumed,
        outlook,
        is_ping,
    } = first(with, context, walk)?;
    let asked = if is_ping {
        candidate.clone()
    } else {
        FirstChoice::Unknown(Unknown::Bids)
    };
    Ok(Shadowed {
        expected: expected(with.candidate, &outlook, &asked),
        is_assumed,
        live,
        candidate,
        probability,
    })
}

/// What a version does with a lead first, after all pings.
struct First {
    choice: FirstChoice,
    probability: f64,
    is_assumed: bool,
    /// Of the first step.
    outlook: Outlook,
    /// Whether that is a ping.
    is_ping: bool,
}

fn first(with: ShadowOf<'_>, context: Context<'_>, walk: &StoredWalk) -> Result<First, Error> {
    let unreadable = || Error::Stored {
        what: format!("the steps of decision {}", walk.decision.id),
    };
    let bids = bids_of(walk)?;
    let begun = walk.rows.steps.first().ok_or_else(unreadable)?;
    let offered = walk.rows.steps.iter().find(|it| it.kind == StepKind::Offer);
    let mut conditions = met(with, begun).ok_or_else(unreadable)?;
    let mut next = Walk::new(context);
    let mut event = Event::Start;
    let (mut probability, mut seen) = (1.0, None);
    let (choice, chosen) = loop {
        let step = next.next(context, &conditions, event);
        let (propensity, outlook) = match &step {
            Step::Ping(ping) => (ping.propensity, &ping.outlook),
            Step::Offer(offer) => (offer.propensity, &offer.outlook),
            Step::Done(done) => (done.propensity, &done.outlook),
        };
        probability *= propensity;
        seen.get_or_insert_with(|| (outlook.clone(), matches!(step, Step::Ping(_))));
        match step {
            Step::Offer(offer) => {
                let name = &with.candidate.destinations()[usize::from(offer.destination.0)].name;
                break (FirstChoice::Offer(name.clone()), Some(offer.destination));
            }
            Step::Done(done) => break (end_of(&done.end), None),
            Step::Ping(ping) => {
                let asked = record::destinations(with.candidate, &ping.destinations);
                let known: Option<Vec<BidRecord>> =
                    asked.iter().map(|it| bids.get(&it.name).cloned()).collect();
                let Some(known) = known else {
                    break (FirstChoice::Unknown(Unknown::Bids), None);
                };
                event = Event::Bids(record::bids(with.candidate, &known));
                conditions = met(with, offered.unwrap_or(begun)).ok_or_else(unreadable)?;
            }
        }
    };
    let (outlook, is_ping) = seen.unwrap_or_default();
    Ok(First {
        is_assumed: chosen.is_some_and(|chosen| is_assumed(with, &conditions, chosen)),
        choice,
        probability,
        outlook,
        is_ping,
    })
}

fn end_of(end: &End) -> FirstChoice {
    match end {
        End::Declined { .. } => FirstChoice::Declined,
        End::Sold | End::Unsold | End::Held => FirstChoice::Unsold,
    }
}

/// What each destination said that was asked for a bid.
fn bids_of(walk: &StoredWalk) -> Result<BTreeMap<String, BidRecord>, Error> {
    let mut bids = BTreeMap::new();
    for step in &walk.rows.steps {
        for record in stored::bids_of(step)?.unwrap_or_default() {
            bids.entry(record.destination.clone()).or_insert(record);
        }
    }
    Ok(bids)
}

/// How a step found things, for the version that did not take it. A destination that the live version does not know is
/// taken to have room; whether it is active and open at that time is known.
fn met(with: ShadowOf<'_>, step: &DecisionStepRow) -> Option<Conditions> {
    let ShadowOf {
        candidate, live, ..
    } = with;
    let known = Mask::from_hex(live.n_destinations(), &step.availability).ok()?;
    let mut free = Ledger::new().availability(candidate, None, Timestamp(step.at));
    for (idx, destination) in (0..).map(DestinationIdx).zip(candidate.destinations()) {
        match live.destination_idx(&destination.name) {
            Some(there) if known.get(there) => free.set(idx),
            Some(_) => free.clear(idx),
            None => {}
        }
    }
    Some(Conditions {
        free,
        orders: Orders::from_names(candidate, &order_names(&rotations_of(step)?)),
    })
}

fn is_assumed(with: ShadowOf<'_>, conditions: &Conditions, chosen: DestinationIdx) -> bool {
    let name = &with.candidate.destinations()[usize::from(chosen.0)].name;
    let lacks = |(node, op): (NodeIdx, &Op)| {
        op.rotation().is_some() && conditions.orders.of(node).is_none()
    };
    with.live.destination_idx(name).is_none() || with.candidate.nodes().any(lacks)
}

fn expected(program: &Program, outlook: &Outlook, asked: &FirstChoice) -> Vec<(FirstChoice, i64)> {
    let offers = outlook.offers.iter().map(|(destination, probability)| {
        let name = &program.destinations()[usize::from(destination.0)].name;
        (FirstChoice::Offer(name.clone()), *probability)
    });
    let pings: f64 = outlook
        .pings
        .iter()
        .map(|(_, probability)| probability)
        .sum();
    let others = [
        (asked.clone(), pings),
        (FirstChoice::Declined, outlook.declined),
        (FirstChoice::Unsold, outlook.unsold),
    ];
    let all = offers.chain(others).map(|(what, p)| (what, ppm(p)));
    all.filter(|(_, ppm)| *ppm > 0).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a probability, rounded to parts per million"
)]
fn ppm(probability: f64) -> i64 {
    (probability * 1e6).round() as i64
}
