use pointsman_flow::{Arm, NodeIdx, Salt, Semantics};
use proptest::prelude::*;

use super::{DrawOf, PPM};

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

    /// The key of the arm that a unit draws among those that are open.
    fn drawn(&self, unit: &str, ordinal: &mut u32, open: impl Fn(&str) -> bool) -> Option<&str> {
        let draw = DrawOf {
            semantics: self.semantics,
            salt: Salt([7; 16]),
            unit: unit.as_bytes(),
            arms: &self.arms,
            weights: &self.weights,
        };
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
