//! The laws that beliefs are made of: mixtures of Betas for rates, Gammas for payouts.

use super::Law;
use super::density::{Component, Node, Terms, of_logit, tabled};
use super::table::{Point, Table};

/// One Beta of a mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Its share, at least 0; shares need not sum to 1.
    pub weight: f64,
    /// First parameter, above 0.
    pub a: f64,
    /// Second parameter, above 0.
    pub b: f64,
}

/// Shares of a mixture below this are left out.
const SHARE_MIN: f64 = 1e-4;

/// Components are joined if their places differ by less than this part of their width.
const ALIKE: f64 = 0.4;

impl Law {
    /// The law of a rate that has a Beta law, of which it is not known which.
    ///
    /// * `parts`: at least one with weight.
    pub fn beta_mixture(parts: &[Part]) -> Self {
        let parts = joined(parts);
        let total: f64 = parts.iter().map(|part| part.weight).sum();
        let components: Vec<Component> = parts
            .iter()
            .map(|part| Component::beta(part.weight / total, part.a, part.b))
            .collect();
        let (mut mean, mut square, mut share) = (0.0, 0.0, 0.0);
        for component in &components {
            let (a, n) = (component.a, component.a + component.b);
            share += component.weight;
            mean += component.weight * (a / n);
            square += component.weight * (a / n) * ((a + 1.0) / (n + 1.0));
        }
        (mean, square) = (mean / share, square / share);
        let table = tabled(&components, Terms::of_log_odds, |t| {
            let (x, rest) = of_logit(t);
            (x, x * rest)
        });
        let points = table.into_iter().map(|Node { t, below, density }| {
            let (x, rest) = of_logit(t);
            Point {
                x,
                below,
                density: density / (x * rest),
            }
        });
        Self {
            mean,
            variance: (square - mean * mean).max(0.0),
            table: Some(Table::new(distinct(points))),
        }
    }

    /// The Gamma law of a positive amount.
    ///
    /// * `mean`, `variance`: above 0, else the amount is certain; a coefficient of variation above 10 is taken as 10.
    pub fn gamma(mean: f64, variance: f64) -> Self {
        if mean <= 0.0 || variance <= 1e-16 * mean * mean {
            return Self::point(mean.max(0.0));
        }
        let shape = (mean * mean / variance).max(0.01);
        let component = Component::gamma(shape);
        let nodes = tabled(&[component], Terms::of_logarithm, |t| (t.exp(), t.exp()));
        let points = nodes.into_iter().map(|Node { t, below, density }| {
            let x = mean * t.exp();
            Point {
                x,
                below,
                density: density / x,
            }
        });
        Self {
            mean,
            variance: mean * mean / shape,
            table: Some(Table::new(distinct(points))),
        }
    }
}

/// Leaves out points that rounding has put on top of each other.
fn distinct(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        match kept.last_mut() {
            Some(last) if point.x <= last.x * (1.0 + 1e-12) => *last = Point { x: last.x, ..point },
            _ => kept.push(point),
        }
    }
    kept
}

/// The parts that have weight, with those joined to one that hardly differ: a mixture over a grid has many of them.
fn joined(parts: &[Part]) -> Vec<Part> {
    let total: f64 = parts.iter().map(|part| part.weight).sum();
    let mut heavy: Vec<Part> = parts
        .iter()
        .filter(|part| part.weight > SHARE_MIN * total)
        .copied()
        .collect();
    // By a number of each part: products of two parts round in ways that are no order at all.
    heavy.sort_unstable_by(|one, other| (one.a / one.b).total_cmp(&(other.a / other.b)));
    let mut joined: Vec<Part> = Vec::with_capacity(heavy.len());
    let mut rest = heavy.as_slice();
    while let Some(first) = rest.first() {
        let n = rest.iter().take_while(|part| is_alike(first, part)).count();
        let (alike, more) = rest.split_at(n.max(1));
        joined.push(if n > 1 { moments_of(alike) } else { *first });
        rest = more;
    }
    joined
}

/// Whether the log-odds of two Betas have about one place and one width.
fn is_alike(one: &Part, other: &Part) -> bool {
    let apart = (one.a * other.b / (other.a * one.b)).ln();
    let size = (one.a + one.b) / (other.a + other.b);
    apart * apart < ALIKE * ALIKE * (1.0 / one.a + 1.0 / one.b) && (0.7..1.4).contains(&size)
}

/// The Beta with the mean and the variance of a mixture.
fn moments_of(parts: &[Part]) -> Part {
    let (mut weight, mut mean, mut square) = (0.0, 0.0, 0.0);
    for part in parts {
        let n = part.a + part.b;
        weight += part.weight;
        mean += part.weight * (part.a / n);
        square += part.weight * (part.a / n) * ((part.a + 1.0) / (n + 1.0));
    }
    (mean, square) = (mean / weight, square / weight);
    let size = (mean - square) / (square - mean * mean);
    Part {
        weight,
        a: mean * size,
        b: (1.0 - mean) * size,
    }
}
