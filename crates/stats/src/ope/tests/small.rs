//! A log of 240 leads with clusters, by every estimator.

use super::*;

struct Small {
    results: Value,
    diagnostics: Value,
    /// Weight, reward and the model's two numbers of each lead; its cluster; weight over pairs of actions.
    leads: Vec<(Decision, u64, f64)>,
    matches: Vec<replay::Match>,
}

fn small(unit: &str) -> Small {
    let file: Value =
        serde_json::from_str(include_str!("../../../tests/golden/ope_small.json")).unwrap();
    let data = &file["data"];
    let results = file["results"][unit].clone();
    let whole = |name: &str, i: usize| usize::try_from(data[name][i].as_u64().unwrap()).unwrap();
    let embedding = &results["mips_true_embed"]["embedding"];
    let mut leads = Vec::new();
    let mut matches = Vec::new();
    for i in 0..data["action"].as_array().unwrap().len() {
        let (segment, action) = (whole("segment", i), whole("action", i));
        let policy = numbers(&data["pi_e_by_segment"][segment]);
        let logged = numbers(&data["pi_b_by_segment"][segment]);
        let model = numbers(&results["q_hat_by_segment"][segment]);
        let paid = if unit == "binary" {
            1.0
        } else {
            number(&data["payout"][action])
        };
        let decision = Decision {
            weight: policy[action] / number(&data["pscore"][i]),
            reward: number(&data["conversion"][i]) * paid,
            expected: model[action],
            mean: policy.iter().zip(&model).map(|(p, q)| p * q).sum(),
        };
        let group = |action: usize| usize::try_from(embedding[action].as_u64().unwrap()).unwrap();
        let paths: Vec<mips::Path> = (0..policy.len())
            .map(|action| mips::Path {
                destination: group(action),
                policy: policy[action],
                logged: logged[action],
            })
            .collect();
        let of_group = mips::ratio(&paths, group(action)).unwrap();
        leads.push((decision, data["cluster"][i].as_u64().unwrap(), of_group));
        let best = (0..policy.len()).max_by(|a, b| policy[*a].total_cmp(&policy[*b]));
        matches.push(replay::Match {
            matches: best == Some(action),
            reward: decision.reward,
            propensity: number(&data["pscore"][i]),
        });
    }
    Small {
        results,
        diagnostics: file["diagnostics"].clone(),
        leads,
        matches,
    }
}

impl Small {
    fn log(&self, has_clusters: bool) -> Log {
        let mut log = Log::default();
        for (decision, cluster, _) in &self.leads {
            log.add(&[*decision], has_clusters.then_some(*cluster))
                .unwrap();
        }
        log
    }
}

const TOLERANCE: f64 = 1e-12;

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

/// The standard error of the mean of numbers a lead, as the reference has it for ratios too.
fn se_of_mean(values: &[f64], log: &Log) -> f64 {
    let n = crate::weighted::count(values.len() as u64);
    let mean = values.iter().sum::<f64>() / n;
    let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    spread(&deviations, log, 1.0).se
}

#[test]
fn every_estimator_agrees_alone_and_clustered() {
    for unit in ["binary", "revenue"] {
        let small = small(unit);
        for (name, estimator) in named() {
            let expected = &small.results[name];
            for (has_clusters, se) in [(false, "se_iid"), (true, "se_cluster")] {
                let log = small.log(has_clusters);
                let found = estimator.estimate(&log).unwrap();
                let what = format!("{unit} {name} {se}");
                agree(found.value(), number(&expected["value"]), TOLERANCE, &what);
                if !estimator.is_normalised() {
                    agree(found.se(), number(&expected[se]), TOLERANCE, &what);
                }
                // The reference takes what a lead adds to a ratio for independent of the others.
                let columns = {
                    let mut columns = influence::Columns::with_len(1);
                    log.leads().for_each(|lead| columns.add(estimator, lead));
                    columns
                };
                let mean_weight = if estimator.is_normalised() {
                    columns.weights[0] / columns.n
                } else {
                    1.0
                };
                let parts: Vec<f64> = log
                    .leads()
                    .map(|lead| {
                        estimator.base(lead) + estimator.terms(lead).sum::<f64>() / mean_weight
                    })
                    .collect();
                agree(
                    se_of_mean(&parts, &log),
                    number(&expected[se]),
                    TOLERANCE,
                    &what,
                );
                for (part, expected) in parts.iter().zip(numbers(&expected["round_first5"])) {
                    assert!(
                        (part - expected).abs() <= 1e-12 * expected.abs().max(1.0),
                        "{what}"
                    );
                }
            }
        }
    }
}

