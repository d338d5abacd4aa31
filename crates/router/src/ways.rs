//! The ways that a walk may have taken, sharing their beginnings.

use pointsman_flow::NodeIdx;
use smallvec::SmallVec;

use crate::path::{Tried, Visit};

/// The last visit of a way, by position among all; `None` is a way without a visit.
pub(crate) type Tail = Option<u32>;

/// Visits as a forest: each knows the one above it, and a way is read from its tail upwards.
///
/// A walk that draws has as many ways as there are outcomes, and most of them begin alike. Copying
/// a whole path for each would cost more than finding it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ways {
    links: SmallVec<[Link; 16]>,
}

#[derive(Debug, Clone)]
struct Link {
    /// Always before this one.
    above: Tail,
    visit: Visit,
}

impl Ways {
    /// How many visits there are; [`Ways::truncate`] goes back to it.
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    /// Forgets all visits after the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.links.truncate(len);
    }

    /// The last visit of a way, and the way above it.
    pub(crate) fn last(&self, tail: Tail) -> Option<(&Visit, Tail)> {
        let Link { above, visit } = self.links.get(tail? as usize)?;
        Some((visit, *above))
    }

    /// The way that goes on from `above` with a choice of a node.
    ///
    /// * `tried`: the choices of this visit that were taken before.
    pub(crate) fn take(
        &mut self,
        above: Tail,
        node: NodeIdx,
        tried: &Tried,
        choice: usize,
    ) -> Tail {
        let mut tried = tried.clone();
        tried.add(choice);
        let visit = Visit { node, tried };
        self.links.push(Link { above, visit });
        u32::try_from(self.links.len() - 1).ok()
    }

    /// The way that goes on from `above` with a visit that has chosen nothing yet.
    pub(crate) fn enter(&mut self, above: Tail, visit: Visit) -> Tail {
        self.links.push(Link { above, visit });
        u32::try_from(self.links.len() - 1).ok()
    }

    /// Whether two ways have the same visits with the same choices tried.
    pub(crate) fn equal(&self, mut one: Tail, mut other: Tail) -> bool {
        while one != other {
            match (self.last(one), self.last(other)) {
                (Some((visit, above)), Some((same, above_same))) if visit == same => {
                    (one, other) = (above, above_same);
                }
                _ => return false,
            }
        }
        true
    }

    /// Keeps only the visits of some ways, whose tails are put right.
    pub(crate) fn retain<'a>(&mut self, tails: impl Iterator<Item = &'a mut Tail>) {
        let mut kept: SmallVec<[bool; 64]> = SmallVec::from_elem(false, self.links.len());
        let tails: SmallVec<[&mut Tail; 8]> = tails.collect();
        for tail in &tails {
            let mut at = **tail;
            while let Some(position) = at.filter(|&position| !kept[position as usize]) {
                kept[position as usize] = true;
                at = self.links[position as usize].above;
            }
        }
        // What is above stands before, so that its new position is known in time.
        let mut moved: SmallVec<[u32; 64]> = SmallVec::from_elem(0, self.links.len());
        let mut n_kept = 0;
        for position in (0..self.links.len()).filter(|&position| kept[position]) {
            moved[position] = n_kept;
            self.links.swap(n_kept as usize, position);
            let above = &mut self.links[n_kept as usize].above;
            *above = above.map(|above| moved[above as usize]);
            n_kept += 1;
        }
        self.links.truncate(n_kept as usize);
        for tail in tails {
            *tail = tail.map(|tail| moved[tail as usize]);
        }
    }
}
