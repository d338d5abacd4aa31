//! Rates of several groups that are neither all the same nor unrelated: each is shrunk towards what all have in common.

use crate::beta::Beta;

/// A group: how many of its trials succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// Successes, at most the trials.
    pub successes: u64,
    /// Trials.
    pub trials: u64,
}

/// Where the common law is looked for: its mean on the log-odds scale and the logarithm of its size.
///
/// The common law is `Beta(mκ, (1 − m)κ)`. Its grid is even in `ln m/(1 − m)` and in `ln κ`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Least and greatest log-odds of the mean `m`.
    pub logit_mean: [f64; 2],
    /// Least and greatest logarithm of the size `κ`, in trials.
    pub ln_size: [f64; 2],
    /// Points in each direction, at least 2; from some 200 on the results settle to 5 digits if the grid holds all mass.
    pub points: u32,
}

/// What is believed of all groups together.
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    /// Mean of the rate of each group, shape `(n,)`, in `[0, 1]`.
    pub means: Vec<f64>,
    /// Standard deviation of the rate of each group, shape `(n,)`.
    pub sds: Vec<f64>,
    /// Mean of the common law's first parameter, `mκ`.
    pub common_a: f64,
    /// Mean of its second parameter, `(1 − m)κ`.
    pub common_b: f64,
    /// Mean of `m`.
    pub common_mean: f64,
    /// Mean of `ln κ`.
    pub ln_size: f64,
    /// Part of the belief at the border of the grid: if it is not small, the grid is.
    pub at_border: f64,
}

/// The belief of every group's rate, with the common law integrated out.
///
/// Not the most likely common law, as empirical Bayes has it: where groups differ no more than chance allows, that has an
/// infinite size, and every group gets the same rate for certain. The prior of the common law is proportional to
/// `(a + b)^(−5/2)` over its two parameters.
///
/// * `groups`: shape `(n,)`; the time grows with the number of different ones times the points of the grid.
///
/// # Panics
///
/// When a group has more successes than trials, or the grid has less than two points or is upside down.
///
/// # Source
///
/// Gelman et al., *Bayesian Data Analysis*, third edition, 2013, section 5.3.
pub fn posterior(groups: &[Group], grid: Grid) -> Hierarchy {
    assert!(
        groups.iter().all(|group| group.successes <= group.trials),
        "no group has more successes than trials"
    );
    assert!(
        grid.points >= 2
            && grid.logit_mean[0] < grid.logit_mean[1]
            && grid.ln_size[0] < grid.ln_size[1],
        "a grid has two points and more, from low to high"
    );
    let mut kinds = groups.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    let counts: Vec<f64> = kinds
        .iter()
        .map(|kind| float(groups.iter().filter(|group| *group == kind).count() as u64))
        .collect();
    let cells = cells(&kinds, &counts, grid);
    let ln_most = cells
        .iter()
        .map(|cell| cell.ln_weight)
        .fold(f64::NEG_INFINITY, f64::max);
    let mut sums = [0.0; 6];
    let (mut firsts, mut seconds) = (vec![0.0; kinds.len()], vec![0.0; kinds.len()]);
    for cell in &cells {
        let weight = (cell.ln_weight - ln_most).exp();
        let (a, b) = (cell.a, cell.b);
        let border = f64::from(u8::from(cell.is_border));
        for (sum, value) in sums
            .iter_mut()
            .zip([1.0, a, b, a / (a + b), (a + b).ln(), border])
        {
            *sum += weight * value;
        }
        for (k, kind) in kinds.iter().enumerate() {
            let (a, n) = (a + float(kind.successes), a + b + float(kind.trials));
            firsts[k] += weight * a / n;
            seconds[k] += weight * a / n * ((a + 1.0) / (n + 1.0));
        }
    }
    let of = |sums: &[f64], group: &Group| {
        let k = kinds
            .binary_search(group)
            .expect("every group is of a kind");
        sums[k]
    };
    let whole = sums[0];
    let means: Vec<f64> = groups
        .iter()
        .map(|group| of(&firsts, group) / whole)
        .collect();
    let squares = groups.iter().map(|group| of(&seconds, group) / whole);
    Hierarchy {
        sds: squares
            .zip(&means)
            .map(|(square, mean)| (square - mean * mean).max(0.0).sqrt())
            .collect(),
        means,
        common_a: sums[1] / whole,
        common_b: sums[2] / whole,
        common_mean: sums[3] / whole,
        ln_size: sums[4] / whole,
        at_border: sums[5] / whole,
    }
}

