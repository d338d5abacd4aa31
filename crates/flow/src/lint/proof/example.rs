//! From a region to one lead in it, as a source would send it.

use pointsman_lead::{
    ALWAYS, CalendarDate, Envelope, Field, FieldIdx, FieldKind, Fields, Required, Schema, Stage,
    Timestamp, Value,
};
use serde_json::{Map, Value as Json};

use super::region::{Region, field_of};
use crate::{
    classes::MISSING,
    formula::SlotIdx,
    inputs,
    program::encode::{Codes, Slot, SlotSource, in_list},
};

/// A lead that shows something.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    /// Its fields, the always-there ones among them; null for one that must be missing.
    pub(crate) json: Json,
    pub(crate) codes: Codes,
}

/// 2026-01-05T00:00:00Z, a Monday: where examples without a time are put.
const SOME_TIME: i64 = 1_767_571_200_000_000;

const QUARTER_MICROS: i64 = 15 * 60 * 1_000_000;

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// Quarters of an hour that are tried: two weeks, so that a change of clocks hides no hour.
const QUARTERS: i64 = 2 * 7 * 24 * 4;

/// What texts are made of, in the order in which it is tried.
const ENDINGS: [&str; 28] = [
    "",
    "ZZ",
    "Z",
    "9",
    "0",
    "00",
    "000",
    "0000",
    "00000",
    "other",
    "none of these",
    "+14155550132",
    "14155550132",
    "5550132",
    "ada@example.com",
    "@example.com",
    "example.com",
    ".com",
    "192.0.2.1",
    "0.2.1",
    ".0.2.1",
    ".1",
    "2001:db8::1",
    ":1",
    "https://example.com/",
    "://example.com/",
    "//example.com/",
    "/other",
];

/// A lead of the region, if one is found whose fields the schema takes. What the region leaves open
/// is left out.
pub(super) fn example(schema: &Schema, slots: &[Slot], region: &Region) -> Option<Example> {
    let whole = Region::everything(schema, slots);
    let mut json = Map::new();
    for (position, field) in schema.fields().iter().enumerate() {
        let idx = FieldIdx(u16::try_from(position).ok()?);
        let readers: Vec<SlotIdx> = (0..)
            .map(SlotIdx)
            .zip(slots)
            .filter(|(_, slot)| field_of(slot) == Some(idx))
            .map(|(slot, _)| slot)
            .collect();
        let narrowed = readers
            .iter()
            .any(|&slot| region.of(slot) != whole.of(slot));
        if !narrowed && field.required != Required::Ping {
            continue;
        }
        let value = value(field, slots, &readers, region);
        let may_be_missing = readers
            .iter()
            .all(|&slot| region.of(slot).contains(MISSING));
        match value {
            Some(value) => json.insert(field.name.clone(), value.to_json(&field.kind)),
            None if may_be_missing && !readers.is_empty() => {
                json.insert(field.name.clone(), Json::Null)
            }
            None => return None,
        };
    }
    let fields = fields(schema, &json)?;
    let codes = Codes::new(slots, &fields);
    let json = Json::Object(json);
    Some(Example { json, codes })
}

/// The fields of a lead in JSON, read as those of a lead that comes in.
pub(super) fn fields(schema: &Schema, json: &Map<String, Json>) -> Option<Fields> {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let mut sub_ids: [Option<String>; 5] = Default::default();
    for (sub_id, name) in sub_ids.iter_mut().zip(&ALWAYS[1..6]) {
        *sub_id = text(name).map(str::to_owned);
    }
    let envelope = Envelope {
        source: text("source").unwrap_or_default(),
        sub_ids,
        received_at: match text("received_at") {
            Some(text) => text.parse().ok()?,
            None => Timestamp(SOME_TIME),
        },
        is_test: json
            .get("is_test")
            .and_then(Json::as_bool)
            .unwrap_or_default(),
        stage: Stage::Ping,
    };
    let declared = json
        .iter()
        .filter(|(name, _)| !ALWAYS.contains(&name.as_str()));
    let declared = declared.map(|(name, value)| (name.clone(), value.clone()));
    schema.parse(&declared.collect(), &envelope).ok()
}

