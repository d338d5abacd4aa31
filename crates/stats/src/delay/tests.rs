use serde_json::Value;

use super::*;
use crate::arms::{self, Arm};
use crate::beta::Beta;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../tests/golden/delay_revenue.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|value| value.as_f64().unwrap()).collect()
}

/// Ages of the trials without a success, and the successes.
fn history(case: &Value) -> (Vec<f64>, Vec<Arrived>) {
    let ages = numbers(&case["elapsed"]);
    let is_success = |i: usize| case["converted"][i] == 1;
    let all = 0..ages.len();
    (
        all.clone()
            .filter(|i| !is_success(*i))
            .map(|i| ages[i])
            .collect(),
        all.filter(|i| is_success(*i))
            .map(|i| Arrived {
                delay: case["delay"][i].as_f64().unwrap_or(0.0),
                age: ages[i],
            })
            .collect(),
    )
}

fn pending(ages: &[f64], mean_delay: f64) -> Vec<Outstanding> {
    ages.iter()
        .map(|age| Outstanding {
            trials: 1.0,
            share: -(-age / mean_delay).exp_m1(),
        })
        .collect()
}

#[test]
fn rates_with_outstanding_successes_agree_with_the_reference() {
    for case in golden()["single_arm"].as_array().unwrap() {
        let known = &case["known_cdf"];
        let mean_delay = known["mean_delay"].as_f64().unwrap();
        let (ages, arrived) = history(case);
        let law = PendingRate::new(
            [1.0, 1.0],
            float(arrived.len()),
            &pending(&ages, mean_delay),
        );
        let expected = &known["exact_posterior"];
        // The reference took its quantiles from a grid of the rate; those of finer integrals are in the test below.
        for (name, found, tolerance) in [
            ("mean", law.mean(), 1e-9),
            ("sd", law.sd(), 1e-9),
            ("q025", law.quantile(0.025), 4e-4),
            ("q975", law.quantile(0.975), 4e-4),
        ] {
            let error = found - expected[name].as_f64().unwrap();
            assert!(
                error.abs() < tolerance,
                "{} {name}: off by {error:e}",
                case["name"]
            );
        }
        let shares = numbers(&case["elapsed"]);
        let shares: Vec<f64> = shares
            .iter()
            .map(|age| -(-age / mean_delay).exp_m1())
            .collect();
        let effective = effective_trials(&shares);
        assert!((effective - known["n_eff"].as_f64().unwrap()).abs() < 1e-9);
        let rate = float(arrived.len()) / effective;
        assert!((rate - known["vernade"].as_f64().unwrap()).abs() < 1e-12);
    }
}

#[test]
fn quantiles_agree_with_finer_integrals() {
    // By 8,000 nodes in numpy, to twelve digits.
    let exact = [
        [0.129_522_124_843_5, 0.230_287_888_672_4],
        [0.085_640_852_750_1, 0.186_559_277_252_6],
        [0.046_039_780_067_4, 0.267_830_543_139_6],
    ];
    let file = golden();
    let cases = file["single_arm"].as_array().unwrap();
    for (case, exact) in cases.iter().zip(exact) {
        let mean_delay = case["known_cdf"]["mean_delay"].as_f64().unwrap();
        let (ages, arrived) = history(case);
        let outstanding = pending(&ages, mean_delay);
        let law = PendingRate::new([1.0, 1.0], float(arrived.len()), &outstanding);
        for (p, exact) in [0.025, 0.975].into_iter().zip(exact) {
            let error = law.quantile(p) - exact;
            assert!(
                error.abs() < 1e-11,
                "{} {p}: off by {error:e}",
                case["name"]
            );
        }
    }
}

#[test]
fn delays_agree_with_the_reference() {
    for case in golden()["single_arm"].as_array().unwrap() {
        let (ages, arrived) = history(case);
        let shares = product_limit(&arrived);
        for section in ["reverse_time_cdf_first5", "reverse_time_cdf_last3"] {
            for (delay, expected) in case[section].as_object().unwrap() {
                let delay: f64 = delay.parse().unwrap();
                let found = shares.iter().find(|it| (it.0 - delay).abs() < 1e-12);
                let error = found.unwrap().1 - expected.as_f64().unwrap();
                assert!(error.abs() < 1e-12, "{}: {delay}", case["name"]);
            }
        }
        let delays: Vec<f64> = arrived.iter().map(|it| it.delay).collect();
        let fit = fit_exponential(&delays, &ages).unwrap();
        let expected = &case["mle_bfgs"];
        let better = fit.ln_likelihood - expected["loglik"].as_f64().unwrap();
        assert!(
            better > -1e-9,
            "{}: less likely by {better:e}",
            case["name"]
        );
        // Of the sparse case the likelihood is flat to the last digit that the reference had.
        let tolerance = if case["name"] == "sparse" { 2e-3 } else { 1e-6 };
        for (found, name) in [(fit.rate, "p"), (1.0 / fit.mean_delay, "lam")] {
            let error = found - expected[name].as_f64().unwrap();
            assert!(
                error.abs() < tolerance,
                "{} {name}: off by {error:e}",
                case["name"]
            );
        }
    }
    assert_eq!(fit_exponential(&[], &[1.0]), None);
}

#[test]
fn the_better_of_two_arms_agrees_with_the_reference() {
    let file = golden();
    let two = &file["two_arm"];
    let [a, b] = ["A", "B"].map(|name| {
        let case = &two["data"][name];
        let (ages, arrived) = history(case);
        let mean_delay = case["mean_delay"].as_f64().unwrap();
        PendingRate::new(
            [1.0, 1.0],
            float(arrived.len()),
            &pending(&ages, mean_delay),
        )
    });
    let found = b.exceeds(&a);
    let expected = two["p_B_best"]["exact_pending_likelihood"].as_f64();
    assert!((found - expected.unwrap()).abs() < 2e-9, "{found}");
    // The reference's own grid is that coarse; by 90,000 nodes it is:
    assert!((found - 0.999_237_430_512).abs() < 1e-11, "{found}");
    assert!((a.exceeds(&b) + b.exceeds(&a) - 1.0).abs() < 1e-12);
    let [successes, effective] = ["S", "n_eff"].map(|name| numbers(&two[name]));
    let arm = |i: usize| Arm {
        a: 1.0 + successes[i],
        b: 1.0 + effective[i] - successes[i],
        payout: 1.0,
    };
    let best = arms::best(&[arm(0), arm(1)]).unwrap();
    let error = best.probabilities[1] - two["p_B_best"]["beta_neff"].as_f64().unwrap();
    assert!(error.abs() < 1e-9, "off by {error:e}");
}

#[test]
fn without_outstanding_trials_it_is_a_beta() {
    let failures = Outstanding {
        trials: 40.0,
        share: 1.0,
    };
    let law = PendingRate::new([1.0, 1.0], 7.0, &[failures]);
    let beta = Beta::new(8.0, 41.0);
    assert!((law.mean() - beta.mean()).abs() < 1e-14);
    assert!((law.sd() - beta.variance().sqrt()).abs() < 1e-14);
    assert!((law.quantile(0.9) - beta.quantile(0.9)).abs() < 1e-12);
}
