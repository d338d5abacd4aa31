//! Segments of leads and destinations, with what each brings: the numbers of a lead-routing simulation, with twists.

use super::Chance;

pub(crate) const N_SEGMENTS: usize = 6;
pub(crate) const N_ARMS: usize = 5;
pub(crate) const SEGMENTS: [f64; N_SEGMENTS] = [0.35, 0.25, 0.15, 0.12, 0.08, 0.05];
pub(crate) const PAYOUTS: [f64; N_ARMS] = [55.0, 48.0, 60.0, 90.0, 40.0];
/// Probability that a lead of a segment converts at a destination.
pub(crate) const RATES: [[f64; N_ARMS]; N_SEGMENTS] = [
    [
        0.114_677_809_580_381_65,
        0.177_654_774_897_514_9,
        0.179_261_131_530_630_72,
        0.042_680_055_713_332_53,
        0.055_275_492_494_420_92,
    ],
    [
        0.081_903_797_634_593_73,
        0.135_184_837_312_922_44,
        0.143_409_922_793_370_86,
        0.113_062_923_993_077_12,
        0.117_050_432_149_071_96,
    ],
    [
        0.100_077_259_085_648_8,
        0.077_417_070_359_406_15,
        0.081_433_829_336_475_67,
        0.100_875_442_904_894_27,
        0.091_554_004_510_586_3,
    ],
    [
        0.106_278_039_654_339_13,
        0.061_770_270_694_596_06,
        0.103_003_398_747_910_68,
        0.038_185_753_100_013_514,
        0.068_602_030_323_403_26,
    ],
    [
        0.109_738_329_797_708_13,
        0.059_558_958_567_671_96,
        0.099_539_968_042_840_83,
        0.063_540_059_324_216_91,
        0.071_225_084_275_311_89,
    ],
    [
        0.073_238_791_476_097_21,
        0.092_528_679_645_214_36,
        0.138_911_944_861_220_5,
        0.051_594_004_315_274_53,
        0.098_998_124_779_368_33,
    ],
];
pub(crate) type Policy = [[f64; N_ARMS]; N_SEGMENTS];

pub(crate) fn worth(segment: usize, arm: usize) -> f64 {
    RATES[segment][arm] * PAYOUTS[arm]
}

/// The destinations of a segment, the one that is worth most first.
pub(crate) fn by_worth(segment: usize) -> [usize; N_ARMS] {
    let mut arms: [usize; N_ARMS] = std::array::from_fn(|arm| arm);
    arms.sort_by(|a, b| worth(segment, *b).total_cmp(&worth(segment, *a)));
    arms
}

pub(crate) fn pick(weights: &[f64], chance: &mut Chance) -> usize {
    let mut left = chance.next() * weights.iter().sum::<f64>();
    for (position, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return position;
        }
    }
    weights
        .iter()
        .rposition(|weight| *weight > 0.0)
        .unwrap_or(0)
}

pub(crate) fn of_arms(shares: &[f64; N_ARMS], value: impl Fn(usize) -> f64) -> f64 {
    let shares = shares.iter().enumerate();
    shares.map(|(arm, share)| share * value(arm)).sum()
}

/// Probability that a destination accepts, in the world with fallbacks.
pub(crate) fn accepts(segment: usize, arm: usize, quality: f64) -> f64 {
    3.0 * RATES[segment][arm] * quality
}

/// What a lead of some quality brings when it is offered to the best two destinations.
pub(crate) fn fallback_value(segment: usize, quality: f64) -> f64 {
    let [best, second, ..] = by_worth(segment);
    let [p, q] = [best, second].map(|arm| accepts(segment, arm, quality));
    p * PAYOUTS[best] + (1.0 - p) * q * PAYOUTS[second]
}

/// Mean payment of an offer, in the world in which each is paid; `x` is even in `[0, 1)`.
pub(crate) fn paid(segment: usize, arm: usize, x: f64) -> f64 {
    PAYOUTS[arm] * (RATES[segment][arm] * 5.0 + x)
}

/// The standard deviation of payments around their means that is that of the means in the log.
pub(crate) fn explained_sd(logged: &Policy) -> f64 {
    let mut moments = [0.0; 2];
    for (segment, share) in SEGMENTS.iter().enumerate() {
        for (arm, drawn) in logged[segment].iter().enumerate() {
            let mean = paid(segment, arm, 0.5);
            moments[0] += share * drawn * mean;
            // x is even, with a variance of 1 / 12.
            moments[1] += share * drawn * (mean * mean + PAYOUTS[arm].powi(2) / 12.0);
        }
    }
    (moments[1] - moments[0] * moments[0]).sqrt()
}
