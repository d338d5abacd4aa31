use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Destination, Document, check};
use pointsman_lead::{
    Currency, Field, FieldKind, Fields, Required, Schema, Timestamp, Value, Weekday,
};
use pointsman_router::{Answer, UnitHashes};

use super::*;
use crate::{
    log::{Available, EndKind, LogEnd, LogOffer, LogOutlook},
    policy::FlowPolicy,
};

const BUYERS: [&str; 3] = ["acme", "harbor", "summit"];
const HOUR: i64 = 3_600_000_000;

const FLOW: &str = r#"{"flow": "f", "vertical": "test", "currency": "USD", "root": "rich", "nodes": {
    "rich": {"kind": "when", "if": "income >= 500", "then": "learnt", "otherwise": "drawn"},
    "learnt": {"kind": "bandit", "arms": [{"to": "acme"}, {"to": "summit"}], "explore_ppm": 100000, "segment_by": ["income"]},
    "drawn": {"kind": "split", "arms": [{"weight_ppm": 700000, "to": "first"}, {"weight_ppm": 300000, "to": "harbor"}]},
    "first": {"kind": "waterfall", "to": ["acme", "summit"]},
    "acme": {"kind": "destination"}, "harbor": {"kind": "destination"}, "summit": {"kind": "destination"}}}"#;

fn schema() -> Schema {
    let income = Field {
        name: "income".to_owned(),
        kind: FieldKind::Integer {
            min: None,
            max: None,
        },
        required: Required::Never,
        pii: false,
    };
    Schema::new("test", vec![income]).unwrap()
}

