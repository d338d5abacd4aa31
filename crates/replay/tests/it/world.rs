//! A world of two buyers whose truth is known by construction, and logs that the router made in it.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Destination, Document, Op, Program, check};
use pointsman_lead::{
    ALWAYS, Currency, Field, FieldKind, Fields, Micros, Required, Schema, Timestamp, Value,
};
use pointsman_ledger::{Ledger, OrderNames};
use pointsman_replay::{
    FlowPolicy, Policy,
    log::{EndKind, LogEnd, LogLead, LogOffer, LogOutlook, LogPing},
};
use pointsman_router::{
    Answer, Bid, Conditions, Context, DestinationIdx, End, Event, HashKey, Orders, Outlook, Step,
    Subject, Unit, UnitHashes, Walk,
};

/// What the buyers pay for a lead that they accept.
pub(crate) const PAYS: [(&str, f64); 2] = [("a", 10.0), ("b", 6.0)];

/// Value a lead of asking `a` first: it takes half, and `b` takes four fifths of the rest.
pub(crate) const TRUTH_A_FIRST: f64 = 0.5 * 10.0 + 0.5 * 0.8 * 6.0;
/// Value a lead of asking `b` first: it takes two fifths of what `a` would take.
pub(crate) const TRUTH_B_FIRST: f64 = 0.6 * 6.0 + 0.5 * 0.6 * 10.0;

