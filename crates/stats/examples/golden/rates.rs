//! Two rates beside each other, and rates of groups.

use pointsman_stats::arms::{self, Arm};
use pointsman_stats::beta::Beta;
use pointsman_stats::hierarchy::{self, Grid, Group};
use pointsman_stats::pair;

use crate::line::{Line, cases, file, number, numbers};

pub(crate) fn two_rates() -> Vec<Line> {
    const FILE: &str = "bayes_hier";
    let file = file(include_str!("../../tests/golden/bayes_hier.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-9, false);
    let [mut best, mut loss, mut exceeds, mut uplift, mut interval] = [
        "chance to win",
        "expected loss",
        "P(difference above δ)",
        "quantile of the uplift",
        "interval of a rate",
    ]
    .map(line);
    for case in cases(&file, "ab") {
        let [control, treatment] = ["post_c", "post_t"].map(|name| {
            let parameters = numbers(&case[name]);
            Beta::new(parameters[0], parameters[1])
        });
        let arm = |law: &Beta| Arm {
            a: law.a(),
            b: law.b(),
            payout: 1.0,
        };
        let found = arms::best(&[arm(&control), arm(&treatment)]).expect("in range");
        best.add(found.probabilities[1], number(&case["p_treat_best"]));
        for (found, expected) in found
            .expected_loss
            .iter()
            .zip(numbers(&case["closed_form_losses"]))
        {
            loss.add(*found, expected);
        }
        for (difference, expected) in case["p_diff_gt"].as_object().expect("a table") {
            let difference = difference.parse().expect("a difference");
            exceeds.add(
                pair::exceeds_by(&control, &treatment, difference),
                number(expected),
            );
        }
        for (p, expected) in case["rel_uplift_quantiles"].as_object().expect("a table") {
            let p = p.parse().expect("a probability");
            let found = pair::uplift_quantile(&control, &treatment, p).expect("in range");
            uplift.add(found, number(expected));
        }
        for (name, law) in [("ci_c", control), ("ci_t", treatment)] {
            for (p, expected) in [0.025, 0.975].into_iter().zip(numbers(&case[name])) {
                interval.add(law.quantile(p), expected);
            }
        }
    }
    vec![best, loss, exceeds, uplift, interval]
}

pub(crate) fn groups() -> Vec<Line> {
    const FILE: &str = "bayes_hier";
    let file = file(include_str!("../../tests/golden/bayes_hier.json"));
    let mut rates = Line::new(FILE, "rates of groups, mean and deviation", 1e-5, false);
    let mut common = Line::new(FILE, "their common law", 1e-5, true);
    for case in cases(&file, "hier_full_bayes") {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts"
        )]
        let [successes, trials] = ["s", "n"].map(|name| {
            let counts = numbers(&case[name]).into_iter();
            counts.map(|count| count as u64).collect::<Vec<_>>()
        });
        let groups: Vec<Group> = successes
            .into_iter()
            .zip(trials)
            .map(|(successes, trials)| Group { successes, trials })
            .collect();
        let [low, high] = ["grid_lo", "grid_hi"].map(|name| numbers(&case[name]));
        let grid = Grid {
            logit_mean: [low[0], high[0]],
            ln_size: [low[1], high[1]],
            points: if groups.len() > 10 { 200 } else { 900 },
        };
        let found = hierarchy::posterior(&groups, grid);
        for (name, found) in [("post_mean", &found.means), ("post_sd", &found.sds)] {
            for (found, expected) in found.iter().zip(numbers(&case[name])) {
                rates.add(*found, expected);
            }
        }
        for (name, found) in [
            ("E_m", found.common_mean),
            ("E_alpha", found.common_a),
            ("E_beta", found.common_b),
            ("E_log_kappa", found.ln_size),
        ] {
            common.add(found, number(&case[name]));
        }
    }
    vec![rates, common]
}
