//! Which leads have cells of their own: no hour has more than a few thousand, whatever sources and others are called.

use std::collections::BTreeSet;

use pointsman_store::RollupKey;

use super::{NONE, REST, part};

/// Keys of an hour while each combination gets its own.
const OWN_MAX: usize = 2_000;
/// Keys of an hour while combinations get their own but for the source.
const WITHOUT_SOURCE_MAX: usize = 2_500;
/// Keys of an hour while flow and version get their own.
const FLOWS_MAX: usize = 3_000;

/// The keys of an hour, without their status.
///
/// A key is taken in, or led to a rest, in the order in which keys come up. No key ever goes, so that one that was led
/// to a rest always is: the order of commits alone says which.
#[derive(Debug, Default)]
pub(super) struct Admission(BTreeSet<RollupKey>);

impl Admission {
    /// * `known`: the keys of the hour so far, without their status.
    pub(super) fn of(known: impl IntoIterator<Item = RollupKey>) -> Self {
        Self(known.into_iter().collect())
    }

    /// Takes a key in that comes up for the first time, or the rest that it is led to.
    pub(super) fn admit(&mut self, key: &RollupKey) {
        let placed = self.place(key, |n_known, n_max| n_known < n_max);
        self.0.insert(placed);
    }

    /// The key under which something is booked that came up before.
    pub(super) fn find(&self, key: &RollupKey) -> RollupKey {
        self.place(key, |_, _| false)
    }

    fn place(&self, key: &RollupKey, has_room: impl Fn(usize, usize) -> bool) -> RollupKey {
        let n_known = self.0.len();
        let mut placed = key.clone();
        for (n_max, parts) in STEPS {
            if self.0.contains(&placed) || has_room(n_known, n_max) {
                return placed;
            }
            for part in parts.iter().copied() {
                // What is not told apart stays so: it says which kind of cell it is.
                if placed.parts[part] != NONE {
                    REST.clone_into(&mut placed.parts[part]);
                }
            }
        }
        placed
    }
}

/// How many keys there may be while a key stays as it is, and which of its parts become the rest else.
const STEPS: [(usize, &[usize]); 3] = [
    (OWN_MAX, &[part::SOURCE]),
    (
        WITHOUT_SOURCE_MAX,
        &[part::DESTINATION, part::NODE, part::ARM, part::SEGMENT],
    ),
    (FLOWS_MAX, &[part::FLOW, part::VERSION]),
];

#[cfg(test)]
mod tests {
    use super::{super::is, *};

    fn key(flow: usize, source: usize, destination: Option<usize>) -> RollupKey {
        let mut parts: [String; 8] = Default::default();
        parts[part::FLOW] = is(&format!("f{flow}"));
        parts[part::VERSION] = is("v");
        parts[part::SOURCE] = is(&format!("s{source}"));
        parts[part::DESTINATION] = destination.map_or(String::new(), |n| is(&format!("d{n}")));
        RollupKey {
            hour: 0,
            parts,
            currency: "USD".to_owned(),
        }
    }

    #[test]
    fn a_flood_of_names_ends_in_few_keys_and_each_key_is_found_where_it_was_put() {
        let mut admission = Admission::default();
        let keys: Vec<RollupKey> = (0..20_000)
            .map(|n| key(n % 700, n, (n % 2 == 0).then_some(n % 900)))
            .collect();
        let mut put = Vec::new();
        for key in &keys {
            admission.admit(key);
            put.push(admission.find(key));
        }
        // A rest for leads, one for offers, beyond the last limit.
        assert!(admission.0.len() <= FLOWS_MAX + 2, "{}", admission.0.len());
        for (key, put) in keys.iter().zip(put) {
            assert_eq!(admission.find(key), put);
            let is_offer = |key: &RollupKey| !key.parts[part::DESTINATION].is_empty();
            assert_eq!(is_offer(key), is_offer(&put));
        }
        assert_eq!(admission.find(&keys[0]), keys[0]);
        let last = admission.find(&keys[19_999]);
        assert_eq!(last.parts[part::SOURCE], REST);
    }

    #[test]
    fn keys_may_be_read_back_at_any_moment() {
        let keys: Vec<RollupKey> = (0..4_000).map(|n| key(n % 50, n, Some(n % 30))).collect();
        let mut whole = Admission::default();
        let mut cut = Admission::default();
        for (n, key) in keys.iter().enumerate() {
            whole.admit(key);
            cut.admit(key);
            if n % 333 == 0 {
                cut = Admission::of(cut.0);
            }
        }
        assert_eq!(whole.0, cut.0);
    }
}
