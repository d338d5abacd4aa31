//! The weights of every bandit at one moment, numbered by epoch: what live decisions read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::key::{BanditKey, Names};
use crate::weights::{TOTAL_PPM, apportion};

/// The weights of one bandit, by arm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Arm name to weight in parts per million; a published entry sums to 1,000,000 with each at least 1.
    pub arms: BTreeMap<String, u32>,
    /// Arm name to its part when not all arms can be drawn, each at least 1: see [`weights_among`](crate::weights_among). Empty in
    /// what an early release published, where the weights of those that can be drawn keep their proportions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rest: BTreeMap<String, u64>,
}

/// All published weights of one epoch.
///
/// A lead pins the allocation at its first step, so that its propensities can be computed again later.
/// As JSON it is `{"epoch": 3, "entries": [{"flow": …, "node": …, "segment": …, "arms": {…}}]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allocation {
    /// Number of the allocation; 0 is the allocation before anything was learnt, and each published one adds 1.
    pub epoch: u64,
    /// The bandits whose weights differ from the prior, in order of their keys.
    #[serde(with = "rows")]
    pub entries: BTreeMap<BanditKey, Entry>,
}

impl Allocation {
    /// The allocation before anything was learnt: every bandit draws its arms with equal weights.
    pub fn prior() -> Self {
        Self::default()
    }

    /// The weights to draw with, one per arm in the order given; they sum to 1,000,000, each at least 1.
    ///
    /// An arm that the entry does not know gets an equal share, 1/K, and the known ones share the
    /// rest in their proportions: a new destination is tried at once, and the others keep their order.
    /// Arms of the entry that the flow no longer has are left out. A segment without an entry is drawn by the one that the node
    /// has for all other segments, that of the empty segment; without that all are equal.
    ///
    /// * `arms`: the names of the node's arms, shape `(k,)`, distinct; at most a million.
    ///
    /// # Panics
    ///
    /// For more than a million arms; a checked flow has at most a few thousand.
    pub fn weights(&self, key: &BanditKey, arms: &[&str]) -> Vec<u32> {
        let mut weights = Vec::with_capacity(arms.len());
        self.weigh(key.names(), arms.iter().copied(), &mut weights);
        weights
    }

    /// The same weights, added to a collection of the caller's.
    ///
    /// Nothing is allocated for a bandit whose arms the entry knows all, or which has no entry.
    ///
    /// * `bandit`: flow, node and segment, as a [`BanditKey`] has them.
    ///
    /// # Panics
    ///
    /// As [`Allocation::weights`].
    pub fn weigh<'a>(
        &self,
        bandit: [&str; 3],
        arms: impl ExactSizeIterator<Item = &'a str> + Clone,
        weights: &mut impl Extend<u32>,
    ) {
        match self.entry(bandit) {
            None => weights.extend(equal(arms.len())),
            Some(entry) => match entry.as_published(arms.clone()) {
                Some(published) => weights.extend(published),
                None => weights.extend(entry.shared_out(arms)),
            },
        }
    }

    /// The parts of the arms when not all of them can be drawn, added to a collection of the caller's: one for each arm, or none at
    /// all if the entry does not know each of them.
    ///
    /// * `bandit`, `arms`: as in [`Allocation::weigh`].
    pub fn rest<'a>(
        &self,
        bandit: [&str; 3],
        arms: impl Iterator<Item = &'a str> + Clone,
        parts: &mut impl Extend<u64>,
    ) {
        let Some(entry) = self.entry(bandit).filter(|entry| !entry.rest.is_empty()) else {
            return;
        };
        let known = arms.map(|arm| entry.rest.get(arm).copied().filter(|part| *part > 0));
        if known.clone().all(|part| part.is_some()) {
            parts.extend(known.flatten());
        }
    }

    /// What holds for a segment: its own, or that of all others.
    fn entry(&self, bandit: [&str; 3]) -> Option<&Entry> {
        let [flow, node, segment] = bandit;
        let own = self.entries.get(&bandit as &dyn Names);
        let all = || self.entries.get(&[flow, node, ""] as &dyn Names);
        own.or_else(|| if segment.is_empty() { None } else { all() })
    }
}

impl Entry {
    /// What each arm has of all parts in `rest`, in `[0, 1]`; they sum to 1. Empty if there are none.
    pub fn rest_shares(&self) -> BTreeMap<String, f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a share for people; parts are at most 2⁵³"
        )]
        let parts = self
            .rest
            .iter()
            .map(|(arm, part)| (arm.clone(), *part as f64));
        let parts: BTreeMap<String, f64> = parts.collect();
        let sum: f64 = parts.values().sum();
        let shares = parts.into_iter().map(|(arm, part)| (arm, part / sum));
        shares.collect()
    }

    /// The weights of these arms, if they are whole and positive as they stand.
    fn as_published<'a>(
        &self,
        arms: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<impl Iterator<Item = u32>> {
        let weights = arms.map(|arm| self.arms.get(arm).copied().unwrap_or(0));
        let mut sum = 0_u64;
        for weight in weights.clone() {
            if weight == 0 {
                return None;
            }
            sum += u64::from(weight);
        }
        (sum == u64::from(TOTAL_PPM)).then_some(weights)
    }

    /// The weights of arms that are not just those of the entry.
    fn shared_out<'a>(&self, arms: impl Iterator<Item = &'a str>) -> Vec<u32> {
        let known: Vec<Option<u32>> = arms.map(|arm| self.arms.get(arm).copied()).collect();
        let n_known = known.iter().flatten().count() as u128;
        let known_sum: u128 = known
            .iter()
            .flatten()
            .map(|weight| u128::from(*weight))
            .sum();
        if known_sum == 0 {
            return apportion(&vec![1; known.len()]);
        }
        // Shares over the common denominator K · known_sum: exact, and equal to the entry when all are known.
        let shares: Vec<u128> = known
            .iter()
            .map(|weight| weight.map_or(known_sum, |weight| n_known * u128::from(weight)))
            .collect();
        apportion(&shares)
    }
}

