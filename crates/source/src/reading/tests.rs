use pointsman_lead::FieldKind;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{apply, by_kind, first_word, other_words};
use crate::rule::Normaliser;

const BOOLEAN: FieldKind = FieldKind::Boolean;
const INTEGER: FieldKind = FieldKind::Integer {
    min: None,
    max: None,
};

fn credit() -> FieldKind {
    let labels = ["excellent", "very_good", "fair"].map(str::to_owned);
    FieldKind::Enum {
        labels: labels.into(),
    }
}

#[test]
fn what_forms_send_is_read_by_the_kind_of_the_field() {
    for (kind, given, read) in [
        (INTEGER, json!("41"), json!(41)),
        (INTEGER, json!(" -7 "), json!(-7)),
        (INTEGER, json!("41.0"), json!(41)),
        (BOOLEAN, json!("true"), json!(true)),
        (BOOLEAN, json!("No "), json!(false)),
        (BOOLEAN, json!("on"), json!(true)),
        (BOOLEAN, json!(1), json!(true)),
        (credit(), json!("Very Good"), json!("very_good")),
        (credit(), json!("FAIR"), json!("fair")),
        (FieldKind::Region, json!("ca"), json!("CA")),
        (FieldKind::Date, json!("1990-01-31"), json!("1990-01-31")),
        (FieldKind::Date, json!("1990/1/31 "), json!("1990-01-31")),
        (FieldKind::Date, json!("19900131"), json!("1990-01-31")),
        (FieldKind::Date, json!(19_900_131), json!("1990-01-31")),
        (
            FieldKind::Date,
            json!("1990-01-31T00:00:00Z"),
            json!("1990-01-31"),
        ),
        // Whether this is in March or in April, and of which century, nobody can say.
        (FieldKind::Date, json!("03/04/1990"), json!("03/04/1990")),
        (FieldKind::Date, json!("90-01-31"), json!("90-01-31")),
        (FieldKind::Date, json!("1990-02-31"), json!("1990-02-31")),
        (FieldKind::Region, json!("california"), json!("CA")),
        (FieldKind::Region, json!("US-CA"), json!("CA")),
        (FieldKind::Country, json!("us"), json!("US")),
        (
            FieldKind::Email,
            json!(" Ada@Example.COM"),
            json!("Ada@example.com"),
        ),
        (
            FieldKind::Email,
            json!("mailto:ada@example.com"),
            json!("ada@example.com"),
        ),
        (
            FieldKind::Phone,
            json!("+1 202-555-0143"),
            json!("+12025550143"),
        ),
        (
            FieldKind::Phone,
            json!(2_025_550_143_u64),
            json!("+12025550143"),
        ),
        (FieldKind::text(256), json!(123), json!("123")),
        (
            FieldKind::text(256),
            json!("\u{feff} Ada\u{200b} "),
            json!("Ada"),
        ),
        (
            FieldKind::Timestamp,
            json!("2026-01-31T09:30:00+0000"),
            json!("2026-01-31T09:30:00+00:00"),
        ),
        (
            FieldKind::Timestamp,
            json!("2026-01-31 09:30:00Z"),
            json!("2026-01-31T09:30:00Z"),
        ),
    ] {
        assert_eq!(by_kind(&kind, given.clone(), Some("US")), read, "{given}");
    }
}

#[test]
fn what_could_mean_something_else_is_left_to_the_schema() {
    for (kind, given) in [
        (INTEGER, json!("1,200")),
        (INTEGER, json!("41.5")),
        (INTEGER, json!("forty-one")),
        (INTEGER, json!("99999999999999999999")),
        (BOOLEAN, json!("maybe")),
        (BOOLEAN, json!(2)),
        (credit(), json!("good")),
        (FieldKind::Phone, json!("555-0143")),
        (INTEGER, json!({"years": 41})),
    ] {
        assert_eq!(by_kind(&kind, given.clone(), Some("US")), given);
    }
    let labels = ["A-1", "a 1"].map(str::to_owned);
    let alike = FieldKind::Enum {
        labels: labels.into(),
    };
    assert_eq!(by_kind(&alike, json!("a1"), None), json!("a1"));
    assert_eq!(
        by_kind(&alike, json!("a_1"), None),
        json!("a_1"),
        "two labels are alike"
    );
    assert_eq!(by_kind(&alike, json!("A-1"), None), json!("A-1"));
}

