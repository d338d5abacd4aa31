use serde_json::{Map, Value as Json, json};

use super::{Country, Enumerated, FieldValue, Lead, Region, derive, us};
use crate::{Decimal, Envelope, FieldKind, Schema, Stage, Timestamp, ValueRef};

#[derive(Clone, Copy)]
enum Credit {
    Good,
    Poor,
}

impl Enumerated for Credit {
    const LABELS: &'static [&'static str] = &["good", "poor"];

    fn label(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Poor => "poor",
        }
    }

    fn position(&self) -> usize {
        *self as usize
    }
}

/// What `#[derive(Lead)]` writes, by hand.
struct Loan {
    credit: Credit,
    amount: Decimal<2>,
    age: Option<u8>,
    state: Region,
}

impl Lead for Loan {
    fn schema() -> Schema {
        derive::schema(
            "loan",
            vec![
                derive::field::<Credit>("credit", Credit::kind(), None, false),
                derive::field::<Decimal<2>>("amount", Decimal::<2>::kind(), None, false),
                derive::field::<Option<u8>>(
                    "age",
                    derive::limited::<Option<u8>>(Some(18), Some(300)),
                    None,
                    true,
                ),
                derive::field::<Region>("state", Region::kind(), None, false),
            ],
        )
    }

    fn to_json(&self) -> Map<String, Json> {
        let Self {
            credit,
            amount,
            age,
            state,
        } = self;
        [
            ("credit", credit.to_json()),
            ("amount", amount.to_json()),
            ("age", age.to_json()),
            ("state", state.to_json()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    fn lend<R>(&self, position: usize, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        match position {
            0 => self.credit.lend(to),
            1 => self.amount.lend(to),
            2 => self.age.lend(to),
            3 => self.state.lend(to),
            _ => to(None),
        }
    }
}

fn envelope() -> Envelope<'static> {
    Envelope {
        source: "acme",
        sub_ids: Default::default(),
        received_at: Timestamp(0),
        is_test: false,
        stage: Stage::Post,
    }
}

#[test]
fn a_typed_lead_goes_through_the_checks_of_its_schema() {
    let loan = Loan {
        credit: Credit::Poor,
        amount: Decimal::new(-5),
        age: None,
        state: us::TX,
    };
    let fields = loan.to_fields(&envelope()).unwrap();
    assert_eq!(
        Json::Object(fields.to_json(&Loan::schema())),
        json!({
            "source": "acme", "received_at": "1970-01-01T00:00:00Z", "is_test": false,
            "credit": "poor", "amount": "-0.05", "state": "TX",
        })
    );

    let minor = Loan {
        age: Some(17),
        credit: Credit::Good,
        ..loan
    };
    let problems = minor.to_fields(&envelope()).unwrap_err();
    assert_eq!(problems[0].code, "out_of_range");
    assert!(
        !problems[0].message.contains("17"),
        "it tells who a person is"
    );
}

#[test]
fn limits_narrow_what_the_type_holds() {
    assert_eq!(
        derive::limited::<Option<u8>>(Some(18), Some(300)),
        FieldKind::Integer {
            min: Some(18),
            max: Some(255)
        }
    );
}

#[test]
fn codes_read_back() {
    for state in us::ALL {
        assert_eq!(state.as_str().parse::<Region>().as_ref(), Ok(state));
    }
    assert_eq!("US".parse(), Ok(Country::US));
    assert!("UK".parse::<Country>().is_err());
    assert_eq!(us::ALL.len(), 51);
    assert!(us::ALL.is_sorted());
}
