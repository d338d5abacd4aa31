//! Class maps: every value of a tested thing falls into one of a few classes, and every test is a
//! set of classes.

mod set;
mod values;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use foldhash::fast::FixedState;
use pointsman_lead::{Timestamp, ValueRef};
use smallvec::{SmallVec, smallvec};

/// The class of a missing value.
pub(crate) const MISSING: u16 = 0;

/// Most classes of one slot.
const MAX_CLASSES: usize = 65_535;

/// What a test accepts, in terms of values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Accepted {
    Booleans {
        no: bool,
        yes: bool,
    },
    /// Exactly these texts. Long tables name the same ones again and again, so they are shared.
    Texts(BTreeSet<Arc<str>>),
    /// Every text that starts with one of these.
    Prefixes(Vec<String>),
    /// Whole numbers, scaled decimals, microseconds or days: any of these ranges, both ends included.
    Numbers(Vec<(i64, i64)>),
}

impl Accepted {
    /// The numbers from `low` to `high`, both included, as far as they have 64 bits.
    pub(crate) fn range(low: i128, high: i128) -> Self {
        let (lowest, highest) = (i128::from(i64::MIN), i128::from(i64::MAX));
        if low > high || low > highest || high < lowest {
            return Self::Numbers(Vec::new());
        }
        let within = |end: i128| i64::try_from(end.clamp(lowest, highest)).unwrap_or(i64::MAX);
        Self::Numbers(vec![(within(low), within(high))])
    }

    /// Accepts also what these accept. All are of one domain, and all or none are beginnings.
    pub(crate) fn or<'a>(mut self, all: impl IntoIterator<Item = &'a Self>) -> Self {
        for accepted in all {
            match (&mut self, accepted) {
                (Self::Booleans { no, yes }, Self::Booleans { no: n, yes: y }) => {
                    (*no, *yes) = (*no | n, *yes | y);
                }
                (Self::Texts(texts), Self::Texts(values)) => texts.extend(values.iter().cloned()),
                (Self::Numbers(numbers), Self::Numbers(ranges)) => numbers.extend(ranges),
                (Self::Prefixes(all), Self::Prefixes(further)) => all.extend_from_slice(further),
                _ => {}
            }
        }
        if let Self::Numbers(numbers) = &mut self {
            numbers.sort_unstable();
            numbers.dedup();
        }
        self
    }
}

/// What a slot holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Domain {
    Boolean,
    /// Any text, or one of these labels.
    Text {
        labels: Option<Vec<String>>,
    },
    Number,
}

