//! Layers: spaces in which each unit has one place, and experiments have stretches of their own, so that no unit is in two of
//! them.

use pointsman_lead::Problem;
use serde::{Deserialize, Serialize};

/// Parts of the space of a layer.
const WHOLE_PPM: u32 = 1_000_000;

/// The part of a layer that an experiment has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Name of the layer. Experiments of all flows that name it exclude each other.
    pub name: String,
    /// The share of the layer's space that the experiment has, in parts per million.
    pub share_ppm: u32,
    /// Where that is; nowhere before the experiment starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<Stretch>,
}

/// A stretch of the space of a layer, in parts per million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Where it begins.
    pub from_ppm: u32,
    /// How long it is.
    pub size_ppm: u32,
}

impl Layer {
    /// What is wrong with it.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=WHOLE_PPM).contains(&self.share_ppm) {
            let message = format!("{} is not within 1 to {WHOLE_PPM}", self.share_ppm);
            problems.push(Problem::new("out_of_range", "layer.share_ppm", message));
        }
        problems
    }

    /// Whether a place in the layer is its own.
    ///
    /// * `place_ppm`: from 0 to 999,999.
    pub fn holds(&self, place_ppm: u32) -> bool {
        let mut stretches = self.stretches.iter();
        stretches.any(|it| place_ppm >= it.from_ppm && place_ppm - it.from_ppm < it.size_ppm)
    }

    /// The same with stretches of its own, the first ones that are free.
    ///
    /// * `others`: parts of the same layer that are taken.
    ///
    /// # Errors
    ///
    /// What is free, in parts per million, where that is less than its share.
    pub fn reserved<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> Result<Self, u32> {
        let taken = others.into_iter().flat_map(|it| it.stretches.iter());
        let mut taken: Vec<Stretch> = taken.copied().collect();
        taken.sort_by_key(|it| it.from_ppm);
        taken.push(Stretch {
            from_ppm: WHOLE_PPM,
            size_ppm: 0,
        });
        let (mut at, mut free, mut missing) = (0, 0, self.share_ppm);
        let mut stretches = Vec::new();
        for Stretch { from_ppm, size_ppm } in taken {
            let gap = from_ppm.saturating_sub(at);
            free += gap;
            let size = gap.min(missing);
            if size > 0 {
                stretches.push(Stretch {
                    from_ppm: at,
                    size_ppm: size,
                });
                missing -= size;
            }
            at = at.max(from_ppm.saturating_add(size_ppm));
        }
        if missing > 0 {
            return Err(free);
        }
        Ok(Self {
            stretches,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(share_ppm: u32) -> Layer {
        Layer {
            name: "checkout".to_owned(),
            share_ppm,
            stretches: Vec::new(),
        }
    }

    #[test]
    fn parts_of_a_layer_never_overlap_and_use_what_became_free() {
        let none: [&Layer; 0] = [];
        let first = layer(300_000).reserved(none).unwrap();
        let second = layer(300_000).reserved([&first]).unwrap();
        let third = layer(300_000).reserved([&second, &first]).unwrap();
        assert_eq!(
            layer(200_000).reserved([&first, &second, &third]),
            Err(100_000)
        );
        // The second one ends: what comes next lies in its place and at the end.
        let fourth = layer(400_000).reserved([&third, &first]).unwrap();
        assert_eq!(fourth.stretches.len(), 2);
        for place in 0..1_000 {
            let place = place * 1_000;
            let holders = [&first, &third, &fourth]
                .iter()
                .filter(|it| it.holds(place))
                .count();
            assert_eq!(holders, 1, "{place}");
        }
        assert_eq!(layer(1).reserved([&first, &third, &fourth]), Err(0));
    }

    #[test]
    fn a_whole_layer_is_held_and_a_share_that_is_none_is_told() {
        let none: [&Layer; 0] = [];
        let whole = layer(WHOLE_PPM).reserved(none).unwrap();
        assert!(whole.holds(0) && whole.holds(999_999));
        assert!(!layer(5).holds(0), "one that has not started holds nothing");
        for share_ppm in [0, 1_000_001] {
            assert_eq!(layer(share_ppm).problems()[0].path, "layer.share_ppm");
        }
        assert_eq!(layer(1).problems(), []);
    }
}
