//! Which leads take part in something that is tried out on a share of them.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

use crate::PPM;

/// Whether a lead belongs to the share of leads that take part.
///
/// Each lead has one place for each name, at `h / 2^64` of the way from 0 to 1, where `h` is SipHash-2-4 with the key 0
/// over the length of the name in four little-endian bytes, the name, and the unit. A larger share has everybody in it that a smaller
/// one had, so that raising it moves nobody back.
///
/// * `name`: of what is tried out. Two names have independent shares.
/// * `unit_key`: the lead's.
/// * `share_ppm`: from 0 to 1,000,000.
pub fn takes_part(name: &str, unit_key: &str, share_ppm: u32) -> bool {
    // h / 2^64 < share / 10^6, in whole numbers.
    let scaled = u128::from(hash(name, unit_key)) * u128::from(PPM);
    scaled < u128::from(share_ppm) << 64
}

/// The place of a unit in a layer, from 0 to 999,999: the millionth of the way from 0 to 1 in which it lies, as for
/// [`takes_part`]. Names of layers are no names of what is tried out: both are independent.
///
/// * `layer`: name of the layer.
pub fn place_in(layer: &str, unit_key: &str) -> u32 {
    let place = (u128::from(hash(&format!("layer/{layer}"), unit_key)) * u128::from(PPM)) >> 64;
    u32::try_from(place).unwrap_or(PPM - 1)
}

fn hash(name: &str, unit_key: &str) -> u64 {
    let mut hasher = SipHasher24::new();
    let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
    hasher.write(&length.to_le_bytes());
    hasher.write(name.as_bytes());
    hasher.write(unit_key.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_share_keeps_those_of_a_smaller_one() {
        let units: Vec<String> = (0..20_000).map(|n| format!("lead_{n}")).collect();
        let of = |share| -> Vec<bool> {
            let parts = units.iter().map(|unit| takes_part("new", unit, share));
            parts.collect()
        };
        let (none, some, more, all) = (of(0), of(50_000), of(200_000), of(1_000_000));
        assert!(none.iter().all(|part| !part));
        assert!(all.iter().all(|part| *part));
        assert!(some.iter().zip(&more).all(|(some, more)| !some || *more));
        // Five standard errors of a share of 5 %.
        let n_some = some.iter().filter(|part| **part).count();
        assert!(n_some.abs_diff(1_000) < 155, "{n_some}");
    }

    #[test]
    fn names_have_independent_shares() {
        let both = (0..20_000).filter(|n| {
            let unit = format!("lead_{n}");
            takes_part("a", &unit, 500_000) && takes_part("b", &unit, 500_000)
        });
        // Five standard errors of a quarter.
        assert!(both.count().abs_diff(5_000) < 307);
    }

    #[test]
    fn places_of_a_layer_are_even_and_independent_of_shares() {
        let units: Vec<String> = (0..20_000).map(|n| format!("lead_{n}")).collect();
        let lower = units.iter().filter(|it| place_in("all", it) < 250_000);
        let lower: Vec<&String> = lower.collect();
        // Five standard errors of a quarter, and of an eighth.
        assert!(lower.len().abs_diff(5_000) < 307, "{}", lower.len());
        let both = lower
            .iter()
            .filter(|it| takes_part("all", it, 500_000))
            .count();
        assert!(both.abs_diff(2_500) < 235, "{both}");
        assert!(units.iter().all(|it| place_in("all", it) < PPM));
    }

    #[test]
    fn places_are_the_same_on_every_machine() {
        let part = |n: u32| takes_part("auto/checkout-2", &format!("lead_{n}"), 300_000);
        let golden: Vec<u32> = (0..20).filter(|n| part(*n)).collect();
        // By another implementation of SipHash-2-4.
        assert_eq!(golden, [8, 9, 12, 15, 16, 17, 18, 19]);
    }
}
