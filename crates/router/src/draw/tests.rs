use pointsman_flow::{Arm, NodeIdx, Salt, Semantics};
use proptest::prelude::*;

use super::{DrawOf, Drawn, Lot, PPM, smallest};

pub(super) fn salt(hex: &str) -> Salt {
    let mut bytes = [0; 16];
    for (position, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * position..2 * position + 2], 16).unwrap();
    }
    Salt(bytes)
}

/// Arms by key and weight, and who draws among them.
#[derive(Debug, Clone)]
struct Urn {
    semantics: Semantics,
    arms: Vec<Arm>,
    weights: Vec<u32>,
}

impl Urn {
    fn new(arms: &[(&str, u32)]) -> Self {
        let arm = |&(key, _): &(&str, u32)| Arm {
            name: key.to_owned(),
            key: key.to_owned(),
            to: NodeIdx(0),
        };
        Self {
            semantics: Semantics::V2,
            arms: arms.iter().map(arm).collect(),
            weights: arms.iter().map(|arm| arm.1).collect(),
        }
    }

    fn draw_of<'a>(&'a self, unit: &'a str) -> DrawOf<'a> {
        DrawOf {
            semantics: self.semantics,
            salt: Salt([7; 16]),
            unit: unit.as_bytes(),
            arms: &self.arms,
            weights: &self.weights,
            rest: None,
        }
    }

    /// The key of the arm that a unit draws among those that are open.
    fn drawn(&self, unit: &str, ordinal: &mut u32, open: impl Fn(&str) -> bool) -> Option<&str> {
        let draw = self.draw_of(unit);
        let arm = draw.choose(|arm| open(&self.arms[arm].key), ordinal)?;
        Some(&self.arms[arm].key)
    }

    fn first(&self, unit: u32) -> &str {
        self.drawn(&format!("unit-{unit}"), &mut 0, |_| true)
            .unwrap()
    }
}

const THREE: [(&str, u32); 3] = [("a", 500_000), ("b", 300_000), ("c", 200_000)];

/// The share of 100,000 units that draw an arm among the open ones.
fn share(urn: &Urn, of: &str, open: &[&str]) -> f64 {
    let drawn = (0..100_000).filter(|unit| {
        urn.drawn(&format!("unit-{unit}"), &mut 0, |key| open.contains(&key)) == Some(of)
    });
    f64::from(u32::try_from(drawn.count()).unwrap()) / 100_000.0
}

#[test]
fn an_arm_is_drawn_with_its_weight_over_the_eligible_sum() {
    for semantics in [Semantics::V1, Semantics::V2] {
        let urn = Urn {
            semantics,
            ..Urn::new(&THREE)
        };
        for (key, wanted) in [("a", 0.5), ("b", 0.3), ("c", 0.2)] {
            let found = share(&urn, key, &["a", "b", "c"]);
            assert!((found - wanted).abs() < 0.006, "{key}: {found}");
        }
        let found = share(&urn, "b", &["b", "c"]);
        assert!((found - 0.6).abs() < 0.006, "{found}");
    }
}

#[test]
fn a_lone_arm_of_one_ppm_is_drawn_and_counted() {
    for semantics in [Semantics::V1, Semantics::V2] {
        let urn = Urn {
            semantics,
            ..Urn::new(&[("a", PPM - 1), ("b", 1)])
        };
        let mut ordinal = 0;
        assert_eq!(urn.drawn("unit", &mut ordinal, |key| key == "b"), Some("b"));
        match semantics {
            Semantics::V1 => assert!(ordinal <= 65, "{ordinal} draws"),
            Semantics::V2 => assert_eq!(ordinal, 1),
        }
    }
}

#[test]
fn arms_without_weight_are_never_drawn_and_no_draw_is_not_counted() {
    for semantics in [Semantics::V1, Semantics::V2] {
        let urn = Urn {
            semantics,
            ..Urn::new(&[("a", 0), ("b", PPM)])
        };
        let mut ordinal = 0;
        assert_eq!(urn.drawn("unit", &mut ordinal, |key| key == "a"), None);
        assert_eq!(ordinal, 0);
    }
}

