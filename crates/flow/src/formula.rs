//! Boolean formulas in three-valued logic, whatever their atoms are.

/// Position of a tested thing in a lead's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotIdx(pub(crate) u16);

impl SlotIdx {
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

/// Any part with the value `decisive` decides; else an unknown part makes the whole unknown.
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
    fn an_empty_conjunction_is_true_and_an_empty_disjunction_false() {
        assert_eq!(value(&Formula::All(Vec::new())), 't');
        assert_eq!(value(&Formula::Any(Vec::new())), 'f');
    }
}
