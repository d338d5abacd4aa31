//! Splits that are broken or change, and means under weights that change.

use serde_json::Value;

use pointsman_stats::experiment::adaptive::{Steps, Weights};
use pointsman_stats::experiment::sample_ratio::{self, ChangingSplit};

use crate::line::{Line, cases, file, number, numbers};

fn counts(value: &Value) -> Vec<u64> {
    let list = value.as_array().expect("a list").iter();
    list.map(|it| it.as_u64().expect("a count")).collect()
}

pub(crate) fn sample_ratio() -> Vec<Line> {
    const FILE: &str = "srm";
    let golden = file(include_str!("../../tests/golden/srm.json"));
    let mut fixed = Line::new(FILE, "χ² of fixed weights", 1e-12, true);
    let mut p = Line::new(FILE, "its p", 1e-12, true);
    // The reference takes differences of ln Γ of millions, and so has 8 places; ours is held to 40 digits below.
    let mut sequential = Line::new(FILE, "ln Bayes factor of a split", 1e-8, false);
    let mut sequential_p = Line::new(FILE, "its p", 1e-10, false);
    for case in cases(&golden, "cases") {
        let (observed, weights) = (counts(&case["observed"]), numbers(&case["weights"]));
        let found = sample_ratio::fixed(&observed, &weights).expect("there are units");
        fixed.add(found.chi_square, number(&case["chi2"]));
        p.add(found.p, number(&case["p"]));
        let found = sample_ratio::sequential(&observed, &weights, 100.0).expect("in range");
        sequential.add(found, number(&case["seq_log_bayes_factor_k100"]));
        let found = sample_ratio::sequential_p(&observed, &weights, 100.0).expect("in range");
        sequential_p.add(found, number(&case["seq_p"]));
    }
    let exact = file(include_str!("../../tests/golden/experiment_exact.json"));
    let mut precise = Line::new(
        "experiment_exact",
        "ln Bayes factor of a split",
        1e-12,
        false,
    );
    for case in cases(&exact, "split_bayes_factor") {
        let (observed, weights) = (counts(&case["observed"]), numbers(&case["weights"]));
        let found = sample_ratio::sequential(&observed, &weights, 100.0).expect("in range");
        precise.add(found, number(&case["ln_bayes_factor"]));
    }
    let golden = file(include_str!("../../tests/golden/gbstats.json"));
    for case in cases(&golden, "srm") {
        let found = sample_ratio::fixed(&counts(&case["obs"]), &numbers(&case["w"]));
        p.add(found.expect("there are units").p, number(&case["p"]));
    }
    let golden = file(include_str!("../../tests/golden/srm_changing.json"));
    let mut changing = Line::new(
        "srm_changing",
        "Q of changing probabilities, p",
        1e-9,
        false,
    );
    for case in cases(&golden, "cases") {
        let batches = cases(&case, "propensity");
        let mut left = counts(&case["observed"]);
        let mut split = ChangingSplit::new(left.len());
        let sizes = counts(&case["batch_n"]);
        for (batch, n) in batches.iter().zip(&sizes) {
            // How the units of an arm fall on batches does not count, so each batch takes what is still there.
            let mut room = *n;
            let taken: Vec<u64> = left
                .iter_mut()
                .map(|it| {
                    let taken = room.min(*it);
                    room -= taken;
                    *it -= taken;
                    taken
                })
                .collect();
            split.add_many(&taken, &numbers(batch)).expect("in range");
        }
        let found = split.test().expect("there are units");
        changing.add(found.chi_square, number(&case["Q"]));
        changing.add(found.p, number(&case["p"]));
    }
    vec![fixed, p, sequential, sequential_p, precise, changing]
}

pub(crate) fn adaptive() -> Vec<Line> {
    const FILE: &str = "aipw";
    let file = file(include_str!("../../tests/golden/aipw.json"));
    let data = &file["data"];
    let mut steps = Steps::new(3, 0.5).expect("in range");
    let (arms, rewards) = (counts(&data["arm"]), numbers(&data["y"]));
    for (i, propensities) in cases(data, "propensity").iter().enumerate() {
        let arm = usize::try_from(arms[i]).expect("a position");
        let added = steps.add(arm, rewards[i], &numbers(propensities));
        added.expect("in range");
    }
    [
        ("uniform_aipw", "AIPW, uniform weights", Weights::Uniform),
        ("constant", "AIPW, constant allocation", Weights::Constant),
        (
            "twopoint_0.7",
            "AIPW, two-point allocation",
            Weights::TwoPoint { decay: 0.7 },
        ),
    ]
    .map(|(name, quantity, weights)| {
        let mut line = Line::new(FILE, quantity, 1e-12, true);
        let known = &file["estimators"][name];
        for arm in 0..3 {
            let found = steps.mean(arm, weights).expect("there are steps");
            line.add(found.value(), number(&known["value"][arm]));
            line.add(found.se(), number(&known["se"][arm]));
        }
        for case in cases(known, "contrasts") {
            let arm = |name: &str| {
                usize::try_from(case[name].as_u64().expect("an arm")).expect("a position")
            };
            let found = steps.difference(arm("j"), arm("i"), weights);
            let found = found.expect("there is spread");
            line.add(found.value(), number(&case["diff"]));
            line.add(found.se(), number(&case["se"]));
        }
        line
    })
    .into()
}
