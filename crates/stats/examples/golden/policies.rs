//! Values of policies from logs that others made.

use pointsman_stats::ope::{Decision, Diagnostics, Estimator, Log, mips, slope};
use serde_json::Value;

use crate::line::{Line, file, number, numbers};

pub(crate) fn small() -> Vec<Line> {
    const FILE: &str = "ope_small";
    let file = file(include_str!("../../tests/golden/ope_small.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, true);
    let [mut value, mut se, mut clustered, mut linearised, mut chosen] = [
        "value of a policy, 16 estimators",
        "its standard error",
        "the same over clusters",
        "the same of ratios, linearised",
        "value by a limit chosen by SLOPE",
    ]
    .map(line);
    for unit in ["binary", "revenue"] {
        let results = &file["results"][unit];
        let [alone, clusters] = [false, true].map(|clustered| log(&file, unit, clustered, false));
        for (name, estimator) in named() {
            let expected = |key: &str| number(&results[name][key]);
            let [found, over_clusters] =
                [&alone, &clusters].map(|log| estimator.estimate(log).expect("a log"));
            value.add(found.value(), expected("value"));
            if estimator.is_normalised() {
                linearised.add(found.se(), expected("se_linearised"));
            } else {
                se.add(found.se(), expected("se_iid"));
                clustered.add(over_clusters.se(), expected("se_cluster"));
            }
            if estimator == Estimator::Snips {
                linearised.add(over_clusters.se(), expected("se_linearised_cluster"));
            }
        }
        let of_destinations = Estimator::Ips.estimate(&log(&file, unit, false, true));
        let expected = &results["mips_true_embed"]["by_hand"];
        value.add(of_destinations.expect("a log").value(), number(expected));
        let grid = [1.0, 2.0, 5.0, 10.0, f64::INFINITY];
        let clipped = slope::choose(&alone, &grid, |limit| Estimator::ClippedIps { limit });
        let switched = slope::choose(&alone, &grid, |limit| Estimator::SwitchDr { limit });
        let shrunk = slope::choose(&alone, &grid, |lambda| Estimator::DrOs { lambda });
        for (found, name) in [
            (clipped, "tuned_cips_slope"),
            (switched, "tuned_switch_dr_slope"),
            (shrunk, "tuned_dros_slope"),
        ] {
            let found = found.expect("a grid").estimate.value();
            chosen.add(found, number(&results[name]["value"]));
        }
    }
    vec![value, se, clustered, linearised, chosen]
}

fn named() -> Vec<(&'static str, Estimator)> {
    vec![
        ("ips", Estimator::Ips),
        ("cips_2", Estimator::ClippedIps { limit: 2.0 }),
        ("cips_5", Estimator::ClippedIps { limit: 5.0 }),
        ("snips", Estimator::Snips),
        ("dm", Estimator::Dm),
        ("dr", Estimator::Dr),
        ("dr_clip5", Estimator::ClippedDr { limit: 5.0 }),
        ("sndr", Estimator::Sndr),
        ("switch_dr_2", Estimator::SwitchDr { limit: 2.0 }),
        ("switch_dr_5", Estimator::SwitchDr { limit: 5.0 }),
        ("dros_1", Estimator::DrOs { lambda: 1.0 }),
        ("dros_10", Estimator::DrOs { lambda: 10.0 }),
        ("dros_100", Estimator::DrOs { lambda: 100.0 }),
        ("sgips_05", Estimator::SubGaussianIps { lambda: 0.05 }),
        ("sgdr_05", Estimator::SubGaussianDr { lambda: 0.05 }),
    ]
}

fn whole(value: &Value) -> usize {
    let whole = value.as_u64().and_then(|whole| usize::try_from(whole).ok());
    whole.expect("a position")
}

fn log(file: &Value, unit: &str, is_clustered: bool, by_destination: bool) -> Log {
    let (data, results) = (&file["data"], &file["results"][unit]);
    let embedding = &results["mips_true_embed"]["embedding"];
    let mut log = Log::default();
    for (lead, action) in data["action"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        let (segment, action) = (whole(&data["segment"][lead]), whole(action));
        let policy = numbers(&data["pi_e_by_segment"][segment]);
        let logged = numbers(&data["pi_b_by_segment"][segment]);
        let model = numbers(&results["q_hat_by_segment"][segment]);
        let paths: Vec<mips::Path> = (0..policy.len())
            .map(|path| mips::Path {
                destination: whole(&embedding[path]),
                policy: policy[path],
                logged: logged[path],
            })
            .collect();
        let of_destination = mips::ratio(&paths, whole(&embedding[action]));
        let paid = if unit == "binary" {
            1.0
        } else {
            number(&data["payout"][action])
        };
        let decision = Decision {
            weight: if by_destination {
                of_destination.expect("the log went there")
            } else {
                policy[action] / number(&data["pscore"][lead])
            },
            reward: number(&data["conversion"][lead]) * paid,
            expected: model[action],
            mean: policy.iter().zip(&model).map(|(p, q)| p * q).sum(),
        };
        let cluster = data["cluster"][lead].as_u64();
        log.add(&[decision], cluster.filter(|_| is_clustered))
            .expect("numbers");
    }
    log
}

pub(crate) fn open_bandit() -> Vec<Line> {
    const FILE: &str = "ope_obd";
    let file = file(include_str!("../../tests/golden/ope_obd.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-10, true);
    let [mut value, mut se, mut weights] = [
        "value of Thompson sampling by uniform clicks",
        "its standard error",
        "effective leads, mean and largest weight",
    ]
    .map(line);
    for campaign in file["campaigns"].as_object().expect("campaigns").values() {
        let log = clicks(campaign);
        let results = &campaign["results"];
        for (name, estimator) in [
            ("ipw", Estimator::Ips),
            ("ipw_clip2", Estimator::ClippedIps { limit: 2.0 }),
            ("ipw_clip5", Estimator::ClippedIps { limit: 5.0 }),
            ("snipw", Estimator::Snips),
            ("dm", Estimator::Dm),
            ("dr", Estimator::Dr),
            ("sndr", Estimator::Sndr),
            ("switch_dr_1", Estimator::SwitchDr { limit: 1.0 }),
            ("switch_dr_5", Estimator::SwitchDr { limit: 5.0 }),
            ("dros_1", Estimator::DrOs { lambda: 1.0 }),
            ("dros_10", Estimator::DrOs { lambda: 10.0 }),
            ("sgipw_0.01", Estimator::SubGaussianIps { lambda: 0.01 }),
            ("sgdr_0.01", Estimator::SubGaussianDr { lambda: 0.01 }),
        ] {
            let found = estimator.estimate(&log).expect("a log");
            value.add(found.value(), number(&results[name]["value"]));
            match estimator {
                Estimator::Snips => se.add(found.se(), number(&results[name]["linearised_se"])),
                // The reference has no linearised one.
                Estimator::Sndr => {}
                _ => se.add(found.se(), number(&results[name]["normal_ci"]["se"])),
            }
        }
        let found = Diagnostics::of(&log, Some(0.0)).expect("a log");
        for (found, key) in [
            (found.ess, "ess"),
            (found.mean_weight, "mean_w"),
            (found.weight_max, "max_w"),
            (found.weight_share_max, "max_weight_share"),
        ] {
            weights.add(found, number(&results["diag"][key]));
        }
    }
    vec![value, se, weights]
}

/// Rows by item and position, with a table of both as the model.
fn clicks(campaign: &Value) -> Log {
    let table = |name: &str| -> Vec<Vec<f64>> {
        let rows = campaign[name].as_array().expect("a list");
        rows.iter().map(numbers).collect()
    };
    let [policy, model, rows, clicks] =
        ["exact_rank_probs", "q_simple", "rows", "clicks"].map(table);
    let n_items = number(&campaign["K"]);
    let mut log = Log::default();
    for position in 0..3 {
        let of_items = policy.iter().zip(&model);
        let mean = of_items.map(|(p, q)| p[position] * q[position]).sum();
        for item in 0..policy.len() {
            let mut row = 0.0;
            while row < rows[item][position] {
                let is_click = row < clicks[item][position];
                let decision = Decision {
                    weight: policy[item][position] * n_items,
                    reward: if is_click { 1.0 } else { 0.0 },
                    expected: model[item][position],
                    mean,
                };
                log.add(&[decision], None).expect("numbers");
                row += 1.0;
            }
        }
    }
    log
}
