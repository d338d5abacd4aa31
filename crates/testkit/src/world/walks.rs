//! What whole walks are truly worth: a lead that one destination refuses is drawn again among the others.

use super::{Terms, Traits, World, mean, value};

/// Most destinations of a walk.
const ARMS_MAX: usize = 16;

impl World {
    /// Mean net revenue of such a lead, in main units, where destinations are drawn by weights, none twice, until one takes it: the
    /// exact mean over who takes it, what comes of it, and the draws. 0 without weights.
    ///
    /// * `weights`: destinations that may be drawn, at most 16, with weights in any common unit, each at least 0.
    /// * `first`: which one is offered the lead first, whatever its weight; none: it is drawn.
    ///
    /// # Panics
    ///
    /// For more than 16 destinations.
    pub fn walk_value(&self, traits: &Traits, weights: &[(&str, f64)], first: Option<&str>) -> f64 {
        assert!(weights.len() <= ARMS_MAX, "a walk has at most 16 arms");
        let arms: Vec<Arm> = weights
            .iter()
            .map(|(name, weight)| Arm {
                weight: *weight,
                accept: Terms::find(name).map_or(0.0, |(_, terms)| terms.accept(traits)),
                worth: value(name, traits, i64::MAX),
            })
            .collect();
        let mut known = vec![None; 1 << arms.len()];
        let all = known.len() - 1;
        let first = first.and_then(|first| weights.iter().position(|(name, _)| *name == first));
        match first {
            Some(first) => from(&arms, first, all, &mut known),
            None => drawn(&arms, all, &mut known),
        }
    }

    /// The mean of [`World::walk_value`] over the leads that `segment` picks, with even draws after the first of these destinations; 0 if
    /// there are none.
    pub fn first_value_where(
        &self,
        first: &str,
        destinations: &[&str],
        segment: impl Fn(&Traits) -> bool,
    ) -> f64 {
        let even: Vec<(&str, f64)> = destinations.iter().map(|name| (*name, 1.0)).collect();
        mean(segment, |traits| {
            self.walk_value(traits, &even, Some(first))
        })
    }
}

/// A destination as one lead sees it.
struct Arm {
    weight: f64,
    accept: f64,
    /// What an offer to it brings, chance of a refusal included.
    worth: f64,
}

/// What a draw among these arms is worth.
///
/// * `open`: a bit for each arm that was not drawn.
fn drawn(arms: &[Arm], open: usize, known: &mut [Option<f64>]) -> f64 {
    if let Some(worth) = known[open] {
        return worth;
    }
    let is_open = |arm: &usize| open & (1 << arm) != 0;
    let sum: f64 = (0..arms.len())
        .filter(is_open)
        .map(|arm| arms[arm].weight)
        .sum();
    let mut worth = 0.0;
    for arm in (0..arms.len()).filter(is_open) {
        if sum > 0.0 && arms[arm].weight > 0.0 {
            worth += arms[arm].weight / sum * from(arms, arm, open, known);
        }
    }
    known[open] = Some(worth);
    worth
}

/// What an offer to an arm is worth, with the draws after its refusal.
fn from(arms: &[Arm], arm: usize, open: usize, known: &mut [Option<f64>]) -> f64 {
    let rest = drawn(arms, open & !(1 << arm), known);
    arms[arm].worth + (1.0 - arms[arm].accept) * rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DESTINATIONS;

    #[test]
    fn a_walk_of_one_is_worth_the_offer_and_of_two_what_follows_a_refusal() {
        let world = World::new(7);
        let lead = world.leads(10).next().unwrap();
        let traits = world.traits(&lead);
        let alone = |name| world.walk_value(&traits, &[(name, 3.0)], None);
        assert!((alone("acme") - value("acme", &traits, i64::MAX)).abs() < 1e-12);
        let accept = Terms::find("acme").unwrap().1.accept(&traits);
        let both = [("acme", 1.0), ("zenith", 0.0)];
        let found = world.walk_value(&traits, &both, None);
        // Zenith has no weight, and so it is never drawn, also after a refusal.
        assert!((found - alone("acme")).abs() < 1e-12);
        let both = [("acme", 1.0), ("zenith", 1.0)];
        let found = world.walk_value(&traits, &both, Some("acme"));
        let wanted = alone("acme") + (1.0 - accept) * alone("zenith");
        assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        assert!(world.walk_value(&traits, &[], None).abs() < 1e-12);
    }

    #[test]
    fn walks_are_worth_what_they_bring_on_average() {
        let world = World::new(5);
        let weights = [5.0, 1.0, 2.0, 0.5, 4.0];
        let arms: Vec<(&str, f64)> = DESTINATIONS.into_iter().zip(weights).collect();
        let (mut expected, mut came, mut squares) = (0.0, 0.0, 0.0);
        let n = 40_000;
        for lead in world.leads(n) {
            let traits = world.traits(&lead);
            expected += world.walk_value(&traits, &arms, None);
            let mut open = arms.clone();
            let mut dice = lead.number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut brought = 0.0;
            while !open.is_empty() {
                dice ^= dice >> 31;
                dice = dice.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (dice >> 27);
                #[expect(clippy::cast_precision_loss, reason = "53 bits of chance")]
                let mut draw = (dice >> 11) as f64 / (1_u64 << 53) as f64
                    * open.iter().map(|(_, weight)| weight).sum::<f64>();
                let taken = open.iter().position(|(_, weight)| {
                    draw -= weight;
                    draw < 0.0
                });
                let (name, _) = open.remove(taken.unwrap_or(0));
                if world.accepts(&lead, name) {
                    #[expect(clippy::cast_precision_loss, reason = "an amount")]
                    let net = world.net_revenue(&lead, name).0 as f64 / 1e6;
                    brought = net;
                    break;
                }
            }
            came += brought;
            squares += brought * brought;
        }
        #[expect(clippy::cast_precision_loss, reason = "a number of leads")]
        let n = n as f64;
        let (expected, mean) = (expected / n, came / n);
        let se = ((squares / n - mean * mean) / n).sqrt();
        assert!(
            (expected - mean).abs() < 4.0 * se,
            "{expected} {mean} ± {se}"
        );
    }
}
