//! A flow built in Rust and the same flow written by hand are one program, however the hand spells it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod built;
mod plan;
mod written;

use std::collections::BTreeMap;

use plan::{DESTINATIONS, any_plan};
use pointsman_flow::{Catalog, Destination, Document, Enumerated, Lead, Program, compile};
use pointsman_lead::{Decimal, Envelope, Lead as _, Stage, Timestamp};
use proptest::prelude::*;

#[derive(Debug, Clone, Copy, Enumerated)]
enum Credit {
    Good,
    #[lead(label = "not so \"good\"")]
    Fair,
    Poor,
}

#[derive(Debug, Lead)]
struct Person {
    credit: Option<Credit>,
    age: Option<u8>,
    rate: Option<Decimal<2>>,
    company: Option<String>,
    since: Option<Timestamp>,
    owns: bool,
}

impl Credit {
    const ALL: [Self; 3] = [Self::Good, Self::Fair, Self::Poor];
}

fn program(document: &Document) -> Program {
    let destinations = DESTINATIONS.map(|name| (name.to_owned(), Destination::default()));
    let catalog = Catalog {
        schema: Person::schema(),
        currency: document.currency,
        destinations: destinations.into(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    compile(document, &catalog).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn any_person() -> impl Strategy<Value = Person> {
    let companies = vec![
        "",
        "acme",
        "Caf\u{e9}",
        "Cafe\u{301}",
        "Caf",
        "a \"b\" \\ c",
    ];
    (
        prop::option::of(prop::sample::select(Credit::ALL.to_vec())),
        prop::option::of(0..60_u8),
        prop::option::of(-300..300_i64),
        prop::option::of(prop::sample::select(companies)),
        prop::option::of(0..96_i64),
        any::<bool>(),
    )
        .prop_map(|(credit, age, rate, company, hours, owns)| Person {
            credit,
            age,
            rate: rate.map(Decimal::new),
            company: company.map(str::to_owned),
            since: hours.map(|hours| Timestamp(plan::START + hours * 3_600_000_000)),
            owns,
        })
}

/// The port that a lead takes at each rule, by the names of the nodes.
fn ways(program: &Program, person: &Person) -> BTreeMap<String, String> {
    let envelope = Envelope {
        source: "seo",
        sub_ids: [const { None }; 5],
        received_at: Timestamp(plan::START),
        is_test: false,
        stage: Stage::Post,
    };
    let typed = program.typed::<Person>().unwrap();
    let codes = program.encode(&typed.lead(person, &envelope));
    let rules = program.nodes().filter_map(|(node, op)| {
        let pointsman_flow::Op::Rule { ports } = op else {
            return None;
        };
        let to = ports[usize::from(program.pick(node, &codes))];
        let [node, to] = [node, to].map(|node| program.node_name(node).to_owned());
        Some((node, to))
    });
    rules.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_flow_built_in_rust_is_the_flow_written_by_hand(
        plan in any_plan(),
        spelling in any::<u64>(),
        people in prop::collection::vec(any_person(), 8),
    ) {
        let flow = built::flow(&plan);
        let written = written::document(&plan, spelling);
        prop_assert_eq!(flow.document().hash(), written.hash(), "{}{}", flow.document().to_json(), written.to_json());

        let printed = flow.document().to_json();
        let read = Document::from_json(&printed);
        prop_assert_eq!(read.as_ref(), Ok(flow.document()));
        prop_assert_eq!(read.unwrap().to_json(), printed);
        let read = Document::from_toml(&flow.document().to_toml());
        prop_assert_eq!(read.as_ref(), Ok(flow.document()));

        let (ours, theirs) = (program(flow.document()), program(&written));
        prop_assert_eq!(ours.catalog_hash(), theirs.catalog_hash());
        prop_assert!(ours.nodes().eq(theirs.nodes()), "the same steps in the same order");
        for person in &people {
            prop_assert_eq!(ways(&ours, person), ways(&theirs, person));
        }
    }
}
