use std::net::IpAddr;

use pointsman_flow::{Catalog, Destination, Document, Enumerated, Lead, Program, check};
use pointsman_lead::{Decimal, Lead as _, PostalCode, State, us};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::log::{findings::Findings, times::Clock, times::TimeUnit};

#[derive(Debug, Clone, Copy, Enumerated)]
enum Credit {
    Good,
    #[lead(label = "só so")]
    Fair,
    Poor,
}

#[derive(Debug, Lead)]
struct Loan {
    credit: Option<Credit>,
    state: Option<State>,
    age: Option<u8>,
    score: Option<i64>,
    amount: Option<Decimal<2>>,
    home_owner: Option<bool>,
    company: Option<String>,
    zip: Option<PostalCode>,
    since: Option<Timestamp>,
    ip: Option<IpAddr>,
}

/// A program that tests every field of a loan, and those of the always-there ones that columns hold.
fn program() -> Program {
    let predicates = [
        "credit == 'good' || credit == 'só so' && state in ['CA', 'TX']",
        "age >= 18 && age < 65 || amount > 12.5",
        "score == 9223372036854775807 || score < -9223372036854775807 || score == 0",
        "home_owner && company.startsWith('Caf') || company == 'Café'",
        "has(home_owner) && !(amount <= -0.01)",
        "zip.startsWith('9') || zip == '10115'",
        "since < timestamp('2026-03-08T07:00:00Z') || hour(since, 'America/New_York') == 3",
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
            "start": {"kind": "switch", "on": "score-of-all", "otherwise": "nobody", "cases": [{"in": [3, 5], "to": "acme"}]},
            "score-of-all": {"kind": "scorecard", "points": points},
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

/// Numbers at the ends of what fits, and between.
fn any_score() -> impl Strategy<Value = i64> {
    let edges = vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    prop_oneof![prop::sample::select(edges), any::<i64>()]
}

/// Moments of a year, most of them in the night when clocks change in New York.
fn any_time() -> impl Strategy<Value = i64> {
    let night = 1_772_953_200;
    prop_oneof![night - 7_200..night + 7_200_i64, 0..2_000_000_000_i64]
}

fn any_text() -> impl Strategy<Value = String> {
    // The second `é` and the second `Å` are two code points each, which NFC makes one.
    let texts = [
        "a",
        "seo",
        "Café",
        "Cafe\u{301}",
        "Å",
        "A\u{30a}",
        "e\u{301}",
        "007",
        "two\nlines",
    ];
    prop::sample::select(texts.to_vec()).prop_map(str::to_owned)
}

fn any_loan() -> impl Strategy<Value = Loan> {
    let credit = prop::sample::select(vec![Credit::Good, Credit::Fair, Credit::Poor]);
    let zip = prop::sample::select(vec!["94103", "10115", "SW1A 1AA", "00501"]);
    let ip = prop::sample::select(vec!["192.0.2.1", "2001:db8::1", "::1"]);
    let of = prop::option::weighted::<BoxedStrategy<i64>>;
    let person = (
        prop::option::of(credit),
        prop::option::of(prop::sample::select(us::ALL)),
        prop::option::of(any::<u8>()),
        of(0.8, any_score().boxed()),
        prop::option::of(any_text()),
    );
    let rest = (
        of(0.8, (-2_000..2_000_i64).boxed()),
        prop::option::of(any::<bool>()),
        prop::option::of(zip),
        of(0.8, any_time().boxed()),
        prop::option::of(ip),
    );
    (person, rest).prop_map(|((credit, state, age, score, company), rest)| {
        let (amount, home_owner, zip, since, ip) = rest;
        Loan {
            credit,
            state,
            age,
            score,
            amount: amount.map(Decimal::new),
            home_owner,
            company,
            zip: zip.map(|zip| zip.parse().unwrap()),
            since: since.map(|seconds| Timestamp(seconds * 1_000_000)),
            ip: ip.map(|ip| ip.parse().unwrap()),
        }
    })
}

/// What is known of a lead besides.
#[derive(Debug, Clone)]
struct Around {
    source: String,
    sub_id: Option<String>,
    received_at: i64,
    is_test: bool,
}

/// Names have one line, also those of sources.
fn any_name() -> impl Strategy<Value = String> {
    any_text().prop_filter("one line", |text| !text.contains('\n'))
}

fn any_around() -> impl Strategy<Value = Around> {
    (
        any_name(),
        prop::option::of(any_name()),
        0..2_000_000_i64,
        any::<bool>(),
    )
        .prop_map(|(source, sub_id, received_at, is_test)| Around {
            source,
            sub_id,
            received_at,
            is_test,
        })
}

impl Around {
    fn envelope(&self) -> Envelope<'_> {
        let mut sub_ids = [const { None }; 5];
        sub_ids[1].clone_from(&self.sub_id);
        Envelope {
            source: &self.source,
            sub_ids,
            received_at: Timestamp(self.received_at),
            is_test: self.is_test,
            stage: Stage::Post,
        }
    }
}

/// A column of times, as one of the ways in which files hold them.
///
/// * `way`: which one; beyond those with a type of their own, text with this offset in quarters of an hour.
fn times(micros: &[Option<i64>], way: u8) -> Cells {
    let as_type = |ratio, is_utc, micros: Vec<Option<i64>>| {
        let clock = Clock {
            ratio,
            is_utc,
            is_date: false,
        };
        Cells::Time(micros, clock)
    };
    let scaled = |scale: fn(i64) -> i64| micros.iter().map(|it| it.map(scale)).collect();
    match way {
        0 => as_type((1, 1), true, scaled(|it| it)),
        1 => as_type((1, 1_000), true, scaled(|it| it * 1_000)),
        2 => as_type((1_000, 1), false, scaled(|it| it / 1_000)),
        3 => Cells::Integer(micros.to_vec()),
        _ => {
            let minutes = (i64::from(way) - 60) * 15;
            let text = |at: i64| {
                let local = Timestamp(at + minutes * 60_000_000).to_string();
                let sign = if minutes < 0 { '-' } else { '+' };
                let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
                format!(
                    "{}{sign}{hours:02}:{minutes:02}",
                    local.trim_end_matches('Z')
                )
            };
            let texts = micros.iter().map(|it| it.map(text));
            Cells::Text(texts.collect())
        }
    }
}

/// A column of the JSON values of leads, as text or in a type of its own.
fn column(name: &str, values: &[Json], as_text: bool) -> (String, Cells) {
    let text = |value: &Json| match value {
        // An empty cell is missing too.
        Json::Null => as_text.then(String::new),
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let is_typed =
        |fits: fn(&Json) -> bool| !as_text && values.iter().all(|it| it.is_null() || fits(it));
    let cells = if is_typed(Json::is_i64) {
        Cells::Integer(values.iter().map(Json::as_i64).collect())
    } else if is_typed(Json::is_boolean) {
        Cells::Boolean(values.iter().map(Json::as_bool).collect())
    } else {
        Cells::Text(values.iter().map(text).collect())
    };
    (name.to_owned(), cells)
}

/// The fields of every row of some columns, and whether nothing was found wrong.
fn read(
    columns: Vec<(String, Cells)>,
    schema: &Schema,
    received_at: &[i64],
    times: &Times,
) -> (Vec<Fields>, bool) {
    let names: Vec<(String, String)> = columns
        .iter()
        .map(|(name, _)| (name.clone(), name.clone()))
        .collect();
    let mut reader = FieldReader::new(schema, &names, times);
    let batch = Batch {
        columns,
        ..Batch::default()
    };
    let cells = reader.cells(&batch);
    let mut findings = Findings::default();
    let rows = received_at.iter().zip(0..).map(|(at, row)| {
        let line = Line::new(row as u64 + 1, &mut findings);
        reader.read(&cells, row, Some(Timestamp(*at)), line)
    });
    (
        rows.collect(),
        findings.to_result(|row| format!("row {row}")).is_ok(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A struct, what its source would send, and a row of columns are one lead to a program.
    #[test]
    fn a_lead_out_of_columns_has_the_codes_of_the_struct(
        leads in prop::collection::vec((any_loan(), any_around()), 1..20),
        as_text in any::<bool>(),
        way in 0..120_u8,
    ) {
        thread_local!(static PROGRAM: Program = program());
        PROGRAM.with(|program| {
            let schema = program.schema();
            let sent: Vec<Map<String, Json>> = leads.iter().map(|(loan, _)| loan.to_json()).collect();
            let mut columns: Vec<(String, Cells)> = schema.declared().iter().map(|field| {
                if matches!(field.kind, FieldKind::Timestamp) {
                    let micros: Vec<_> = leads.iter().map(|(loan, _)| loan.since.map(|at| at.0)).collect();
                    return (field.name.clone(), times(&micros, way));
                }
                let values: Vec<Json> = sent.iter().map(|lead| lead[&field.name].clone()).collect();
                column(&field.name, &values, as_text)
            }).collect();
            let around = |of: fn(&Around) -> Json| leads.iter().map(|(_, around)| of(around)).collect::<Vec<_>>();
            columns.push(column("source", &around(|it| json!(it.source)), as_text));
            columns.push(column("sub_id_2", &around(|it| json!(it.sub_id)), as_text));
            columns.push(column("is_test", &around(|it| json!(it.is_test)), as_text));
            let received_at: Vec<i64> = leads.iter().map(|(_, around)| around.received_at).collect();
            let spoken = Times { unit: Some(TimeUnit::Microseconds), zone: Some(pointsman_lead::Zone::utc()), ..Times::default() };
            let (read, is_sound) = read(columns, schema, &received_at, &spoken);
            prop_assert!(is_sound);

            let typed = program.typed::<Loan>().unwrap();
            for (((loan, around), sent), read) in leads.iter().zip(&sent).zip(&read) {
                let envelope = around.envelope();
                let codes = program.encode(&typed.lead(loan, &envelope));
                let parsed = schema.parse(sent, &envelope).unwrap();
                prop_assert_eq!(&parsed, read);
                prop_assert_eq!(&program.encode(&parsed), &codes);
                prop_assert_eq!(&program.encode(read), &codes);
            }
            Ok(())
        })?;
    }

    /// A cell is read as on intake: the same value, or noted and missing.
    #[test]
    fn a_cell_holds_what_an_endpoint_would_take(field in 0..10_usize, text in any_cell(), as_text in any::<bool>()) {
        let schema = Loan::schema();
        let declared = &schema.declared()[field];
        // A number or a boolean is one on intake as well, whatever its column is made of.
        let sent = match (&declared.kind, serde_json::from_str::<Json>(&text)) {
            (FieldKind::Integer { .. } | FieldKind::Decimal { .. }, Ok(number @ Json::Number(_))) => number,
            (FieldKind::Boolean, Ok(truth @ Json::Bool(_))) => truth,
            _ => Json::from(text.as_str()),
        };
        // Microseconds stand for times in logs, and 0 and 1 for booleans; on intake they are refused.
        prop_assume!(text.parse::<i64>().is_err() || matches!(declared.kind, FieldKind::Integer { .. } | FieldKind::Decimal { .. }));
        // A cell says each digit of a whole number, while a JSON number beyond 2^53 has lost some, and is refused.
        prop_assume!(sent.as_i64().is_some() || sent.as_f64().is_none_or(|number| number.abs() < 9_007_199_254_740_992.0));
        let given = Map::from_iter([(declared.name.clone(), sent.clone())]);
        let around = Around { source: "seo".to_owned(), sub_id: None, received_at: 0, is_test: false };
        let single = Schema::new("loan", vec![Field { required: Required::Never, ..declared.clone() }]).unwrap();
        let wanted = single.parse(&given, &around.envelope());

        let columns = vec![column(&declared.name, &[sent], as_text), column("source", &[json!("seo")], true)];
        let (read, is_sound) = read(columns, &single, &[0], &Times::default());
        prop_assert_eq!(is_sound, wanted.is_ok(), "{:?}", wanted);
        if let Ok(wanted) = wanted {
            prop_assert_eq!(&read[0], &wanted);
        } else {
            prop_assert_eq!(read[0].values().last(), Some(&None));
        }
    }
}

/// What might stand in a cell: good and bad values of every kind.
fn any_cell() -> impl Strategy<Value = String> {
    let cells = vec![
        "good",
        "Good",
        "só so",
        "so\u{301} so",
        "CA",
        "ca",
        "California",
        "XX",
        "0",
        "1",
        "255",
        "256",
        "-1",
        "30.0",
        "30.5",
        "1e2",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "12.5",
        "12.50",
        "12.345",
        "92233720368547758.07",
        "92233720368547758.08",
        "-0.01",
        "true",
        "false",
        "yes",
        "TRUE",
        "94103",
        "SW1A 1AA",
        "!",
        "2026-01-31T09:30:00Z",
        "2026-01-31T09:30:00+05:45",
        "2026-01-31 09:30:00-08:00",
        "2026-02-30T00:00:00Z",
        "2026-01-31T09:30:00",
        "2026-03-08T02:30:00[America/New_York]",
        "192.0.2.1",
        "2001:DB8::1",
        "192.0.2.256",
        " good ",
        "a\u{0}b",
        "\u{feff}",
        "NaN",
        "inf",
        "null",
        "[]",
        "{}",
    ];
    prop_oneof![3 => prop::sample::select(cells).prop_map(str::to_owned), 1 => "\\PC{1,12}"]
}
