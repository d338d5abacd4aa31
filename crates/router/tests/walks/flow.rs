//! Random flows without cycles, and what happens to a lead in them.

use std::collections::BTreeMap;

use pointsman_bandit::{Allocation, BanditKey, Entry};
use pointsman_flow::{Catalog, Destination, Document, Mask, Op, Program, compile};
use pointsman_lead::{Envelope, Micros, Schema, Stage, Timestamp};
use pointsman_ledger::OrderNames;
use pointsman_router::{Answer, Bid, Conditions, DestinationIdx, HashKey, Orders, Subject, Unit};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// More than a lead may be offered to.
pub(crate) const DESTINATIONS: [&str; 20] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
    "t",
];

/// The first so many get most of the ports, so that paths meet again.
const OFTEN: usize = 5;

/// A flow, step by step; each leads to steps before it.
#[derive(Debug, Clone)]
pub(crate) struct AnyFlow {
    steps: Vec<AnyStep>,
    max_sold: u8,
    /// By destination: whether it wants grown-ups alone, and whether it passes unknown leads on.
    settings: Vec<(bool, bool)>,
}

#[derive(Debug, Clone)]
enum AnyStep {
    When(i64, [AnyPort; 2]),
    Switch(Vec<AnyPort>),
    Table(Vec<(i64, AnyPort)>, AnyPort),
    Split(Vec<(u32, AnyPort)>),
    Bandit(Vec<AnyPort>),
    Rotate(Vec<AnyPort>),
    Auction(Vec<(usize, u32)>, u8),
    Waterfall(Vec<AnyPort>),
    /// A waterfall of all destinations, beginning with one of them.
    Everybody(usize),
}

/// Where a port leads: to one of the steps before, or to a leaf.
#[derive(Debug, Clone, Copy)]
enum AnyPort {
    Step(usize),
    Destination(usize),
    Reject,
}

fn port() -> impl Strategy<Value = AnyPort> {
    prop_oneof![
        8 => any::<prop::sample::Index>().prop_map(|it| AnyPort::Step(it.index(64))),
        6 => (0..OFTEN).prop_map(AnyPort::Destination),
        1 => (0..DESTINATIONS.len()).prop_map(AnyPort::Destination),
        1 => Just(AnyPort::Reject),
    ]
}

fn step() -> impl Strategy<Value = AnyStep> {
    let ports = || prop::collection::vec(port(), 1..4);
    let rows = prop::collection::vec((0..40_i64, port()), 1..4);
    // Some arms have no weight.
    let weight = prop_oneof![1 => Just(0_u32), 8 => 1..1_000_u32];
    let bidders = prop::collection::vec((0..OFTEN + 1, 0..4_u32), 1..4);
    prop_oneof![
        1 => (0..40_i64, port(), port()).prop_map(|(age, then, otherwise)| AnyStep::When(age, [then, otherwise])),
        1 => ports().prop_map(AnyStep::Switch),
        1 => (rows, port()).prop_map(|(rows, otherwise)| AnyStep::Table(rows, otherwise)),
        2 => prop::collection::vec((weight, port()), 1..4).prop_map(AnyStep::Split),
        2 => ports().prop_map(AnyStep::Bandit),
        2 => ports().prop_map(AnyStep::Rotate),
        2 => (bidders, 0..8_u8).prop_map(|(bidders, reserve)| AnyStep::Auction(bidders, reserve)),
        3 => ports().prop_map(AnyStep::Waterfall),
        1 => (0..DESTINATIONS.len()).prop_map(AnyStep::Everybody),
    ]
}

/// Any flow of a few steps.
pub(crate) fn any_flow() -> impl Strategy<Value = AnyFlow> {
    let steps = prop::collection::vec(step(), 1..8);
    let settings = prop::collection::vec(
        (prop::bool::weighted(0.2), any::<bool>()),
        DESTINATIONS.len(),
    );
    (steps, 1..4_u8, settings).prop_map(|(steps, max_sold, settings)| AnyFlow {
        steps,
        max_sold,
        settings,
    })
}

/// The flow that offers a lead to all destinations in turn.
pub(crate) fn everybody() -> AnyFlow {
    AnyFlow {
        steps: vec![AnyStep::Everybody(0)],
        max_sold: 1,
        settings: vec![(false, false); DESTINATIONS.len()],
    }
}

impl AnyFlow {
    /// The flow, compiled.
    pub(crate) fn program(&self) -> Program {
        let steps = self.steps.iter().enumerate();
        let mut nodes: BTreeMap<String, Json> = steps
            .map(|(at, step)| (format!("step-{at}"), step.node(at)))
            .collect();
        nodes.extend(DESTINATIONS.map(|name| (name.to_owned(), json!({"kind": "destination"}))));
        nodes.insert("no".to_owned(), json!({"kind": "reject", "reason": "no"}));
        let document = json!({
            "flow": "any", "vertical": "test", "currency": "USD", "max_sold": self.max_sold,
            "root": format!("step-{}", self.steps.len() - 1), "nodes": nodes,
        });
        let document = Document::from_json(&document.to_string()).unwrap();
        compile(&document, &self.catalog()).unwrap_or_else(|found| panic!("{found:#?}"))
    }

