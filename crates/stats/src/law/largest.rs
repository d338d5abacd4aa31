//! Which of several independent amounts is the largest.

use super::Law;
use super::table::{Reader, Table, cubic};
use crate::arms::Best;
use crate::legendre::Rule;

/// Nodes in each cell: the product of a few cubics is smooth between the points of all of them.
const ORDER: usize = 4;
/// Nodes in each cell of one table, where the others may bend between them.
const NODES_AHEAD: usize = 2;

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

/// Probability that each amount is larger than all those after it, shape `(k,)`; that of the last is 1.
///
/// One integral for each, `P_i = ∫ f_i(x) Π_{j>i} F_j(x) dx`, over the cells of its own table, with absolute error below 2e-2, which
/// a far narrower amount in one of those cells comes to, and mostly below 1e-3. Certain amounts that are equal share what they win.
///
/// * `laws`: shape `(k,)`, all in one unit; none gives an empty answer.
pub fn ahead_of_the_rest(laws: &[Law]) -> Vec<f64> {
    (0..laws.len())
        .map(|i| ahead(&laws[i], &laws[i + 1..]))
        .collect()
}

fn ahead(law: &Law, others: &[Law]) -> f64 {
    let Some(table) = &law.table else {
        let equal = others
            .iter()
            .filter(|other| other.table.is_none() && other.mean >= law.mean);
        let n = f64::from(u32::try_from(equal.count()).unwrap_or(u32::MAX));
        let below: f64 = others.iter().map(|other| other.below(law.mean)).product();
        return below / (1.0 + n);
    };
    let certain = others.iter().filter(|other| other.table.is_none());
    let floor = certain.map(Law::mean).fold(f64::NEG_INFINITY, f64::max);
    let tables = others.iter().filter_map(|other| other.table.as_ref());
    let mut readers: Vec<Reader<'_>> = tables.map(Reader::new).collect();
    let rule = Rule::<NODES_AHEAD>::new();
    let mut won = 0.0;
    for cell in table.points.windows(2) {
        // Where a certain amount lies in the cell, only what is above it can win.
        let from = cell[0].x.max(floor);
        let half = 0.5 * (cell[1].x - from);
        if half <= 0.0 {
            continue;
        }
        for (node, weight) in rule.nodes.iter().zip(rule.weights) {
            let x = from + half * (1.0 + node);
            let mass = weight * half * cubic(&cell[0], &cell[1], x).1;
            won += all_below(mass, x, &mut readers);
        }
    }
    won.clamp(0.0, 1.0)
}

/// The part of a mass at `x` for which all amounts of the readers lie below.
fn all_below(mass: f64, x: f64, readers: &mut [Reader<'_>]) -> f64 {
    let mut won = mass;
    for reader in readers {
        // What cannot win any more need not be looked at further: readers skip what lies between.
        if won == 0.0 {
            break;
        }
        won *= reader.at(x).0;
    }
    won
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
