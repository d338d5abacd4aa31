use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn steps(pairs: &[(f64, f64)]) -> Vec<Step> {
    pairs
        .iter()
        .map(|&(weight, reward)| Step { weight, reward })
        .collect()
}

fn log(leads: &[Vec<Step>]) -> Weighted {
    let mut log = Weighted::default();
    for lead in leads {
        log.add(lead, None).unwrap();
    }
    log
}

fn close(actual: f64, expected: f64) -> bool {
    (actual - expected).abs() <= 1e-9 * expected.abs().max(1e-9)
}

/// The reference log: each lead's weight, reward in two units, and cluster.
fn reference() -> (Value, Vec<(f64, f64, f64, u64)>) {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/golden/ope_small.json")).unwrap();
    let data = &file["data"];
    let number = |value: &Value| value.as_f64().unwrap();
    let whole = |name: &str, i: usize| usize::try_from(data[name][i].as_u64().unwrap()).unwrap();
    let leads = (0..data["action"].as_array().unwrap().len())
        .map(|i| {
            let (segment, action) = (whole("segment", i), whole("action", i));
            let weight =
                number(&data["pi_e_by_segment"][segment][action]) / number(&data["pscore"][i]);
            let converted = number(&data["conversion"][i]);
            (
                weight,
                converted,
                converted * number(&data["payout"][action]),
                data["cluster"][i].as_u64().unwrap(),
            )
        })
        .collect();
    (file, leads)
}

#[test]
fn a_reference_log_gives_the_reference_values() {
    let (file, leads) = reference();
    for (unit, is_money) in [("binary", false), ("revenue", true)] {
        let (mut alone, mut clustered) = (Weighted::default(), Weighted::default());
        for &(weight, converted, money, cluster) in &leads {
            let steps = steps(&[(weight, if is_money { money } else { converted })]);
            alone.add(&steps, None).unwrap();
            clustered.add(&steps, Some(cluster)).unwrap();
        }
        let (alone, clustered) = (alone.estimate().unwrap(), clustered.estimate().unwrap());
        let expected = |path: [&str; 2]| file["results"][unit][path[0]][path[1]].as_f64().unwrap();
        for (actual, path) in [
            (alone.ips, ["ips", "value"]),
            (alone.ips_se, ["ips", "se_iid"]),
            (clustered.ips_se, ["ips", "se_cluster"]),
            (alone.ips_ci95[0], ["ips", "lo"]),
            (alone.ips_ci95[1], ["ips", "hi"]),
            (alone.snips, ["snips", "value"]),
            (alone.snips_se_linearised, ["snips", "se_linearised"]),
            (
                clustered.snips_se_linearised,
                ["snips", "se_linearised_cluster"],
            ),
        ] {
            assert!(
                close(actual, expected(path)),
                "{unit} {path:?}: {actual} is not {}",
                expected(path)
            );
        }
        let diagnostics = |name: &str| file["diagnostics"][name].as_f64().unwrap();
        assert!(close(alone.ess, diagnostics("ess")));
        assert!(close(alone.mean_weight, diagnostics("mean_w")));
        assert!(close(alone.max_weight, diagnostics("max_w")));
        assert!(close(
            alone.max_weight_share,
            diagnostics("max_weight_share")
        ));
    }
}

#[test]
fn two_policies_are_compared_lead_by_lead() {
    let (file, leads) = reference();
    let mut paired = Paired::default();
    for &(weight, converted, _, cluster) in &leads {
        paired.add(weight * converted, 0.0, Some(cluster)).unwrap();
    }
    // Against a policy that is worth nothing, the difference is the value itself.
    let difference = paired.difference().unwrap();
    assert!(close(
        difference.diff,
        file["results"]["binary"]["ips"]["value"].as_f64().unwrap()
    ));
    assert!(close(
        difference.se_paired,
        file["results"]["binary"]["ips"]["se_cluster"]
            .as_f64()
            .unwrap()
    ));

    let mut same = Paired::default();
    for &(weight, _, money, _) in &leads {
        same.add(weight * money, weight * money, None).unwrap();
    }
    let expected = Difference {
        diff: 0.0,
        se_paired: 0.0,
        ci95: [0.0, 0.0],
        clusters: None,
    };
    assert_eq!(same.difference(), Ok(expected));
}

/// Straight from the definitions, keeping every lead.
fn by_definition(leads: &[Vec<Step>]) -> (f64, f64) {
    let n_steps = leads.iter().map(Vec::len).max().unwrap().max(1);
    let n = count(leads.len() as u64);
    let weight =
        |lead: &Vec<Step>, k: usize| lead.get(k).or(lead.last()).map_or(1.0, |step| step.weight);
    let reward = |lead: &Vec<Step>, k: usize| lead.get(k).map_or(0.0, |step| step.reward);
    let mut psi = vec![0.0; leads.len()];
    let mut snips = 0.0;
    for k in 0..n_steps {
        let sum: f64 = leads.iter().map(|lead| weight(lead, k)).sum();
        let ratio = leads
            .iter()
            .map(|lead| weight(lead, k) * reward(lead, k))
            .sum::<f64>()
            / sum;
        snips += ratio;
        for (psi, lead) in psi.iter_mut().zip(leads) {
            *psi += weight(lead, k) * (reward(lead, k) - ratio) / (sum / n);
        }
    }
    (
        snips,
        psi.iter().map(|psi| psi * psi).sum::<f64>().sqrt() / n,
    )
}

