//! What a node says of its learning: followed by the next weights, and no part of what is counted.

use super::*;
use crate::{DelayPrior, RatePrior};

/// Leads taken by an arm on the first day, of which some are sold so many hours later.
fn sell(state: &mut State, node: &str, arm: &str, at: i64, trials: u32, sales: u32, hours: i64) {
    let key = BanditKey::unsegmented("auto", node);
    let taken = Outcome {
        accepted: true,
        ..Outcome::default()
    };
    for n in 0..trials {
        let (key, arm) = (key.clone(), arm.to_owned());
        state.apply(&Observation::Trial {
            key: key.clone(),
            arm: arm.clone(),
            at,
        });
        let mut reward = |at_then, before, after, is_later| {
            state.apply(&Observation::Reward {
                key: key.clone(),
                arm: arm.clone(),
                trial_at: at,
                at: at_then,
                before,
                after,
                is_later,
            });
        };
        reward(at, Outcome::default(), taken, false);
        if n < sales {
            let sold = Outcome {
                converted: true,
                revenue: 50_000_000,
                ..taken
            };
            reward(at + hours * BUCKET_WIDTH, taken, sold, true);
        }
    }
}

/// A node whose arms are the destinations `slow` and `quick`, and what `slow` is expected to earn after two days without a sale.
fn expected_of_slow(state: &mut State, settings: Settings, others: &[BanditSpec]) -> f64 {
    sell(state, "premium", "slow", 0, 60, 0, 0);
    sell(state, "premium", "quick", 0, 60, 6, 2);
    let spec = BanditSpec {
        objective: Objective::NetRevenue,
        settings,
        destinations: ["slow", "quick"]
            .map(|it| (it.to_owned(), it.to_owned()))
            .into(),
        ..spec(&["slow", "quick"], 20_000)
    };
    let bandits: Vec<BanditSpec> = std::iter::once(spec.clone())
        .chain(others.to_vec())
        .collect();
    let believed = beliefs(
        state,
        &spec,
        "",
        48 * BUCKET_WIDTH,
        &Config::default(),
        &bandits,
    );
    believed[0].mean_value
}

#[test]
fn a_delay_that_is_assumed_keeps_young_leads_from_being_failures() {
    let assumed = |mean_hours, strength| Settings {
        delay_prior: Some(DelayPrior {
            mean_hours,
            strength,
        }),
        ..Settings::default()
    };
    let [soon, late] = [2, 240]
        .map(|mean_hours| expected_of_slow(&mut State::default(), assumed(mean_hours, 20), &[]));
    assert!(late > 3.0 * soon, "{soon} {late}");
    // However strong, it is no more than a number.
    let certain = expected_of_slow(&mut State::default(), assumed(8_760, 1_000_000), &[]);
    assert!(certain.is_finite() && certain >= late, "{certain}");
}

#[test]
fn how_late_a_destination_pays_is_known_from_other_nodes() {
    let mut state = State::default();
    sell(
        &mut state,
        "other",
        "late-payer",
        -3_000 * BUCKET_WIDTH,
        300,
        60,
        240,
    );
    let other = BanditSpec {
        node: "other".to_owned(),
        destinations: [("late-payer".to_owned(), "slow".to_owned())].into(),
        ..spec(&["late-payer"], 20_000)
    };
    let alone = expected_of_slow(&mut state.clone(), Settings::default(), &[]);
    let taught = expected_of_slow(
        &mut state.clone(),
        Settings::default(),
        std::slice::from_ref(&other),
    );
    assert!(taught > 1.3 * alone, "{alone} {taught}");
    // An arm of the same name that leads elsewhere teaches nothing, and neither does anything against what the node says itself.
    let stranger = BanditSpec {
        destinations: [("late-payer".to_owned(), "else".to_owned())].into(),
        ..other.clone()
    };
    let with_stranger = expected_of_slow(&mut state.clone(), Settings::default(), &[stranger]);
    assert_eq!(with_stranger.to_bits(), alone.to_bits());
    let own = Settings {
        delay_prior: Some(DelayPrior {
            mean_hours: 2,
            strength: 20,
        }),
        ..Settings::default()
    };
    let with_other = expected_of_slow(&mut state.clone(), own, &[other]);
    let by_itself = expected_of_slow(&mut state, own, &[]);
    assert_eq!(with_other.to_bits(), by_itself.to_bits());
}