#[test]
fn linearised_errors_agree_with_a_weighted_regression() {
    for unit in ["binary", "revenue"] {
        let small = small(unit);
        let (alone, clustered) = (small.log(false), small.log(true));
        let se = |estimator: Estimator, log| estimator.estimate(log).unwrap().se();
        let of = |name: &str, key: &str| number(&small.results[name][key]);
        for (found, expected) in [
            (se(Estimator::Snips, &alone), of("snips", "se_linearised")),
            (
                se(Estimator::Snips, &clustered),
                of("snips", "se_linearised_cluster"),
            ),
            (se(Estimator::Snips, &alone), of("statsmodels_wls", "hc0")),
            (
                se(Estimator::Snips, &clustered),
                of("statsmodels_wls", "cluster_corr"),
            ),
            (se(Estimator::Sndr, &alone), of("sndr", "se_linearised")),
        ] {
            agree(found, expected, TOLERANCE, unit);
        }
        let ips = Estimator::Ips.estimate(&alone).unwrap();
        for (found, key) in ips.ci95().into_iter().zip(["lo", "hi"]) {
            agree(found, of("ips", key), TOLERANCE, key);
        }
    }
}

#[test]
fn weights_of_destinations_and_matches_agree() {
    for unit in ["binary", "revenue"] {
        let small = small(unit);
        let mut log = Log::default();
        for (decision, _, weight) in &small.leads {
            let weight = *weight;
            log.add(
                &[Decision {
                    weight,
                    ..*decision
                }],
                None,
            )
            .unwrap();
        }
        let of = |name: &str, key: &str| number(&small.results[name][key]);
        for (estimator, key) in [(Estimator::Ips, "obp"), (Estimator::Snips, "sn")] {
            let found = estimator.estimate(&log).unwrap().value();
            agree(found, of("mips_true_embed", key), TOLERANCE, key);
        }
        let matched = replay::mean_of_matches(&small.matches).unwrap();
        agree(matched.value, of("replay", "value"), TOLERANCE, "replay");
        assert_eq!(matched.n_matches, 31);
        // The log did not draw evenly, so this mean is no value.
        let refused = replay::value(&small.matches);
        assert!(matches!(refused, Err(Error::NotUniform { .. })));
        let mut of_best = Log::default();
        for lead in &small.matches {
            let weight = if lead.matches {
                1.0 / lead.propensity
            } else {
                0.0
            };
            let reward = lead.reward;
            let decision = Decision {
                weight,
                reward,
                ..Decision::default()
            };
            of_best.add(&[decision], None).unwrap();
        }
        for (estimator, key) in [
            (Estimator::Ips, "ips_deterministic"),
            (Estimator::Snips, "snips_deterministic"),
        ] {
            let found = estimator.estimate(&of_best).unwrap().value();
            agree(found, number(&small.results[key]), TOLERANCE, key);
        }
    }
}

#[test]
fn limits_are_chosen_as_by_the_reference() {
    let grid = [1.0, 2.0, 5.0, 10.0, f64::INFINITY];
    for unit in ["binary", "revenue"] {
        let small = small(unit);
        let log = small.log(false);
        for (name, chosen) in [
            (
                "tuned_cips_slope",
                slope::choose(&log, &grid, |limit| Estimator::ClippedIps { limit }),
            ),
            (
                "tuned_dr_slope",
                slope::choose(&log, &grid, |limit| Estimator::ClippedDr { limit }),
            ),
            (
                "tuned_switch_dr_slope",
                slope::choose(&log, &grid, |limit| Estimator::SwitchDr { limit }),
            ),
            (
                "tuned_dros_slope",
                slope::choose(&log, &grid, |lambda| Estimator::DrOs { lambda }),
            ),
        ] {
            let (chosen, expected) = (chosen.unwrap(), &small.results[name]);
            assert!((chosen.lambda - number(&expected["lambda_"])).abs() < 1e-12);
            agree(
                chosen.estimate.value(),
                number(&expected["value"]),
                TOLERANCE,
                name,
            );
        }
    }
}

#[test]
fn diagnostics_agree() {
    let small = small("binary");
    let found = Diagnostics::of(&small.log(false), Some(0.0)).unwrap();
    let n = 240.0;
    for (found, key) in [
        (found.mean_weight, "mean_w"),
        (found.weight_max, "max_w"),
        (found.ess, "ess"),
        (found.ess / n, "ess_frac"),
        (found.weight_share_max, "max_weight_share"),
        (n / found.ess - 1.0, "cv2"),
    ] {
        agree(found, number(&small.diagnostics[key]), TOLERANCE, key);
    }
}
