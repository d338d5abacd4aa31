//! The leads that golden flows decide: the edges of every field, missing values among them.

use pointsman_lead::{ALWAYS, Field, FieldKind, Fields, Schema, Timestamp, Value, us};

use crate::chance::Chance;

/// 1 January 2026 at midnight UTC, in microseconds.
const START: i64 = 1_767_225_600_000_000;

/// A year, in microseconds.
const YEAR: usize = 365 * 86_400_000_000;

const COMPANIES: [&str; 10] = [
    "Fake",
    // The name is part of the golden inputs.
    "Fake News",
    "fake",
    "Café",
    "Caf",
    "acme",
    "Åre & Söhne",
    "Tester and daughters",
    "a company whose name takes forty letters",
    "漢字",
];

const ZIPS: [&str; 8] = [
    "94103", "10115", "SW1A 1AA", "90001", "94199", "20500", "1010", "00000",
];

/// The fields of the `n`-th lead.
pub(crate) fn fields(schema: &Schema, n: u64) -> Fields {
    let values = schema.fields().iter().map(|field| value(field, n));
    Fields::new(values.collect())
}

/// What splits draw by that are not sticky to a field.
pub(crate) fn unit_key(n: u64) -> String {
    format!("seo/lead-{n}")
}

fn value(field: &Field, n: u64) -> Option<Value> {
    let mut chance = Chance::of(n, &field.name, 0);
    let is_certain = matches!(field.name.as_str(), "received_at" | "is_test");
    if !is_certain && chance.once_in(8) {
        return None;
    }
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    match (&field.kind, field.name.as_str()) {
        (FieldKind::Enum { labels }, _) => text(&labels[chance.below(labels.len())]),
        (FieldKind::Region, _) => text(chance.one_of(us::ALL).as_str()),
        (FieldKind::PostalCode, _) if chance.once_in(2) => text(chance.one_of(&ZIPS)),
        (FieldKind::PostalCode, _) => text(&format!("{:05}", chance.below(100_000))),
        (FieldKind::Integer { .. }, _) => Some(Value::Integer(age(&mut chance))),
        (FieldKind::Decimal { .. }, _) => Some(Value::Decimal(income(&mut chance))),
        (FieldKind::Boolean, "is_test") => Some(Value::Boolean(chance.once_in(20))),
        (FieldKind::Boolean, _) => Some(Value::Boolean(chance.once_in(2))),
        (FieldKind::Timestamp, _) => Some(Value::Timestamp(time(&mut chance))),
        (_, "source") => text(chance.one_of(&["seo", "mail", "Å"])),
        (_, name) if ALWAYS.contains(&name) => text(&format!("place-{}", chance.below(50))),
        _ => text(chance.one_of(&COMPANIES)),
    }
}

/// Ages between which rules tell apart, and any other.
fn age(chance: &mut Chance) -> i64 {
    const EDGES: [i64; 14] = [0, 17, 18, 20, 21, 24, 25, 30, 31, 64, 65, 80, 81, 120];
    if chance.once_in(3) {
        return chance.one_of(&EDGES);
    }
    i64::try_from(chance.below(121)).unwrap()
}

/// Incomes in hundredths, less than nothing among them.
fn income(chance: &mut Chance) -> i64 {
    const EDGES: [i64; 9] = [
        -1, 0, 1, 99_999, 100_000, 249_999, 250_000, 250_051, 1_327_500,
    ];
    if chance.once_in(3) {
        return chance.one_of(&EDGES);
    }
    i64::try_from(chance.below(2_000_000)).unwrap() - 1_000
}

/// Any moment of a year, or the seconds about a change of clocks in New York.
fn time(chance: &mut Chance) -> Timestamp {
    const CHANGES: [i64; 2] = [1_772_953_200_000_000, 1_793_512_800_000_000];
    if chance.once_in(8) {
        let seconds = i64::try_from(chance.below(7_200)).unwrap() - 3_600;
        return Timestamp(chance.one_of(&CHANGES) + seconds * 1_000_000);
    }
    Timestamp(START + i64::try_from(chance.below(YEAR)).unwrap())
}
