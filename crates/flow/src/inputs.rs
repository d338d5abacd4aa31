//! The things that a program's rules test, each once, in the order in which they are encoded.

use pointsman_cel::DatePart;
use std::collections::BTreeMap;

use jiff::tz::{TimeZoneDatabase, TimeZoneName};
use pointsman_lead::{CalendarDate, FieldIdx, RECEIVED_AT, Timestamp, ValueRef, Values, Zone};

use crate::{
    calculation::Calculation,
    classes::{Accepted, Domain},
    formula::{Formula, SlotIdx},
    suggest::closest,
};

/// Where the value of a slot comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    Field(FieldIdx),
    /// A number that is read of a time or a day in an IANA zone.
    Part(DatePart, FieldIdx, String),
    /// Whether a field stands in a list, by the name of the list.
    Listed(FieldIdx, String),
    /// A scorecard, by the name of its node.
    Scorecard(String),
    /// A derived value, by the name of its node.
    Derived(String),
}

/// The inputs of a program while it is being checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inputs {
    pub(crate) slots: Vec<InputSlot>,
    by_input: BTreeMap<Input, SlotIdx>,
    /// The slots of scorecards and derived values, in order.
    computed: Vec<SlotIdx>,
}

#[derive(Debug, Clone)]
pub(crate) struct InputSlot {
    pub(crate) input: Input,
    pub(crate) domain: Domain,
    /// Everything that rules ask of it.
    pub(crate) tests: Vec<Accepted>,
    /// Of a scorecard: the points for each predicate. They read only slots before this one.
    pub(crate) points: Vec<(Formula<Accepted>, i64)>,
    /// Of a derived value: how it is made, from slots before this one.
    pub(crate) derivation: Option<Derivation>,
}

/// How a derived value is made.
#[derive(Debug, Clone)]
pub(crate) struct Derivation {
    pub(crate) calculation: Calculation,
    /// What stands in where there is no value, in units of `10^-scale`; none: it is missing.
    pub(crate) default: Option<i64>,
    /// Digits after the point; 0 for a whole number.
    pub(crate) scale: u8,
}

impl Inputs {
    /// The slot of an input, made if it is new; `None` beyond 65,535 of them.
    pub(crate) fn slot(
        &mut self,
        input: Input,
        domain: impl FnOnce() -> Domain,
    ) -> Option<SlotIdx> {
        if let Some(&slot) = self.by_input.get(&input) {
            return Some(slot);
        }
        let slot = SlotIdx(u16::try_from(self.slots.len()).ok()?);
        self.by_input.insert(input.clone(), slot);
        if matches!(input, Input::Scorecard(_) | Input::Derived(_)) {
            self.computed.push(slot);
        }
        self.slots.push(InputSlot {
            input,
            domain: domain(),
            tests: Vec::new(),
            points: Vec::new(),
            derivation: None,
        });
        Some(slot)
    }

    /// The slot of a scorecard or derived value, once it has one, and the scale of its numbers.
    pub(crate) fn computed(&self, name: &str) -> Option<(SlotIdx, u8)> {
        let inputs = [
            Input::Scorecard(name.to_owned()),
            Input::Derived(name.to_owned()),
        ];
        let slot = *inputs.iter().find_map(|input| self.by_input.get(input))?;
        let derivation = self.slots[slot.at()].derivation.as_ref();
        Some((slot, derivation.map_or(0, |derivation| derivation.scale)))
    }

    /// The position of a scorecard or derived value among all of them, once it has a slot, and the
    /// scale of its numbers.
    pub(crate) fn computed_position(&self, name: &str) -> Option<(u16, u8)> {
        let (slot, scale) = self.computed(name)?;
        let position = self.computed.iter().position(|&other| other == slot)?;
        Some((u16::try_from(position).ok()?, scale))
    }

    /// Notes that rules ask this of a slot.
    pub(crate) fn test(&mut self, slot: SlotIdx, accepted: &Accepted) {
        self.slots[slot.at()].tests.push(accepted.clone());
    }
}

/// The zone that may have been meant.
pub(crate) fn closest_zone(name: &str) -> Option<String> {
    let zones = TimeZoneDatabase::bundled();
    let names: Vec<_> = zones.available().collect();
    closest(name, names.iter().map(TimeZoneName::as_str)).map(str::to_owned)
}

/// A number that is read of a time or a day in a zone, `None` where the field is missing.
#[inline]
pub(crate) fn part(
    part: DatePart,
    field: FieldIdx,
    zone: &Zone,
    values: &impl Values,
) -> Option<i64> {
    let received_at = || {
        values.lend(RECEIVED_AT, |value| match value {
            Some(ValueRef::Timestamp(at)) => Some(at),
            _ => None,
        })
    };
    values.lend(field, |value| part_of(part, value?, zone, received_at))
}

/// A number that is read of a time or a day in a zone; `None` for a value of another kind.
///
/// * `received_at`: when the lead came, asked only where it counts.
#[inline]
pub(crate) fn part_of(
    part: DatePart,
    value: ValueRef<'_>,
    zone: &Zone,
    received_at: impl FnOnce() -> Option<Timestamp>,
) -> Option<i64> {
    match (part, value) {
        (DatePart::Hour, ValueRef::Timestamp(at)) => Some(zone.hour(at).into()),
        (DatePart::Weekday, ValueRef::Timestamp(at)) => Some(zone.weekday(at).number().into()),
        (DatePart::Years, value) => {
            Some(day_of(value, zone)?.years_until(zone.date(received_at()?)))
        }
        (DatePart::Days, value) => {
            Some(zone.date(received_at()?).days() - day_of(value, zone)?.days())
        }
        (DatePart::Hour | DatePart::Weekday, _) => None,
    }
}

/// The day of a time by the local calendar, or the day itself.
fn day_of(value: ValueRef<'_>, zone: &Zone) -> Option<CalendarDate> {
    match value {
        ValueRef::Timestamp(at) => Some(zone.date(at)),
        ValueRef::Date(date) => Some(date),
        _ => None,
    }
}
