//! What a program can tell of the value of one field.

use pointsman_lead::{FieldIdx, ValueRef, Values};
use smallvec::SmallVec;

use super::{
    Program,
    encode::{Slot, SlotSource},
};

/// The classes of one value, for each test of its field.
pub type ValueClasses = SmallVec<[u16; 4]>;

/// A lead of which one value is there at most.
struct OneValue<'a>(FieldIdx, Option<ValueRef<'a>>);

impl Values for OneValue<'_> {
    fn lend<R>(&self, field: FieldIdx, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        to(self.1.filter(|_| field == self.0))
    }
}

impl Program {
    /// What the rules can tell of the value of a field. Leads that differ only in values of which they are told the same have the same
    /// [`Codes`](super::Codes) and the same weights of bandits: they go the same ways with the same probabilities.
    ///
    /// None where the program computes with the value itself, or learns by it: then any two values may differ.
    ///
    /// * `value`: none if it is missing.
    pub fn classes_of_value(
        &self,
        field: FieldIdx,
        value: Option<ValueRef<'_>>,
    ) -> Option<ValueClasses> {
        if self.computes_with(field) {
            return None;
        }
        let one = OneValue(field, value);
        let tests = self.slots.iter().filter(|slot| slot.tests(field));
        Some(
            tests
                .map(|Slot { source, classes }| source.class_of_field(classes, &one))
                .collect(),
        )
    }

    fn computes_with(&self, field: FieldIdx) -> bool {
        let derives = |slot: &Slot| matches!(&slot.source, SlotSource::Derived(calculation, _) if calculation.reads(field));
        let learns_by = |node| {
            let learning = self.node(node).bandit();
            learning.is_some_and(|learning| learning.segment_by.contains(&field))
        };
        self.slots.iter().any(derives) || self.personal.iter().any(|node| learns_by(*node))
    }
}

impl Slot {
    fn tests(&self, field: FieldIdx) -> bool {
        match &self.source {
            SlotSource::Field(own) | SlotSource::Part(_, own, _) | SlotSource::Listed(own, _) => {
                *own == field
            }
            SlotSource::Scorecard(_) | SlotSource::Derived(..) => false,
        }
    }
}