#[test]
fn the_draws_of_one_unit_are_independent_of_each_other() {
    let urn = Urn::new(&THREE);
    let mut both = 0_u32;
    for unit in 0..40_000 {
        let (unit, mut ordinal) = (format!("unit-{unit}"), 0);
        let first = urn.drawn(&unit, &mut ordinal, |_| true) == Some("a");
        let second = urn.drawn(&unit, &mut ordinal, |_| true) == Some("b");
        both += u32::from(first && second);
    }
    let found = f64::from(both) / 40_000.0;
    assert!((found - 0.15).abs() < 0.006, "{found}");
}

fn weights() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![Just(0_u32), 1..200_000_u32], 2..8)
}

fn urn(weights: &[u32], named: &[String]) -> Urn {
    let arms: Vec<(&str, u32)> = named
        .iter()
        .map(String::as_str)
        .zip(weights.iter().copied())
        .collect();
    Urn::new(&arms)
}

fn named(n: usize) -> Vec<String> {
    (0..n).map(|arm| format!("arm-{arm}")).collect()
}

proptest! {
    /// A closed arm, and one that leaves, moves its own people alone; seen from the other side, one that
    /// opens or joins takes people and moves nobody else.
    #[test]
    fn an_arm_that_closes_or_leaves_moves_its_own_people_alone(
        weights in weights(), unit in "[a-z]{1,8}", gone in 0..8_usize, ordinal in 0..4_u32
    ) {
        let names = named(weights.len());
        let whole = urn(&weights, &names);
        let gone = gone % weights.len();
        let gone_name = names[gone].as_str();
        let before = whole.drawn(&unit, &mut ordinal.clone(), |_| true);
        let closed = whole.drawn(&unit, &mut ordinal.clone(), |key| key != gone_name);
        let mut left = whole.clone();
        left.arms.remove(gone);
        left.weights.remove(gone);
        let left = left.drawn(&unit, &mut ordinal.clone(), |_| true);
        prop_assert_eq!(closed, left);
        if before != Some(gone_name) {
            prop_assert_eq!(before, closed);
        }
    }

    #[test]
    fn the_order_in_which_arms_are_listed_moves_nobody(
        weights in weights(), unit in "[a-z]{1,8}", by in 0..8_usize
    ) {
        let names = named(weights.len());
        let listed = urn(&weights, &names);
        let mut elsewhere = listed.clone();
        let by = by % weights.len();
        elsewhere.arms.rotate_left(by);
        elsewhere.weights.rotate_left(by);
        prop_assert_eq!(
            listed.drawn(&unit, &mut 0, |_| true),
            elsewhere.drawn(&unit, &mut 0, |_| true)
        );
    }

    /// Who leaves an arm leaves it for one whose share has grown against it.
    #[test]
    fn a_weight_that_grows_takes_people_and_moves_nobody_else(
        weights in weights(), unit in "[a-z]{1,8}", grown in 0..8_usize, by in 1..500_000_u32
    ) {
        let names = named(weights.len());
        let before = urn(&weights, &names);
        let mut after = before.clone();
        let grown = grown % weights.len();
        after.weights[grown] += by;
        let found = after.drawn(&unit, &mut 0, |_| true);
        if found != before.drawn(&unit, &mut 0, |_| true) {
            prop_assert_eq!(found, Some(names[grown].as_str()));
        }
    }
}

/// How many of 20,000 people change arm between two urns.
fn moved(before: &Urn, after: &Urn) -> f64 {
    let moved = (0..20_000).filter(|&unit| before.first(unit) != after.first(unit));
    f64::from(u32::try_from(moved.count()).unwrap()) / 20_000.0
}