#[test]
fn floors_and_ceilings_are_kept_by_what_is_published() {
    let mut state = State::default();
    give(&mut state, "state=CA", "good", 300, 90);
    give(&mut state, "state=CA", "bad", 300, 30);
    give(&mut state, "state=CA", "worse", 300, 3);
    let limits = |floor_ppm, ceiling_ppm| Limits {
        floor_ppm,
        ceiling_ppm,
    };
    let free = spec(&["good", "bad", "worse"], 30_000);
    let held = BanditSpec {
        limits: [
            ("good".to_owned(), limits(0, 700_000)),
            ("worse".to_owned(), limits(100_000, 1_000_000)),
        ]
        .into(),
        ..free.clone()
    };
    let config = Config {
        change_ppm: 1_000_000,
        ..Config::default()
    };
    let publish = |previous: &Allocation, spec: &BanditSpec| {
        publish(previous, &state, LATER, &config, std::slice::from_ref(spec))
    };
    let first = publish(&Allocation::prior(), &free).allocation;
    assert!(first.entries[&key("")].arms["good"] > 900_000);
    // However little a weight may have to move: what breaks a limit is published.
    let next = publish(&first, &held);
    assert_eq!(next.changes.len(), 2);
    for entry in next.allocation.entries.values() {
        assert_eq!(entry.arms["good"], 700_000);
        assert!(
            entry.arms["worse"] >= 100_000 && entry.arms["bad"] >= 10_000,
            "{entry:?}"
        );
        assert_eq!(entry.arms.values().sum::<u32>(), TOTAL_PPM);
    }
    assert_eq!(publish(&next.allocation, &held).changes, []);
}

#[test]
fn no_setting_is_part_of_what_is_counted_and_each_is_followed() {
    let mut state = State::default();
    give(&mut state, "", "a", 200, 40);
    give(&mut state, "", "b", 20, 2);
    let at = 80 * BUCKET_WIDTH;
    let prior = |rate_ppm| {
        Some(RatePrior {
            rate_ppm,
            strength: 50,
        })
    };
    let usual = Settings::default();
    let expected = |objective, settings| -> Vec<f64> {
        let spec = BanditSpec {
            objective,
            settings,
            ..spec(&["a", "b"], 20_000)
        };
        let believed = beliefs(&state, &spec, "", at, &Config::default(), &[]);
        believed.iter().map(|it| it.mean_value).collect()
    };
    let of = |settings| expected(Objective::Conversions, settings);
    let before = of(usual);
    let forgetful = Settings {
        half_life_hours: Some(8),
        ..usual
    };
    let (faded, gone) = (
        of(forgetful),
        of(Settings {
            window_hours: Some(24),
            ..usual
        }),
    );
    assert!((before[0] - 0.2).abs() < 0.01, "{before:?}");
    assert!(
        (faded[0] - 1.0 / 6.0).abs() < (before[0] - 1.0 / 6.0).abs(),
        "{faded:?}"
    );
    assert!((gone[0] - 1.0 / 6.0).abs() < 1e-6, "{gone:?}");
    let believing = Settings {
        conversion_prior: prior(900_000),
        ..usual
    };
    assert!(of(believing)[1] > 2.0 * before[1]);
    let accepting = Settings {
        accept_prior: prior(500_000),
        ..usual
    };
    let accepted = expected(Objective::Accepted, accepting);
    assert!((accepted[1] - 25.0 / 70.0).abs() < 1e-9, "{accepted:?}");
    assert_eq!(of(usual), before);
}
