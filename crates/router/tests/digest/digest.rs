//! What becomes of many leads in one flow, as one number.

use std::{collections::BTreeMap, hash::Hasher as _};

use pointsman_flow::{DestinationIdx, Mask, Op, Program};
use pointsman_lead::{FieldIdx, Micros, ValueRef, Values};
use pointsman_ledger::OrderNames;
use pointsman_router::{
    Answer, Bid, Choice, Conditions, Context, End, Event, HashKey, Orders, Step, Subject, Unit,
    Walk,
};
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use crate::{chance::Chance, flows::Golden, leads};

/// What is known of the decisions of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Digest {
    /// Of the flow, all that it refers to, the leads, and what their destinations say.
    pub(crate) inputs: String,
    /// Of every step of every walk: choices, destination, the bits of its propensity, the end.
    pub(crate) decisions: String,
    /// How often walks did what, for people who look at a change of this file.
    pub(crate) counts: BTreeMap<String, u64>,
}

/// The digest of the first `n_leads` leads.
pub(crate) fn of(golden: &Golden, n_leads: u64) -> Digest {
    let (mut inputs, mut decisions) = (Sink::default(), Sink::default());
    golden.texts.iter().for_each(|text| inputs.text(text));
    let names: Vec<String> = golden
        .program
        .destinations()
        .iter()
        .map(|it| it.name.clone())
        .collect();
    let mut counts = BTreeMap::new();
    for n in 0..n_leads {
        let lead = Lead {
            golden,
            n,
            answers: names.iter().map(|name| answer(n, name)).collect(),
            bids: names.iter().map(|name| bid(n, name)).collect(),
        };
        lead.walk(&mut inputs, &mut decisions, &mut counts);
    }
    Digest {
        inputs: inputs.finish(),
        decisions: decisions.finish(),
        counts: counts
            .into_iter()
            .map(|(word, count)| (word.to_owned(), count))
            .collect(),
    }
}

/// One lead, and what each destination makes of it: the same whenever it is asked.
struct Lead<'a> {
    golden: &'a Golden,
    n: u64,
    answers: Vec<Answer>,
    bids: Vec<Option<Micros>>,
}

impl Lead<'_> {
    fn walk(
        &self,
        inputs: &mut Sink,
        decisions: &mut Sink,
        counts: &mut BTreeMap<&'static str, u64>,
    ) {
        let Golden {
            program,
            allocation,
            ..
        } = self.golden;
        let (fields, unit_key) = (
            leads::fields(program.schema(), self.n),
            leads::unit_key(self.n),
        );
        self.tell(&fields, &unit_key, inputs);
        let unit = Unit::new(&unit_key, HashKey([7; 16]));
        let subject = Subject::new(program, allocation, &fields, unit);
        let context = Context {
            program,
            subject: &subject,
        };
        let mut walk = Walk::new(context);
        let mut event = Event::Start;
        decisions.number(self.n);
        for step in 0.. {
            let conditions = conditions(program, self.n, step);
            let word = match walk.next(context, &conditions, event) {
                Step::Ping(ping) => {
                    decisions.way(program, &ping.trace);
                    decisions.text(program.node_name(ping.node));
                    ping.destinations
                        .iter()
                        .for_each(|it| decisions.destination(program, it));
                    decisions.number(ping.propensity.to_bits());
                    event = Event::Bids(self.bids_of(&ping.destinations));
                    "pings"
                }
                Step::Offer(offer) => {
                    decisions.way(program, &offer.trace);
                    decisions.way(program, &offer.turns);
                    decisions.destination(program, offer.destination);
                    decisions.number(offer.propensity.to_bits());
                    event = Event::Answer(self.answers[usize::from(offer.destination.0)]);
                    "offers"
                }
                Step::Done(done) => {
                    decisions.way(program, &done.trace);
                    decisions.text(done.end.word());
                    if let End::Declined { reason } = &done.end {
                        decisions.text(reason);
                    }
                    decisions.number(done.propensity.to_bits());
                    *counts.entry(done.end.word()).or_default() += 1;
                    return;
                }
            };
            decisions.text(word);
            *counts.entry(word).or_default() += 1;
        }
    }

    fn bids_of(&self, asked: &Mask) -> Vec<Bid> {
        let bids = asked.iter().filter_map(|destination| {
            let amount = self.bids[usize::from(destination.0)]?;
            Some(Bid {
                destination,
                amount,
            })
        });
        bids.collect()
    }

    /// All that the walk is given, but for how things stand: that follows from the number of the lead.
    fn tell(&self, fields: &impl Values, unit_key: &str, inputs: &mut Sink) {
        inputs.text(unit_key);
        for field in 0..self.golden.program.schema().fields().len() {
            let field = FieldIdx(u16::try_from(field).unwrap());
            fields.lend(field, |value| inputs.value(value));
        }
        for (answer, bid) in self.answers.iter().zip(&self.bids) {
            inputs.number(*answer as u64);
            inputs.number(bid.map_or(0, |bid| bid.0.cast_unsigned()));
        }
        let conditions = conditions(&self.golden.program, self.n, 0);
        inputs.text(&conditions.free.to_hex());
    }
}

