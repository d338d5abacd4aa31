//! The path through the nodes: what was chosen, and what is still untried.

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

/// A set of choices of one node, by position. Up to 64 need no allocation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tried {
    first: u64,
    /// The words after the first, if there are so many choices; none is quick to copy.
    more: Option<Box<[u64]>>,
}

impl Tried {
    /// None of `n_choices` tried yet.
    pub(crate) fn none(n_choices: usize) -> Self {
        let n_more = n_choices.div_ceil(64).saturating_sub(1);
        Self {
            first: 0,
            more: (n_more > 0).then(|| vec![0; n_more].into()),
        }
    }

    pub(crate) fn has(&self, choice: usize) -> bool {
        let word = match (choice / 64).checked_sub(1) {
            None => self.first,
            Some(at) => *self
                .more
                .as_ref()
                .and_then(|more| more.get(at))
                .unwrap_or(&0),
        };
        word & (1 << (choice % 64)) != 0
    }

    pub(crate) fn add(&mut self, choice: usize) {
        let word = match (choice / 64).checked_sub(1) {
            None => &mut self.first,
            Some(at) => &mut self.more.as_mut().expect("made for so many choices")[at],
        };
        *word |= 1 << (choice % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::Tried;

    #[test]
    fn every_choice_is_told_apart() {
        for n_choices in [1, 63, 64, 65, 200] {
            let mut tried = Tried::none(n_choices);
            for choice in 0..n_choices {
                assert!(!tried.has(choice));
                tried.add(choice);
                assert!(tried.has(choice));
            }
            assert!(!tried.has(n_choices.next_multiple_of(64)));
        }
    }
}
