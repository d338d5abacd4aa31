//! Densities over the whole line, of log-odds or logarithms, and their integrals.

use crate::beta::{Beta, Fraction};
use crate::gamma::{stirling_error, trigamma};

/// Where a component is looked at, in its standard deviations on either side of its middle.
const STEPS: [f64; 16] = [
    0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.5, 10.0, 14.0, 20.0, 30.0,
];

/// A component ends where its density has fallen to this part of its peak.
const LN_NEGLIGIBLE: f64 = -15.0;

/// Beyond this, a logarithm or log-odds stands for an amount that is no number any more.
const FAR: f64 = 600.0;

/// Log densities below this add nothing.
const LN_NOTHING: f64 = -25.0;

/// How far a cell's mass may be from what the densities at its ends make of it.
const BEND: f64 = 0.008;

/// How often a cell that bends is halved.
const HALVINGS_MAX: u32 = 6;

/// A break point is left out when the one before is nearer than this part of the step its component wants.
const MERGE: f64 = 0.8;

/// A rate and its complement, by its log-odds.
pub(super) fn of_logit(t: f64) -> (f64, f64) {
    let odds = (-t.abs()).exp();
    let (less, more) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
    if t < 0.0 { (less, more) } else { (more, less) }
}

/// The two terms that the logarithm of a density is made of, at a place, and their slopes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    p: f64,
    q: f64,
    slope_p: f64,
    slope_q: f64,
}

impl Terms {
    /// Logarithms of a rate and of its complement, by its log-odds.
    pub(super) fn of_log_odds(t: f64) -> Self {
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
    pub(super) fn of_logarithm(t: f64) -> Self {
        Self {
            p: t,
            q: -t.exp(),
            slope_p: 1.0,
            slope_q: -t.exp(),
        }
    }
}

/// A density `weight · exp(ln_peak + a Δp(t) + b Δq(t))` over the whole line, with one peak.
pub(super) struct Component {
    pub(super) weight: f64,
    pub(super) a: f64,
    pub(super) b: f64,
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
    pub(super) fn beta(weight: f64, a: f64, b: f64) -> Self {
        let beta = Beta::new(a, b);
        let peak = (a / b).ln();
        Self {
            weight,
            a,
            b,
            peak,
            width: beta.logit_sd(),
            ln_peak: beta.ln_kernel(Fraction::from_logit(peak)),
            at_peak: Terms::of_log_odds(peak),
        }
    }

