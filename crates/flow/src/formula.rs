//! Boolean formulas in three-valued logic, whatever their atoms are.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::classes::ClassSet;

/// Position of a tested thing in a lead's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotIdx(pub(crate) u16);

impl SlotIdx {
    #[inline]
    pub(crate) fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// A formula over tests of slots. `A` says what a test asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Formula<A> {
    Constant(bool),
    All(Vec<Formula<A>>),
    Any(Vec<Formula<A>>),
    Not(Box<Formula<A>>),
    /// Unknown where the slot is missing.
    Test(SlotIdx, A),
    /// Whether the slot is there; never unknown.
    Has(SlotIdx),
}

impl<A> Formula<A> {
    /// Kleene's value: `None` is unknown.
    ///
    /// * `test`: the answer of one test, `None` where the slot is missing.
    /// * `has`: whether a slot is there.
    #[inline]
    pub(crate) fn value(
        &self,
        test: &impl Fn(SlotIdx, &A) -> Option<bool>,
        has: &impl Fn(SlotIdx) -> bool,
    ) -> Option<bool> {
        match self {
            Self::Constant(constant) => Some(*constant),
            Self::Test(slot, atom) => test(*slot, atom),
            Self::Has(slot) => Some(has(*slot)),
            Self::Not(inner) => inner.value(test, has).map(|value| !value),
            Self::All(parts) => decided(parts, false, test, has),
            Self::Any(parts) => decided(parts, true, test, has),
        }
    }

    /// The parts that must all be true for it to be true.
    pub(crate) fn conjuncts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts.into_iter().flat_map(Self::conjuncts).collect(),
            Self::Constant(true) => Vec::new(),
            other => vec![other],
        }
    }

    /// Shows every test to `see`, in order.
    pub(crate) fn each(&self, see: &mut impl FnMut(SlotIdx, &A)) {
        match self {
            Self::Constant(_) | Self::Has(_) => {}
            Self::Test(slot, atom) => see(*slot, atom),
            Self::Not(inner) => inner.each(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(see)),
        }
    }

    /// The slots that it reads, each once.
    pub(crate) fn slots(&self) -> Vec<SlotIdx> {
        let mut slots = match self {
            Self::Constant(_) => Vec::new(),
            Self::Test(slot, _) | Self::Has(slot) => vec![*slot],
            Self::Not(inner) => inner.slots(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::slots).collect(),
        };
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Whether it reads a slot.
    pub(crate) fn reads(&self, wanted: SlotIdx) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::Test(slot, _) | Self::Has(slot) => *slot == wanted,
            Self::Not(inner) => inner.reads(wanted),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.reads(wanted)),
        }
    }

    /// The same formula over other tests.
    pub(crate) fn map<B>(&self, test: &mut impl FnMut(SlotIdx, &A) -> B) -> Formula<B> {
        match self {
            Self::Constant(constant) => Formula::Constant(*constant),
            Self::Test(slot, atom) => Formula::Test(*slot, test(*slot, atom)),
            Self::Has(slot) => Formula::Has(*slot),
            Self::Not(inner) => Formula::Not(Box::new(inner.map(test))),
            Self::All(parts) => Formula::All(parts.iter().map(|part| part.map(test)).collect()),
            Self::Any(parts) => Formula::Any(parts.iter().map(|part| part.map(test)).collect()),
        }
    }
}

impl Formula<ClassSet> {
    /// The same formula with one test for all tests of a slot that stand side by side. A predicate of
    /// thousands of alternatives is one question then, and is proved as one.
    pub(crate) fn joined(&self) -> Self {
        match self {
            Self::Not(inner) => match inner.joined() {
                Self::Test(slot, set) => Self::Test(slot, set.others()),
                inner => Self::Not(Box::new(inner)),
            },
            Self::All(parts) => side_by_side(parts, false),
            Self::Any(parts) => side_by_side(parts, true),
            other => other.clone(),
        }
    }

    /// How many words its tests have.
    pub(crate) fn n_words(&self) -> usize {
        match self {
            Self::Constant(_) | Self::Has(_) => 1,
            Self::Test(_, set) => set.words().len(),
            Self::Not(inner) => inner.n_words(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::n_words).sum(),
        }
    }
}

