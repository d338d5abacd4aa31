//! The way through the nodes: what was chosen, and what is still untried.

use pointsman_flow::NodeIdx;
use smallvec::SmallVec;

/// One choice: at this node, this port or arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice(pub NodeIdx, pub u16);

/// The choices of one step, in order. A `reject` that ended the walk is the last, with choice 0.
pub type Trace = SmallVec<[Choice; 8]>;

/// A node with several choices on the present path, and those of them already tried.
///
/// Tried choices belong to the visit, not to the node: a second visit starts afresh.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Visit {
    pub(crate) node: NodeIdx,
    pub(crate) tried: Tried,
}

impl Visit {
    /// A number for this visit below visits with the number `above`: equal ways have equal ones.
    pub(crate) fn mark(&self, above: u64) -> u64 {
        // Fibonacci hashing, word by word; it only has to spread, and nothing is keyed by it.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let words = self.tried.0.iter().copied();
        [u64::from(self.node.0)]
            .into_iter()
            .chain(words)
            .fold(above, |mark, word| {
                (mark.rotate_left(25) ^ word).wrapping_mul(SPREAD)
            })
    }
}

/// The visits from the root down to the last offer.
pub(crate) type Path = SmallVec<[Visit; 4]>;

/// A set of choices of one node, by position. Up to 128 need no allocation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tried(SmallVec<[u64; 2]>);

impl Tried {
    /// None of `n_choices` tried yet.
    pub(crate) fn none(n_choices: usize) -> Self {
        Self(SmallVec::from_elem(0, n_choices.div_ceil(64)))
    }

    pub(crate) fn has(&self, choice: usize) -> bool {
        self.0
            .get(choice / 64)
            .is_some_and(|word| word & (1 << (choice % 64)) != 0)
    }

    pub(crate) fn add(&mut self, choice: usize) {
        self.0[choice / 64] |= 1 << (choice % 64);
    }
}
