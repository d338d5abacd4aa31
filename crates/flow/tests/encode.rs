//! A lead is the same to a program whether it comes as a struct, as JSON, or out of the database.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::IpAddr;

use pointsman_flow::{Catalog, Destination, Document, Enumerated, Lead, Program, check};
use pointsman_lead::{
    Decimal, Envelope, Fields, Lead as _, PostalCode, Stage, State, Timestamp, us,
};
use proptest::prelude::*;
use serde_json::json;

#[derive(Debug, Clone, Copy, Enumerated)]
enum Credit {
    Good,
    #[lead(label = "só so")]
    Fair,
    Poor,
}

#[derive(Debug, Lead)]
struct Loan {
    credit: Credit,
    state: Option<State>,
    age: Option<u8>,
    amount: Decimal<2>,
    home_owner: bool,
    company: String,
    nickname: Option<String>,
    zip: Option<PostalCode>,
    since: Option<Timestamp>,
    ip: Option<IpAddr>,
}

#[derive(Debug, Lead)]
#[lead(vertical = "loan")]
struct Other {
    credit: Credit,
}

/// A program that tests every field of a loan, and some of the always-there ones.
fn program() -> Program {
    let predicates = [
        "credit == 'good' || credit == 'só so' && state in ['CA', 'TX']",
        "age >= 18 && age < 65 || amount > 12.5",
        "home_owner && company.startsWith('Caf') || company == 'Café'",
        "nickname == 'a' || nickname == 'Å' || has(nickname)",
        "zip.startsWith('9') || zip == '10115'",
        "since < timestamp('2026-01-01T00:00:00Z') || hour(since, 'America/New_York') == 3",
        "ip == '2001:db8::1' || ip == '192.0.2.1'",
        "source == 'seo' || source == 'Å' || sub_id_2 == 'é'",
        "is_test || received_at >= timestamp('1970-01-01T00:00:01Z')",
    ];
    let points: Vec<_> = predicates
        .iter()
        .map(|predicate| json!({"if": predicate, "points": 1}))
        .collect();
    let document = json!({
        "flow": "loans", "vertical": "loan", "currency": "USD", "root": "start", "nodes": {
            "start": {"kind": "switch", "on": "score", "otherwise": "nobody", "cases": [
                {"in": [3, 5], "to": "acme"}, {"in": [4], "to": "nobody"}]},
            "score": {"kind": "scorecard", "points": points},
            "acme": {"kind": "destination"},
            "nobody": {"kind": "reject", "reason": "no buyer wants it"},
        },
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    let catalog = Catalog {
        schema: Loan::schema(),
        currency: document.currency,
        destinations: [("acme".to_owned(), Destination::default())].into(),
        subflows: std::collections::BTreeMap::new(),
        lists: std::collections::BTreeMap::new(),
    };
    check(&document, &catalog).unwrap().program
}

fn any_text() -> impl Strategy<Value = String> {
    // The second `é` and the second `Å` are two code points each, which NFC makes one.
    let texts = [
        "",
        "a",
        "seo",
        "Café",
        "Cafe\u{301}",
        "Å",
        "A\u{30a}",
        "e\u{301}",
        "\u{212b}",
    ];
    prop::sample::select(texts.to_vec()).prop_map(str::to_owned)
}

fn any_loan() -> impl Strategy<Value = Loan> {
    let credit = prop::sample::select(vec![Credit::Good, Credit::Fair, Credit::Poor]);
    let zip = prop::sample::select(vec!["94103", "10115", "SW1A 1AA"]);
    let ip = prop::sample::select(vec!["192.0.2.1", "2001:db8::1", "2001:db8:0:0::2", "::1"]);
    let person = (
        credit,
        prop::option::of(prop::sample::select(us::ALL)),
        prop::option::of(any::<u8>()),
        any_text(),
        prop::option::of(any_text()),
    );
    let rest = (
        -2_000..2_000_i64,
        any::<bool>(),
        prop::option::of(zip),
        prop::option::of(0..2_000_000_000_i64),
        prop::option::of(ip),
    );
    (person, rest).prop_map(|((credit, state, age, company, nickname), rest)| {
        let (amount, home_owner, zip, since, ip) = rest;
        Loan {
            credit,
            state,
            age,
            amount: Decimal::new(amount),
            home_owner,
            // A required text must be there, or the checks refuse the lead.
            company: format!("{company}."),
            nickname,
            zip: zip.map(|zip| zip.parse().unwrap()),
            since: since.map(|seconds| Timestamp(seconds * 1_000_000)),
            ip: ip.map(|ip| ip.parse().unwrap()),
        }
    })
}

#[test]
fn a_struct_of_other_fields_is_refused() {
    let refused = program().typed::<Other>().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the flow `loans` takes leads with other fields than the struct of `loan`"
    );
}

proptest! {
    #[test]
    fn a_lead_has_the_same_codes_in_every_form(
        loan in any_loan(),
        source in any_text(),
        sub_id in prop::option::of(any_text()),
        at in 0..2_000_000_i64,
        is_test in any::<bool>(),
    ) {
        thread_local!(static PROGRAM: Program = program());
        PROGRAM.with(|program| {
            let mut sub_ids = [const { None }; 5];
            sub_ids[1] = sub_id;
            let received_at = Timestamp(at);
            let envelope = Envelope { source: &source, sub_ids, received_at, is_test, stage: Stage::Post };
            let typed = program.typed::<Loan>().unwrap();
            let codes = program.encode(&typed.lead(&loan, &envelope));

            let schema = program.schema();
            let fields = schema.parse(&loan.to_json(), &envelope).unwrap();
            prop_assert_eq!(&program.encode(&fields), &codes);
            let stored = Fields::from_stored(schema, &fields.to_json(schema)).unwrap();
            prop_assert_eq!(&program.encode(&stored), &codes);
            Ok(())
        })?;
    }
}