#[test]
fn a_change_of_weights_moves_as_many_people_as_the_formula_says() {
    type Shares = &'static [(&'static str, u32)];
    let cases: [(Shares, Shares, f64); 3] = [
        (
            &[("a", 100_000), ("b", 100_000), ("c", 800_000)],
            &[("a", 200_000), ("b", 200_000), ("c", 600_000)],
            0.2,
        ),
        (
            &[("a", 500_000), ("b", 500_000)],
            &[("a", 340_000), ("b", 330_000), ("c", 330_000)],
            0.3333,
        ),
        (
            &[("a", 100_000), ("b", 100_000), ("c", 800_000)],
            &[("a", 300_000), ("b", 150_000), ("c", 550_000)],
            0.2590,
        ),
    ];
    for (before, after, wanted) in cases {
        let found = moved(&Urn::new(before), &Urn::new(after));
        let three_se = 3.0 * (wanted * (1.0 - wanted) / 20_000.0_f64).sqrt();
        assert!(
            (found - wanted).abs() < three_se,
            "{found} is not {wanted} ± {three_se}"
        );
    }
}

/// A hash: any, or one at either end or by a power of two, where `u` is close to 0, to 1 or to a round number.
fn hash() -> impl Strategy<Value = u64> {
    let near = (0..64_u8, -4..=4_i64)
        .prop_map(|(bits, by)| (u64::MAX >> bits).wrapping_add_signed(by << 11));
    prop_oneof![
        any::<u64>(),
        near,
        (0..16_u64).prop_map(|back| u64::MAX - (back << 11))
    ]
}

fn lot() -> impl Strategy<Value = Lot> {
    let weight = prop_oneof![Just(1), Just(2), Just(PPM - 1), 1..PPM];
    (hash(), weight).prop_map(|(hash, weight)| Lot::at(hash, weight))
}

/// The arm with the smallest score, with a logarithm for each.
fn smallest_plainly(scores: &[Option<f64>], names: &[String]) -> Option<usize> {
    let scored = scores.iter().zip(names).enumerate();
    let scored = scored.filter_map(|(arm, (score, name))| Some(((*score)?, name, arm)));
    let first = scored.min_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(other.1)));
    first.map(|(_, _, arm)| arm)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    /// Among equal hashes and weights, too: the keys decide then.
    #[test]
    fn sparing_logarithms_chooses_the_same_arm(
        few in prop::collection::vec(lot(), 1..4),
        picked in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(lot())), 1..24),
        by in 0..24_usize,
    ) {
        let lots: Vec<Lot> = picked.iter().map(|(known, new)| new.unwrap_or(*known.get(&few))).collect();
        let mut names = named(lots.len());
        names.rotate_left(by % lots.len());
        let scores: Vec<_> = lots.iter().map(|lot| Some(lot.score())).collect();
        let found = smallest(lots.into_iter().enumerate(), |arm| names[arm].as_str());
        prop_assert_eq!(found, smallest_plainly(&scores, &names));
    }

    /// Points next to each other in turn, where only the last bits of the scores differ.
    #[test]
    fn an_arm_that_is_plainly_above_has_the_higher_score(
        one in lot(), hash in hash(), by in -8..=8_i64, weight in 1..PPM, near in prop::bool::ANY
    ) {
        let other = Lot::at(hash, weight);
        let neighbour = Lot::at(hash.wrapping_add_signed(by << 11), weight);
        let one = if near { neighbour } else { one };
        if one.is_plainly_above(other.score()) {
            prop_assert!(one.score() > other.score());
        }
    }

    #[test]
    fn who_is_drawn_has_the_smallest_of_the_scores_that_are_shown(
        weights in prop::collection::vec(prop_oneof![Just(0_u32), Just(1), 1..PPM], 1..70), unit in "[a-z]{1,8}"
    ) {
        let names = named(weights.len());
        let urn = urn(&weights, &names);
        let draw = urn.draw_of(&unit);
        let Some(arm) = draw.choose(|_| true, &mut 0) else {
            prop_assert!(weights.iter().all(|weight| *weight == 0));
            return Ok(());
        };
        let Drawn::Scores(scores) = draw.again(arm, &mut 0) else {
            return Err(TestCaseError::fail("the present semantics give scores"));
        };
        prop_assert_eq!(Some(arm), smallest_plainly(&scores, &names));
    }
}