/// A common law that may be, and how likely it is.
struct Cell {
    a: f64,
    b: f64,
    ln_weight: f64,
    is_border: bool,
}

fn cells(kinds: &[Group], counts: &[f64], grid: Grid) -> Vec<Cell> {
    let last = grid.points - 1;
    let at = |[low, high]: [f64; 2], i: u32| low + (high - low) * f64::from(i) / f64::from(last);
    let mut cells = Vec::new();
    for i in 0..grid.points {
        let mean = 1.0 / (1.0 + (-at(grid.logit_mean, i)).exp());
        for j in 0..grid.points {
            let size = at(grid.ln_size, j).exp();
            let (a, b) = (mean * size, (1.0 - mean) * size);
            // The prior on the grid's own scale: κ^(−5/2) times the Jacobian, a b.
            let mut ln_weight = a.ln() + b.ln() - 2.5 * size.ln();
            let none = Beta::new(a, b).ln_function();
            for (kind, count) in kinds.iter().zip(counts) {
                let (successes, trials) = (float(kind.successes), float(kind.trials));
                let with = Beta::new(a + successes, b + trials - successes);
                ln_weight += count * (with.ln_function() - none);
            }
            cells.push(Cell {
                a,
                b,
                ln_weight,
                is_border: [i, j].iter().any(|k| *k == 0 || *k == last),
            });
        }
    }
    cells
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2⁵³")]
fn float(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn groups_are_shrunk_as_in_the_reference() {
        let file: Value =
            serde_json::from_str(include_str!("../tests/golden/bayes_hier.json")).unwrap();
        for case in file["hier_full_bayes"].as_array().unwrap() {
            let numbers = |name: &str| -> Vec<f64> {
                let values = case[name].as_array().unwrap().iter();
                values.map(|value| value.as_f64().unwrap()).collect()
            };
            let whole = |name: &str| -> Vec<u64> {
                let values = case[name].as_array().unwrap().iter();
                values.map(|value| value.as_u64().unwrap()).collect()
            };
            let groups: Vec<Group> = whole("s")
                .into_iter()
                .zip(whole("n"))
                .map(|(successes, trials)| Group { successes, trials })
                .collect();
            let (low, high) = (numbers("grid_lo"), numbers("grid_hi"));
            let grid = Grid {
                logit_mean: [low[0], high[0]],
                ln_size: [low[1], high[1]],
                // As many as the reference has where the grid cuts off a part that can be seen.
                points: if groups.len() > 10 { 200 } else { 900 },
            };
            let found = posterior(&groups, grid);
            let close = |found: f64, expected: f64| (found - expected).abs() < 1e-5;
            for (name, found) in [("post_mean", &found.means), ("post_sd", &found.sds)] {
                for (found, expected) in found.iter().zip(numbers(name)) {
                    assert!(
                        close(*found, expected),
                        "{} {name}: {found} is not {expected}",
                        case["name"]
                    );
                }
            }
            for (name, found) in [
                ("E_m", found.common_mean),
                ("E_alpha", found.common_a),
                ("E_beta", found.common_b),
                ("E_log_kappa", found.ln_size),
            ] {
                let expected = case[name].as_f64().unwrap();
                assert!(close(found / expected, 1.0), "{} {name}", case["name"]);
            }
        }
    }

    #[test]
    fn equal_groups_share_what_they_know() {
        let group = Group {
            successes: 5,
            trials: 100,
        };
        let grid = Grid {
            logit_mean: [-6.0, 0.0],
            ln_size: [0.0, 12.0],
            points: 60,
        };
        let (one, ten) = (posterior(&[group], grid), posterior(&[group; 10], grid));
        assert!(ten.sds[0] < 0.7 * one.sds[0], "{one:?} {ten:?}");
        assert!((ten.means[0] - 0.05).abs() < 0.005 && ten.at_border < 0.01);
    }
}
