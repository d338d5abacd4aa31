use std::collections::BTreeMap;

use pointsman_flow_macros::Lead;
use pointsman_lead::{Decimal, Integer, Lead as _, Zone};

use crate::{
    Catalog, Destination,
    build::{Builder, Flow, Port, any, max, min, one_of, within},
};

#[derive(Lead)]
#[lead(crate = "crate")]
struct Loan {
    debt: Integer,
    income: Option<u32>,
    rate: Option<Decimal<2>>,
}

/// The derived values of a flow, a line each, after the checks have found nothing.
fn values(
    write: impl for<'f> FnOnce(Builder<'f, Loan>, Port<'f, Loan>) -> Port<'f, Loan>,
) -> String {
    let flow = Flow::<Loan>::build("loan", |f| {
        let acme = f.destination("acme");
        write(f, acme)
    });
    let catalog = Catalog {
        schema: Loan::schema(),
        currency: flow.document().currency,
        destinations: [("acme".to_owned(), Destination::default())].into(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    let checked = flow.check(&catalog).unwrap();
    assert_eq!(checked.warnings, []);
    let nodes = flow.document().nodes.iter();
    let lines = nodes
        .filter(|(_, node)| ["derive", "when"].contains(&node.kind()))
        .map(|(name, node)| format!("{name}: {}", serde_json::to_string(node).unwrap()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn arithmetic_in_rust_is_arithmetic_in_the_document() {
    let lines = values(|f, acme| {
        let zone = Zone::parse("America/New_York").unwrap();
        let score = f.scorecard("score").points(Loan::DEBT.above(0), 5);
        let dti = f.derive("dti", Loan::DEBT * 100 / Loan::INCOME).or(0);
        let half = f
            .derive_decimal::<2>(
                "half",
                max(Loan::RATE, "0.50".parse::<Decimal<2>>().unwrap()) / 2,
            )
            .or_missing();
        let left = f
            .derive(
                "left",
                100 - (&dti + &score) * -(Loan::DEBT % 7) - -Loan::DEBT,
            )
            .or_missing();
        let cut = f
            .derive(
                "cut",
                min(
                    min(&half * 100, 40),
                    Loan::RECEIVED_AT.hour(&zone) + Loan::RECEIVED_AT.weekday(&zone),
                ),
            )
            .or(-1);
        let wanted = dti.below(40)
            & half.at_least(Decimal::new(150))
            & left.within(1..9)
            & cut.one_of([1, 2])
            & half.present();
        let no = f.reject("no");
        let table = f
            .table((&half, &dti))
            .row((within(..Decimal::new(99)), one_of([1, 2])), acme)
            .row((any(), within(3..)), acme)
            .otherwise(no);
        let switch = f.switch(&dti).case([7], acme).otherwise(table);
        f.when(wanted).then(acme).otherwise(switch)
    });
    insta::assert_snapshot!(lines, @r#"
    cut: {"kind":"derive","value":"min(half * 100, 40, hour(received_at, \"America/New_York\") + weekday(received_at, \"America/New_York\"))","default":-1,"scale":0}
    dti: {"kind":"derive","value":"debt * 100 / income","default":0}
    half: {"kind":"derive","value":"max(rate, 0.5) / 2","default":null,"scale":2}
    left: {"kind":"derive","value":"100 - (dti + score) * -(debt % 7) - -debt","default":null}
    when-1: {"kind":"when","if":"dti < 40 && half >= 1.5 && left >= 1 && left < 9 && cut in [1, 2] && has(half)","then":"acme","otherwise":"switch-1"}
    "#);
}