#[test]
fn a_postal_code_is_written_as_its_country_does() {
    for (country, given, read) in [
        (Some("US"), "02134-1000", "02134-1000"),
        (Some("US"), "021341000", "02134-1000"),
        (Some("US"), "2134", "02134"),
        (Some("US"), " 94103 ", "94103"),
        (Some("CA"), "k1a0b1", "K1A 0B1"),
        (Some("CA"), "k1a-0b1", "K1A 0B1"),
        (Some("GB"), "sw1a1aa", "SW1A 1AA"),
        (Some("NL"), "1234ab", "1234 AB"),
        (Some("DE"), "1067", "01067"),
        (Some("PL"), "00950", "00-950"),
        (Some("US"), "SW1A 1AA", "SW1A 1AA"),
        (None, "k1a 0b1", "K1A 0B1"),
    ] {
        let read_code = by_kind(&FieldKind::PostalCode, json!(given), country);
        assert_eq!(read_code, json!(read), "{given}");
    }
    let number = by_kind(&FieldKind::PostalCode, json!(2134), Some("US"));
    assert_eq!(number, json!("02134"));
    for (given, five) in [
        ("02134-1000", "02134"),
        ("2134", "02134"),
        ("K1A 0B1", "K1A 0B1"),
    ] {
        assert_eq!(apply(Normaliser::Zip5, json!(given), None), json!(five));
    }
}

#[test]
fn each_normaliser_does_what_its_word_says() {
    for (step, given, read) in [
        (Normaliser::Trim, json!(" a "), json!("a")),
        (Normaliser::Lower, json!("ÄB"), json!("äb")),
        (Normaliser::Upper, json!("ca"), json!("CA")),
        (Normaliser::Digits, json!("$1,200"), json!("1200")),
        (Normaliser::Digits, json!(12), json!("12")),
        (Normaliser::YesNo, json!("Y"), json!(true)),
        (Normaliser::YesNo, json!("perhaps"), json!("perhaps")),
        (
            Normaliser::Phone,
            json!("(202) 555-0143"),
            json!("+12025550143"),
        ),
        (
            Normaliser::PostalCode,
            json!("021341000"),
            json!("02134-1000"),
        ),
        (
            Normaliser::Email,
            json!(" Ada@X.EXAMPLE "),
            json!("ada@x.example"),
        ),
        (
            Normaliser::FirstWord,
            json!(" Ada King Lovelace"),
            json!("Ada"),
        ),
        (
            Normaliser::OtherWords,
            json!(" Ada King Lovelace"),
            json!("King Lovelace"),
        ),
        (Normaliser::Lower, json!(true), json!(true)),
    ] {
        assert_eq!(apply(step, given, Some("US")), read, "{step:?}");
    }
    assert_eq!((first_word("Ada"), other_words("Ada")), ("Ada", ""));
}

proptest! {
    #[test]
    fn reading_twice_is_reading_once(text in "\\PC{0,24}") {
        let kinds = [
            INTEGER, BOOLEAN, credit(), FieldKind::Region, FieldKind::Country, FieldKind::Email, FieldKind::Phone,
            FieldKind::PostalCode, FieldKind::Timestamp, FieldKind::text(64), FieldKind::Url, FieldKind::Ip,
        ];
        for kind in kinds {
            for country in [None, Some("US"), Some("GB"), Some("DE"), Some("IT")] {
                let once = by_kind(&kind, Value::from(text.as_str()), country);
                let twice = by_kind(&kind, once.clone(), country);
                prop_assert_eq!(&twice, &once, "{:?}", kind);
            }
        }
    }
}
