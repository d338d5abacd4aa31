#![expect(
    clippy::float_cmp,
    reason = "where these tests ask for equality, the value is exact"
)]

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn arm(a: f64, b: f64, payout: f64) -> Arm {
    Arm { a, b, payout }
}

/// The cases of a golden file, each with its arms.
fn golden(text: &str) -> Vec<(Value, Vec<Arm>)> {
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap().clone();
    cases
        .into_iter()
        .map(|case| {
            let arms = (0..case["alpha"].as_array().unwrap().len())
                .map(|i| {
                    arm(
                        number(&case["alpha"][i]),
                        number(&case["beta"][i]),
                        number(&case["payout"][i]),
                    )
                })
                .collect();
            (case, arms)
        })
        .collect()
}

/// Numbers with more digits than a double are stored as text.
fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .or_else(|| value.as_str()?.parse().ok())
        .unwrap()
}

#[test]
fn probabilities_agree_with_twenty_digits() {
    for (case, arms) in golden(include_str!("../../tests/golden/beta_ts.json")) {
        let best = best(&arms).unwrap();
        for (i, probability) in best.probabilities.iter().enumerate() {
            let error = probability - number(&case["p"][i]);
            assert!(
                error.abs() < 1e-12,
                "{}: arm {i} is off by {error:e}",
                case["name"]
            );
        }
        if !case["e_max"].is_null() {
            let error = best.expected_max / number(&case["e_max"]) - 1.0;
            assert!(
                error.abs() < 1e-12,
                "{}: the expected maximum is off by {error:e}",
                case["name"]
            );
            for (i, loss) in best.expected_loss.iter().enumerate() {
                let error = loss - number(&case["expected_loss"][i]);
                assert!(
                    error.abs() < 1e-12 * best.expected_max,
                    "{}: loss {i} is off by {error:e}",
                    case["name"]
                );
            }
        }
    }
}

#[test]
fn ranks_agree_with_the_reference() {
    for (case, arms) in golden(include_str!("../../tests/golden/routing_probs.json")) {
        let ranks = ranks(&arms).unwrap();
        for (i, row) in ranks.iter().enumerate() {
            for (rank, probability) in row.iter().enumerate() {
                let error = probability - number(&case["rank_probs"][i][rank]);
                assert!(
                    error.abs() < 1e-12,
                    "arm {i}, rank {rank} is off by {error:e}"
                );
            }
        }
    }
}

#[test]
fn shares_under_caps_and_refusals_agree_with_the_reference() {
    for (case, arms) in golden(include_str!("../../tests/golden/routing_probs.json")) {
        let numbers = |name: &str| -> Vec<f64> {
            case[name].as_array().unwrap().iter().map(number).collect()
        };
        // The caps of the cases are whole hundredths.
        let caps: Vec<u32> = numbers("cap_share")
            .iter()
            .map(|cap| format!("{:.0}", cap * 1e6).parse().unwrap())
            .collect();
        for (name, found) in [
            ("top_two", top_two(&arms).unwrap()),
            ("capped_share", capped_shares(&arms, &caps).unwrap()),
            ("waterfall", waterfall(&arms, &numbers("accept")).unwrap()),
        ] {
            for (i, (found, expected)) in found.iter().zip(numbers(name)).enumerate() {
                let error = found - expected;
                assert!(error.abs() < 1e-12, "{name} of arm {i} is off by {error:e}");
            }
        }
    }
}

#[test]
fn whoever_pays_nothing_gets_nothing_under_caps() {
    let arms = [arm(3.0, 4.0, 0.0), arm(3.0, 4.0, 2.0)];
    assert_eq!(
        capped_shares(&arms, &[500_000, 400_000]).unwrap(),
        [0.0, 0.4]
    );
    assert_eq!(waterfall(&arms, &[0.5, 0.25]).unwrap(), [0.0, 0.25]);
    assert_eq!(top_two(&arms[1..]).unwrap(), [1.0]);
}

#[test]
fn an_arm_that_pays_nothing_never_wins_against_one_that_pays() {
    let arms = [
        arm(50.0, 50.0, 0.0),
        arm(1.0, 1e6, 1e-6),
        arm(1.0, 1.0, 0.0),
    ];
    let best = best(&arms).unwrap();
    assert_eq!(best.probabilities, [0.0, 1.0, 0.0]);
    assert_eq!(best.expected_loss[1], 0.0);
    assert_eq!(
        ranks(&arms).unwrap(),
        [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]
    );
}

#[test]
fn arms_that_all_pay_nothing_are_equal() {
    let best = best(&[arm(1.0, 2.0, 0.0), arm(9.0, 2.0, 0.0)]).unwrap();
    assert_eq!(best.probabilities, [0.5, 0.5]);
    assert_eq!(best.expected_max, 0.0);
}