    fn catalog(&self) -> Catalog {
        let schema = json!({"vertical": "test", "fields": [{"name": "age", "kind": "integer"}]});
        let schema = Schema::from_value(&schema).unwrap();
        let destinations =
            DESTINATIONS
                .iter()
                .zip(&self.settings)
                .map(|(name, (grown_up, passes))| {
                    let mut settings =
                        json!({"on_unknown": if *passes { "pass_on" } else { "hold" }});
                    if *grown_up {
                        settings["criteria"] = json!("age >= 20");
                    }
                    (
                        (*name).to_owned(),
                        Destination::from_stored(&settings.to_string()).unwrap(),
                    )
                });
        Catalog {
            schema,
            currency: "USD".parse().unwrap(),
            destinations: destinations.collect(),
            subflows: BTreeMap::new(),
            lists: BTreeMap::new(),
        }
    }
}

impl AnyPort {
    /// The name of the node, seen from the step at a position.
    fn name(self, at: usize) -> String {
        match self {
            Self::Step(step) if at > 0 => format!("step-{}", step % at),
            Self::Step(step) => DESTINATIONS[step % OFTEN].to_owned(),
            Self::Destination(destination) => DESTINATIONS[destination].to_owned(),
            Self::Reject => "no".to_owned(),
        }
    }
}

impl AnyStep {
    fn node(&self, at: usize) -> Json {
        let names =
            |ports: &[AnyPort]| -> Vec<String> { ports.iter().map(|port| port.name(at)).collect() };
        let arms = |ports: &[AnyPort]| -> Vec<Json> {
            let named = names(ports).into_iter().enumerate();
            named
                .map(|(arm, to)| json!({"name": format!("arm-{arm}"), "to": to}))
                .collect()
        };
        match self {
            Self::When(age, [then, otherwise]) => json!({
                "kind": "when", "if": format!("age >= {age}"), "then": then.name(at), "otherwise": otherwise.name(at)}),
            Self::Switch(ports) => {
                let cases = names(ports).into_iter().zip(0..);
                let cases: Vec<Json> = cases
                    .map(|(to, age)| json!({"in": [age * 10, age * 10 + 1], "to": to}))
                    .collect();
                json!({"kind": "switch", "on": "age", "cases": cases, "otherwise": ports[0].name(at)})
            }
            Self::Table(rows, otherwise) => {
                let rows: Vec<Json> = rows
                    .iter()
                    .map(|(age, port)| json!({"cells": [{"from": age, "to": age + 9}], "to": port.name(at)}))
                    .collect();
                json!({"kind": "table", "columns": ["age"], "rows": rows, "otherwise": otherwise.name(at)})
            }
            Self::Split(weighted) => {
                let weights = whole(
                    &weighted
                        .iter()
                        .map(|(weight, _)| *weight)
                        .collect::<Vec<_>>(),
                );
                let ports: Vec<AnyPort> = weighted.iter().map(|(_, port)| *port).collect();
                let mut arms = arms(&ports);
                for (arm, weight) in arms.iter_mut().zip(weights) {
                    arm["weight_ppm"] = json!(weight);
                }
                json!({"kind": "split", "arms": arms})
            }
            Self::Bandit(ports) => {
                json!({"kind": "bandit", "explore_ppm": 20_000, "arms": arms(ports)})
            }
            Self::Rotate(ports) => {
                json!({"kind": "rotate", "by": "least_recently_sold", "arms": arms(ports)})
            }
            Self::Auction(bidders, reserve) => {
                let bidders: BTreeMap<&str, u32> = bidders
                    .iter()
                    .map(|(bidder, tenths)| (DESTINATIONS[*bidder], tenths * 100_000))
                    .collect();
                let bidders: Vec<Json> = bidders
                    .iter()
                    .map(|(to, penalty)| json!({"to": to, "penalty_ppm": penalty}))
                    .collect();
                json!({"kind": "auction", "bidders": bidders, "reserve": reserve.to_string()})
            }
            Self::Waterfall(ports) => {
                let mut to = names(ports);
                to.sort();
                to.dedup();
                json!({"kind": "waterfall", "to": to})
            }
            Self::Everybody(first) => {
                let mut to = DESTINATIONS;
                to.rotate_left(*first);
                json!({"kind": "waterfall", "to": to})
            }
        }
    }
}

/// Shares as parts of a million; the last one gets what is left.
fn whole(shares: &[u32]) -> Vec<u32> {
    let sum: u32 = shares.iter().sum::<u32>().max(1);
    let mut weights: Vec<u32> = shares
        .iter()
        .map(|share| share * 1_000 / sum * 1_000)
        .collect();
    let missing = 1_000_000 - weights.iter().sum::<u32>();
    *weights.last_mut().unwrap() += missing;
    weights
}

