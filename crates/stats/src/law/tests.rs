use statrs::distribution::{ContinuousCDF as _, Gamma};

use super::*;
use crate::arms::{self, Arm};
use crate::beta::Beta;
use crate::gamma_law;

/// A rate with a payout, both unsure.
#[derive(Debug, Clone, Copy)]
struct Paid {
    a: f64,
    b: f64,
    payout: f64,
    /// Coefficient of variation of the payout.
    cv: f64,
}

fn beta(a: f64, b: f64) -> Law {
    Law::beta_mixture(&[Part { weight: 1.0, a, b }])
}

impl Paid {
    fn law(&self) -> Law {
        let payout = Law::gamma(self.payout, (self.cv * self.payout).powi(2));
        beta(self.a, self.b).times(&payout)
    }

    /// Products of the middles of equally likely parts of each factor: an integral over both that shares nothing with
    /// ours but the named laws.
    fn products(&self) -> Vec<f64> {
        // Most of the points go to the factor that is less known.
        let (n_rates, n_payouts) = match (self.a + self.b > 100.0, self.cv > 0.1) {
            (true, true) => (40, 1_500),
            (false, false) => (1_500, 40),
            _ => (245, 245),
        };
        let rates = middles(n_rates, |p| Beta::new(self.a, self.b).quantile(p));
        let payouts = gamma_middles(self.payout, self.cv, n_payouts);
        let products = rates
            .iter()
            .flat_map(|rate| payouts.iter().map(move |payout| rate * payout));
        sorted(products.collect())
    }
}

fn middles(n: u32, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..n)
        .map(|i| quantile((f64::from(i) + 0.5) / f64::from(n)))
        .collect()
}

