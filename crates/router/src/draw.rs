//! Keyed draws: chance that anybody can repeat.

mod v1;

use std::{hash::Hasher as _, ops::Deref};

use pointsman_bandit::{Limits, weights_among};
use pointsman_flow::{Arm, ArmLimits, NodeIdx, Salt, Semantics};
use siphasher::sip::SipHasher24;
use smallvec::SmallVec;

use crate::Context;

/// Parts in a whole: weights are integers that add up to this.
pub const PPM: u32 = 1_000_000;

/// What a draw is made of, apart from who may be drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DrawOf<'a> {
    semantics: Semantics,
    /// Keeps the draws of a node apart from those of others.
    pub(crate) salt: Salt,
    unit: &'a [u8],
    arms: &'a [Arm],
    /// One for each arm, in ppm.
    weights: &'a [u32],
    /// How those share that are left when not all can be drawn; none if their weights keep their proportions.
    rest: Option<Rest<'a>>,
}

/// What the arms of a bandit share when not all of them can be drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest<'a> {
    /// One for each arm.
    parts: &'a [u64],
    explore_ppm: u32,
    /// One for each arm, or none.
    limits: &'a [ArmLimits],
}

/// The weights of the arms of a draw, one for each, in ppm.
pub(crate) enum Weights<'a> {
    /// As declared or published.
    Declared(&'a [u32]),
    /// What those that can be drawn share; the others have 0.
    Shared(SmallVec<[u32; 16]>),
}

impl Deref for Weights<'_> {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match self {
            Self::Declared(weights) => weights,
            Self::Shared(weights) => weights,
        }
    }
}

/// How many draws a walk has made with each salt: a second visit of a node must not repeat the first one's. Two
/// versions of a subflow share the salts of their nodes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ordinals(SmallVec<[(Salt, u32); 4]>);

impl Ordinals {
    /// The number of the next draw with a salt.
    pub(crate) fn of(&mut self, salt: Salt) -> &mut u32 {
        let known = self.0.iter().position(|(known, _)| *known == salt);
        let position = known.unwrap_or_else(|| {
            self.0.push((salt, 0));
            self.0.len() - 1
        });
        &mut self.0[position].1
    }
}

/// How chance chose an arm, for people.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawn {
    /// Semantics version 1: the points drawn, in `[0, 1_000_000)`, each with the arm whose share it falls
    /// into. The last is of the arm taken, those before it are of arms that could not be taken. Empty where the arm
    /// was drawn among those left alone, after too many draws in vain.
    Points(Vec<(u32, usize)>),
    /// The score of each arm; none of one without weight. Of the arms that could be taken the one with
    /// the smallest score was.
    Scores(Vec<Option<f64>>),
}

impl<'a> DrawOf<'a> {
    /// What a lead's draw at a node is made of; `None` where nothing is drawn.
    pub(crate) fn at(context: Context<'a>, node: NodeIdx) -> Option<Self> {
        let Context { program, subject } = context;
        let op = program.node(node);
        Some(Self {
            semantics: program.semantics(),
            salt: op.salt()?,
            unit: subject.unit(node),
            arms: op.arms(),
            weights: subject.weights(node, op),
            rest: op.bandit().and_then(|learning| {
                let parts = subject.parts(node);
                (!parts.is_empty()).then_some(Rest {
                    parts,
                    explore_ppm: learning.explore_ppm,
                    limits: learning.limits,
                })
            }),
        })
    }

