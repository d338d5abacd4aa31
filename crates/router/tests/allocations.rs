//! No allocation on the decide path: from a typed lead to the end of its walk, on ordinary flows.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use allocation_counter::measure;
use pointsman_bandit::{Allocation, BanditKey, Entry};
use pointsman_flow::{Catalog, Destination, Document, Enumerated, Lead, Program, check};
use pointsman_lead::{Envelope, Lead as _, Stage, State, Timestamp, us};
use pointsman_router::{
    Answer, Conditions, Context, DestinationIdx, End, Event, Filter, HashKey, Mask, Step, Subject,
    Unit, Walk,
};
use serde_json::{Value, json};

#[derive(Clone, Copy, Enumerated)]
enum Credit {
    Good,
    Fair,
    Poor,
}

#[derive(Lead)]
struct Auto {
    credit: Credit,
    state: State,
    age: Option<u8>,
    company: Option<String>,
}

const DESTINATIONS: [&str; 6] = ["acme", "zenith", "north", "south", "late", "last"];

/// Every node kind, on a table of a thousand rows.
fn program() -> Program {
    let rows: Vec<Value> = (0..1_000)
        .map(|row| {
            let to = ["auction", "falls", "nobody"][row % 3];
            let states = json!([
                us::ALL[row % 51].as_str(),
                us::ALL[(row * 7 + 3) % 51].as_str()
            ]);
            json!({"cells": [states, {"from": row % 90, "to": row % 90 + 4}], "to": to})
        })
        .collect();
    let mut nodes = json!({
        "start": {"kind": "when", "if": "credit != 'poor' && !company.startsWith('Fake')", "then": "table", "otherwise": "score"},
        "quality": {"kind": "scorecard", "points": [{"if": "age > 30", "points": 20}, {"if": "credit == 'fair'", "points": 5}]},
        "score": {"kind": "switch", "on": "quality", "cases": [{"in": [20, 25], "to": "falls"}], "otherwise": "split"},
        "table": {"kind": "table", "columns": ["state", "age"], "rows": rows, "otherwise": "falls"},
        "split": {"kind": "split", "sticky": "company", "arms": [
            {"weight_ppm": 900_000, "to": "falls"}, {"weight_ppm": 100_000, "to": "auction"}]},
        "auction": {"kind": "bandit", "maximize": "net_revenue", "explore_ppm": 20_000, "segment_by": ["state", "age"], "arms": [
            {"name": "pool", "to": "falls"}, {"name": "north", "to": "north"}, {"name": "south", "to": "south"}]},
        "falls": {"kind": "waterfall", "to": ["acme", "zenith", "last"]},
        "nobody": {"kind": "reject", "reason": "a reason that is longer than any text that fits into a pointer"},
    });
    for name in DESTINATIONS {
        nodes[name] = json!({"kind": "destination"});
    }
    let document = json!({"flow": "auto", "vertical": "auto", "currency": "USD", "root": "start", "nodes": nodes});
    let document = Document::from_json(&document.to_string()).unwrap();
    let criteria = r#"{"criteria": "!(age > 80) && !(company in list('fakes'))"}"#;
    let settings = Destination::from_stored(criteria).unwrap();
    let fakes: Vec<String> = (0..5_000).map(|at| format!("Fakes, number {at}")).collect();
    let fakes = serde_json::from_value(json!({"values": fakes})).unwrap();
    let catalog = Catalog {
        schema: Auto::schema(),
        currency: document.currency,
        destinations: DESTINATIONS
            .map(|name| (name.to_owned(), settings.clone()))
            .into(),
        subflows: std::collections::BTreeMap::new(),
        lists: [("fakes".to_owned(), fakes)].into(),
    };
    check(&document, &catalog).unwrap().program
}

/// An allocation that has learned something about half of the segments.
fn allocation() -> Allocation {
    let mut allocation = Allocation::prior();
    for state in us::ALL {
        for age in (0..90).step_by(2) {
            let segment = format!("state={}|age={age}", state.as_str());
            let weights = [("pool", 500_000), ("north", 300_000), ("south", 200_000)];
            let arms = weights.map(|(arm, weight)| (arm.to_owned(), weight));
            let key = BanditKey {
                segment,
                ..BanditKey::unsegmented("auto", "auction")
            };
            let rest = [("pool", 700_u64), ("north", 290), ("south", 10)];
            let entry = Entry {
                arms: arms.into(),
                rest: rest.map(|(arm, part)| (arm.to_owned(), part)).into(),
            };
            allocation.entries.insert(key, entry);
        }
    }
    allocation
}

fn leads() -> impl Iterator<Item = Auto> {
    (0..500_usize).map(|at| Auto {
        credit: [Credit::Good, Credit::Fair, Credit::Poor][at % 3],
        state: us::ALL[at * 5 % 51],
        age: u8::try_from(at % 97).ok().filter(|age| age % 11 != 0),
        company: (at % 2 == 0).then(|| format!("Tester and daughters, number {at}")),
    })
}

fn envelope() -> Envelope<'static> {
    Envelope {
        source: "seo",
        sub_ids: [const { None }; 5],
        received_at: Timestamp(0),
        is_test: false,
        stage: Stage::Post,
    }
}

/// The offers of a lead until it is declined or nobody is left, every offer being refused.
fn offered(context: Context<'_>, conditions: &Conditions) -> (usize, End) {
    let (mut walk, mut event) = (Walk::new(context), Event::Start);
    let mut n_offers = 0;
    loop {
        match walk.next(context, conditions, event) {
            Step::Ping(ping) => panic!("no auction is in these flows: {ping:?}"),
            Step::Offer(_) => n_offers += 1,
            Step::Done(done) => return (n_offers, done.end),
        }
        event = Event::Answer(Answer::Rejected);
    }
}

#[test]
fn a_decision_allocates_nothing() {
    let (program, allocation, envelope) = (program(), allocation(), envelope());
    let typed = program.typed::<Auto>().unwrap();
    let n_destinations = u16::try_from(program.destinations().len()).unwrap();
    let conditions: Conditions = Mask::full(n_destinations).into();
    let unit = Unit::new("seo/018f2c3a-77aa-7c00-8000-0123456789ab", HashKey([7; 16]));
    let (mut n_offers, mut n_declined) = (0, 0);
    for lead in leads() {
        let fields = lead.to_fields(&envelope).unwrap();
        let made = measure(|| {
            let subject = Subject::new(&program, &allocation, &typed.lead(&lead, &envelope), unit);
            let context = Context {
                program: &program,
                subject: &subject,
            };
            let (offers, end) = offered(context, &conditions);
            n_offers += offers;
            n_declined += usize::from(matches!(end, End::Declined { .. }));
        });
        assert_eq!(made.count_total, 0, "of a struct");
        let made = measure(|| {
            let subject = Subject::new(&program, &allocation, &fields, unit);
            let context = Context {
                program: &program,
                subject: &subject,
            };
            let mut filter = Filter::new(context);
            let next: Option<DestinationIdx> = filter
                .outlook(context, &conditions)
                .offers
                .first()
                .map(|(next, _)| *next);
            next.map(|next| filter.observe(next));
        });
        assert_eq!(made.count_total, 0, "of fields, by the filter");
    }
    assert!(
        n_offers > 500 && n_declined > 20,
        "{n_offers} offers, {n_declined} declined"
    );
}