fn gamma_middles(mean: f64, cv: f64, n: u32) -> Vec<f64> {
    if cv == 0.0 {
        return vec![mean];
    }
    let shape = 1.0 / (cv * cv);
    let gamma = Gamma::new(shape, shape / mean).unwrap();
    middles(n, |p| gamma.inverse_cdf(p))
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// Share of pairs in which the first is larger.
fn wins(first: &[f64], second: &[f64]) -> f64 {
    let (mut below, mut sum) = (0_u32, 0.0);
    for value in first {
        while second
            .get(below as usize)
            .is_some_and(|other| other < value)
        {
            below += 1;
        }
        sum += f64::from(below);
    }
    sum / (count(first) * count(second))
}

fn count(values: &[f64]) -> f64 {
    f64::from(u32::try_from(values.len()).unwrap())
}

#[test]
fn chances_are_those_of_an_independent_integral_for_any_rate_and_spread_of_the_payout() {
    let mut arms = Vec::new();
    for rate in [0.01, 0.1, 0.5, 0.9, 0.999] {
        for n in [12.0, 2_000.0] {
            for cv in [0.0, 0.05, 0.5, 1.0, 2.0] {
                arms.push(Paid {
                    a: rate * n,
                    b: (1.0 - rate) * n,
                    payout: 30.0 / rate,
                    cv,
                });
            }
        }
    }
    let products: Vec<Vec<f64>> = arms.iter().map(Paid::products).collect();
    let laws: Vec<Law> = arms.iter().map(Paid::law).collect();
    let mut worst = (0.0, 0, 0);
    for i in 0..arms.len() {
        for j in (0..i).step_by(3) {
            let exact = wins(&products[i], &products[j]);
            let ours = largest(&[laws[i].clone(), laws[j].clone()]).probabilities[0];
            let error = (ours - exact).abs();
            if error > worst.0 {
                worst = (error, i, j);
            }
        }
    }
    let (error, i, j) = worst;
    assert!(
        error < 1e-3,
        "{error} for {:?} against {:?}",
        arms[i],
        arms[j]
    );
}

#[test]
fn a_success_that_is_nearly_certain_does_not_bound_what_it_pays() {
    // Both are worth 30.20 to the cent; a Beta scaled to the mean payout cannot lie above it, and gave one 97 %.
    let arm = |worth: f64, cv| Paid {
        a: 990.0,
        b: 2.0,
        payout: worth * 992.0 / 990.0,
        cv,
    };
    let arms = [arm(30.204_5, 0.0473), arm(30.195_1, 0.0463)];
    for laws in [
        arms.map(|arm| arm.law()),
        // As the learner puts it together: refused leads earn nothing.
        arms.map(|Paid { a, b, payout, cv }| {
            let payout = Law::gamma(payout, (cv * payout).powi(2));
            beta(a, b).blend(&payout, &Law::point(0.0))
        }),
    ] {
        assert!(
            (laws[0].variance().sqrt() - 1.43).abs() < 0.01
                && (laws[1].variance().sqrt() - 1.40).abs() < 0.01
        );
        let exact = wins(&arms[0].products(), &arms[1].products());
        let ours = largest(&laws).probabilities[0];
        assert!((ours - exact).abs() < 5e-4, "{ours} is not {exact}");
        assert!((ours - 0.502).abs() < 1e-3, "{ours}");
    }
}

#[test]
fn rates_alone_compare_as_the_exact_integral_does() {
    let cases: [&[(f64, f64)]; 4] = [
        &[(121.0, 2281.0), (166.0, 2216.0)],
        &[(1.0, 1.0), (101.0, 901.0), (1211.0, 8791.0)],
        &[(3.0, 17.0), (8.0, 60.0), (2.0, 30.0), (1.0, 9.0)],
        &[(0.5, 5.0), (40.0, 300.0)],
    ];
    for case in cases {
        let exact = case.iter().map(|&(a, b)| Arm { a, b, payout: 1.0 });
        let exact = arms::best(&exact.collect::<Vec<Arm>>()).unwrap();
        let ours = largest(&case.iter().map(|&(a, b)| beta(a, b)).collect::<Vec<Law>>());
        for (ours, exact) in ours.probabilities.iter().zip(&exact.probabilities) {
            assert!(
                (ours - exact).abs() < 2e-4,
                "{ours} is not {exact} in {case:?}"
            );
        }
        assert!((ours.expected_max / exact.expected_max - 1.0).abs() < 1e-3);
    }
}

/// Two amounts, the second of which is added, taken off, or comes in the other cases than the first.
#[derive(Debug, Clone, Copy)]
struct Two {
    /// Mean and coefficient of variation.
    yes: (f64, f64),
    no: (f64, f64),
}

impl Two {
    fn laws(self) -> (Law, Law) {
        let of = |(mean, cv): (f64, f64)| Law::gamma(mean, (mean * cv).powi(2));
        (of(self.yes), of(self.no))
    }

    /// Probability that `yes_share · yes + no_share · no` is at most `x`, by the exact distribution of the wider and `n` equally
    /// likely parts of the other.
    fn below(self, (yes_share, no_share): (f64, f64), n: u32, x: f64) -> f64 {
        let parts = [(yes_share, self.yes), (no_share, self.no)];
        let spread = |(share, (mean, cv)): (f64, (f64, f64))| share.abs() * mean * cv;
        let [wide, narrow] = if spread(parts[0]) >= spread(parts[1]) {
            parts
        } else {
            [parts[1], parts[0]]
        };
        let (share, (mean, cv)) = wide;
        let exact = gamma_law::Gamma::with_moments(mean, mean * cv);
        let (other_share, (mean, cv)) = narrow;
        let others = gamma_middles(mean, cv, n);
        let sum: f64 = others
            .iter()
            .map(|other| {
                let x = (x - other_share * other) / share;
                let tails = exact.tails(x.max(0.0));
                if share > 0.0 {
                    tails.lower
                } else {
                    tails.upper
                }
            })
            .sum();
        sum / count(&others)
    }
}

/// Compares the distribution of a law with the exact one over all of it.
fn assert_distributed(law: &Law, exact: impl Fn(f64) -> f64, what: &dyn std::fmt::Debug) {
    for share in [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98] {
        let at = law.quantile(share);
        let (ours, exact) = (law.below(at), exact(at));
        assert!(
            (ours - exact).abs() < 4e-3,
            "{ours} is not {exact} at {at} of {what:?}"
        );
    }
}

/// Amounts of all widths, also with most of their mass at next to nothing.
fn pairs_of_amounts() -> Vec<Two> {
    let cvs = [
        (0.01, 0.3),
        (0.5, 1.0),
        (1.5, 0.1),
        (0.2, 2.0),
        (2.0, 0.2),
        (1.0, 2.0),
        (2.0, 2.0),
    ];
    let means = [(15.0, 9.0), (15.0, 60.0)];
    let of = |&(yes, no): &(f64, f64)| {
        means.map(|(yes_mean, no_mean)| Two {
            yes: (yes_mean, yes),
            no: (no_mean, no),
        })
    };
    cvs.iter().flat_map(of).collect()
}

#[test]
fn sums_and_differences_have_the_distribution_of_their_parts() {
    for two in pairs_of_amounts() {
        let (yes, no) = two.laws();
        assert_distributed(&yes.plus(&no), |x| two.below((1.0, 1.0), 1_000, x), &two);
        let difference = yes.plus(&no.scaled(-1.0));
        assert_distributed(&difference, |x| two.below((1.0, -1.0), 1_000, x), &two);
    }
}

#[test]
fn blends_have_the_distribution_of_their_parts() {
    for (i, two) in pairs_of_amounts().into_iter().enumerate() {
        let (a, b) = [(80.0, 20.0), (8.0, 2.0), (2.0, 30.0), (500.0, 4.0)][i % 4];
        let (yes, no) = two.laws();
        let blend = beta(a, b).blend(&yes, &no);
        let rates = middles(40, |p| Beta::new(a, b).quantile(p));
        let exact = |x: f64| {
            let sum: f64 = rates
                .iter()
                .map(|rate| two.below((*rate, 1.0 - rate), 100, x))
                .sum();
            sum / count(&rates)
        };
        assert_distributed(&blend, exact, &(a, b, two));
    }
}

#[test]
fn a_mixture_of_far_rates_keeps_its_two_sides() {
    let parts = [
        Part {
            weight: 3.0,
            a: 40.0,
            b: 400.0,
        },
        Part {
            weight: 1.0,
            a: 40.0,
            b: 60.0,
        },
    ];
    let law = Law::beta_mixture(&parts).times(&Law::gamma(50.0, 4.0));
    assert!((law.below(12.0) - 0.75).abs() < 1e-3, "{}", law.below(12.0));
    assert!((law.mean() - 50.0 * (0.75 * 40.0 / 440.0 + 0.25 * 0.4)).abs() < 1e-9);
    let added = law.plus(&Law::gamma(3.0, 1.0));
    assert!(
        (added.below(14.0) - 0.75).abs() < 2e-3,
        "{}",
        added.below(14.0)
    );
}

#[test]
fn certain_amounts_win_share_and_lose() {
    let best = largest(&[Law::point(2.0), Law::point(2.0), Law::point(1.0)]);
    assert_eq!(best.probabilities, [0.5, 0.5, 0.0]);
    let unsure = Law::gamma(2.0, 4.0);
    let best = largest(&[unsure.clone(), Law::point(2.0)]);
    assert!(
        (best.probabilities[1] - unsure.below(2.0)).abs() < 1e-6,
        "{best:?}"
    );
    assert_eq!(largest(&[]).probabilities, Vec::<f64>::new());
}

/// Laws from wide to narrow, of one another's size.
fn laws_of_many_widths() -> Vec<Law> {
    let paid = [
        (12.0, 90.0, 90.0),
        (150.0, 50.0, 15.0),
        (3_000.0, 900.0, 14.0),
        (1.5, 8.0, 70.0),
    ];
    let products = paid.map(|(a, b, payout)| {
        Paid {
            a,
            b,
            payout,
            cv: 0.3,
        }
        .law()
    });
    let mut laws = products.to_vec();
    laws.extend([
        Law::gamma(10.0, 0.01),
        Law::gamma(9.0, 60.0),
        Law::point(10.5),
        Law::point(8.0),
    ]);
    laws
}

#[test]
fn who_is_ahead_of_the_rest_is_the_largest_of_those_that_are_left() {
    let laws = laws_of_many_widths();
    for start in 0..laws.len() {
        let mut turned = laws.clone();
        turned.rotate_left(start);
        let ahead = ahead_of_the_rest(&turned);
        for (i, found) in ahead.iter().enumerate() {
            let exact = largest(&turned[i..]).probabilities[0];
            assert!(
                (found - exact).abs() < 2e-2,
                "{found} is not {exact}: {i} of {start}"
            );
        }
    }
}

#[test]
fn equal_amounts_are_ahead_of_each_other_in_turn() {
    let certain = ahead_of_the_rest(&[Law::point(2.0), Law::point(2.0), Law::point(1.0)]);
    assert_eq!(certain, [0.5, 1.0, 1.0]);
    let unsure = ahead_of_the_rest(&vec![Law::gamma(2.0, 4.0); 4]);
    for (found, n) in unsure.iter().zip([4.0, 3.0, 2.0, 1.0]) {
        assert!((found - 1.0 / n).abs() < 5e-3, "{unsure:?}");
    }
    assert_eq!(ahead_of_the_rest(&[]), Vec::<f64>::new());
}

#[test]
fn what_is_taken_off_may_leave_less_than_nothing() {
    let law = Law::gamma(5.0, 1.0).plus(&Law::gamma(6.0, 1.0).scaled(-1.0));
    assert!((law.mean() + 1.0).abs() < 1e-12 && (law.variance() - 2.0).abs() < 1e-12);
    assert!((law.below(0.0) - 0.76).abs() < 0.02, "{}", law.below(0.0));
    assert!((law.quantile(law.below(0.3)) - 0.3).abs() < 1e-6);
}

#[test]
fn laws_with_nearly_all_mass_at_an_end_stay_numbers() {
    for (a, b) in [
        (0.04, 4.0),
        (4.0, 0.04),
        (1e-3, 1e-3),
        (1e-3, 1e6),
        (1e7, 1e-3),
    ] {
        let law = beta(a, b).times(&Law::gamma(20.0, 4e4));
        let best = largest(&[
            law.clone(),
            Law::gamma(1.0, 0.1),
            law.plus(&Law::point(0.1)),
        ]);
        let sum: f64 = best.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "{best:?} of {a}, {b}");
    }
}

#[test]
fn parts_of_one_mean_are_a_mixture_like_any_other() {
    // Multiples of one Beta: how products of two parts round says nothing of which of them comes first.
    for seed in 1..200_u32 {
        let parts: Vec<Part> = (1..60_u32)
            .map(|i| {
                let size = 1.0 + f64::from((i * 7_919 + seed * 104_729) % 1_009) / 997.0;
                let (a, b) = (0.1 * size, 0.3 * size);
                Part { weight: 1.0, a, b }
            })
            .collect();
        let law = Law::beta_mixture(&parts);
        assert!((law.mean() - 0.25).abs() < 1e-9, "{}", law.mean());
    }
}