    /// A Gamma of mean 1 in the logarithm.
    pub(super) fn gamma(shape: f64) -> Self {
        let ln_peak = 0.5 * (shape / std::f64::consts::TAU).ln() - stirling_error(shape);
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
pub(super) struct Node {
    pub(super) t: f64,
    pub(super) below: f64,
    pub(super) density: f64,
}

/// Where a density is wanted.
#[derive(Clone, Copy)]
struct Place {
    t: f64,
    /// How far apart the component that asks wants its points.
    width: f64,
    terms: Terms,
}

/// The sum of components at points that follow all of them, integrated by Hermite's rule.
///
/// * `terms`: the two terms that densities are made of, at a place.
/// * `x`: the amount at a place, and how fast it grows there.
pub(super) fn tabled(
    components: &[Component],
    terms: impl Fn(f64) -> Terms,
    x: impl Fn(f64) -> (f64, f64),
) -> Vec<Node> {
    let mut wanted: Vec<Place> = Vec::with_capacity(2 * STEPS.len() * components.len());
    for component in components {
        for side in [-1.0, 1.0] {
            let mut before = 0.0;
            for step in STEPS {
                let t = (component.peak + side * step * component.width).clamp(-FAR, FAR);
                let place = Place {
                    t,
                    width: (step - before).max(0.5) * component.width,
                    terms: terms(t),
                };
                if side < 0.0 || step > 0.0 {
                    wanted.push(place);
                }
                before = step;
                if component.ln_density(place.terms) - component.ln_peak < LN_NEGLIGIBLE {
                    break;
                }
            }
        }
        if component.a.min(component.b) < 1.0 {
            bends(component, &mut wanted, &terms);
        }
    }
    wanted.sort_unstable_by(|a, b| a.t.total_cmp(&b.t));
    let end = wanted[wanted.len() - 1];
    let mut places: Vec<Place> = Vec::with_capacity(wanted.len());
    for place in wanted {
        let is_apart = |last: &Place| place.t - last.t > MERGE * place.width;
        if places.last().is_none_or(is_apart) {
            places.push(place);
        }
    }
    if places[places.len() - 1].t < end.t {
        places.push(end);
    }
    let view = View {
        components,
        terms,
        x,
    };
    view.integrated(&places)
}

/// Places where a component with a slow exponential side bends, a width of about 1 that its deviation overlooks.
fn bends(component: &Component, wanted: &mut Vec<Place>, terms: &impl Fn(f64) -> Terms) {
    for side in [-1.0, 1.0] {
        for step in STEPS {
            let t = (component.peak + side * step).clamp(-FAR, FAR);
            let place = Place {
                t,
                width: 0.5,
                terms: terms(t),
            };
            wanted.push(place);
            if component.ln_density(place.terms) - component.ln_peak < LN_NEGLIGIBLE {
                break;
            }
        }
    }
}

/// A density at a place, with its slope there.
#[derive(Debug, Clone, Copy)]
struct Sample {
    t: f64,
    density: f64,
    slope: f64,
    /// The amount, and how fast it grows there.
    x: f64,
    grows: f64,
}

impl Sample {
    /// The mass up to another place, by Hermite's rule.
    fn mass_to(&self, next: &Self) -> f64 {
        let width = next.t - self.t;
        let rule = 0.5 * (self.density + next.density) + width / 12.0 * (self.slope - next.slope);
        (width * rule).max(0.0)
    }

    fn node(&self, below: f64) -> Node {
        Node {
            t: self.t,
            below,
            density: self.density,
        }
    }
}

/// Densities over the line, and the amounts that its places stand for.
struct View<'a, T, X> {
    components: &'a [Component],
    terms: T,
    x: X,
}

impl<T: Fn(f64) -> Terms, X: Fn(f64) -> (f64, f64)> View<'_, T, X> {
    fn sample(&self, t: f64, terms: Terms) -> Sample {
        let (mut density, mut slope) = (0.0, 0.0);
        for component in self.components {
            let ln_density = component.ln_density(terms);
            if ln_density < LN_NOTHING {
                continue;
            }
            let value = component.weight * ln_density.exp();
            density += value;
            slope += value * (component.a * terms.slope_p + component.b * terms.slope_q);
        }
        let (x, grows) = (self.x)(t);
        Sample {
            t,
            density,
            slope,
            x,
            grows,
        }
    }

    fn integrated(&self, places: &[Place]) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::with_capacity(2 * places.len());
        let mut below = 0.0;
        let mut from = self.sample(places[0].t, places[0].terms);
        nodes.push(from.node(below));
        // What is still to be looked at, the nearest last.
        let mut ahead: Vec<(Sample, u32)> = Vec::new();
        for place in &places[1..] {
            ahead.push((self.sample(place.t, place.terms), 0));
            while let Some((next, halvings)) = ahead.pop() {
                let mass = from.mass_to(&next);
                if halvings < HALVINGS_MAX && is_bent(&from, &next, mass) {
                    let middle = f64::midpoint(from.t, next.t);
                    let middle = self.sample(middle, (self.terms)(middle));
                    ahead.push((next, halvings + 1));
                    ahead.push((middle, halvings + 1));
                    continue;
                }
                below += mass;
                nodes.push(next.node(below));
                from = next;
            }
        }
        nodes
    }
}

/// Whether a cubic between two places would be off, in the amount or in what is integrated.
fn is_bent(from: &Sample, to: &Sample, mass: f64) -> bool {
    if mass < 0.25 * BEND {
        return false;
    }
    let width = to.x - from.x;
    // As the table will limit them.
    let limit = 3.0 * mass;
    let ends =
        (width * from.density / from.grows).min(limit) + (width * to.density / to.grows).min(limit);
    width > 0.0 && (mass - 0.5 * ends).abs() > BEND
}