/// From the values of one slot to their classes.
///
/// Class 0 is a missing value. The others split the domain so finely that no test tells two values
/// of one class apart.
#[derive(Debug, Clone)]
pub(crate) enum ClassMap {
    /// 1 is false, 2 is true.
    Boolean,
    Texts(TextClasses),
    /// Sorted first values of every class but the lowest, which is 1.
    Numbers {
        cuts: Vec<i64>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct TextClasses {
    /// Class of each text that some test names.
    ///
    /// A fast hash with fixed keys is safe here: only authors of flows put texts in, and what a
    /// lead brings is looked up. Nothing depends on the order.
    named: HashMap<String, u16, FixedState>,
    /// The named texts, in the order of their classes from 1.
    texts: Vec<String>,
    /// Sorted; the class of the one at `i` follows those of the texts.
    prefixes: Vec<Prefix>,
    /// Class of every other text. For an enum whose labels are all named it is [`MISSING`]: there is
    /// no other value, and a table that covers all labels is complete.
    other: u16,
    /// Class of each label by its position; empty for a free text.
    by_label: Vec<u16>,
}

#[derive(Debug, Clone)]
struct Prefix {
    text: String,
    /// Position of the longest other prefix that this one starts with.
    parent: Option<usize>,
}

/// A slot needs more classes than a code can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyClasses;

impl ClassMap {
    /// The coarsest map that tells apart what `tests` tell apart.
    pub(crate) fn new(domain: &Domain, tests: &[Accepted]) -> Result<Self, TooManyClasses> {
        let map = match domain {
            Domain::Boolean => Self::Boolean,
            Domain::Text { labels } => Self::Texts(TextClasses::new(labels.as_deref(), tests)),
            Domain::Number => Self::Numbers { cuts: cuts(tests) },
        };
        if map.n_classes() > MAX_CLASSES {
            return Err(TooManyClasses);
        }
        Ok(map)
    }

    /// How many classes there are, the missing one included.
    pub(crate) fn n_classes(&self) -> usize {
        match self {
            Self::Boolean => 3,
            Self::Texts(texts) => texts.n_classes(),
            Self::Numbers { cuts } => cuts.len() + 2,
        }
    }

    /// Class of a lead's value. A value of another domain than the slot's is as good as missing.
    #[inline]
    pub(crate) fn class(&self, value: Option<ValueRef<'_>>) -> u16 {
        match (self, value) {
            (Self::Boolean, Some(ValueRef::Boolean(boolean))) => 1 + u16::from(boolean),
            (Self::Texts(texts), Some(ValueRef::Text(text))) => texts.class(text),
            (Self::Texts(texts), Some(ValueRef::Label { text, position })) => {
                let known = texts.by_label.get(position);
                known.copied().unwrap_or_else(|| texts.class(text))
            }
            (
                Self::Numbers { .. },
                Some(
                    ValueRef::Integer(number)
                    | ValueRef::Decimal(number)
                    | ValueRef::Timestamp(Timestamp(number)),
                ),
            ) => self.number(number),
            (Self::Numbers { .. }, Some(ValueRef::Date(date))) => self.number(date.days()),
            _ => MISSING,
        }
    }

    /// Class of a number; only for slots of numbers.
    #[inline]
    pub(crate) fn number(&self, number: i64) -> u16 {
        match self {
            Self::Numbers { cuts } => code(1 + cuts.partition_point(|&cut| cut <= number)),
            Self::Boolean | Self::Texts(_) => MISSING,
        }
    }

    /// The classes whose values a test accepts.
    pub(crate) fn classes(&self, accepted: &Accepted) -> ClassSet {
        let mut set = ClassSet::new(self.n_classes());
        match (self, accepted) {
            (Self::Boolean, Accepted::Booleans { no, yes }) => {
                [(1, no), (2, yes)]
                    .into_iter()
                    .filter(|(_, accepted)| **accepted)
                    .for_each(|(class, _)| set.insert(class));
            }
            (Self::Texts(texts), Accepted::Texts(values)) => {
                let classes = values.iter().filter_map(|value| texts.named.get(&**value));
                classes.for_each(|&class| set.insert(class));
            }
            (Self::Texts(texts), Accepted::Prefixes(prefixes)) => {
                for prefix in prefixes {
                    let named = starting(&texts.texts, prefix, String::as_str);
                    let longer = starting(&texts.prefixes, prefix, |longer| longer.text.as_str());
                    let n_named = texts.texts.len();
                    for (from, to) in [named, (longer.0 + n_named, longer.1 + n_named)] {
                        if from < to {
                            set.insert_range(code(1 + from), code(to));
                        }
                    }
                }
            }
            (Self::Numbers { .. }, Accepted::Numbers(ranges)) => {
                for &(low, high) in ranges.iter().filter(|(low, high)| low <= high) {
                    set.insert_range(self.number(low), self.number(high));
                }
            }
            _ => {}
        }
        set
    }
}

/// Where the classes of a slot of numbers begin, but for the lowest.
fn cuts(tests: &[Accepted]) -> Vec<i64> {
    let ranges = tests.iter().flat_map(|test| match test {
        Accepted::Numbers(ranges) => &ranges[..],
        _ => &[],
    });
    let ends = ranges
        .filter(|(low, high)| low <= high)
        .flat_map(|&(low, high)| {
            let first = (low != i64::MIN).then_some(low);
            [first, high.checked_add(1)]
        });
    let mut cuts: Vec<i64> = ends.flatten().collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

impl TextClasses {
    fn new(labels: Option<&[String]>, tests: &[Accepted]) -> Self {
        let (mut texts, mut prefixes) = (BTreeSet::<Arc<str>>::new(), BTreeSet::new());
        for test in tests {
            match test {
                Accepted::Texts(values) => texts.extend(values.iter().cloned()),
                Accepted::Prefixes(all) => prefixes.extend(all.iter().cloned()),
                Accepted::Booleans { .. } | Accepted::Numbers(_) => {}
            }
        }
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let mut sorted: Vec<Prefix> = Vec::with_capacity(prefixes.len());
        for text in prefixes {
            // What a prefix extends stands right before it, or is an ancestor of what stands there.
            let parent = ancestor(&sorted, sorted.len().checked_sub(1), &text);
            sorted.push(Prefix { text, parent });
        }
        let all_named = labels.is_some_and(|labels| {
            labels
                .iter()
                .all(|label| texts.binary_search(label).is_ok())
        });
        let other = if all_named {
            MISSING
        } else {
            code(1 + texts.len() + sorted.len())
        };
        let mut classes = Self {
            named: (1..)
                .map(code)
                .zip(&texts)
                .map(|(class, text)| (text.clone(), class))
                .collect(),
            texts,
            prefixes: sorted,
            other,
            by_label: Vec::new(),
        };
        let by_label = labels.into_iter().flatten();
        classes.by_label = by_label.map(|label| classes.class(label)).collect();
        classes
    }

    fn n_classes(&self) -> usize {
        1 + self.texts.len() + self.prefixes.len() + usize::from(self.other != MISSING)
    }

    #[inline]
    fn class(&self, text: &str) -> u16 {
        if let Some(&class) = self.named.get(text) {
            return class;
        }
        let after = self
            .prefixes
            .partition_point(|prefix| prefix.text.as_str() <= text);
        match ancestor(&self.prefixes, after.checked_sub(1), text) {
            Some(prefix) => code(1 + self.texts.len() + prefix),
            None => self.other,
        }
    }
}

/// Which of some sorted things have a text that starts so: the first, and the first after them.
fn starting<T>(sorted: &[T], prefix: &str, text: impl Fn(&T) -> &str) -> (usize, usize) {
    let from = sorted.partition_point(|thing| text(thing) < prefix);
    let n = sorted[from..].partition_point(|thing| text(thing).starts_with(prefix));
    (from, from + n)
}

/// The longest prefix of `text` among `from` and its ancestors.
#[inline]
fn ancestor(prefixes: &[Prefix], from: Option<usize>, text: &str) -> Option<usize> {
    let mut at = from;
    while let Some(position) = at {
        if text.starts_with(&prefixes[position].text) {
            return at;
        }
        at = prefixes[position].parent;
    }
    None
}

/// A position as a code. Maps with more classes than codes are refused as a whole.
#[inline]
fn code(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// A set of classes of one slot, as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassSet(SmallVec<[u64; 2]>);

impl ClassSet {
    pub(crate) fn new(n_classes: usize) -> Self {
        Self(smallvec![0; n_classes.div_ceil(64)])
    }

    /// The set of all classes, the missing one included.
    pub(crate) fn full(n_classes: usize) -> Self {
        let mut set = Self::new(n_classes);
        if let Some(last) = n_classes.checked_sub(1) {
            set.insert_range(0, code(last));
        }
        set
    }

    pub(crate) fn insert(&mut self, class: u16) {
        self.0[usize::from(class) / 64] |= 1 << (class % 64);
    }

    /// Puts in the classes from `first` to `last`, both included.
    pub(crate) fn insert_range(&mut self, first: u16, last: u16) {
        let (first, last) = (usize::from(first), usize::from(last));
        for word in first / 64..=last / 64 {
            let from = first.saturating_sub(word * 64).min(63);
            let to = (last - word * 64).min(63);
            self.0[word] |= u64::MAX << from & u64::MAX >> (63 - to);
        }
    }

    #[inline]
    pub(crate) fn contains(&self, class: u16) -> bool {
        let word = self.0.get(usize::from(class) / 64);
        word.is_some_and(|word| word >> (class % 64) & 1 == 1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        let words = (0_u16..).zip(&self.0);
        words.flat_map(|(idx, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = u16::try_from(left.trailing_zeros())
                    .ok()
                    .filter(|&bit| bit < 64)?;
                left &= left - 1;
                Some(idx * 64 + bit)
            })
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Accepted {
        Accepted::Prefixes(vec![text.to_owned()])
    }

    fn texts(values: &[&str]) -> Accepted {
        Accepted::Texts(values.iter().map(|&value| value.into()).collect())
    }

    #[test]
    fn the_longest_prefix_counts_and_its_shorter_ones_hold_too() {
        let two = Accepted::Prefixes(vec!["92".to_owned(), "8".to_owned()]);
        let tests = [
            prefix("9"),
            prefix("902"),
            prefix("91"),
            texts(&["90210"]),
            two,
        ];
        let map = ClassMap::new(&Domain::Text { labels: None }, &tests).unwrap();
        for value in [
            "8", "9", "90", "902", "9021", "90210", "903", "91", "919", "92", "",
        ] {
            let class = map.class(Some(ValueRef::Text(value)));
            for test in &tests {
                let expected = match test {
                    Accepted::Prefixes(all) => all.iter().any(|prefix| value.starts_with(prefix)),
                    _ => value == "90210",
                };
                assert_eq!(
                    map.classes(test).contains(class),
                    expected,
                    "{value} {test:?}"
                );
            }
        }
    }

    #[test]
    fn an_enum_with_all_labels_named_has_no_other_class() {
        let labels = Some(vec!["a".to_owned(), "b".to_owned()]);
        let map = ClassMap::new(&Domain::Text { labels }, &[texts(&["a", "b"])]).unwrap();
        assert_eq!(map.n_classes(), 3);
        assert_eq!(map.class(Some(ValueRef::Text("c"))), MISSING);
    }
}
