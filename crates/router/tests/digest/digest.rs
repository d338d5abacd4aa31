//! What becomes of many leads in one flow, as one number.

use std::{collections::BTreeMap, hash::Hasher as _};

use pointsman_bandit::Allocation;
use pointsman_flow::{DestinationIdx, Mask, Op, Program};
use pointsman_lead::{FieldIdx, Fields, Micros, ValueRef, Values as _};
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

/// The digests of the first `n_leads` leads, under each semantics version. What leads are given is the same under all of
/// them, and is told once.
pub(crate) fn of(golden: &Golden, n_leads: u64) -> Vec<Digest> {
    let mut inputs = Sink::default();
    golden.texts.iter().for_each(|text| inputs.text(text));
    let mut found: Vec<Decisions> = golden
        .programs
        .iter()
        .map(|_| Decisions::default())
        .collect();
    for n in 0..n_leads {
        let lead = Lead::new(golden.any(), n);
        // Conditions by step; what is known of a step holds under every version.
        let mut by_step = vec![conditions(golden.any(), n, 0)];
        lead.tell(golden.any(), &by_step[0], &mut inputs);
        for (program, decisions) in golden.programs.iter().zip(&mut found) {
            lead.walk((program, &golden.allocation), &mut by_step, decisions);
        }
    }
    let inputs = inputs.finish();
    let digests = found.into_iter().map(|decisions| decisions.digest(&inputs));
    digests.collect()
}

/// What has become of leads under one semantics version.
#[derive(Default)]
struct Decisions {
    sink: Sink,
    counts: BTreeMap<&'static str, u64>,
}

impl Decisions {
    fn digest(self, inputs: &str) -> Digest {
        let counts = self.counts.into_iter();
        Digest {
            inputs: inputs.to_owned(),
            decisions: self.sink.finish(),
            counts: counts
                .map(|(word, count)| (word.to_owned(), count))
                .collect(),
        }
    }
}

/// One lead, and what each destination makes of it: the same whenever it is asked.
struct Lead {
    n: u64,
    fields: Fields,
    unit_key: String,
    answers: Vec<Answer>,
    bids: Vec<Option<Micros>>,
}

impl Lead {
    fn new(program: &Program, n: u64) -> Self {
        let names = || program.destinations().iter().map(|it| it.name.as_str());
        Self {
            n,
            fields: leads::fields(program.schema(), n),
            unit_key: leads::unit_key(n),
            answers: names().map(|name| answer(n, name)).collect(),
            bids: names().map(|name| bid(n, name)).collect(),
        }
    }

    /// * `by_step`: the conditions of the steps that were asked about so far; more afterwards.
    fn walk(
        &self,
        (program, allocation): (&Program, &Allocation),
        by_step: &mut Vec<Conditions>,
        decisions: &mut Decisions,
    ) {
        let unit = Unit::new(&self.unit_key, HashKey([7; 16]));
        let subject = Subject::new(program, allocation, &self.fields, unit);
        let context = Context {
            program,
            subject: &subject,
        };
        let mut walk = Walk::new(context);
        let mut event = Event::Start;
        let Decisions { sink, counts } = decisions;
        let mut count = |word| *counts.entry(word).or_default() += 1;
        sink.number(self.n);
        for step in 0.. {
            if by_step.len() == step {
                by_step.push(conditions(program, self.n, step as u64));
            }
            let word = match walk.next(context, &by_step[step], event) {
                Step::Ping(ping) => {
                    sink.way(program, &ping.trace);
                    sink.text(program.node_name(ping.node));
                    ping.destinations
                        .iter()
                        .for_each(|it| sink.destination(program, it));
                    sink.number(ping.propensity.to_bits());
                    event = Event::Bids(self.bids_of(&ping.destinations));
                    "pings"
                }
                Step::Offer(offer) => {
                    sink.way(program, &offer.trace);
                    sink.way(program, &offer.turns);
                    sink.destination(program, offer.destination);
                    sink.number(offer.propensity.to_bits());
                    event = Event::Answer(self.answers[usize::from(offer.destination.0)]);
                    "offers"
                }
                Step::Done(done) => {
                    sink.way(program, &done.trace);
                    sink.text(done.end.word());
                    if let End::Declined { reason } = &done.end {
                        sink.text(reason);
                    }
                    sink.number(done.propensity.to_bits());
                    count(done.end.word());
                    return;
                }
            };
            sink.text(word);
            count(word);
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

    /// All that the walk is given, but for how things stand later: that follows from the number of the lead.
    fn tell(&self, program: &Program, conditions: &Conditions, inputs: &mut Sink) {
        inputs.text(&self.unit_key);
        for field in 0..program.schema().fields().len() {
            let field = FieldIdx(u16::try_from(field).unwrap());
            self.fields.lend(field, |value| inputs.value(value));
        }
        for (answer, bid) in self.answers.iter().zip(&self.bids) {
            inputs.number(*answer as u64);
            inputs.number(bid.map_or(0, |bid| bid.0.cast_unsigned()));
        }
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
            Some(ValueRef::Date(date)) => self.number(date.days().cast_unsigned()),
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
