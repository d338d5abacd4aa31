//! The laws that beliefs are made of: mixtures of Betas for rates, Gammas for payouts.

use super::Law;
use super::table::{Point, Table};
use crate::beta::Beta;
use crate::gamma::trigamma;

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

/// Where a component is looked at, in its standard deviations on either side of its middle.
const STEPS: [f64; 16] = [
    0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.5, 10.0, 14.0, 20.0, 30.0,
];

/// A component ends where its density has fallen to this part of its peak.
const LN_NEGLIGIBLE: f64 = -15.0;

/// Beyond this, a logarithm or log-odds stands for an amount that is no number any more.
const FAR: f64 = 600.0;

/// Log densities below this add nothing.
const LN_NOTHING: f64 = -40.0;

/// A break point is left out when the one before is nearer than this part of the step its component wants.
const MERGE: f64 = 0.6;

impl Law {
    /// The law of a rate that has a Beta law, of which it is not known which.
    ///
    /// * `parts`: at least one with weight.
    pub fn beta_mixture(parts: &[Part]) -> Self {
        let parts = joined(parts);
        let total: f64 = parts.iter().map(|part| part.weight).sum();
        let components: Vec<Component> = parts
            .iter()
            .map(|part| Component::beta(part, total))
            .collect();
        let (mut mean, mut square, mut share) = (0.0, 0.0, 0.0);
        for component in &components {
            let (a, n) = (component.a, component.a + component.b);
            share += component.weight;
            mean += component.weight * (a / n);
            square += component.weight * (a / n) * ((a + 1.0) / (n + 1.0));
        }
        (mean, square) = (mean / share, square / share);
        let table = tabled(&components, Terms::of_log_odds);
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
        let nodes = tabled(&[component], Terms::of_logarithm);
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
            Some(last) if point.x <= last.x * (1.0 + 1e-15) => *last = Point { x: last.x, ..point },
            _ => kept.push(point),
        }
    }
    kept
}

/// A rate and its complement, by its log-odds.
fn of_logit(t: f64) -> (f64, f64) {
    let odds = (-t.abs()).exp();
    let (less, more) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
    if t < 0.0 { (less, more) } else { (more, less) }
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

/// The two terms that the logarithm of a density is made of, at a place, and their slopes.
#[derive(Debug, Clone, Copy)]
struct Terms {
    p: f64,
    q: f64,
    slope_p: f64,
    slope_q: f64,
}

impl Terms {
    /// Logarithms of a rate and of its complement, by its log-odds.
    fn of_log_odds(t: f64) -> Self {
        let rest = (-t.abs()).exp().ln_1p();
        let (rate, complement) = of_logit(t);
        Self {
            p: t.min(0.0) - rest,
            q: -t.max(0.0) - rest,
            slope_p: complement,
            slope_q: -rate,
        }
    }

    /// Logarithm of an amount, and the amount taken off, by its logarithm.
    fn of_logarithm(t: f64) -> Self {
        Self {
            p: t,
            q: -t.exp(),
            slope_p: 1.0,
            slope_q: -t.exp(),
        }
    }
}

/// A density `weight · exp(ln_peak + a Δp(t) + b Δq(t))` over the whole line, with one peak.
struct Component {
    weight: f64,
    a: f64,
    b: f64,
    /// Where it peaks.
    peak: f64,
    /// About the standard deviation.
    width: f64,
    ln_peak: f64,
    /// The two terms at the peak.
    at_peak: Terms,
}

impl Component {
    /// The Beta's rate in log-odds.
    fn beta(part: &Part, total: f64) -> Self {
        let Part { weight, a, b } = *part;
        let beta = Beta::new(a, b);
        let peak = (a / b).ln();
        Self {
            weight: weight / total,
            a,
            b,
            peak,
            width: beta.logit_sd(),
            ln_peak: beta.ln_kernel(crate::beta::Fraction::from_logit(peak)),
            at_peak: Terms::of_log_odds(peak),
        }
    }

    /// A Gamma of mean 1 in the logarithm.
    fn gamma(shape: f64) -> Self {
        let ln_peak =
            0.5 * (shape / std::f64::consts::TAU).ln() - crate::gamma::stirling_error(shape);
        Self {
            weight: 1.0,
            a: shape,
            b: shape,
            peak: 0.0,
            width: trigamma(shape).sqrt(),
            ln_peak,
            at_peak: Terms::of_logarithm(0.0),
        }
    }

    fn ln_density(&self, terms: Terms) -> f64 {
        self.ln_peak + self.a * (terms.p - self.at_peak.p) + self.b * (terms.q - self.at_peak.q)
    }
}

/// A point of a density over the line, with the mass below it.
struct Node {
    t: f64,
    below: f64,
    density: f64,
}

/// The sum of components at points that follow all of them, integrated by Hermite's rule.
///
/// * `terms`: the two terms that densities are made of, at a place.
fn tabled(components: &[Component], terms: impl Fn(f64) -> Terms) -> Vec<Node> {
    let mut wanted: Vec<(f64, f64)> = Vec::new();
    for component in components {
        for side in [-1.0, 1.0] {
            let mut before = 0.0;
            for step in STEPS {
                let t = (component.peak + side * step * component.width).clamp(-FAR, FAR);
                if side < 0.0 || step > 0.0 {
                    wanted.push((t, (step - before).max(0.5) * component.width));
                }
                before = step;
                if component.ln_density(terms(t)) - component.ln_peak < LN_NEGLIGIBLE {
                    break;
                }
            }
        }
        if component.a.min(component.b) < 1.0 {
            bends(component, &mut wanted, &terms);
        }
    }
    wanted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let end = wanted[wanted.len() - 1].0;
    let mut places: Vec<f64> = Vec::new();
    for (t, width) in wanted {
        if places.last().is_none_or(|last| t - last > MERGE * width) {
            places.push(t);
        }
    }
    if places[places.len() - 1] < end {
        places.push(end);
    }
    integrated(components, &places, terms)
}

/// Places where a component with a slow exponential side bends, a width of about 1 that its deviation overlooks.
fn bends(component: &Component, wanted: &mut Vec<(f64, f64)>, terms: &impl Fn(f64) -> Terms) {
    for side in [-1.0, 1.0] {
        for step in STEPS {
            let t = (component.peak + side * step).clamp(-FAR, FAR);
            wanted.push((t, 0.5));
            if component.ln_density(terms(t)) - component.ln_peak < LN_NEGLIGIBLE {
                break;
            }
        }
    }
}

fn integrated(components: &[Component], places: &[f64], terms: impl Fn(f64) -> Terms) -> Vec<Node> {
    let sampled = places.iter().map(|&t| {
        let here = terms(t);
        let (mut density, mut slope) = (0.0, 0.0);
        for component in components {
            let ln_density = component.ln_density(here);
            if ln_density < LN_NOTHING {
                continue;
            }
            let value = component.weight * ln_density.exp();
            density += value;
            slope += value * (component.a * here.slope_p + component.b * here.slope_q);
        }
        (t, density, slope)
    });
    let mut nodes: Vec<Node> = Vec::with_capacity(places.len());
    let mut before: Option<(f64, f64, f64)> = None;
    let mut below = 0.0;
    for (t, density, slope) in sampled {
        if let Some((t0, density0, slope0)) = before {
            let width = t - t0;
            let rule = 0.5 * width * (density0 + density) + width * width / 12.0 * (slope0 - slope);
            below += rule.max(0.0);
        }
        before = Some((t, density, slope));
        nodes.push(Node { t, below, density });
    }
    nodes
}
