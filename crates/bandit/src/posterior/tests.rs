use super::*;
use crate::{BanditKey, Observation, Outcome, State};

const HOUR: i64 = BUCKET_WIDTH;

/// A history in shorthand: at an hour, an arm in a segment gets trials, of which some succeed at once.
struct Batch {
    hour: i64,
    segment: &'static str,
    arm: &'static str,
    trials: u64,
    successes: u64,
    revenue: i64,
}

fn batch(hour: i64, arm: &'static str, trials: u64, successes: u64) -> Batch {
    Batch {
        hour,
        segment: "",
        arm,
        trials,
        successes,
        revenue: 0,
    }
}

fn observed(batches: &[Batch]) -> State {
    let mut state = State::default();
    for batch in batches {
        let key = BanditKey {
            segment: batch.segment.to_owned(),
            ..BanditKey::unsegmented("auto", "premium")
        };
        let at = batch.hour * HOUR;
        for n in 0..batch.trials {
            let (key, arm) = (key.clone(), batch.arm.to_owned());
            state.apply(&Observation::Trial {
                key: key.clone(),
                arm: arm.clone(),
                at,
            });
            if n < batch.successes {
                let after = Outcome {
                    converted: true,
                    revenue: batch.revenue,
                    ..Outcome::default()
                };
                let before = Outcome::default();
                state.apply(&Observation::Reward {
                    key,
                    arm,
                    trial_at: at,
                    at,
                    before,
                    after,
                });
            }
        }
    }
    state
}

fn believed(
    state: &State,
    segment: &str,
    arms: &[&str],
    objective: Objective,
    hour: i64,
    config: &Config,
) -> Vec<Posterior> {
    posteriors(
        state.node("auto", "premium").unwrap(),
        segment,
        arms,
        objective,
        hour * HOUR,
        config,
    )
}

/// All trials of these tests are older than the window, so that each counts in full.
fn after_all(state: &State, segment: &str, arms: &[&str]) -> Vec<Posterior> {
    believed(
        state,
        segment,
        arms,
        Objective::Conversions,
        10_000,
        &Config::default(),
    )
}

#[test]
fn a_new_arm_is_believed_average_and_no_better() {
    let state = observed(&[batch(0, "a", 400, 40), batch(0, "b", 400, 20)]);
    let [a, b, new] = after_all(&state, "", &["a", "b", "new"])
        .try_into()
        .unwrap();
    let average = 61.0 / 802.0;
    assert!((new.mean_value - average).abs() < 1e-12, "{new:?}");
    assert!(
        (new.a - 1.0).abs() < 1e-12
            && b.mean_value < new.mean_value
            && new.mean_value < a.mean_value
    );
    assert_eq!((new.trials, new.successes), (0, 0));
}

#[test]
fn without_any_data_a_rate_may_be_anything() {
    let state = observed(&[batch(0, "elsewhere", 1, 0)]);
    let believed = believed(
        &state,
        "",
        &["a"],
        Objective::Conversions,
        0,
        &Config::default(),
    );
    assert_eq!((believed[0].a, believed[0].b), (1.0, 1.0));
}

#[test]
fn more_successes_never_lower_a_belief() {
    let mean = |successes| {
        after_all(
            &observed(&[batch(0, "a", 50, successes), batch(0, "b", 50, 10)]),
            "",
            &["a", "b"],
        )[0]
        .mean_value
    };
    assert!((0..50).all(|successes| mean(successes) < mean(successes + 1)));
}

#[test]
fn a_young_trial_is_not_yet_a_failure() {
    let state = observed(&[batch(0, "a", 100, 10), batch(700, "b", 100, 0)]);
    let config = Config::default();
    let arms = ["a", "b"];
    // Successes here come at once; only the assumed even arrivals keep a trial from counting in full.
    let believed = believed(&state, "", &arms, Objective::Conversions, 701, &config);
    assert!(
        (90.0..100.0).contains(&believed[0].trials_effective),
        "{believed:?}"
    );
    let slow = observed(&[batch(0, "a", 100, 0), batch(700, "b", 100, 0)]);
    let believed = posteriors(
        slow.node("auto", "premium").unwrap(),
        "",
        &arms,
        Objective::Conversions,
        701 * HOUR,
        &config,
    );
    assert!(
        (believed[1].trials_effective - 100.0 / 720.0).abs() < 1e-2,
        "{believed:?}"
    );
}

#[test]
fn old_trials_fade_by_half_in_a_half_life_and_the_prior_does_not() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/golden/delay.json")).unwrap();
    let discount = &file["discount"];
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let rows = discount["rows"].as_array().unwrap();
    let hours_to_half = -1.0 / number(&discount["gamma"]).log2();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a test's half-life is some days"
    )]
    let half_life = (hours_to_half * HOUR as f64) as i64;
    let mut batches = Vec::new();
    for row in rows {
        let whole = |name: &str| row[name].as_u64().unwrap();
        batches.push(batch(
            1_000 + row["t"].as_i64().unwrap(),
            "a",
            whole("n"),
            whole("conv"),
        ));
        let config = Config {
            half_life: Some(half_life),
            window: 1,
            ..Config::default()
        };
        let state = observed(&batches);
        // A window of no length: every trial counts in full from its first microsecond on.
        let arm = &state.node("auto", "premium").unwrap().segments[""]["a"];
        let sums = faded(
            arm,
            Objective::Conversions,
            &Arrival::even(1, 1.0),
            (1_000 + row["t"].as_i64().unwrap()) * HOUR + 1,
            &config,
        );
        assert!(
            (sums.successes / number(&row["S"]) - 1.0).abs() < 1e-9,
            "{row}: {sums:?}"
        );
        assert!(
            (sums.failures() / number(&row["F"]) - 1.0).abs() < 1e-9,
            "{row}: {sums:?}"
        );
    }
}

