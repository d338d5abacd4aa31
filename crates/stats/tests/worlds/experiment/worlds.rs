//! Experiments whose truth is known: how often what is said of them is right.

#![expect(
    clippy::unwrap_used,
    reason = "a world that is built wrong ends the run"
)]

use crate::chance::{Chance, at_least, seed};

mod adjusted;
mod coverage;
mod peeking;
mod planned;
mod split;

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Promise {
    /// With this probability: intervals for one look, and tests.
    Just(f64),
    /// With this probability or a smaller one: errors at any of many looks.
    AtMost(f64),
    /// With this probability or a larger one: intervals of all looks.
    AtLeast(f64),
    /// No promise; for comparison.
    Shown,
}

/// Something that may happen in an experiment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) what: &'static str,
    pub(crate) promise: Promise,
}

/// A kind of experiment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) claims: &'static [Claim],
    /// How many experiments the whole table runs, and how many the quick one.
    pub(crate) runs: [u64; 2],
    /// Runs one, and says what happened, in the order of the claims; nothing where it could not be said.
    run: fn(&mut Chance) -> Vec<Option<bool>>,
}

/// How often something happened.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) happened: u64,
    pub(crate) of: u64,
}

impl World {
    /// Runs so many experiments.
    pub(crate) fn count(&self, runs: u64) -> Vec<Count> {
        let mut counts = vec![Count::default(); self.claims.len()];
        // The name and not the position: another world before this one changes nothing here.
        let cell = self.name.bytes().fold(7_u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        for run in 0..runs {
            let mut chance = Chance(seed(cell, run));
            let happened = (self.run)(&mut chance);
            assert_eq!(happened.len(), counts.len(), "one answer a claim");
            for (count, happened) in counts.iter_mut().zip(happened) {
                count.of += u64::from(happened.is_some());
                count.happened += u64::from(happened == Some(true));
            }
        }
        counts
    }
}

impl Promise {
    /// Whether a count is as promised, by a binomial test at 1 in 1,000.
    pub(crate) fn is_kept(self, count: Count) -> bool {
        const ALARM: f64 = 1e-3;
        let Count { happened, of } = count;
        let as_many = |p: f64| at_least(happened, of, p);
        let as_few = |p: f64| at_least(of - happened, of, 1.0 - p);
        of > 0
            && match self {
                Self::Just(p) => 2.0 * as_many(p).min(as_few(p)) >= ALARM,
                Self::AtMost(p) => as_many(p) >= ALARM,
                Self::AtLeast(p) => as_few(p) >= ALARM,
                Self::Shown => true,
            }
    }
}

/// All worlds.
pub(crate) fn worlds() -> Vec<World> {
    let mut worlds = peeking::worlds();
    worlds.extend(coverage::worlds());
    worlds.extend(adjusted::worlds());
    worlds.extend(split::worlds());
    worlds.extend(planned::worlds());
    worlds
}

const fn claim(what: &'static str, promise: Promise) -> Claim {
    Claim { what, promise }
}

fn covers([low, high]: [f64; 2], truth: f64) -> bool {
    low <= truth && truth <= high
}

/// One with a probability, and zero otherwise.
fn bernoulli(chance: &mut Chance, p: f64) -> f64 {
    f64::from(u8::from(chance.next() < p))
}

/// A payment of this mean whose logarithm has standard deviation 1.
fn payment(chance: &mut Chance, mean: f64) -> f64 {
    mean * (chance.normal() - 0.5).exp()
}
