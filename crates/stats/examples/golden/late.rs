//! Rates of what comes late.

use serde_json::Value;

use pointsman_stats::delay::{self, Arrived, Outstanding, PendingRate};

use crate::line::{Line, cases, file, number, numbers};

pub(crate) fn delays() -> Vec<Line> {
    const FILE: &str = "delay_revenue";
    let file = file(include_str!("../../tests/golden/delay_revenue.json"));
    let mut belief = Line::new(FILE, "rate with outstanding successes", 1e-9, false);
    let mut effective = Line::new(FILE, "effective trials", 1e-12, true);
    let mut shares = Line::new(FILE, "share arrived (product limit)", 1e-12, false);
    let mut rate = Line::new(FILE, "rate and delay together, likelihood", 1e-9, false);
    for case in cases(&file, "single_arm") {
        let known = &case["known_cdf"];
        let mean_delay = number(&known["mean_delay"]);
        let (ages, arrived) = history(&case);
        let law = belief_of(&ages, arrived.len(), mean_delay);
        belief.add(law.mean(), number(&known["exact_posterior"]["mean"]));
        belief.add(law.sd(), number(&known["exact_posterior"]["sd"]));
        let all = numbers(&case["elapsed"]);
        let all: Vec<f64> = all.iter().map(|age| share(*age, mean_delay)).collect();
        effective.add(delay::effective_trials(&all), number(&known["n_eff"]));
        let limit = delay::product_limit(&arrived);
        for section in ["reverse_time_cdf_first5", "reverse_time_cdf_last3"] {
            for (at, expected) in case[section].as_object().expect("a table") {
                let at: f64 = at.parse().expect("a delay");
                let found = limit.iter().find(|it| (it.0 - at).abs() < 1e-12);
                shares.add(found.expect("every delay is there").1, number(expected));
            }
        }
        let delays: Vec<f64> = arrived.iter().map(|it| it.delay).collect();
        let fit = delay::fit_exponential(&delays, &ages).expect("there are successes");
        rate.add(fit.ln_likelihood, number(&case["mle_bfgs"]["loglik"]));
    }
    let mut better = Line::new(FILE, "the better of two, outstanding", 2e-9, false);
    let two = &file["two_arm"];
    let [a, b] = ["A", "B"].map(|name| {
        let case = &two["data"][name];
        let (ages, arrived) = history(case);
        belief_of(&ages, arrived.len(), number(&case["mean_delay"]))
    });
    better.add(
        b.exceeds(&a),
        number(&two["p_B_best"]["exact_pending_likelihood"]),
    );
    vec![belief, effective, shares, rate, better]
}

/// Ages of the trials without a success, and the successes.
fn history(case: &Value) -> (Vec<f64>, Vec<Arrived>) {
    let ages = numbers(&case["elapsed"]);
    let converted = numbers(&case["converted"]);
    let (mut pending, mut arrived) = (Vec::new(), Vec::new());
    for (i, age) in ages.into_iter().enumerate() {
        if converted[i] > 0.0 {
            let delay = case["delay"][i].as_f64().unwrap_or(0.0);
            arrived.push(Arrived { delay, age });
        } else {
            pending.push(age);
        }
    }
    (pending, arrived)
}

fn share(age: f64, mean_delay: f64) -> f64 {
    -(-age / mean_delay).exp_m1()
}

#[expect(clippy::cast_precision_loss, reason = "some hundred successes")]
fn belief_of(ages: &[f64], n_successes: usize, mean_delay: f64) -> PendingRate {
    let outstanding: Vec<Outstanding> = ages
        .iter()
        .map(|age| Outstanding {
            trials: 1.0,
            share: share(*age, mean_delay),
        })
        .collect();
    PendingRate::new([1.0, 1.0], n_successes as f64, &outstanding)
}