fn any_leads() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step =
        (0.05..20.0_f64, -3.0..90.0_f64).prop_map(|(weight, reward)| Step { weight, reward });
    proptest::collection::vec(proptest::collection::vec(step, 0..5), 2..40)
}

proptest! {
    #[test]
    fn adding_one_by_one_agrees_with_the_definitions(leads in any_leads()) {
        let estimate = log(&leads).estimate().unwrap();
        let (snips, se) = by_definition(&leads);
        prop_assert!((estimate.snips - snips).abs() < 1e-9 * snips.abs().max(1.0), "{} is not {snips}", estimate.snips);
        prop_assert!((estimate.snips_se_linearised - se).abs() < 1e-7 * se.max(1e-3), "{} is not {se}", estimate.snips_se_linearised);
        let ips = leads.iter().map(|lead| value(lead)).sum::<f64>() / count(leads.len() as u64);
        prop_assert!((estimate.ips - ips).abs() < 1e-9 * ips.abs().max(1.0));
    }

    #[test]
    fn parts_merge_to_the_whole(leads in any_leads(), other in any_leads()) {
        let mut merged = log(&leads);
        merged.merge(&log(&other));
        let whole = log(&leads.iter().chain(&other).cloned().collect::<Vec<_>>());
        let (merged, whole) = (merged.estimate().unwrap(), whole.estimate().unwrap());
        for (a, b) in [(merged.ips, whole.ips), (merged.ips_se, whole.ips_se), (merged.snips, whole.snips), (merged.ess, whole.ess),
            (merged.snips_se_linearised, whole.snips_se_linearised)] {
            prop_assert!((a - b).abs() < 1e-8 * b.abs().max(1e-3), "{a} is not {b}");
        }
        prop_assert_eq!(merged.rewards_with_weight, whole.rewards_with_weight);
    }

    #[test]
    fn a_cluster_for_each_lead_is_no_cluster(leads in any_leads()) {
        let mut clustered = Weighted::default();
        for (cluster, lead) in (0..).zip(&leads) {
            clustered.add(lead, Some(cluster)).unwrap();
        }
        let (clustered, alone) = (clustered.estimate().unwrap(), log(&leads).estimate().unwrap());
        prop_assert!((clustered.ips_se - alone.ips_se).abs() < 1e-8 * alone.ips_se.max(1e-3));
    }
}

#[test]
fn a_log_of_the_policy_itself_is_taken_at_its_word() {
    let estimate = log(&[
        steps(&[(1.0, 4.0)]),
        steps(&[(1.0, 0.0), (1.0, 2.0)]),
        vec![],
        steps(&[(1.0, 0.0)]),
    ])
    .estimate()
    .unwrap();
    assert!(
        close(estimate.ips, 1.5) && close(estimate.snips, 1.5) && close(estimate.ess, 4.0),
        "{estimate:?}"
    );
    assert_eq!((estimate.n, estimate.rewards_with_weight), (4, 2));
}

#[test]
fn nothing_to_go_by_is_an_error_and_never_a_number() {
    assert_eq!(Weighted::default().estimate(), Err(Error::TooFew { n: 0 }));
    assert_eq!(
        log(&[steps(&[(1.0, 1.0)])]).estimate(),
        Err(Error::TooFew { n: 1 })
    );
    let without = log(&[steps(&[(0.0, 1.0)]), steps(&[(0.0, 2.0)])]).estimate();
    assert_eq!(without, Err(Error::NoOverlap { n: 2 }));
    assert_eq!(
        without.unwrap_err().to_string(),
        "no overlap: all 2 leads have weight 0, so the log says nothing about this policy"
    );
    let mut one_cluster = Weighted::default();
    one_cluster.add(&steps(&[(1.0, 1.0)]), Some(7)).unwrap();
    one_cluster.add(&steps(&[(1.0, 2.0)]), Some(7)).unwrap();
    assert_eq!(one_cluster.estimate(), Err(Error::TooFew { n: 1 }));
    assert_eq!(Paired::default().difference(), Err(Error::TooFew { n: 0 }));
}

#[test]
fn a_bad_lead_is_refused_and_leaves_no_trace() {
    let mut log = Weighted::default();
    assert!(matches!(
        log.add(&steps(&[(1.0, 0.0), (-0.5, 0.0)]), None),
        Err(Error::Weight { step: 1, .. })
    ));
    assert!(matches!(
        log.add(&steps(&[(f64::NAN, 0.0)]), None),
        Err(Error::Weight { step: 0, .. })
    ));
    assert!(matches!(
        log.add(&steps(&[(1.0, f64::INFINITY)]), None),
        Err(Error::Reward { step: 0, .. })
    ));
    assert_eq!(log, Weighted::default());
}