/// * `any`: whether any part will do, or all must be.
fn side_by_side(parts: &[Formula<ClassSet>], any: bool) -> Formula<ClassSet> {
    let mut tests: BTreeMap<SlotIdx, ClassSet> = BTreeMap::new();
    let mut rest = Vec::new();
    let mut left: Vec<Formula<ClassSet>> = parts.iter().rev().map(Formula::joined).collect();
    while let Some(part) = left.pop() {
        match part {
            Formula::Test(slot, set) => match tests.entry(slot) {
                Entry::Vacant(new) => drop(new.insert(set)),
                Entry::Occupied(mut known) if any => known.get_mut().add(&set),
                Entry::Occupied(mut known) => *known.get_mut() = known.get().and(&set),
            },
            Formula::Any(parts) if any => left.extend(parts.into_iter().rev()),
            Formula::All(parts) if !any => left.extend(parts.into_iter().rev()),
            other => rest.push(other),
        }
    }
    let tests = tests.into_iter();
    let mut parts: Vec<_> = tests.map(|(slot, set)| Formula::Test(slot, set)).collect();
    parts.append(&mut rest);
    match (parts.len(), any) {
        (1, _) => parts.swap_remove(0),
        (_, true) => Formula::Any(parts),
        (_, false) => Formula::All(parts),
    }
}

/// Any part with the value `decisive` decides; else an unknown part makes the whole unknown.
#[inline]
fn decided<A>(
    parts: &[Formula<A>],
    decisive: bool,
    test: &impl Fn(SlotIdx, &A) -> Option<bool>,
    has: &impl Fn(SlotIdx) -> bool,
) -> Option<bool> {
    let mut whole = Some(!decisive);
    for part in parts {
        match part.value(test, has) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => whole = None,
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `t`, `f` and `u` are true, false and unknown.
    type Given = Formula<Option<bool>>;

    fn value(formula: &Given) -> char {
        match formula.value(&|_, atom| *atom, &|_| false) {
            Some(true) => 't',
            Some(false) => 'f',
            None => 'u',
        }
    }

    fn atom(value: char) -> Given {
        let value = match value {
            't' => Some(true),
            'f' => Some(false),
            _ => None,
        };
        Formula::Test(SlotIdx(0), value)
    }

    #[test]
    fn tables_of_kleene_hold() {
        let table = |make: fn(Vec<Given>) -> Given| {
            let pairs = "tfu"
                .chars()
                .flat_map(|a| "tfu".chars().map(move |b| (a, b)));
            pairs
                .map(|(a, b)| value(&make(vec![atom(a), atom(b)])))
                .collect::<String>()
        };
        assert_eq!(table(Formula::All), "tfufffufu");
        assert_eq!(table(Formula::Any), "ttttfutuu");
        let not = "tfu"
            .chars()
            .map(|a| value(&Formula::Not(Box::new(atom(a)))));
        assert_eq!(not.collect::<String>(), "ftu");
    }

    #[test]
    fn joined_tests_have_the_value_of_their_parts() {
        let set = |classes: &[u16]| {
            let mut set = ClassSet::new(5);
            for class in classes {
                set.insert(*class);
            }
            set
        };
        let test = |slot, classes: &[u16]| Formula::Test(SlotIdx(slot), set(classes));
        let not = |formula| Formula::Not(Box::new(formula));
        let formulas = [
            Formula::Any(vec![
                test(0, &[1]),
                test(0, &[3]),
                test(1, &[2]),
                Formula::Has(SlotIdx(0)),
            ]),
            Formula::All(vec![
                test(0, &[1, 2]),
                not(test(0, &[2])),
                test(1, &[1, 2, 3, 4]),
            ]),
            not(Formula::Any(vec![
                test(0, &[1]),
                Formula::Any(vec![test(0, &[2]), not(test(1, &[4]))]),
            ])),
            Formula::All(vec![test(0, &[1]), test(0, &[2])]),
            Formula::Any(vec![
                Formula::Constant(false),
                Formula::All(vec![test(1, &[1]), test(1, &[])]),
            ]),
            not(not(test(0, &[4]))),
        ];
        for formula in formulas {
            for (a, b) in (0..5).flat_map(|a| (0..5).map(move |b| (a, b))) {
                let codes = [a, b];
                let value = |formula: &Formula<ClassSet>| {
                    let test = |slot: SlotIdx, set: &ClassSet| {
                        let code = codes[slot.at()];
                        (code != 0).then(|| set.contains(code))
                    };
                    formula.value(&test, &|slot| codes[slot.at()] != 0)
                };
                assert_eq!(
                    value(&formula),
                    value(&formula.joined()),
                    "{formula:?} {codes:?}"
                );
            }
        }
    }

    #[test]
    fn many_alternatives_of_one_field_are_one_test() {
        let one = |class| {
            let mut set = ClassSet::new(3_001);
            set.insert(class);
            Formula::Test(SlotIdx(0), set)
        };
        let formula = Formula::Any((1..=3_000).map(one).collect());
        assert_eq!(
            (formula.n_words(), formula.joined().n_words()),
            (3_000 * 47, 47)
        );
    }

    #[test]
    fn an_empty_conjunction_is_true_and_an_empty_disjunction_false() {
        assert_eq!(value(&Formula::All(Vec::new())), 't');
        assert_eq!(value(&Formula::Any(Vec::new())), 'f');
    }
}