pub(crate) const A_FIRST: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "ab", "nodes": {
    "ab": {"kind": "waterfall", "to": ["a", "b"]}, "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
pub(crate) const B_FIRST: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "ba", "nodes": {
    "ba": {"kind": "waterfall", "to": ["b", "a"]}, "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
/// Asks `a` first for three leads of five.
pub(crate) const MIXED: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "either", "nodes": {
    "either": {"kind": "split", "arms": [{"weight_ppm": 600000, "to": "ab"}, {"weight_ppm": 400000, "to": "ba"}]},
    "ab": {"kind": "waterfall", "to": ["a", "b"]}, "ba": {"kind": "waterfall", "to": ["b", "a"]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
pub(crate) const TRUTH_MIXED: f64 = 0.6 * TRUTH_A_FIRST + 0.4 * TRUTH_B_FIRST;

/// Asks both what they would pay.
pub(crate) const AUCTION: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "market", "nodes": {
    "market": {"kind": "auction", "bidders": [{"to": "a"}, {"to": "b"}]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
/// Where `a` bids it comes first, and where it does not it is not asked again.
pub(crate) const TRUTH_AUCTION: f64 =
    0.7 * (0.5 * 10.0 + 0.5 * 0.9 * 0.8 * 6.0) + 0.3 * 0.9 * 0.6 * 6.0;

/// One field of each kind that files treat differently.
pub(crate) fn schema() -> Schema {
    let field = |name: &str, kind| Field {
        name: name.to_owned(),
        kind,
        required: Required::Never,
        pii: false,
    };
    Schema::new(
        "test",
        vec![
            field(
                "number",
                FieldKind::Integer {
                    min: None,
                    max: None,
                },
            ),
            field("amount", FieldKind::Decimal { scale: 2 }),
            field("home_owner", FieldKind::Boolean),
            field("city", FieldKind::text(64)),
            field("born_at", FieldKind::Timestamp),
        ],
    )
    .unwrap()
}

/// The program of a document over destinations without caps or criteria.
pub(crate) fn program(document: &str) -> Program {
    program_with(document, &Destination::default())
}

/// The program of a document over destinations with these settings.
pub(crate) fn program_with(document: &str, settings: &Destination) -> Program {
    let document = Document::from_json(document).unwrap();
    let destinations = PAYS.map(|(name, _)| (name.to_owned(), settings.clone()));
    let catalog = Catalog {
        schema: schema(),
        currency: Currency::USD,
        destinations: BTreeMap::from(destinations),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    check(&document, &catalog).unwrap().program
}

pub(crate) fn policy(document: &str) -> Policy {
    Policy::Flow(Box::new(FlowPolicy::frozen(
        program(document),
        Allocation::prior(),
    )))
}

/// A uniform number in [0, 1) that belongs to a lead of a world and a question about it.
///
/// # Source
///
/// Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014 (`SplitMix64`).
fn chance(seed: u64, lead: u64, question: u64) -> f64 {
    let golden = 0x9e37_79b9_7f4a_7c15_u64;
    let mut z = seed.wrapping_mul(golden)
        ^ lead.wrapping_add(1).wrapping_mul(0xd134_2543_de82_ef95)
        ^ question.wrapping_mul(golden);
    for _ in 0..2 {
        z = z.wrapping_add(golden);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
    }
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let numerator = (z >> 11) as f64;
    numerator / 9_007_199_254_740_992.0
}

/// Whether a buyer takes a lead: the same whenever it is asked.
fn takes(seed: u64, lead: u64, buyer: &str) -> bool {
    let a_takes = chance(seed, lead, 1) < 0.5;
    match buyer {
        "a" => a_takes,
        _ => chance(seed, lead, 2) < if a_takes { 0.4 } else { 0.8 },
    }
}

/// What a buyer bids: what it pays, for some of the leads, whether or not it takes them later.
fn bid(seed: u64, lead: u64, buyer: &str) -> Option<Micros> {
    let (bids, amount) = match buyer {
        "a" => (chance(seed, lead, 5) < 0.7, 10),
        _ => (chance(seed, lead, 6) < 0.9, 6),
    };
    bids.then_some(Micros(amount * 1_000_000))
}

/// The log of a day on which a flow routed `n` leads.
pub(crate) fn logged(document: &str, seed: u64, n: u64) -> Vec<LogLead> {
    let program = program(document);
    (0..n).map(|lead| walk(&program, seed, lead)).collect()
}

fn walk(program: &Program, seed: u64, lead: u64) -> LogLead {
    let received_at = Timestamp(1_760_000_000_000_000 + i64::try_from(lead).unwrap() * 1_000_000);
    let unit_key = format!("{seed}/{lead}");
    let fields = fields(seed, lead, received_at);
    let subject = Subject::new(
        program,
        &Allocation::prior(),
        &fields,
        Unit::new(&unit_key, HashKey::default()),
    );
    let context = Context {
        program,
        subject: &subject,
    };
    let conditions = Ledger::new().conditions(program, "", received_at);
    let available = Some(PAYS.iter().map(|(name, _)| Arc::from(*name)).collect());
    // Whose turn it is changes from lead to lead, as if their answers had come in that order.
    let orders = orders(program, lead);
    let conditions = Conditions {
        orders: Orders::from_names(program, &orders.clone().unwrap_or_default()),
        ..conditions
    };
    let mut walk = Walk::new(context);
    let mut event = Event::Start;
    let (mut offers, mut pings) = (Vec::new(), Vec::new());
    let done = loop {
        match walk.next(context, &conditions, event) {
            Step::Done(done) => break done,
            Step::Ping(ping) => {
                let name = |idx: DestinationIdx| &program.destinations()[usize::from(idx.0)].name;
                let bids: Vec<Bid> = ping
                    .destinations
                    .iter()
                    .filter_map(|destination| {
                        let amount = bid(seed, lead, name(destination))?;
                        Some(Bid {
                            destination,
                            amount,
                        })
                    })
                    .collect();
                let shared = |destination| Arc::from(name(destination).as_str());
                pings.push(LogPing {
                    after_offers: offers.len(),
                    asked: ping.destinations.iter().map(shared).collect(),
                    bids: bids
                        .iter()
                        .map(|bid| (shared(bid.destination), bid.amount))
                        .collect(),
                    propensity: ping.propensity,
                    available: Clone::clone(&available),
                    outlook: Some(Arc::new(named(program, &ping.outlook))),
                    orders: orders.clone(),
                });
                event = Event::Bids(bids);
            }
            Step::Offer(offer) => {
                let name = &program.destinations()[usize::from(offer.destination.0)].name;
                let answer = if takes(seed, lead, name) {
                    Answer::Accepted
                } else {
                    Answer::Rejected
                };
                let pays = PAYS.iter().find(|(buyer, _)| buyer == name).unwrap().1;
                offers.push(LogOffer {
                    destination: name.as_str().into(),
                    propensity: offer.propensity,
                    answer,
                    reward: if answer == Answer::Accepted {
                        pays
                    } else {
                        0.0
                    },
                    payments: Vec::new(),
                    available: Clone::clone(&available),
                    outlook: Some(Arc::new(named(program, &offer.outlook))),
                    orders: orders.clone(),
                });
                event = Event::Answer(answer);
            }
        }
    };
    let kind = match done.end {
        End::Sold => EndKind::Sold,
        End::Declined { .. } => EndKind::Declined,
        End::Unsold => EndKind::Unsold,
        End::Held => EndKind::Held,
    };
    LogLead {
        lead_id: format!("lead {lead}"),
        received_at,
        unit_key,
        // As if every other lead had been drawn by a field.
        unit_hashes: UnitHashes::from_iter(
            (lead % 2 == 1).then(|| ("person".to_owned(), format!("{lead:032x}"))),
        ),
        cluster: None,
        epoch: Some(0),
        fields,
        offers,
        pings,
        end: Some(LogEnd {
            kind,
            propensity: done.propensity,
            available,
            outlook: Some(Arc::new(named(program, &done.outlook))),
            orders,
        }),
        timeline: None,
    }
}

/// The orders of a flow's rotations, turned on by one arm for each lead; none for a flow without.
fn orders(program: &Program, lead: u64) -> Option<OrderNames> {
    let mut orders = OrderNames::new();
    for (node, op) in program.nodes() {
        if let Op::Rotate { arms, .. } = op {
            let mut names: Vec<String> = arms.iter().map(|arm| arm.name.clone()).collect();
            names.rotate_left(usize::try_from(lead).unwrap() % arms.len());
            orders.insert(program.node_name(node).to_owned(), names);
        }
    }
    (!orders.is_empty()).then_some(orders)
}

fn named(program: &Program, outlook: &Outlook) -> LogOutlook {
    let name = |idx: u16| Arc::from(program.destinations()[usize::from(idx)].name.as_str());
    LogOutlook {
        offers: outlook
            .offers
            .iter()
            .map(|(destination, probability)| (name(destination.0), *probability))
            .collect(),
        pings: outlook
            .pings
            .iter()
            .map(|(asked, probability)| {
                (asked.iter().map(|idx| name(idx.0)).collect(), *probability)
            })
            .collect(),
        declined: outlook.declined,
        unsold: outlook.unsold,
    }
}

/// Fields of all kinds, some of them missing.
fn fields(seed: u64, lead: u64, received_at: Timestamp) -> Fields {
    let schema = schema();
    let mut values = vec![None; schema.fields().len()];
    let mut set =
        |name: &str, value: Value| values[usize::from(schema.find(name).unwrap().0)] = Some(value);
    let number = i64::try_from(lead).unwrap();
    set("source", Value::Text("mail".to_owned()));
    set("received_at", Value::Timestamp(received_at));
    set("is_test", Value::Boolean(false));
    set("number", Value::Integer(number));
    if chance(seed, lead, 3) < 0.5 {
        set("amount", Value::Decimal(-number - 5));
        set("home_owner", Value::Boolean(lead.is_multiple_of(2)));
    }
    if chance(seed, lead, 4) < 0.5 {
        set("city", Value::Text("Zürich, \"Altstadt\"".to_owned()));
        set("born_at", Value::Timestamp(Timestamp(number)));
    }
    debug_assert_eq!(ALWAYS.len() + 5, values.len());
    Fields::new(values)
}