/// One lead, and all that happens to it.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    age: Option<i64>,
    unit: u32,
    /// By step, again and again: who is closed, one bit each.
    closed: Vec<u32>,
    /// By step, again and again: how far orders are turned; none where no order is known.
    turned: Vec<Option<usize>>,
    /// By destination, in whole units; nothing is no bid.
    bids: Vec<i64>,
    /// By offer, again and again.
    answers: Vec<Answer>,
    /// By arm of a bandit, again and again: its part when not all can be drawn; none if nothing is known of that.
    parts: Vec<u64>,
}

/// Any lead in any world.
pub(crate) fn any_given() -> impl Strategy<Value = Given> {
    let answer = prop_oneof![
        8 => Just(Answer::Rejected),
        2 => Just(Answer::NotSent),
        2 => Just(Answer::Accepted),
        1 => Just(Answer::Unknown),
    ];
    // Mostly free, so that walks are long.
    let closed =
        prop_oneof![3 => Just(0_u32), 1 => (any::<u32>(), any::<u32>()).prop_map(|(a, b)| a & b)];
    (
        prop::option::weighted(0.8, 0..50_i64),
        0..1_000_u32,
        prop::collection::vec(closed, 1..6),
        prop::collection::vec(prop::option::weighted(0.7, 0..6_usize), 1..4),
        prop::collection::vec(0..10_i64, DESTINATIONS.len()),
        prop::collection::vec(answer, 1..8),
        prop::collection::vec(prop_oneof![1..10_u64, 1..=1_u64 << 53], 0..5),
    )
        .prop_map(|(age, unit, closed, turned, bids, answers, parts)| Given {
            age,
            unit,
            closed,
            turned,
            bids,
            answers,
            parts,
        })
}

impl Given {
    /// A lead that everybody sees and nobody wants.
    pub(crate) fn refused() -> Self {
        Self {
            age: None,
            unit: 0,
            closed: vec![0],
            turned: vec![None],
            bids: vec![0; DESTINATIONS.len()],
            answers: vec![Answer::Rejected],
            parts: Vec::new(),
        }
    }

    /// What the bandits of a program have learned.
    pub(crate) fn allocation(&self, program: &Program) -> Allocation {
        let mut allocation = Allocation::prior();
        for (node, op) in program.nodes().filter(|(_, op)| op.bandit().is_some()) {
            let key = BanditKey::unsegmented("any", program.node_name(node));
            let names: Vec<&str> = op.arms().iter().map(|arm| arm.name.as_str()).collect();
            let weights = allocation.weights(&key, &names);
            let owned = || names.iter().map(|name| (*name).to_owned());
            let entry = Entry {
                arms: owned().zip(weights).collect(),
                rest: owned().zip(self.parts.iter().copied().cycle()).collect(),
            };
            allocation.entries.insert(key, entry);
        }
        allocation
    }

    pub(crate) fn subject(&self, program: &Program) -> Subject {
        let envelope = Envelope {
            source: "seo",
            sub_ids: [const { None }; 5],
            received_at: Timestamp(0),
            is_test: false,
            stage: Stage::Post,
        };
        let fields = json!({"age": self.age});
        let fields = program
            .schema()
            .parse(fields.as_object().unwrap(), &envelope)
            .unwrap();
        Subject::new(
            program,
            &self.allocation(program),
            &fields,
            Unit::new(&format!("unit-{}", self.unit), HashKey::default()),
        )
    }

    pub(crate) fn conditions(&self, program: &Program, step: usize) -> Conditions {
        let mut free = Mask::full(u16::try_from(program.destinations().len()).unwrap());
        let closed = self.closed[step % self.closed.len()];
        let all: Vec<DestinationIdx> = free.iter().collect();
        for destination in all.into_iter().filter(|it| closed >> it.0 & 1 == 1) {
            free.clear(destination);
        }
        let mut names = OrderNames::new();
        for (node, op) in program.nodes() {
            if let (Op::Rotate { arms, .. }, Some(by)) = (op, self.turned[step % self.turned.len()])
            {
                let mut order: Vec<String> = arms.iter().map(|arm| arm.name.clone()).collect();
                order.rotate_left(by % arms.len());
                names.insert(program.node_name(node).to_owned(), order);
            }
        }
        Conditions {
            free,
            orders: Orders::from_names(program, &names),
        }
    }

    pub(crate) fn bids(&self, asked: &Mask) -> Vec<Bid> {
        let bids = asked.iter().map(|destination| Bid {
            destination,
            amount: Micros(self.bids[usize::from(destination.0)] * 1_000_000),
        });
        bids.filter(|bid| bid.amount.0 > 0).collect()
    }

    pub(crate) fn answer(&self, n_offers: usize) -> Answer {
        self.answers[n_offers % self.answers.len()]
    }
}