/// A value of a field with a class of the region in each slot that reads it.
///
/// * `readers`: those slots; without any, every value will do.
fn value(field: &Field, slots: &[Slot], readers: &[SlotIdx], region: &Region) -> Option<Value> {
    let fits = |value: &Value| {
        readers.iter().all(|&slot| {
            let class = class_of(&slots[slot.at()], value);
            class != MISSING && region.of(slot).contains(class)
        })
    };
    let plain = readers
        .iter()
        .find(|slot| matches!(slots[slot.at()].source, SlotSource::Field(_)));
    let classes: Vec<Option<u16>> = match plain {
        Some(&slot) => region.of(slot).clone().known().iter().map(Some).collect(),
        None => vec![None],
    };
    let map = plain.map(|slot| &slots[slot.at()].classes);
    classes.into_iter().take(64).find_map(|class| {
        let numbers = || {
            let all = (i64::MIN, i64::MAX);
            map.zip(class)
                .map_or(Some(all), |(map, class)| map.numbers(class))
        };
        match &field.kind {
            FieldKind::Boolean => [true, false].map(Value::Boolean).into_iter().find(fits),
            FieldKind::Integer { min, max } => {
                let (low, high) = numbers()?;
                let low = low.max(min.unwrap_or(i64::MIN));
                let high = high.min(max.unwrap_or(i64::MAX));
                Some(Value::Integer(nearest(low, high, 0))).filter(fits)
            }
            FieldKind::Decimal { .. } => {
                let (low, high) = numbers()?;
                Some(Value::Decimal(nearest(low, high, 0))).filter(fits)
            }
            FieldKind::Timestamp => {
                let (low, high) = numbers()?;
                let start = nearest(low, high, SOME_TIME);
                let times = (0..QUARTERS).map_while(|n| start.checked_add(n * QUARTER_MICROS));
                let times = times.take_while(|at| *at <= high).chain([low]);
                times.map(|at| Value::Timestamp(Timestamp(at))).find(fits)
            }
            FieldKind::Date => days(numbers()?).map(Value::Date).find(fits),
            FieldKind::Enum { labels } => {
                let labels = labels.iter().cloned().map(Value::Text);
                let mut labels = labels.filter(fits);
                labels.next()
            }
            FieldKind::Country => country(field, fits),
            _ => {
                let start = map
                    .zip(class)
                    .and_then(|(map, class)| map.text(class))
                    .unwrap_or_default();
                let texts = ENDINGS.iter().map(|ending| format!("{start}{ending}"));
                let texts = texts.chain(listed(slots, readers));
                let mut texts = texts.filter(|text| !text.is_empty()).map(Value::Text);
                texts.find(|value| fits(value) && is_taken(field, value))
            }
        }
    })
}

/// The class of a field's value in a slot that reads the field.
fn class_of(Slot { source, classes }: &Slot, value: &Value) -> u16 {
    match source {
        SlotSource::Part(part, _, zone) => {
            // Where the example has another time of receipt, its codes tell in the end.
            let received_at = || Some(Timestamp(SOME_TIME));
            let number = inputs::part_of(*part, value.borrowed(), zone, received_at);
            number.map_or(MISSING, |number| classes.number(number))
        }
        SlotSource::Listed(_, list) => classes.class(in_list(list, Some(value.borrowed()))),
        _ => classes.class(Some(value.borrowed())),
    }
}

/// Days that are tried between two: the first and the last one, those of a fortnight, and each birthday of a hundred years.
fn days((low, high): (i64, i64)) -> impl Iterator<Item = CalendarDate> {
    let some_day = SOME_TIME.div_euclid(DAY_MICROS);
    let start = nearest(low, high, some_day);
    let fortnight = (0..14).map(move |n| start.saturating_sub(n));
    let birthdays = (0..100).map(move |years| some_day - years * 365 - (years + 3) / 4);
    let all = fortnight.chain(birthdays).chain([low, high]);
    all.filter(move |day| (low..=high).contains(day))
        .filter_map(CalendarDate::from_days)
}

/// Some values of each list that is asked, of its beginning.
fn listed(slots: &[Slot], readers: &[SlotIdx]) -> Vec<String> {
    let lists = readers
        .iter()
        .filter_map(|slot| match &slots[slot.at()].source {
            SlotSource::Listed(_, list) => Some(list),
            _ => None,
        });
    lists
        .flat_map(|list| list.iter().take(64).map(str::to_owned))
        .collect()
}

/// A country that fits.
fn country(field: &Field, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    let letters = 'A'..='Z';
    let codes = letters
        .clone()
        .flat_map(|a| letters.clone().map(move |b| format!("{a}{b}")));
    codes
        .map(Value::Text)
        .find(|value| fits(value) && is_taken(field, value))
}

/// The number between two that is nearest to a third.
fn nearest(low: i64, high: i64, to: i64) -> i64 {
    to.min(high).max(low)
}

/// Whether a lead may have this text in a field.
fn is_taken(field: &Field, value: &Value) -> bool {
    let Value::Text(text) = value else {
        return true;
    };
    if ALWAYS.contains(&field.name.as_str()) {
        return text.chars().count() <= 256;
    }
    let Ok(shape) = Schema::new("shape", vec![field.clone()]) else {
        return false;
    };
    let json = Map::from_iter([(field.name.clone(), Json::from(text.as_str()))]);
    fields(&shape, &json).is_some_and(|fields| fields.values().last() == Some(&Some(value.clone())))
}
