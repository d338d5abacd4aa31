//! Boundaries for a few planned looks: as little as each look may cost.

use super::{Error, finite, inside};
use crate::legendre::Rule;
use crate::normal;

/// Nodes of a panel.
const ORDER: usize = 8;
/// Standard deviations beyond which nothing is.
const FAR: f64 = 9.0;
/// The most looks that can be planned.
const LOOKS_MAX: usize = 100;

/// How much of α may be spent up to a share of the planned information.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Spending {
    /// `α tᵠ`, for a power above 0: evenly for 1, and the later the higher.
    Power(f64),
    /// Almost nothing early: `2 − 2 Φ(z / √t)`, after O'Brien and Fleming.
    ObrienFleming,
    /// About the same limit at each look: `α ln(1 + (e − 1) t)`, after Pocock.
    Pocock,
}

/// On which side a difference counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Upwards.
    One,
    /// Either way; α is split evenly.
    Two,
}

impl Spending {
    /// The part of `alpha`, both in (0, 1), that may be spent up to a share of information in (0, 1].
    fn upto(self, t: f64, alpha: f64) -> f64 {
        match self {
            Self::Power(power) => alpha * t.powf(power),
            Self::ObrienFleming => {
                2.0 * normal::upper_tail(-normal::quantile(0.5 * alpha) / t.sqrt())
            }
            Self::Pocock => alpha * ((std::f64::consts::E - 1.0) * t).ln_1p(),
        }
    }
}

/// Limits for z at each look: stop where it is beyond.
///
/// All looks together cross them with probability `alpha`, if there is no difference.
///
/// * `information`: at each look as a share of the planned one, ascending, in (0, 1]; at most 100 looks. The share is that of
///   `1 / se²`, which is that of the units if all are alike.
/// * `alpha`: in (0, 1).
///
/// # Errors
///
/// [`Error::Argument`] for arguments outside these ranges.
///
/// # Source
///
/// Lan and DeMets, *Discrete sequential boundaries for clinical trials*, 1983; Armitage, McPherson, Rowe, *Repeated significance
/// tests on accumulating data*, 1969, for the recursion.
pub fn boundaries(
    information: &[f64],
    alpha: f64,
    spending: Spending,
    sides: Sides,
) -> Result<Vec<f64>, Error> {
    check(information, spending)?;
    inside("alpha", alpha)?;
    let (per_side, is_two_sided) = match sides {
        Sides::One => (1.0, false),
        Sides::Two => (0.5, true),
    };
    let mut limits = Vec::with_capacity(information.len());
    let mut density = Density::at_start();
    let (mut before, mut spent) = (0.0, 0.0);
    for (look, t) in information.iter().enumerate() {
        let upto = spending.upto(*t, per_side * alpha);
        let step = (t - before).sqrt();
        let z = density.limit(upto - spent, step, t.sqrt());
        limits.push(z);
        if let Some(next) = information.get(look + 1) {
            let high = z * t.sqrt();
            let low = if is_two_sided { -high } else { -FAR * t.sqrt() };
            let finest = step.min((next - t).sqrt());
            density = density.after(step, [low, high], finest);
        }
        (before, spent) = (*t, upto);
    }
    Ok(limits)
}

fn check(information: &[f64], spending: Spending) -> Result<(), Error> {
    let argument = |name, value, rule| Err(Error::Argument { name, value, rule });
    if information.is_empty() || information.len() > LOOKS_MAX {
        let n = super::count(information.len() as u64);
        return argument("the number of looks", n, "from 1 to 100");
    }
    let mut before = 0.0;
    for t in information {
        if finite(*t)? <= before || *t > 1.0 + 1e-12 {
            return argument("the information of a look", *t, "ascending in (0, 1]");
        }
        before = *t;
    }
    match spending {
        Spending::Power(power) if !(power > 0.0 && power.is_finite()) => {
            argument("the power", power, "a finite number above 0")
        }
        _ => Ok(()),
    }
}

/// Where the sum of all steps so far is, among the courses that have not crossed yet: weights at places.
struct Density {
    places: Vec<f64>,
    weights: Vec<f64>,
}

impl Density {
    fn at_start() -> Self {
        Self {
            places: vec![0.0],
            weights: vec![1.0],
        }
    }

    /// The limit, in standard deviations of the whole, that the next step exceeds with this probability.
    fn limit(&self, probability: f64, step: f64, scale: f64) -> f64 {
        let exceeds = |z: f64| -> f64 {
            let parts = self.places.iter().zip(&self.weights);
            parts
                .map(|(place, weight)| weight * normal::upper_tail((z * scale - place) / step))
                .sum()
        };
        let (mut low, mut high) = (-FAR, 40.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if exceeds(middle) > probability {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// The density after a step, on the part of the line where courses go on.
    fn after(&self, step: f64, [low, high]: [f64; 2], finest: f64) -> Self {
        let rule = Rule::<ORDER>::new();
        let n_panels = ((high - low) / finest).ceil().clamp(1.0, 4_000.0);
        let half = 0.5 * (high - low) / n_panels;
        let (mut places, mut weights) = (Vec::new(), Vec::new());
        let mut middle = low + half;
        while middle < high {
            for (node, weight) in rule.nodes.iter().zip(rule.weights) {
                let place = middle + half * node;
                let parts = self.places.iter().zip(&self.weights);
                let density: f64 = parts
                    .map(|(from, weight)| {
                        weight * normal::ln_density((place - from) / step).exp() / step
                    })
                    .sum();
                places.push(place);
                weights.push(half * weight * density);
            }
            middle += 2.0 * half;
        }
        Self { places, weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_is_a_plain_test() {
        for (sides, z) in [(Sides::One, 1.644_853_627), (Sides::Two, 1.959_963_985)] {
            let limits = boundaries(&[1.0], 0.05, Spending::Pocock, sides).unwrap();
            assert!((limits[0] - z).abs() < 1e-8);
        }
    }

    #[test]
    fn the_textbook_limits_are_met() {
        // As R's gsDesign prints them for four even looks.
        let even = [0.25, 0.5, 0.75, 1.0];
        let limits = boundaries(&even, 0.05, Spending::ObrienFleming, Sides::Two).unwrap();
        for (found, known) in limits.iter().zip([4.3326, 2.9631, 2.3590, 2.0141]) {
            assert!((found - known).abs() < 2e-4, "{limits:?}");
        }
        let limits = boundaries(&even, 0.05, Spending::Pocock, Sides::Two).unwrap();
        for (found, known) in limits.iter().zip([2.368, 2.368, 2.358, 2.350]) {
            assert!((found - known).abs() < 6e-4, "{limits:?}");
        }
    }

    #[test]
    fn plans_are_checked() {
        let of = |information: &[f64], spending| {
            boundaries(information, 0.05, spending, Sides::Two).is_err()
        };
        for bad in [
            vec![],
            vec![0.5, 0.5],
            vec![0.5, 1.1],
            vec![f64::NAN],
            vec![0.0],
            vec![0.5; 101],
        ] {
            assert!(of(&bad, Spending::Pocock), "{bad:?}");
        }
        assert!(of(&[1.0], Spending::Power(0.0)));
    }
}