/// What [`apportion`] makes of equal shares: earlier arms get what rounding leaves over.
fn equal(n_arms: usize) -> impl Iterator<Item = u32> {
    let n = u32::try_from(n_arms).ok().filter(|n| *n <= TOTAL_PPM);
    let n = n.expect("at most a million arms share a million parts");
    let (share, left_over) = (TOTAL_PPM / n.max(1), TOTAL_PPM % n.max(1));
    (0..n).map(move |arm| share + u32::from(arm < left_over))
}

/// Entries as a list of rows: JSON has only text as the key of a map.
mod rows {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{BanditKey, Entry};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        flow: String,
        node: String,
        #[serde(default)]
        segment: String,
        arms: BTreeMap<String, u32>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        rest: BTreeMap<String, u64>,
    }

    pub(super) fn serialize<S: Serializer>(
        entries: &BTreeMap<BanditKey, Entry>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(entries.iter().map(|(key, entry)| {
            let BanditKey {
                flow,
                node,
                segment,
            } = key.clone();
            let Entry { arms, rest } = entry.clone();
            Row {
                flow,
                node,
                segment,
                arms,
                rest,
            }
        }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<BanditKey, Entry>, D::Error> {
        let mut entries = BTreeMap::new();
        for row in Vec::<Row>::deserialize(deserializer)? {
            let Row {
                flow,
                node,
                segment,
                arms,
                rest,
            } = row;
            let key = BanditKey {
                flow,
                node,
                segment,
            };
            if entries.contains_key(&key) {
                return Err(serde::de::Error::custom(format!(
                    "the allocation has two entries for {key}, but each bandit has one"
                )));
            }
            entries.insert(key, Entry { arms, rest });
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> BanditKey {
        BanditKey::unsegmented("auto", "premium")
    }

    fn allocation(arms: &[(&str, u32)]) -> Allocation {
        let arms = arms
            .iter()
            .map(|(name, weight)| ((*name).to_owned(), *weight))
            .collect();
        Allocation {
            epoch: 7,
            entries: [(
                key(),
                Entry {
                    arms,
                    ..Entry::default()
                },
            )]
            .into(),
        }
    }

    #[test]
    fn a_bandit_without_an_entry_draws_with_equal_weights() {
        assert_eq!(
            Allocation::prior().weights(&key(), &["a", "b", "c"]),
            [333_334, 333_333, 333_333]
        );
    }

    #[test]
    fn known_arms_get_their_weights_in_the_order_asked_for() {
        let allocation = allocation(&[("a", 700_001), ("b", 299_999)]);
        assert_eq!(allocation.weights(&key(), &["b", "a"]), [299_999, 700_001]);
    }

    #[test]
    fn a_new_arm_gets_an_equal_share_and_the_others_keep_their_proportions() {
        let allocation = allocation(&[("a", 750_000), ("b", 250_000)]);
        assert_eq!(
            allocation.weights(&key(), &["a", "new", "b"]),
            [500_000, 333_333, 166_667]
        );
    }

    #[test]
    fn a_removed_arm_leaves_its_share_to_the_others() {
        let allocation = allocation(&[("a", 600_000), ("b", 200_000), ("gone", 200_000)]);
        assert_eq!(allocation.weights(&key(), &["a", "b"]), [750_000, 250_000]);
    }

    #[test]
    fn equal_weights_are_those_of_equal_shares() {
        for n_arms in (0..200).chain([999, 4_095, 4_096]) {
            let weights: Vec<u32> = equal(n_arms).collect();
            assert_eq!(weights, apportion(&vec![1; n_arms]));
        }
    }

    #[test]
    fn weights_that_make_no_whole_are_shared_out() {
        let allocation = allocation(&[("a", 1), ("b", 3)]);
        assert_eq!(allocation.weights(&key(), &["a", "b"]), [250_000, 750_000]);
        let allocation = self::allocation(&[("a", 0), ("b", 1_000_000)]);
        assert_eq!(allocation.weights(&key(), &["a", "b"]), [1, 999_999]);
    }

    #[test]
    fn an_allocation_survives_json() {
        let allocation = allocation(&[("a", 600_000), ("b", 400_000)]);
        let json = serde_json::to_string(&allocation).unwrap();
        assert_eq!(
            json,
            r#"{"epoch":7,"entries":[{"flow":"auto","node":"premium","segment":"","arms":{"a":600000,"b":400000}}]}"#
        );
        assert_eq!(
            serde_json::from_str::<Allocation>(&json).unwrap(),
            allocation
        );
    }

    #[test]
    fn two_entries_for_one_bandit_are_refused() {
        let row = r#"{"flow":"auto","node":"premium","arms":{"a":1000000}}"#;
        let error = serde_json::from_str::<Allocation>(&format!(
            r#"{{"epoch":1,"entries":[{row},{row}]}}"#
        ))
        .unwrap_err();
        assert!(
            error.to_string().contains("two entries for auto/premium"),
            "{error}"
        );
    }
}
