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
