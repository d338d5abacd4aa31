//! Sets of leads: for each slot the classes that it may still have.

use pointsman_cel::DatePart;
use pointsman_lead::{FieldIdx, FieldKind, Required, Schema};

use crate::program::encode::{Slot, SlotSource};
use crate::{
    classes::{ClassMap, ClassSet, MISSING},
    formula::{Formula, SlotIdx},
};

/// Every combination of these classes, as far as a lead can have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region(Vec<ClassSet>);

/// The values that a formula may have in a region. More than it really can, never fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Values {
    pub(super) yes: bool,
    pub(super) no: bool,
    pub(super) unknown: bool,
}

impl Region {
    /// All leads that the schema allows.
    pub(crate) fn everything(schema: &Schema, slots: &[Slot]) -> Self {
        Self(slots.iter().map(|slot| possible(schema, slot)).collect())
    }

    pub(crate) fn of(&self, slot: SlotIdx) -> &ClassSet {
        &self.0[slot.at()]
    }

    pub(super) fn sets(&self) -> impl Iterator<Item = (usize, &ClassSet)> {
        self.0.iter().enumerate()
    }

    /// Keeps only these classes of a slot; whether any are left.
    pub(crate) fn narrow(&mut self, slot: SlotIdx, to: &ClassSet) -> bool {
        let narrowed = self.0[slot.at()].and(to);
        let is_some = !narrowed.is_empty();
        self.0[slot.at()] = narrowed;
        is_some
    }

    /// The same region with other classes of one slot.
    pub(super) fn with(&self, slot: SlotIdx, classes: ClassSet) -> Self {
        let mut region = self.clone();
        region.0[slot.at()] = classes;
        region
    }

    /// All leads of both, and those whose classes are mixed from both.
    pub(super) fn or(&self, other: &Self) -> Self {
        let mut region = self.clone();
        region
            .0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(a, b)| a.add(b));
        region
    }

    pub(super) fn values(&self, formula: &Formula<ClassSet>) -> Values {
        match formula {
            Formula::Constant(constant) => Values {
                yes: *constant,
                no: !constant,
                unknown: false,
            },
            Formula::Has(slot) => {
                let set = self.of(*slot);
                Values {
                    yes: !set.clone().known().is_empty(),
                    no: set.contains(MISSING),
                    unknown: false,
                }
            }
            Formula::Test(slot, accepted) => {
                let set = self.of(*slot);
                Values {
                    yes: set.meets(accepted),
                    no: !set.without(accepted).known().is_empty(),
                    unknown: set.contains(MISSING),
                }
            }
            Formula::Not(inner) => {
                let Values { yes, no, unknown } = self.values(inner);
                Values {
                    yes: no,
                    no: yes,
                    unknown,
                }
            }
            Formula::All(parts) => self.joined(parts, false),
            Formula::Any(parts) => self.joined(parts, true),
        }
    }

    /// * `decisive`: the value of one part that decides the whole.
    fn joined(&self, parts: &[Formula<ClassSet>], decisive: bool) -> Values {
        let (mut decided, mut unknown, mut open, mut plain) = (false, false, true, true);
        for part in parts {
            let values = self.values(part);
            let (deciding, other) = if decisive {
                (values.yes, values.no)
            } else {
                (values.no, values.yes)
            };
            decided |= deciding;
            unknown |= values.unknown;
            // Whether the whole may stay undecided, and whether it may do so without an unknown.
            open &= other || values.unknown;
            plain &= other;
        }
        let unknown = unknown && open;
        if decisive {
            Values {
                yes: decided,
                no: plain,
                unknown,
            }
        } else {
            Values {
                yes: plain,
                no: decided,
                unknown,
            }
        }
    }

    /// A test in a formula that the region leaves open, with what it accepts; none of `Has`.
    pub(super) fn open_test(&self, formula: &Formula<ClassSet>) -> Option<(SlotIdx, ClassSet)> {
        match formula {
            Formula::Constant(_) => None,
            Formula::Has(slot) => {
                let set = self.of(*slot);
                let known = set.clone().known();
                (!known.is_empty() && set.contains(MISSING)).then_some((*slot, known))
            }
            Formula::Test(slot, accepted) => {
                let Values { yes, no, unknown } = self.values(formula);
                let n_open = u8::from(yes) + u8::from(no) + u8::from(unknown);
                (n_open > 1).then(|| (*slot, accepted.clone()))
            }
            Formula::Not(inner) => self.open_test(inner),
            Formula::All(parts) | Formula::Any(parts) => {
                parts.iter().find_map(|part| self.open_test(part))
            }
        }
    }

    /// The least and the most points that a lead of the region can have.
    pub(super) fn score(&self, points: &[(Formula<ClassSet>, i64)]) -> (i64, i64) {
        let (mut low, mut high) = (0_i128, 0_i128);
        for (formula, points) in points {
            let points = i128::from(*points);
            let Values { yes, no, unknown } = self.values(formula);
            if !yes {
                continue;
            }
            if no || unknown {
                low += points.min(0);
                high += points.max(0);
            } else {
                low += points;
                high += points;
            }
        }
        let held = |sum: i128| {
            let held = sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
            i64::try_from(held).unwrap_or_default()
        };
        (held(low), held(high))
    }
}

/// The classes of numbers between two, both included.
pub(super) fn between(map: &ClassMap, low: i64, high: i64) -> ClassSet {
    let mut set = ClassSet::new(map.n_classes());
    set.insert_range(map.number(low), map.number(high));
    set
}

/// The field that a slot reads, if it reads one.
pub(super) fn field_of(slot: &Slot) -> Option<FieldIdx> {
    match slot.source {
        SlotSource::Field(field) | SlotSource::Part(_, field, _) | SlotSource::Listed(field, _) => {
            Some(field)
        }
        SlotSource::Scorecard(_) | SlotSource::Derived(..) => None,
    }
}

/// The classes that some lead of the schema can have.
fn possible(schema: &Schema, slot: &Slot) -> ClassSet {
    let map = &slot.classes;
    let mut known = match &slot.source {
        SlotSource::Part(DatePart::Hour, ..) => between(map, 0, 23),
        SlotSource::Part(DatePart::Weekday, ..) => between(map, 1, 7),
        SlotSource::Scorecard(points) => {
            let low: i128 = points
                .iter()
                .map(|(_, points)| i128::from(*points).min(0))
                .sum();
            let high: i128 = points
                .iter()
                .map(|(_, points)| i128::from(*points).max(0))
                .sum();
            let held =
                |sum: i128| i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX });
            between(map, held(low), held(high))
        }
        // What it may be is not worked out: every number.
        SlotSource::Part(DatePart::Years | DatePart::Days, ..)
        | SlotSource::Derived(..)
        | SlotSource::Listed(..) => ClassSet::full(map.n_classes()),
        SlotSource::Field(field) => match &schema.field(*field).kind {
            FieldKind::Integer { min, max } => {
                between(map, min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX))
            }
            FieldKind::Enum { labels } => {
                let mut set = ClassSet::new(map.n_classes());
                for label in labels {
                    set.insert(map.of_text(label));
                }
                set
            }
            _ => ClassSet::full(map.n_classes()),
        },
    };
    known = known.known();
    let may_be_missing = matches!(slot.source, SlotSource::Derived(_, None));
    let may_be_missing = may_be_missing
        || field_of(slot).is_some_and(|field| {
            let field = schema.field(field);
            // The platform itself sets these two.
            field.required != Required::Ping
                && !["received_at", "is_test"].contains(&field.name.as_str())
        });
    if may_be_missing {
        known.insert(MISSING);
    }
    known
}
