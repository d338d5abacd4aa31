//! The values of a list, in the form in which a decision looks them up.

use std::{cmp::Ordering, fmt, hash::BuildHasher as _};

use foldhash::fast::FixedState;
use serde::{Serialize, Serializer};

use super::{LIST_VALUE_BYTES_MAX, LIST_VALUES_MAX};

/// A set of texts that is asked without allocating, and with one look at memory for most texts that are not in it.
///
/// The texts stand one after the other, sorted, each with a line break after it: this is also what a
/// database keeps. Beside them is a table of open addresses, at most half full. An entry is a text's place, its
/// length and a part of its hash, so that another text is hardly ever compared.
pub struct ListValues {
    body: Box<str>,
    n_values: usize,
    /// A power of two of them; 0 is a free one.
    entries: Box<[u64]>,
}

/// How far an entry's length and tag stand from its place.
const LENGTH_SHIFT: u32 = 32;
const TAG_SHIFT: u32 = 40;

impl ListValues {
    /// * `values`: sorted, each once, none empty, none with a line break, each within its bounds.
    pub(super) fn of_sorted(values: &[String]) -> Self {
        let n_bytes = values.iter().map(|value| value.len() + 1).sum();
        let mut body = String::with_capacity(n_bytes);
        for value in values {
            body.push_str(value);
            body.push('\n');
        }
        Self::indexed(body, values.len())
    }

    /// The values out of their [body](Self::body).
    ///
    /// # Errors
    ///
    /// `None` if that is not what a list comes to.
    pub fn of_body(body: String) -> Option<Self> {
        if !body.is_empty() && !body.ends_with('\n') {
            return None;
        }
        let mut n_values = 0;
        let mut before = "";
        for value in body.lines() {
            let is_fit = (1..=LIST_VALUE_BYTES_MAX).contains(&value.len());
            if !is_fit || value <= before {
                return None;
            }
            before = value;
            n_values += 1;
        }
        (n_values <= LIST_VALUES_MAX).then(|| Self::indexed(body, n_values))
    }

    fn indexed(body: String, n_values: usize) -> Self {
        let n_entries = (2 * n_values).next_power_of_two().max(2);
        let mut entries = vec![0_u64; n_entries].into_boxed_slice();
        let mut from = 0_usize;
        for value in body.lines() {
            let hash = hash_of(value);
            let place = u64::try_from(from).unwrap_or(u64::MAX);
            let mut at = position(hash, n_entries);
            while entries[at] != 0 {
                at = (at + 1) & (n_entries - 1);
            }
            entries[at] = mark_of(hash, value) | place;
            from += value.len() + 1;
        }
        Self {
            body: body.into_boxed_str(),
            n_values,
            entries,
        }
    }

    /// Whether a text is one of the values, exactly.
    #[inline]
    pub fn contains(&self, text: &str) -> bool {
        if text.is_empty() || text.len() > LIST_VALUE_BYTES_MAX {
            return false;
        }
        let hash = hash_of(text);
        let mark = mark_of(hash, text);
        let n_entries = self.entries.len();
        let mut at = position(hash, n_entries);
        loop {
            let entry = self.entries[at];
            if entry == 0 {
                return false;
            }
            if entry >> LENGTH_SHIFT == mark >> LENGTH_SHIFT {
                let from = usize::try_from(entry & u64::from(u32::MAX)).unwrap_or(usize::MAX);
                let bytes = self.body.as_bytes().get(from..from + text.len());
                if bytes == Some(text.as_bytes()) {
                    return true;
                }
            }
            at = (at + 1) & (n_entries - 1);
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.n_values
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.n_values == 0
    }

    /// The values, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.body.lines()
    }

    /// The values as a database keeps them: sorted, a line break after each.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What another version has and this one has not, and the other way round.
    ///
    /// * `n_samples`: most values of each that are told, first come first.
    pub fn difference(&self, to: &Self, n_samples: usize) -> ListDifference {
        let mut difference = ListDifference::default();
        let (mut old, mut new) = (self.iter().peekable(), to.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return difference,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.cmp(b),
            };
            let ListDifference {
                n_added,
                n_removed,
                added,
                removed,
            } = &mut difference;
            let (value, count, samples) = match order {
                Ordering::Less => (old.next(), n_removed, removed),
                Ordering::Greater => (new.next(), n_added, added),
                Ordering::Equal => {
                    old.next();
                    new.next();
                    continue;
                }
            };
            *count += 1;
            if let Some(value) = value.filter(|_| samples.len() < n_samples) {
                samples.push(value.to_owned());
            }
        }
    }
}

/// What one version of a list has and another has not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListDifference {
    /// How many values the later version has and the earlier has not.
    pub n_added: usize,
    /// How many values the earlier version has and the later has not.
    pub n_removed: usize,
    /// The first of those that are new.
    pub added: Vec<String>,
    /// The first of those that are gone.
    pub removed: Vec<String>,
}

/// A fast hash with fixed keys is safe here: only who may change settings puts values in, and what a lead
/// brings is looked up. Nothing that is stored depends on it.
#[inline]
fn hash_of(text: &str) -> u64 {
    FixedState::with_seed(0).hash_one(text)
}

#[inline]
fn position(hash: u64, n_entries: usize) -> usize {
    // The lower bits: those of the tag are the upper ones.
    usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default() & (n_entries - 1)
}

/// The length and tag of an entry. Never 0, since no value is empty.
#[inline]
fn mark_of(hash: u64, text: &str) -> u64 {
    let length = u64::try_from(text.len()).unwrap_or_default();
    hash >> TAG_SHIFT << TAG_SHIFT | length << LENGTH_SHIFT
}

impl Default for ListValues {
    /// No values.
    fn default() -> Self {
        Self::indexed(String::new(), 0)
    }
}

impl Serialize for ListValues {
    /// As a list of texts.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl fmt::Debug for ListValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ListValues({})", self.n_values)
    }
}