/// What a destination makes of a lead. Every tenth lead is one that nobody wants.
fn answer(n: u64, name: &str) -> Answer {
    let chance = Chance::of(n, name, 1).below(100);
    match chance {
        _ if n % 10 == 9 => Answer::Rejected,
        0..25 => Answer::Accepted,
        25..85 => Answer::Rejected,
        85..93 => Answer::NotSent,
        _ => Answer::Unknown,
    }
}

/// What a destination bids for a lead, in halves of a main unit, so that bids are often equal.
fn bid(n: u64, name: &str) -> Option<Micros> {
    let halves = Chance::of(n, name, 2).below(40);
    (halves >= 8).then(|| Micros(i64::try_from(halves).unwrap() * 500_000))
}

/// How things stand at a step. Half of the leads find everybody free; for the others it changes from
/// step to step who is. The orders of rotations are known for three steps of four.
fn conditions(program: &Program, n: u64, step: u64) -> Conditions {
    let n_destinations = u16::try_from(program.destinations().len()).unwrap();
    // The word is part of the golden inputs.
    let mut chance = Chance::of(n, "standing", step);
    let mut free = Mask::full(n_destinations);
    for destination in (0..n_destinations).map(DestinationIdx) {
        let closed = match n % 4 {
            2 => chance.once_in(4),
            3 => !chance.once_in(4),
            _ => false,
        };
        if closed {
            free.clear(destination);
        }
    }
    Conditions {
        free,
        orders: orders(program, &mut chance),
    }
}

fn orders(program: &Program, chance: &mut Chance) -> Orders {
    let mut names = OrderNames::new();
    for (node, op) in program.nodes() {
        let Op::Rotate { arms, .. } = op else {
            continue;
        };
        if chance.once_in(4) {
            continue;
        }
        let mut order: Vec<String> = arms.iter().map(|arm| arm.name.clone()).collect();
        chance.shuffle(&mut order);
        names.insert(program.node_name(node).to_owned(), order);
    }
    Orders::from_names(program, &names)
}

/// Feeds a hash so that no two different sequences are the same bytes.
#[derive(Default)]
struct Sink(SipHasher24);

impl Sink {
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.write(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.0.write(&number.to_le_bytes());
    }

    fn value(&mut self, value: Option<ValueRef<'_>>) {
        match value {
            None => self.number(0),
            Some(ValueRef::Text(text) | ValueRef::Label { text, .. }) => self.text(text),
            Some(ValueRef::Integer(number) | ValueRef::Decimal(number)) => {
                self.number(number.cast_unsigned());
            }
            Some(ValueRef::Boolean(truth)) => self.number(1 + u64::from(truth)),
            Some(ValueRef::Timestamp(at)) => self.number(at.0.cast_unsigned()),
        }
    }

    /// Choices by the names of their nodes: where a program keeps them is nobody's business.
    fn way(&mut self, program: &Program, choices: &[Choice]) {
        self.number(choices.len() as u64);
        for Choice(node, choice) in choices {
            self.text(program.node_name(*node));
            self.number(u64::from(*choice));
        }
    }

    fn destination(&mut self, program: &Program, destination: DestinationIdx) {
        self.text(&program.destinations()[usize::from(destination.0)].name);
    }

    fn finish(&self) -> String {
        format!("{:032x}", self.0.finish128().as_u128())
    }
}
