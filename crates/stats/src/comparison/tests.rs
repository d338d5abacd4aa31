use super::*;

fn of(steps: &[Step]) -> Lead<'_> {
    Lead {
        steps,
        unsupported: Some(0.0),
    }
}

fn step(weight: f64, reward: f64) -> Step {
    Step { weight, reward }
}

/// Two arms drawn evenly, the candidate takes the one, and every third lead brings something.
fn even(n: u64, cluster: impl Fn(u64) -> Option<u64>) -> Comparison {
    let mut comparison = Comparison::default();
    for lead in 0..n {
        let reward = if lead % 3 == 0 { 2.0 } else { 0.0 };
        let weight = if lead % 2 == 0 { 2.0 } else { 0.0 };
        let (candidate, baseline) = ([step(weight, reward)], [step(1.0, reward)]);
        comparison.add(of(&candidate), of(&baseline), cluster(lead));
    }
    comparison
}

#[test]
fn two_equal_policies_differ_by_exactly_nothing() {
    let mut comparison = Comparison::default();
    for lead in 0..1_000 {
        let reward = f64::from(lead % 7);
        // The same probability, by another order of multiplications.
        let (candidate, baseline) = ([step(0.1 * 3.0 / 0.3, reward)], [step(1.0, reward)]);
        comparison.add(of(&candidate), of(&baseline), None);
    }
    let difference = comparison.compare().difference;
    assert_eq!(difference.diff.to_bits(), 0.0_f64.to_bits());
    assert_eq!(difference.ci95, Some([0.0, 0.0]));
    assert!(difference.apart <= 0.0);
}

#[test]
fn a_log_without_a_single_reward_has_no_interval() {
    let mut comparison = Comparison::default();
    for lead in 0..2_000 {
        let candidate = [step(if lead % 2 == 0 { 2.0 } else { 0.0 }, 0.0)];
        comparison.add(of(&candidate), of(&[step(1.0, 0.0)]), None);
    }
    let compared = comparison.compare();
    assert_eq!(compared.difference.ci95, None);
    assert_eq!(
        (compared.candidate.ci95, compared.baseline.ci95),
        (None, None)
    );
}

#[test]
fn the_order_of_clusters_and_of_leads_without_one_does_not_matter() {
    let first_without = even(4_000, |lead| (lead >= 2_000).then_some(lead % 50));
    let last_without = even(4_000, |lead| {
        let lead = (lead + 2_000) % 4_000;
        (lead >= 2_000).then_some(lead % 50)
    });
    let [a, b] = [first_without, last_without].map(|comparison| comparison.compare());
    assert_eq!(a.candidate.n_clusters, Some(2_050));
    assert_eq!(b.candidate.n_clusters, Some(2_050));
    let close = |a: f64, b: f64| (a - b).abs() < 1e-3 * b.abs();
    assert!(
        close(a.difference.se_paired, b.difference.se_paired),
        "{a:?}"
    );
}

#[test]
fn a_weight_beyond_all_measure_is_left_out_and_told() {
    let mut comparison = even(1_000, |_| None);
    comparison.add(of(&[step(1e160, 1.0)]), of(&[step(1.0, 1.0)]), None);
    let compared = comparison.compare();
    assert_eq!(compared.candidate.n, 1_000);
    assert!(matches!(compared.left_out, Some((1, Error::Weight { .. }))));
}

#[test]
fn a_side_that_no_reward_fell_on_is_bounded_by_what_chance_may_have_hidden() {
    let mut comparison = Comparison::default();
    // The arm that the candidate leaves never sold anything.
    for lead in 0..4_000 {
        let is_new = lead % 2 == 0;
        let reward = if is_new && lead % 20 == 0 { 10.0 } else { 0.0 };
        let candidate = [step(if is_new { 2.0 } else { 0.0 }, reward)];
        comparison.add(of(&candidate), of(&[step(1.0, reward)]), None);
    }
    let difference = comparison.compare().difference;
    assert_eq!(difference.ci95, None);
    let [lower, _] = difference.one_sided.unwrap();
    let seen_alone = difference.diff - 1.85 * difference.se_paired;
    // −ln 0.025 unseen sales of 10 on 4,000 leads.
    let unseen = 3.689 * 10.0 / 4_000.0;
    assert!((lower - (seen_alone - unseen)).abs() < 0.003, "{lower}");
}
