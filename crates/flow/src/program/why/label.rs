//! What the slots of a program are called, and their values in words.

use pointsman_cel::{named, quote};
use pointsman_lead::{FieldIdx, FieldKind, Schema, ValueRef, Values, print_decimal};

use super::{Readings, Seen};
use crate::{
    classes::MISSING,
    formula::SlotIdx,
    inputs::{self, Input, InputSlot},
    program::{
        Codes, Program,
        encode::{SlotSource, in_list},
    },
    subflow::own_name,
};

/// What people call a slot.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    name: String,
    /// Digits after the point of a computed value.
    scale: u8,
}

impl Label {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// The labels of slots, in order.
pub(crate) fn labels(slots: &[InputSlot], schema: &Schema) -> Vec<Label> {
    let field = |idx: &FieldIdx| named(&schema.field(*idx).name);
    let name = |input: &Input| match input {
        Input::Field(idx) => field(idx),
        Input::Part(part, idx, zone) => {
            format!("{}({}, {})", part.name(), field(idx), quote(zone))
        }
        Input::Listed(idx, list) => format!("{} in list({})", field(idx), quote(list)),
        Input::Scorecard(name) | Input::Derived(name) => named(own_name(name)),
    };
    let labels = slots.iter().map(|slot| Label {
        name: name(&slot.input),
        scale: slot.derivation.as_ref().map_or(0, |it| it.scale),
    });
    labels.collect()
}

/// The value of each slot in words; none where it is missing.
pub(super) fn words(program: &Program, codes: &Codes, values: &impl Values) -> Vec<Option<String>> {
    let mut computed: Vec<Option<i64>> = Vec::new();
    let slots = program.slots.iter().zip(&program.labels);
    let words = slots.map(|(slot, label)| match &slot.source {
        SlotSource::Field(field) => {
            let kind = &program.schema().field(*field).kind;
            values.lend(*field, |value| value.map(|value| word(value, kind)))
        }
        SlotSource::Part(part, field, zone) => {
            inputs::part(*part, *field, zone, values).map(|number| number.to_string())
        }
        SlotSource::Listed(field, list) => {
            let kind = &program.schema().field(*field).kind;
            values.lend(*field, |value| {
                in_list(list, value).map(|value| word(value, kind))
            })
        }
        SlotSource::Scorecard(points) => {
            let score = codes.score(points);
            computed.push(Some(score));
            Some(score.to_string())
        }
        SlotSource::Derived(calculation, default) => {
            let value = calculation.value(values, &computed).or(*default);
            computed.push(value);
            value.map(|value| print_decimal(value, label.scale))
        }
    });
    words.collect()
}

fn word(value: ValueRef<'_>, kind: &FieldKind) -> String {
    match (value, kind) {
        (ValueRef::Text(text) | ValueRef::Label { text, .. }, _) => quote(text),
        (ValueRef::Decimal(units), FieldKind::Decimal { scale }) => print_decimal(units, *scale),
        (ValueRef::Integer(number) | ValueRef::Decimal(number), _) => number.to_string(),
        (ValueRef::Boolean(boolean), _) => boolean.to_string(),
        (ValueRef::Timestamp(at), _) => format!("timestamp({})", quote(&at.to_string())),
        (ValueRef::Date(date), _) => format!("date({})", quote(&date.to_string())),
    }
}

impl Program {
    /// What was read at a slot.
    pub(super) fn seen_at(&self, slot: SlotIdx, readings: &Readings) -> Seen {
        Seen {
            name: self.labels[slot.at()].name.clone(),
            value: readings.words[slot.at()].clone(),
        }
    }

    /// Whether the value of a slot is missing, to those who decide.
    pub(super) fn is_missing(slot: SlotIdx, readings: &Readings) -> bool {
        readings.codes.0[slot.at()] == MISSING
    }
}