#[test]
fn the_effective_number_of_trials_gives_the_reference_posterior() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/golden/delay.json")).unwrap();
    for case in file["single_arm"].as_array().unwrap() {
        let known = &case["known_cdf"];
        let mean_delay = known["mean_delay"].as_f64().unwrap();
        let matured: f64 = case["elapsed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|age| -(-age.as_f64().unwrap() / mean_delay).exp_m1())
            .sum();
        let successes = case["converted"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|converted| converted.as_u64() == Some(1))
            .count();
        let sums = Faded {
            matured,
            successes: f64::from(u32::try_from(successes).unwrap()),
            ..Faded::default()
        };
        let beta = &known["beta_neff"];
        assert!(
            (1.0 + sums.successes - beta["a"].as_f64().unwrap()).abs() < 1e-9,
            "{}",
            case["name"]
        );
        assert!(
            (1.0 + sums.failures() - beta["b"].as_f64().unwrap()).abs() < 1e-9,
            "{}",
            case["name"]
        );
    }
}

#[test]
fn a_segment_starts_from_what_the_others_say_and_goes_its_own_way() {
    let in_segment = |segment, arm, trials, successes| Batch {
        segment,
        ..batch(0, arm, trials, successes)
    };
    let mut batches = vec![
        in_segment("state=CA", "a", 10_000, 1_000),
        in_segment("state=CA", "b", 10_000, 500),
    ];
    let unseen = after_all(&observed(&batches), "state=TX", &["a", "b"]);
    assert!(
        (unseen[0].mean_value - 0.1).abs() < 1e-3
            && (unseen[0].a + unseen[0].b - 100.0).abs() < 1e-9,
        "{unseen:?}"
    );
    batches.push(in_segment("state=TX", "a", 2_000, 100));
    let seen = after_all(&observed(&batches), "state=TX", &["a", "b"]);
    assert!(
        (seen[0].mean_value - 110.0 / 2_100.0).abs() < 1e-3,
        "{seen:?}"
    );
}

#[test]
fn money_is_learnt_with_its_uncertainty() {
    let paid = |arm, successes, revenue| Batch {
        revenue,
        ..batch(0, arm, 1_000, successes)
    };
    let state = observed(&[paid("dear", 50, 90_000_000), paid("cheap", 100, 30_000_000)]);
    let money = |objective| {
        believed(
            &state,
            "",
            &["dear", "cheap", "new"],
            objective,
            10_000,
            &Config::default(),
        )
    };
    let [dear, cheap, new] = money(Objective::NetRevenue).try_into().unwrap();
    // 150 successes brought 7,500 units: 50 each; one such success is mixed in.
    assert!(
        (dear.payout - (50e6 + 50.0 * 90e6) / 51.0).abs() < 1.0,
        "{dear:?}"
    );
    assert!(
        (cheap.payout - (50e6 + 100.0 * 30e6) / 101.0).abs() < 1.0,
        "{cheap:?}"
    );
    assert!(
        (new.payout - 50e6).abs() < 1.0 && new.payout_se > 10.0 * dear.payout_se,
        "{new:?}"
    );
    assert!(dear.mean_value > cheap.mean_value);
    let [dear, cheap, _] = money(Objective::Conversions).try_into().unwrap();
    assert!((dear.payout, dear.payout_se) == (1.0, 0.0) && dear.mean_value < cheap.mean_value);
}

#[test]
fn an_arm_that_only_cost_money_is_worth_nothing() {
    let state = observed(&[
        Batch {
            revenue: -40_000_000,
            ..batch(0, "a", 100, 10)
        },
        Batch {
            revenue: 40_000_000,
            ..batch(0, "b", 100, 20)
        },
    ]);
    let believed = believed(
        &state,
        "",
        &["a", "b"],
        Objective::NetRevenue,
        10_000,
        &Config::default(),
    );
    assert_eq!(believed[0].payout.to_bits(), 0f64.to_bits());
    assert!(believed[1].payout > 0.0);
}

#[test]
fn an_objective_that_is_changed_counts_its_own_successes_from_the_beginning() {
    let mut state = State::default();
    let key = BanditKey::unsegmented("auto", "premium");
    // Of ten trials of each arm, "eager" takes all and sells one; "picky" takes three and sells all of them.
    for (arm, n_accepted, n_sold) in [("eager", 10, 1), ("picky", 3, 3)] {
        for n in 0..10 {
            let (key, arm) = (key.clone(), arm.to_owned());
            state.apply(&Observation::Trial {
                key: key.clone(),
                arm: arm.clone(),
                at: 0,
            });
            let taken = Outcome {
                accepted: n < n_accepted,
                ..Outcome::default()
            };
            let sold = Outcome {
                converted: n < n_sold,
                revenue: if n < n_sold { 40_000_000 } else { 0 },
                ..taken
            };
            for (at, before, after) in [(HOUR, Outcome::default(), taken), (9 * HOUR, taken, sold)]
            {
                state.apply(&Observation::Reward {
                    key: key.clone(),
                    arm: arm.clone(),
                    trial_at: 0,
                    at,
                    before,
                    after,
                });
            }
        }
    }
    let successes = |objective| -> Vec<i64> {
        let arms = ["eager", "picky"];
        believed(&state, "", &arms, objective, 10_000, &Config::default())
            .iter()
            .map(|posterior| posterior.successes)
            .collect()
    };
    assert_eq!(successes(Objective::Accepted), [10, 3]);
    assert_eq!(successes(Objective::Conversions), [1, 3]);
    assert_eq!(successes(Objective::NetRevenue), [1, 3]);
}
