//! The paths that a walk may have taken, sharing their beginnings.

use std::num::NonZeroU32;

use pointsman_flow::NodeIdx;
use smallvec::SmallVec;

use crate::path::{Tried, Visit};

/// A path by its last visit: the position among all visits, from 1; `None` is a path without a visit.
pub(crate) type PathId = Option<NonZeroU32>;

/// Visits as a forest: each knows the one above it, and a path is read from its last visit upwards.
///
/// A walk that draws has as many paths as there are outcomes, and most of them begin alike. Copying
/// a whole path for each would cost more than finding it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathForest {
    links: SmallVec<[Link; 16]>,
}

#[derive(Debug, Clone)]
struct Link {
    /// Always before this one.
    above: PathId,
    visit: Visit,
}

impl PathForest {
    /// How many visits there are; [`PathForest::truncate`] goes back to it.
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    /// Makes room for so many visits more.
    pub(crate) fn reserve(&mut self, n_more: usize) {
        self.links.reserve(n_more);
    }

    /// Forgets all visits after the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.links.truncate(len);
    }

    /// The last visit of a path, and the path above it.
    pub(crate) fn last(&self, path_id: PathId) -> Option<(&Visit, PathId)> {
        let Link { above, visit } = self.links.get(position(path_id?))?;
        Some((visit, *above))
    }

    /// The path that goes on from `above` with a choice of a node.
    ///
    /// * `tried`: the choices of this visit that were taken before.
    pub(crate) fn take(
        &mut self,
        above: PathId,
        node: NodeIdx,
        tried: &Tried,
        choice: usize,
    ) -> PathId {
        let mut tried = tried.clone();
        tried.add(choice);
        let visit = Visit { node, tried };
        self.links.push(Link { above, visit });
        numbered(self.links.len() - 1)
    }

    /// The path that goes on from `above` with a visit that has chosen nothing yet.
    pub(crate) fn enter(&mut self, above: PathId, visit: Visit) -> PathId {
        self.links.push(Link { above, visit });
        numbered(self.links.len() - 1)
    }

    /// Whether two paths have the same visits with the same choices tried.
    pub(crate) fn equal(&self, mut one: PathId, mut other: PathId) -> bool {
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

    /// Keeps only the visits of some paths, whose ids are put right.
    pub(crate) fn retain<'a>(&mut self, ids: impl Iterator<Item = &'a mut PathId>) {
        let mut kept: SmallVec<[bool; 64]> = SmallVec::from_elem(false, self.links.len());
        let ids: SmallVec<[&mut PathId; 8]> = ids.collect();
        for path_id in &ids {
            let mut at = path_id.map(position);
            while let Some(known) = at.filter(|&known| !kept[known]) {
                kept[known] = true;
                at = self.links[known].above.map(position);
            }
        }
        // What is above stands before, so that its new position is known in time.
        let mut moved: SmallVec<[PathId; 64]> = SmallVec::from_elem(None, self.links.len());
        let mut n_kept = 0;
        for known in (0..self.links.len()).filter(|&known| kept[known]) {
            moved[known] = numbered(n_kept);
            self.links.swap(n_kept, known);
            let above = &mut self.links[n_kept].above;
            *above = above.and_then(|above| moved[position(above)]);
            n_kept += 1;
        }
        self.links.truncate(n_kept);
        for path_id in ids {
            *path_id = path_id.and_then(|path_id| moved[position(path_id)]);
        }
    }
}

fn position(number: NonZeroU32) -> usize {
    number.get() as usize - 1
}

fn numbered(position: usize) -> PathId {
    u32::try_from(position + 1).ok().and_then(NonZeroU32::new)
}
