//! Which of several independent amounts is the largest.

use super::Law;
use super::table::{Reader, Table};
use crate::arms::Best;
use crate::legendre::Rule;

/// Nodes in each cell: the product of a few cubics is smooth between the points of all of them.
const ORDER: usize = 4;

/// Probability that each amount is the largest, the expected largest, and what each forgoes on average.
///
/// One integral over the value of the largest, `P_i = ∫ f_i(m) Π_{j≠i} F_j(m) dm`, between the points of all tables.
/// Certain amounts that are equal share what they win.
///
/// * `laws`: shape `(k,)`, all in one unit; none gives empty answers.
///
/// # Source
///
/// Scott, *A modern Bayesian look at the multi-armed bandit*, 2010, for the integral.
pub fn largest(laws: &[Law]) -> Best {
    let mut probabilities = vec![0.0; laws.len()];
    let mut expected_max = 0.0;
    let tables: Vec<(usize, &Table)> = laws
        .iter()
        .enumerate()
        .filter_map(|(i, law)| Some((i, law.table.as_ref()?)))
        .collect();
    let certain = laws
        .iter()
        .filter(|law| law.table.is_none())
        .map(Law::mean)
        .fold(f64::NEG_INFINITY, f64::max);
    let is_best_certain = |law: &Law| law.table.is_none() && law.mean >= certain;
    let below = tables.iter().map(|(_, table)| table.at(certain).0);
    let all_below: f64 = if certain.is_finite() {
        below.product()
    } else {
        0.0
    };
    if all_below > 0.0 {
        let winners: Vec<usize> = (0..laws.len())
            .filter(|&i| is_best_certain(&laws[i]))
            .collect();
        let n = f64::from(u32::try_from(winners.len()).unwrap_or(u32::MAX));
        for i in winners {
            probabilities[i] = all_below / n;
        }
        expected_max = all_below * certain;
    }
    expected_max += integrate(&tables, certain, &mut probabilities);
    let sum: f64 = probabilities.iter().sum();
    if sum > 0.0 {
        for probability in &mut probabilities {
            *probability /= sum;
        }
        expected_max /= sum;
    }
    let expected_loss = laws
        .iter()
        .map(|law| (expected_max - law.mean).max(0.0))
        .collect();
    Best {
        probabilities,
        expected_max,
        expected_loss,
    }
}

/// Adds what each uncertain amount wins above a floor; gives the largest's part of the expectation there.
fn integrate(tables: &[(usize, &Table)], floor: f64, probabilities: &mut [f64]) -> f64 {
    let k = tables.len();
    let start = tables
        .iter()
        .map(|(_, table)| table.first())
        .fold(floor, f64::max);
    let mut cuts: Vec<f64> = tables
        .iter()
        .flat_map(|(_, table)| table.points.iter().map(|point| point.x))
        .filter(|x| *x > start)
        .collect();
    cuts.push(start);
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let rule = Rule::<ORDER>::new();
    let mut readers: Vec<Reader<'_>> = tables.iter().map(|(_, table)| Reader::new(table)).collect();
    let mut at = vec![(0.0, 0.0); k];
    let mut after = vec![1.0; k + 1];
    let mut expected_max = 0.0;
    for pair in cuts.windows(2) {
        let half = 0.5 * (pair[1] - pair[0]);
        for (node, weight) in rule.nodes.iter().zip(rule.weights) {
            let x = pair[0] + half * (1.0 + node);
            for (at, reader) in at.iter_mut().zip(&mut readers) {
                *at = reader.at(x);
            }
            for i in (0..k).rev() {
                after[i] = after[i + 1] * at[i].0;
            }
            let mut before = weight * half;
            for (i, (arm, _)) in tables.iter().enumerate() {
                let mass = before * at[i].1 * after[i + 1];
                probabilities[*arm] += mass;
                expected_max += mass * x;
                before *= at[i].0;
            }
        }
    }
    expected_max
}
