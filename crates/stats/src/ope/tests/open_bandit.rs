//! The uniformly logged sample of the Open Bandit Dataset, under the dataset's own Thompson sampling.

use super::*;

/// The leads of a campaign by item and position: as many decisions as there are rows, in order of items.
fn log(
    campaign: &Value,
    weight_of: impl Fn(usize, usize) -> f64,
    model: impl Fn(usize, usize) -> [f64; 2],
) -> Log {
    let mut log = Log::default();
    for (item, rows) in campaign["rows"].as_array().unwrap().iter().enumerate() {
        for (position, n) in rows.as_array().unwrap().iter().enumerate() {
            let clicks = campaign["clicks"][item][position].as_u64().unwrap();
            let [expected, mean] = model(item, position);
            for row in 0..n.as_u64().unwrap() {
                let decision = Decision {
                    weight: weight_of(item, position),
                    reward: if row < clicks { 1.0 } else { 0.0 },
                    expected,
                    mean,
                };
                log.add(&[decision], None).unwrap();
            }
        }
    }
    log
}

fn file(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn campaigns() -> Value {
    file(include_str!("../../../tests/golden/ope_obd.json"))["campaigns"].clone()
}

fn items(campaign: &Value) -> f64 {
    crate::weighted::count(campaign["K"].as_u64().unwrap())
}

/// The log of a campaign with the exact probabilities of the policy and a table as its model.
fn thompson(campaign: &Value) -> Log {
    let k = items(campaign);
    let policy =
        |item: usize, position: usize| number(&campaign["exact_rank_probs"][item][position]);
    let model = |item: usize, position: usize| number(&campaign["q_simple"][item][position]);
    let n_items = campaign["rows"].as_array().unwrap().len();
    let means: Vec<f64> = (0..3)
        .map(|position| {
            let of_items = (0..n_items).map(|item| policy(item, position) * model(item, position));
            of_items.sum()
        })
        .collect();
    log(
        campaign,
        |item, position| policy(item, position) * k,
        |item, position| [model(item, position), means[position]],
    )
}

#[test]
fn every_estimator_agrees_on_real_clicks() {
    const TOLERANCE: f64 = 1e-10;
    for (name, campaign) in campaigns().as_object().unwrap() {
        let log = thompson(campaign);
        assert_eq!(log.n_leads(), 10_000);
        let results = &campaign["results"];
        for (key, estimator) in [
            ("ipw", Estimator::Ips),
            ("ipw_clip2", Estimator::ClippedIps { limit: 2.0 }),
            ("ipw_clip5", Estimator::ClippedIps { limit: 5.0 }),
            ("snipw", Estimator::Snips),
            ("dm", Estimator::Dm),
            ("dr", Estimator::Dr),
            ("sndr", Estimator::Sndr),
            ("switch_dr_1", Estimator::SwitchDr { limit: 1.0 }),
            ("switch_dr_5", Estimator::SwitchDr { limit: 5.0 }),
            ("switch_dr_slope", Estimator::SwitchDr { limit: 10.0 }),
            ("dros_1", Estimator::DrOs { lambda: 1.0 }),
            ("dros_10", Estimator::DrOs { lambda: 10.0 }),
            ("sgipw_0.01", Estimator::SubGaussianIps { lambda: 0.01 }),
            ("sgdr_0.01", Estimator::SubGaussianDr { lambda: 0.01 }),
        ] {
            let found = estimator.estimate(&log).unwrap();
            let what = format!("{name} {key}");
            agree(
                found.value(),
                number(&results[key]["value"]),
                TOLERANCE,
                &what,
            );
            let se = if estimator == Estimator::Snips {
                &results[key]["linearised_se"]
            } else {
                &results[key]["normal_ci"]["se"]
            };
            // The reference has no linearised error for the doubly robust ratio.
            if !se.is_null() && estimator != Estimator::Sndr {
                agree(found.se(), number(se), TOLERANCE, &what);
            }
        }
        let found = Diagnostics::of(&log, Some(0.0)).unwrap();
        for (found, key) in [
            (found.ess, "ess"),
            (found.mean_weight, "mean_w"),
            (found.weight_max, "max_w"),
            (found.weight_share_max, "max_weight_share"),
        ] {
            agree(found, number(&results["diag"][key]), TOLERANCE, key);
        }
        let n_rewards = results["diag"]["n_reward_support"].as_u64().unwrap();
        assert_eq!(found.n_rewards, n_rewards);
    }
}

#[test]
fn policies_as_flows_agree_and_so_does_their_difference() {
    const TOLERANCE: f64 = 1e-9;
    let flows = file(include_str!("../../../tests/golden/open_bandit_flows.json"));
    for (name, campaign) in campaigns().as_object().unwrap() {
        let expected = &flows["campaigns"][name];
        let weights = &expected["weights_ppm"];
        let k = items(campaign);
        let no_model = |_, _| [0.0; 2];
        let bts = |item: usize, position: usize| {
            number(&weights["bts_by_position"][position][item]) / 1e6 * k
        };
        let uniform = |item: usize, _| number(&weights["uniform"][item]) / 1e6 * k;
        let (bts, uniform) = (
            log(campaign, bts, no_model),
            log(campaign, uniform, no_model),
        );
        for (log, key) in [(&bts, "bts_on_random"), (&uniform, "uniform_on_random")] {
            let ips = Estimator::Ips.estimate(log).unwrap();
            let snips = Estimator::Snips.estimate(log).unwrap();
            let diagnostics = Diagnostics::of(log, None).unwrap();
            for (found, column) in [
                (ips.value(), "ips"),
                (ips.se(), "ips_se"),
                (snips.value(), "snips"),
                (snips.se(), "snips_se_linearised"),
                (diagnostics.ess, "ess"),
                (diagnostics.weight_max, "max_weight"),
                (diagnostics.mean_weight, "mean_weight"),
            ] {
                agree(
                    found,
                    number(&expected["results"][key][column]),
                    TOLERANCE,
                    column,
                );
            }
        }
        let [of_bts, of_uniform] =
            [&bts, &uniform].map(|log| Estimator::Ips.estimate(log).unwrap());
        let difference = of_bts.minus(&of_uniform, &bts).unwrap();
        let expected = &expected["results"]["bts_minus_uniform_on_random_ips"];
        agree(
            difference.value(),
            number(&expected["diff"]),
            TOLERANCE,
            name,
        );
        agree(
            difference.se(),
            number(&expected["se_paired"]),
            TOLERANCE,
            name,
        );
        let refused = of_bts.minus(&of_uniform, &Log::default());
        let (own, other) = (10_000, 0);
        assert_eq!(refused, Err(Error::OtherLeads { own, other }));
    }
}
