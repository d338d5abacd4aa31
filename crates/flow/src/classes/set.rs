//! Sets of classes as sets.

use super::{ClassSet, MISSING};

impl ClassSet {
    /// Whether both hold some class.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// Whether `other` holds every class of this set.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        self.0.iter().zip(others).all(|(a, b)| a & !b == 0)
    }

    /// The classes in both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// The classes that `other` does not hold.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        Self(self.0.iter().zip(others).map(|(a, b)| a & !b).collect())
    }

    /// The known classes that are not in the set.
    pub(crate) fn others(&self) -> Self {
        Self(self.0.iter().map(|word| !word).collect()).known()
    }

    /// Puts in everything that `other` holds.
    pub(crate) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// The same set without the missing class.
    pub(crate) fn known(mut self) -> Self {
        if let Some(word) = self.0.first_mut() {
            *word &= !(1 << MISSING);
        }
        self
    }

    /// The missing class alone, if it is in.
    pub(crate) fn unknown(&self) -> Self {
        let mut set = Self(self.0.iter().map(|_| 0).collect());
        if self.contains(MISSING) {
            set.insert(MISSING);
        }
        set
    }

    /// The runs of neighbouring classes: the first one, and the first one after it.
    pub(crate) fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs = Vec::new();
        let mut start = None;
        for (idx, &word) in self.0.iter().enumerate() {
            let base = idx * 64;
            // Where a run begins or ends, a bit differs from the one before it.
            let before = u64::from(start.is_some());
            let mut changes = word ^ (word << 1 | before);
            while changes != 0 {
                let at = base + changes.trailing_zeros() as usize;
                match start.take() {
                    None => start = Some(at),
                    Some(first) => runs.push((first, at)),
                }
                changes &= changes - 1;
            }
        }
        runs.extend(start.map(|first| (first, self.0.len() * 64)));
        runs
    }

    /// How many words hold it.
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(classes: &[u16]) -> ClassSet {
        let mut set = ClassSet::new(200);
        for &class in classes {
            set.insert(class);
        }
        set
    }

    #[test]
    fn ranges_are_what_their_members_are() {
        for (first, last) in [(0, 0), (0, 63), (63, 64), (64, 127), (5, 199), (128, 130)] {
            let mut range = ClassSet::new(200);
            range.insert_range(first, last);
            assert_eq!(range, set(&(first..=last).collect::<Vec<_>>()));
            assert!(range.iter().eq(first..=last));
            let run = (usize::from(first), usize::from(last) + 1);
            assert_eq!(range.runs(), [run]);
        }
    }

    #[test]
    fn runs_are_told_apart() {
        let runs = set(&[0, 1, 62, 63, 64, 70, 127, 128, 199]).runs();
        assert_eq!(runs, [(0, 2), (62, 65), (70, 71), (127, 129), (199, 200)]);
        assert_eq!(ClassSet::new(64).runs(), []);
    }

    #[test]
    fn sets_of_classes_behave_like_sets() {
        let (a, b) = (set(&[0, 3, 70, 199]), set(&[3, 71, 199]));
        assert_eq!(a.and(&b), set(&[3, 199]));
        assert_eq!(a.without(&b), set(&[0, 70]));
        assert_eq!(a.clone().known(), set(&[3, 70, 199]));
        assert_eq!(a.unknown(), set(&[0]));
        assert!(a.meets(&b) && !a.without(&b).meets(&b));
        assert!(a.and(&b).is_within(&a) && !a.is_within(&b));
    }
}