/// The flow over buyers of which the last one has these settings.
fn policy(last: &Destination) -> Policy {
    let of = |name: &str| match name {
        "summit" => last.clone(),
        _ => Destination::default(),
    };
    let catalog = Catalog {
        schema: schema(),
        currency: Currency::USD,
        destinations: BUYERS
            .map(|name| (name.to_owned(), of(name)))
            .into_iter()
            .collect(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    let document = Document::from_json(FLOW).unwrap();
    let program = check(&document, &catalog).unwrap().program;
    Policy::Flow(Box::new(FlowPolicy::frozen(program, Allocation::prior())))
}

/// What a log repeats, each kept once as a reader keeps it.
struct Shared {
    names: [Arc<str>; 4],
    available: [Option<Available>; 3],
    outlooks: [Option<Arc<LogOutlook>>; 3],
}

impl Shared {
    fn new() -> Self {
        let names = ["acme", "harbor", "summit", "nobody"].map(Arc::<str>::from);
        let set = |names: &[Arc<str>]| Some(names.iter().cloned().collect());
        let outlook = |shares: [f64; 3]| {
            let offers = names.iter().cloned().zip(shares);
            Some(Arc::new(LogOutlook {
                offers: offers.collect(),
                declined: 1.0 - shares.iter().sum::<f64>(),
                ..LogOutlook::default()
            }))
        };
        Self {
            available: [None, set(&names[..3]), set(&names[1..3])],
            outlooks: [None, outlook([0.5, 0.3, 0.2]), outlook([0.0, 0.5, 0.25])],
            names,
        }
    }

    /// A lead of many that differ in everything that a weight depends on, and in much that it does not. After some thousands
    /// only the rest differs.
    fn lead(&self, number: usize) -> LogLead {
        // Digits of the number in a mixed base, so that everything meets everything.
        let mut rest = (number % 4_800) * 7_919;
        let mut pick = |n: usize| {
            let digit = rest % n;
            rest /= n;
            digit
        };
        let income = [Some(100), Some(700), Some(100_000), None][pick(4)];
        let n_offers = pick(3);
        let offers = (0..n_offers).map(|_| LogOffer {
            destination: Arc::clone(&self.names[pick(4)]),
            propensity: [0.25, 0.5, 1.0][pick(3)],
            answer: [Answer::Rejected, Answer::Accepted, Answer::Unknown][pick(3)],
            reward: [0.0, 12.5][pick(2)],
            payments: Vec::new(),
            available: self.available[pick(3)].clone(),
            outlook: self.outlooks[pick(3)].clone(),
            orders: None,
        });
        let offers: Vec<LogOffer> = offers.collect();
        let end = (pick(2) == 0).then(|| LogEnd {
            kind: EndKind::Unsold,
            propensity: [0.5, 1.0][pick(2)],
            available: self.available[pick(3)].clone(),
            outlook: self.outlooks[pick(3)].clone(),
            orders: None,
        });
        let mut values = vec![None; schema().fields().len()];
        let place = usize::from(schema().find("income").unwrap().0);
        values[place] = income.map(Value::Integer);
        LogLead {
            lead_id: format!("lead {number}"),
            received_at: Timestamp(i64::try_from(number % 48).unwrap() * HOUR),
            unit_key: format!("unit {number}"),
            unit_hashes: UnitHashes::new(),
            cluster: None,
            epoch: None,
            fields: Fields::new(values),
            offers,
            pings: Vec::new(),
            end,
            timeline: None,
        }
    }
}

/// Open in the morning of Thursdays alone; the log's leads came on a Thursday and on a Friday.
fn open_on_thursdays() -> Destination {
    let schedule = serde_json::json!({"zone": "UTC", "open": [{"days": ["thu"], "from": "06:00", "to": "12:00"}]});
    Destination {
        schedule: Some(serde_json::from_value(schedule).unwrap()),
        ..Destination::default()
    }
}

#[test]
fn every_lead_has_the_weight_that_it_would_have_alone() {
    let shared = Shared::new();
    let known: BTreeSet<Arc<str>> = shared.names.iter().cloned().collect();
    let reading = Reading {
        known: &known,
        last_offer_ends: false,
    };
    assert_eq!(
        pointsman_lead::Zone::utc().weekday(Timestamp(0)),
        Weekday::Thursday
    );
    let flows = [Destination::default(), open_on_thursdays()].map(|last| policy(&last));
    for policy in flows.iter().chain([&Policy::Logged]) {
        let mut table = WeightTable::new(policy, true);
        let mut n_leads = 0;
        for batch in 0..4 {
            let leads: Vec<LogLead> = (0..4_000).map(|n| shared.lead(batch * 4_000 + n)).collect();
            let leads: Vec<&LogLead> = leads.iter().collect();
            let found = table.weigh(&leads, reading);
            for (lead, idx) in leads.iter().zip(&found) {
                assert_eq!(
                    *table.get(*idx),
                    weigh(policy, lead, reading, true),
                    "{lead:?}"
                );
            }
            n_leads += leads.len();
        }
        // Else nothing was shared, and nothing was shown.
        assert!(table.kept().len() * 2 < n_leads, "{}", table.kept().len());
    }
}

#[test]
fn what_is_not_told_apart_does_not_hang_on_who_asks() {
    let shared = Shared::new();
    let known = BTreeSet::new();
    let reading = Reading {
        known: &known,
        last_offer_ends: true,
    };
    let policy = policy(&Destination::default());
    let mut table = WeightTable::new(&policy, false);
    let leads: Vec<LogLead> = (0..2_000).map(|n| shared.lead(n)).collect();
    let borrowed: Vec<&LogLead> = leads.iter().collect();
    let together = table.weigh(&borrowed, reading);
    let one_by_one = borrowed
        .chunks(1)
        .flat_map(|lead| table.weigh(lead, reading))
        .collect::<Vec<_>>();
    assert_eq!(together, one_by_one);
    assert!(together.iter().all(|idx| idx.kept().is_some()));
}

#[test]
fn weights_beyond_those_that_are_kept_are_there_for_their_batch() {
    let shared = Shared::new();
    let known = BTreeSet::new();
    let reading = Reading {
        known: &known,
        last_offer_ends: true,
    };
    let policy = policy(&Destination::default());
    let mut table = WeightTable::new(&policy, false);
    let leads: Vec<LogLead> = (0..KEPT_MAX + 500)
        .map(|number| {
            let mut lead = shared.lead(1);
            let share = 1.0 / (2.0 + f64::from(u32::try_from(number).unwrap()));
            lead.offers.iter_mut().for_each(|it| it.propensity = share);
            lead
        })
        .collect();
    assert!(!leads[0].offers.is_empty());
    for batch in leads.chunks(5_000) {
        let batch: Vec<&LogLead> = batch.iter().collect();
        let found = table.weigh(&batch, reading);
        for (lead, idx) in batch.iter().zip(found) {
            assert_eq!(*table.get(idx), weigh(&policy, lead, reading, false));
        }
    }
    assert_eq!(table.kept().len(), KEPT_MAX);
}
