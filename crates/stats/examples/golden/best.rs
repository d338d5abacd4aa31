//! Which arm is best, and who gets a lead where more counts than that.

use serde_json::Value;

use pointsman_stats::arms::{self, Arm};

use crate::line::{Line, cases, file, number, numbers};

fn arms_of(case: &Value) -> Vec<Arm> {
    let [a, b, payout] = ["alpha", "beta", "payout"].map(|name| numbers(&case[name]));
    (0..a.len())
        .map(|i| Arm {
            a: a[i],
            b: b[i],
            payout: payout[i],
        })
        .collect()
}

pub(crate) fn best_arms() -> Vec<Line> {
    const FILE: &str = "beta_ts";
    let file = file(include_str!("../../tests/golden/beta_ts.json"));
    let mut probability = Line::new(FILE, "P(arm is best)", 1e-12, false);
    let mut largest = Line::new(FILE, "expected maximum", 1e-12, true);
    for case in cases(&file, "cases") {
        let best = arms::best(&arms_of(&case)).expect("the cases are in range");
        for (found, expected) in best.probabilities.iter().zip(numbers(&case["p"])) {
            probability.add(*found, expected);
        }
        if !case["e_max"].is_null() {
            largest.add(best.expected_max, number(&case["e_max"]));
        }
    }
    vec![probability, largest]
}

pub(crate) fn routing() -> Vec<Line> {
    const FILE: &str = "routing_probs";
    let file = file(include_str!("../../tests/golden/routing_probs.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, false);
    let mut lines = ["ranks", "top two", "shares under caps", "ping tree"].map(line);
    for case in cases(&file, "cases") {
        let arms = arms_of(&case);
        let ranks = arms::ranks(&arms).expect("the cases are in range");
        for (row, expected) in ranks.iter().zip(cases(&case, "rank_probs")) {
            for (found, expected) in row.iter().zip(numbers(&expected)) {
                lines[0].add(*found, expected);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "parts of a million"
        )]
        let caps: Vec<u32> = numbers(&case["cap_share"])
            .iter()
            .map(|cap| (cap * 1e6).round() as u32)
            .collect();
        let accept = numbers(&case["accept"]);
        let found = [
            ("top_two", arms::top_two(&arms)),
            ("capped_share", arms::capped_shares(&arms, &caps)),
            ("waterfall", arms::waterfall(&arms, &accept)),
        ];
        for (line, (name, found)) in lines[1..].iter_mut().zip(found) {
            let found = found.expect("the cases are in range");
            for (found, expected) in found.iter().zip(numbers(&case[name])) {
                line.add(*found, expected);
            }
        }
    }
    lines.into()
}