#[test]
fn one_arm_is_certain_to_be_best() {
    assert_eq!(best(&[arm(1.0, 3.0, 8.0)]).unwrap().probabilities, [1.0]);
    assert_eq!(best(&[arm(1.0, 3.0, 8.0)]).unwrap().expected_max, 2.0);
}

#[test]
fn bad_arms_are_refused() {
    assert_eq!(best(&[]), Err(Error::Empty));
    let good = arm(1.0, 1.0, 1.0);
    assert!(matches!(
        best(&[good, arm(0.0, 1.0, 1.0)]),
        Err(Error::Parameter { arm: 1, .. })
    ));
    assert!(matches!(
        best(&[arm(1.0, f64::NAN, 1.0)]),
        Err(Error::Parameter { arm: 0, .. })
    ));
    assert!(matches!(
        best(&[good, good, arm(1.0, 1.0, -2.0)]),
        Err(Error::Payout { arm: 2, .. })
    ));
    assert!(matches!(
        best(&[arm(1.0, 1.0, f64::INFINITY)]),
        Err(Error::Payout { arm: 0, .. })
    ));
}

#[test]
fn a_hundred_equal_arms_are_equal() {
    for (a, b) in [(1.0, 1.0), (3.0, 40.0), (5e4, 1e6), (0.3, 0.4)] {
        let probabilities = best(&[arm(a, b, 7.0); 100]).unwrap().probabilities;
        for probability in probabilities {
            assert!(
                (probability - 0.01).abs() < 1e-13,
                "Beta({a}, {b}): {probability}"
            );
        }
    }
}

/// `P(θ₂ > θ₁)` for whole parameters: Evan Miller's closed form, with each term from its neighbour.
fn closed_form(a1: u32, b1: u32, a2: u32, b2: u32) -> f64 {
    let [a1f, b1f, b2f] = [a1, b1, b2].map(f64::from);
    // Term 0 is B(a1, b1 + b2) / B(a1, b1); term i follows from term i − 1.
    let mut term = (0..b2)
        .map(|j| (b1f + f64::from(j)) / (a1f + b1f + f64::from(j)))
        .product::<f64>();
    let mut sum = 0.0;
    for i in 0..a2 {
        sum += term;
        let i = f64::from(i);
        term *= (a1f + i) / (a1f + b1f + b2f + i) * (b2f + i) / (i + 1.0);
    }
    sum
}

proptest! {
    #[test]
    fn two_arms_agree_with_the_closed_form(a1 in 1_u32..400, b1 in 1_u32..400, a2 in 1_u32..400, b2 in 1_u32..400) {
        let arms = [arm(a1.into(), b1.into(), 3.0), arm(a2.into(), b2.into(), 3.0)];
        let error = best(&arms).unwrap().probabilities[1] - closed_form(a1, b1, a2, b2);
        prop_assert!(error.abs() < 1e-12, "off by {error:e}");
    }

    #[test]
    fn any_arms_give_a_distribution_and_more_payout_never_hurts(
        arms in proptest::collection::vec((-3.0..7.0_f64, -3.0..7.0_f64, -3.0..3.0_f64), 1..8),
    ) {
        let mut arms: Vec<Arm> = arms.iter().map(|(a, b, payout)| arm(10f64.powf(*a), 10f64.powf(*b), 10f64.powf(*payout))).collect();
        let before = best(&arms).unwrap();
        prop_assert!((before.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(arms.iter().all(|arm| before.expected_max >= arm.mean() * (1.0 - 1e-9)));
        arms[0].payout *= 1.25;
        let after = best(&arms).unwrap();
        prop_assert!(after.probabilities[0] >= before.probabilities[0] - 1e-9);
    }
}

#[test]
fn an_uncertain_payout_moves_the_probabilities_as_the_reference_says() {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/golden/uncertain_payout.json")).unwrap();
    for case in file["uncertain_payout"].as_array().unwrap() {
        let arms: Vec<Arm> = (0..case["alpha"].as_array().unwrap().len())
            .map(|i| {
                let [a, b, payout, payout_se] = ["alpha", "beta", "payout_mean", "payout_se"]
                    .map(|name| number(&case[name][i]));
                Arm::with_uncertain_payout(a, b, payout, payout_se)
            })
            .collect();
        for (i, probability) in best(&arms).unwrap().probabilities.iter().enumerate() {
            let error = probability - number(&case["scaled_beta_moment"][i]);
            assert!(error.abs() < 1e-11, "arm {i} is off by {error:e}");
            let approximation = probability - number(&case["p"][i]);
            assert!(
                approximation.abs() < 2e-3,
                "arm {i} is {approximation:e} from the exact value"
            );
            assert!((arms[i].mean() / number(&case["mean_value"][i]) - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_payout_of_which_nothing_is_known_is_still_an_arm() {
    let vague = Arm::with_uncertain_payout(3.0, 100.0, 5.0, 1e6);
    assert!((vague.mean() - 15.0 / 103.0).abs() < 1e-12);
    assert!(best(&[vague, arm(3.0, 100.0, 5.0)]).is_ok());
}