    /// What the arms are drawn with when only some are open: those of a bandit share by what is believed of them alone, and
    /// those that are closed have 0.
    pub(crate) fn weights_among(&self, open: impl Fn(usize) -> bool) -> Weights<'a> {
        let Some(rest) = self.rest else {
            return Weights::Declared(self.weights);
        };
        let left: SmallVec<[usize; 16]> = (0..self.arms.len()).filter(|&arm| open(arm)).collect();
        // One alone is certain, whatever its weight.
        if left.len() <= 1 || left.len() == self.arms.len() {
            return Weights::Declared(self.weights);
        }
        let parts: SmallVec<[u64; 16]> = left.iter().map(|&arm| rest.parts[arm]).collect();
        let limits: SmallVec<[Limits; 16]> = left
            .iter()
            .filter_map(|&arm| rest.limits.get(arm))
            .map(|it| Limits {
                floor_ppm: it.floor_ppm,
                ceiling_ppm: it.ceiling_ppm,
            })
            .collect();
        let mut shares: SmallVec<[u32; 16]> = SmallVec::from_elem(0, left.len());
        weights_among(&parts, rest.explore_ppm, &limits, &mut shares);
        let mut weights = SmallVec::from_elem(0, self.arms.len());
        for (&arm, share) in left.iter().zip(shares) {
            weights[arm] = share;
        }
        Weights::Shared(weights)
    }

    /// The same draw with other weights.
    pub(crate) fn with<'b>(&self, weights: &'b [u32]) -> DrawOf<'b>
    where
        'a: 'b,
    {
        DrawOf { weights, ..*self }
    }

    pub(crate) fn arms(&self) -> &'a [Arm] {
        self.arms
    }

    pub(crate) fn unit(&self) -> &'a [u8] {
        self.unit
    }

    /// Draws an eligible arm; `None` if no eligible arm has weight. The probability of an arm is its
    /// weight over the eligible sum, whatever was drawn before.
    ///
    /// * `ordinal`: how many draws this walk has made with this salt; left as it is after this one.
    pub(crate) fn choose(
        &self,
        eligible: impl Fn(usize) -> bool,
        ordinal: &mut u32,
    ) -> Option<usize> {
        match self.semantics {
            Semantics::V1 => v1::choose(self, &eligible, ordinal),
            Semantics::V2 => self.rendezvous(eligible, ordinal),
        }
    }

    /// The draw that gave an arm, made again.
    ///
    /// * `taken`: the arm that [`DrawOf::choose`] gave.
    /// * `ordinal`: as it was before; left as [`DrawOf::choose`] left it.
    pub(crate) fn again(&self, taken: usize, ordinal: &mut u32) -> Drawn {
        match self.semantics {
            Semantics::V1 => Drawn::Points(v1::points(self, taken, ordinal)),
            Semantics::V2 => {
                let prefix = self.prefix(*ordinal);
                *ordinal += 1;
                let arms = self.arms.iter().zip(self.weights);
                let score = |(arm, &weight): (&Arm, &u32)| {
                    (weight > 0).then(|| Lot::of(&prefix, &arm.key, weight).score())
                };
                Drawn::Scores(arms.map(score).collect())
            }
        }
    }

    /// Gives each arm that may be taken its score, and takes the smallest; of equal ones the arm whose
    /// key comes first. So nobody moves who need not: not when another arm is closed, joins, leaves or
    /// is listed elsewhere, and hardly anybody more than must when weights change.
    ///
    /// # Source
    ///
    /// Thaler, Ravishankar, *Using name-based mappings to increase hit rates*, 1998, with the weights of
    /// Schindelhauer, Schomaker, *Weighted distributed hash tables*, 2005: the smallest of exponential
    /// variables with the rates `w` is that of an arm with probability `w / Σ w`.
    fn rendezvous(&self, eligible: impl Fn(usize) -> bool, ordinal: &mut u32) -> Option<usize> {
        let mut open = (0..self.arms.len()).filter(|&arm| self.weights[arm] > 0 && eligible(arm));
        let first = open.next()?;
        // A draw that has nothing to decide is counted too: the next one must not depend on who is open.
        let before = *ordinal;
        *ordinal += 1;
        let Some(second) = open.next() else {
            return Some(first);
        };
        let prefix = self.prefix(before);
        let key = |arm: usize| self.arms[arm].key.as_str();
        let arms = [first, second].into_iter().chain(open);
        let lots = arms.map(|arm| (arm, Lot::of(&prefix, key(arm), self.weights[arm])));
        smallest(lots, key)
    }

    /// The hash of a draw before the arm: SipHash-2-4 keyed with the salt, over the length of the unit,
    /// the unit and the ordinal, numbers as four little-endian bytes.
    ///
    /// # Source
    ///
    /// Aumasson, Bernstein, *`SipHash`: a fast short-input PRF*, 2012.
    fn prefix(&self, ordinal: u32) -> SipHasher24 {
        let mut hasher = SipHasher24::new_with_key(&self.salt.0);
        let length = u32::try_from(self.unit.len()).unwrap_or(u32::MAX);
        hasher.write(&length.to_le_bytes());
        hasher.write(self.unit);
        hasher.write(&ordinal.to_le_bytes());
        hasher
    }
}

/// The arm whose lot has the smallest score; of equal ones the one whose key comes first.
fn smallest<'a>(
    mut lots: impl Iterator<Item = (usize, Lot)>,
    key: impl Fn(usize) -> &'a str,
) -> Option<usize> {
    let (mut best, lot) = lots.next()?;
    let mut best_score = lot.score();
    for (arm, lot) in lots {
        if lot.is_plainly_above(best_score) {
            continue;
        }
        let score = lot.score();
        let order = score.total_cmp(&best_score);
        if order.then_with(|| key(arm).cmp(key(best))).is_lt() {
            (best, best_score) = (arm, score);
        }
    }
    Some(best)
}

/// What chance gives an arm, before its score is worked out.
#[derive(Debug, Clone, Copy)]
struct Lot {
    /// In `(0, 1]`.
    u: f64,
    /// In ppm, more than 0.
    weight: f64,
}

impl Lot {
    fn of(prefix: &SipHasher24, key: &str, weight: u32) -> Self {
        let mut hasher = *prefix;
        hasher.write(key.as_bytes());
        Self::at(hasher.finish(), weight)
    }

    /// The lot where `u` is made of the upper 53 bits of a hash.
    fn at(hash: u64, weight: u32) -> Self {
        const UNIT_OF_53_BITS: f64 = 1.0 / 9_007_199_254_740_992.0;
        #[expect(
            clippy::cast_precision_loss,
            reason = "53 bits are all that a float holds"
        )]
        let point = (hash >> 11) as f64;
        Self {
            u: (point + 0.5) * UNIT_OF_53_BITS,
            weight: f64::from(weight),
        }
    }

    /// `-ln(u) / weight`.
    fn score(self) -> f64 {
        // A portable logarithm: the standard library's differs from machine to machine in the last bit.
        -libm::log(self.u) / self.weight
    }

    /// Whether the score is above another one for certain, without a logarithm: most arms lose by far.
    ///
    /// It changes no draw. `-ln(u)` is at least `1 - u`, and what a score or this product is rounded by is below
    /// one part in 10^15, so that the margin of 10^-12 outweighs it a hundredfold: an arm of which this is true has a
    /// score above the other one as computed, too. Of an arm that is below, equal or too close it is not true.
    fn is_plainly_above(self, score: f64) -> bool {
        const MARGIN: f64 = 1.0 + 1e-12;
        1.0 - self.u > score * self.weight * MARGIN
    }
}

#[cfg(test)]
pub(crate) mod tests;
