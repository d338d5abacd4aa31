//! The paths that a walk may have taken, sharing their beginnings.

use std::num::NonZeroU32;

use smallvec::SmallVec;

use crate::path::Visit;

/// A path by its last link: the position among all links, from 1; `None` is a path without a visit.
pub(crate) type PathId = Option<NonZeroU32>;

/// A visit as it was before a choice, by its position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VisitId(u32);

/// Visits as a forest: each knows the one above it, and a path is read from its last visit upwards.
///
/// A walk that draws has as many paths as there are outcomes, and most of them begin alike. Copying
/// a whole path for each would cost more than finding it; so would copying a visit for each of its choices.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathForest {
    links: SmallVec<[Link; 16]>,
    /// What is shared by the links that differ in their choice alone.
    visits: SmallVec<[Visit; 16]>,
    /// How many links and visits [`PathForest::rewind`] leaves.
    marked: (usize, usize),
}

/// A visit with a choice that was taken.
#[derive(Debug, Clone, Copy)]
struct Link {
    /// Always before this one.
    above: PathId,
    visit_id: VisitId,
    /// None: nothing is chosen yet, or the visit knows it already.
    choice: Option<u16>,
}

impl PathForest {
    /// How many links there are.
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    /// Makes room for so many links more.
    pub(crate) fn reserve(&mut self, n_more: usize) {
        self.links.reserve(n_more);
    }

    /// Lets everything stay that is there now.
    pub(crate) fn mark(&mut self) {
        self.marked = (self.links.len(), self.visits.len());
    }

    /// Forgets everything that was added since it was marked.
    pub(crate) fn rewind(&mut self) {
        let (n_links, n_visits) = self.marked;
        self.links.truncate(n_links);
        self.visits.truncate(n_visits);
    }

    /// The last visit of a path with all choices tried, and the path above it.
    pub(crate) fn last(&self, path_id: PathId) -> Option<(Visit, PathId)> {
        let link = self.links.get(position(path_id?))?;
        Some((self.visit_of(*link), link.above))
    }

    fn visit_of(&self, link: Link) -> Visit {
        let mut visit = self.visits[link.visit_id.0 as usize].clone();
        if let Some(choice) = link.choice {
            visit.tried.add(usize::from(choice));
        }
        visit
    }

    /// A visit that paths go on from.
    ///
    /// * `visit`: with the choices that were taken before.
    pub(crate) fn add(&mut self, visit: Visit) -> VisitId {
        self.visits.push(visit);
        VisitId(u32::try_from(self.visits.len() - 1).unwrap_or(u32::MAX))
    }

    /// The path that goes on from `above` with a visit.
    ///
    /// * `choice`: what it chooses; `None` if it has not chosen yet.
    pub(crate) fn go_on(
        &mut self,
        above: PathId,
        visit_id: VisitId,
        choice: Option<usize>,
    ) -> PathId {
        self.links.push(Link {
            above,
            visit_id,
            // A flow has far fewer nodes, and so choices, than 16 bits can count.
            choice: choice.map(|choice| u16::try_from(choice).unwrap_or(u16::MAX)),
        });
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
        let mut paths = Self::default();
        for known in (0..self.links.len()).filter(|&known| kept[known]) {
            let link = self.links[known];
            let above = link.above.and_then(|above| moved[position(above)]);
            let visit_id = paths.add(self.visit_of(link));
            moved[known] = paths.go_on(above, visit_id, None);
        }
        *self = paths;
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
