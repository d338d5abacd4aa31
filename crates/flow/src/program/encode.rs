//! From a lead's fields to class codes.

use std::sync::Arc;

use pointsman_cel::DatePart;
use pointsman_lead::{FieldIdx, ValueRef, Values, Zone};
use smallvec::SmallVec;

use crate::{
    ListValues,
    calculation::Calculation,
    classes::{ClassMap, ClassSet, MISSING},
    formula::Formula,
    inputs,
};

/// One lead in the terms of one program: a class code for each thing that its rules test.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Codes(pub(crate) SmallVec<[u16; 32]>);

/// One thing that the rules of a program test.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) source: SlotSource,
    pub(crate) classes: ClassMap,
}

#[derive(Debug, Clone)]
pub(crate) enum SlotSource {
    Field(FieldIdx),
    Part(DatePart, FieldIdx, Zone),
    /// Whether the value of a field is in a list.
    Listed(FieldIdx, Arc<ListValues>),
    /// Points for each formula that is true; the formulas read only slots before this one.
    Scorecard(Vec<(Formula<ClassSet>, i64)>),
    /// A number from fields and from values before this one, and what stands in where there is none.
    Derived(Calculation, Option<i64>),
}

/// Whether a text is in a list; a value of another kind is as good as missing.
#[inline]
pub(crate) fn in_list(list: &ListValues, value: Option<ValueRef<'_>>) -> Option<ValueRef<'static>> {
    match value? {
        ValueRef::Text(text) | ValueRef::Label { text, .. } => {
            Some(ValueRef::Boolean(list.contains(text)))
        }
        _ => None,
    }
}

impl SlotSource {
    /// The class of the field that is tested; of a missing value where the test is of no field alone.
    #[inline]
    pub(crate) fn class_of_field(&self, classes: &ClassMap, values: &impl Values) -> u16 {
        match self {
            Self::Field(field) => values.lend(*field, |value| classes.class(value)),
            Self::Part(part, field, zone) => inputs::part(*part, *field, zone, values)
                .map_or(MISSING, |number| classes.number(number)),
            Self::Listed(field, list) => {
                values.lend(*field, |value| classes.class(in_list(list, value)))
            }
            Self::Scorecard(_) | Self::Derived(..) => MISSING,
        }
    }
}

impl Codes {
    /// The codes of a lead, slot by slot.
    #[inline]
    pub(crate) fn new(slots: &[Slot], values: &impl Values) -> Self {
        let mut codes = Self(SmallVec::with_capacity(slots.len()));
        // What derived values read of scorecards and of each other: numbers, not classes.
        let mut computed: SmallVec<[Option<i64>; 16]> = SmallVec::new();
        for Slot { source, classes } in slots {
            let code = match source {
                SlotSource::Field(_) | SlotSource::Part(..) | SlotSource::Listed(..) => {
                    source.class_of_field(classes, values)
                }
                SlotSource::Scorecard(points) => {
                    let score = codes.score(points);
                    computed.push(Some(score));
                    classes.number(score)
                }
                SlotSource::Derived(calculation, default) => {
                    let number = calculation.value(values, &computed).or(*default);
                    computed.push(number);
                    number.map_or(MISSING, |number| classes.number(number))
                }
            };
            codes.0.push(code);
        }
        codes
    }

    /// The sum of all points that count, held at the ends of 64 bits.
    #[inline]
    pub(crate) fn score(&self, points: &[(Formula<ClassSet>, i64)]) -> i64 {
        let counted = points.iter().filter(|(formula, _)| self.meets(formula));
        // In 128 bits and clamped once: a saturating sum would depend on the order.
        let sum: i128 = counted.map(|(_, points)| i128::from(*points)).sum();
        let held = sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        i64::try_from(held).unwrap_or_default()
    }

    /// Whether a formula is true of this lead; unknown is not.
    #[inline]
    pub(crate) fn meets(&self, formula: &Formula<ClassSet>) -> bool {
        self.value(formula) == Some(true)
    }

    /// Kleene's value of a formula for this lead.
    #[inline]
    pub(crate) fn value(&self, formula: &Formula<ClassSet>) -> Option<bool> {
        formula.value(
            &|slot, accepted| {
                let code = self.0[slot.at()];
                (code != MISSING).then(|| accepted.contains(code))
            },
            &|slot| self.0[slot.at()] != MISSING,
        )
    }
}
