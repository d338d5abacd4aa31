//! Which leads go elsewhere when one flow takes the place of another.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_flow::Program;
use pointsman_router::{Bid, Context, Event, Step, Subject, Unit, Walk};
use serde::Serialize;

use crate::{
    log::LogLead,
    policy::{FlowPolicy, LoggedConditions},
};

/// First offers under two flows, lead by lead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Transitions {
    /// Leads.
    pub n: u64,
    /// Leads whose first destination is another.
    pub n_moved: u64,
    /// Leads by first destination under the one flow and under the other, in order of names.
    pub cells: Vec<Transition>,
}

/// Leads that go from one first destination to another, or stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// First destination under the first flow; none if the lead is offered to nobody.
    pub from: Option<Arc<str>>,
    /// First destination under the second flow; none if the lead is offered to nobody.
    pub to: Option<Arc<str>>,
    /// Leads.
    pub n: u64,
}

/// Compares the first offers of two flows over the leads of a log.
///
/// Each lead draws as it would live, by its unit key: equal nodes of equally named flows draw
/// alike, so that a lead only moves because the rules moved it.
///
/// Where a flow would hold an auction, the bids are those of the log.
///
/// * `known`: every destination of the log; others count as free.
pub fn compare<'a>(
    leads: impl IntoIterator<Item = &'a LogLead>,
    from: &FlowPolicy,
    to: &FlowPolicy,
    known: &BTreeSet<Arc<str>>,
) -> Transitions {
    let mut counts: BTreeMap<(FirstOffer, FirstOffer), u64> = BTreeMap::new();
    for lead in leads {
        let cell = (first_offer(from, lead, known), first_offer(to, lead, known));
        *counts.entry(cell).or_default() += 1;
    }
    Transitions {
        n: counts.values().sum(),
        n_moved: counts
            .iter()
            .filter(|((from, to), _)| from != to)
            .map(|(_, n)| n)
            .sum(),
        cells: counts
            .into_iter()
            .map(|((from, to), n)| Transition { from, to, n })
            .collect(),
    }
}

/// The name of a first destination; none if the lead is offered to nobody.
type FirstOffer = Option<Arc<str>>;

fn first_offer(flow: &FlowPolicy, lead: &LogLead, known: &BTreeSet<Arc<str>>) -> FirstOffer {
    let program = &flow.program;
    let (allocation, _) = flow.allocations.of(lead.epoch);
    let unit = Unit {
        hashes: Some(&lead.unit_hashes),
        ..Unit::new(&lead.unit_key, flow.hash_key)
    };
    let subject = Subject::new(program, allocation, &lead.fields, unit);
    let context = Context {
        program,
        subject: &subject,
    };
    let first_ping = lead.pings.first().filter(|ping| ping.after_offers == 0);
    let logged = match (first_ping, lead.offers.first(), &lead.end) {
        (Some(ping), ..) => ping.into(),
        (None, Some(offer), _) => offer.into(),
        (None, None, Some(end)) => end.into(),
        (None, None, None) => LoggedConditions::default(),
    };
    let conditions = flow.conditions(logged, known, lead.received_at);
    let mut walk = Walk::new(context);
    let mut event = Event::Start;
    loop {
        match walk.next(context, &conditions, event) {
            // Whose bid the log does not know has not bid.
            Step::Ping(_) => event = Event::Bids(logged_bids(program, lead)),
            Step::Offer(offer) => {
                let destination = &program.destinations()[usize::from(offer.destination.0)];
                return Some(destination.name.as_str().into());
            }
            Step::Done(_) => return None,
        }
    }
}

/// Everything that was bid for a lead; a walk takes what those bid whom it asks.
fn logged_bids(program: &Program, lead: &LogLead) -> Vec<Bid> {
    let bids = lead.pings.iter().flat_map(|ping| &ping.bids);
    bids.filter_map(|(name, &amount)| {
        let destination = program.destination_idx(name)?;
        Some(Bid {
            destination,
            amount,
        })
    })
    .collect()
}
