//! How much of what a bandit could earn it has earned, by the market's known truth.

use std::collections::BTreeMap;

use pointsman_testkit::{DESTINATIONS, Traits, World};

use super::{flows, table::count};

/// A destination with what it is truly worth to a good lead that it gets first, in main units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Worth {
    pub(super) name: &'static str,
    /// What it pays itself.
    pub(super) own: f64,
    /// What the whole walk brings, even draws after a refusal included.
    pub(super) walk: f64,
}

/// The destinations by the worth of the whole walk, the best first.
pub(super) fn ranking(world: World) -> Vec<Worth> {
    let mut ranking = DESTINATIONS.map(|name| Worth {
        name,
        own: world.expected_value_where(name, flows::is_good),
        walk: world.first_value_where(name, &DESTINATIONS, flows::is_good),
    });
    ranking.sort_by(|a, b| b.walk.total_cmp(&a.walk));
    ranking.to_vec()
}

/// Expected money of the leads of a bandit: by the arms that it drew, by even draws, and with the best arm first. The chance of
/// who takes a lead and what comes of it is not in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gain {
    world: World,
    ranking: Vec<Worth>,
    pub(super) n: u64,
    money: f64,
    even: f64,
    best: f64,
}

impl Gain {
    pub(super) fn new(world: World) -> Self {
        Self {
            world,
            ranking: ranking(world),
            n: 0,
            money: 0.0,
            even: 0.0,
            best: 0.0,
        }
    }

    /// Adds a lead.
    ///
    /// * `drawn`: the arm that it was offered to first.
    /// * `weights`: of the arms that were open to it; after a refusal it is drawn again by them.
    pub(super) fn add(&mut self, traits: &Traits, drawn: &str, weights: &BTreeMap<String, u32>) {
        let names = weights.iter();
        let weights: Vec<(&str, f64)> = names
            .map(|(name, weight)| (name.as_str(), f64::from(*weight)))
            .collect();
        let even: Vec<(&str, f64)> = weights.iter().map(|(name, _)| (*name, 1.0)).collect();
        let is_open = |worth: &&Worth| weights.iter().any(|(name, _)| *name == worth.name);
        let best = self.ranking.iter().find(is_open).map(|worth| worth.name);
        self.n += 1;
        self.money += self.world.walk_value(traits, &weights, Some(drawn));
        self.even += self.world.walk_value(traits, &even, None);
        self.best += self.world.walk_value(traits, &even, best);
    }

    /// Money a lead: drawn, even, best arm first.
    pub(super) fn a_lead(&self) -> [f64; 3] {
        [self.money, self.even, self.best].map(|money| money / count(self.n.max(1)))
    }

    /// (money − even) / (best arm first − even); none where nothing could be gained.
    pub(super) fn share(&self) -> Option<f64> {
        let possible = self.best - self.even;
        (possible > 0.0).then(|| (self.money - self.even) / possible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_draws_gain_nothing_and_the_best_arm_everything() {
        let world = World::new(7);
        let best = ranking(world)[0].name;
        assert_eq!(best, "lakeside");
        let even: BTreeMap<String, u32> =
            DESTINATIONS.map(|name| (name.to_owned(), 200_000)).into();
        let (mut all, mut first) = (Gain::new(world), Gain::new(world));
        for lead in world.leads(200) {
            let traits = world.traits(&lead);
            for name in DESTINATIONS {
                all.add(&traits, name, &even);
            }
            first.add(&traits, best, &even);
        }
        assert!(all.share().unwrap().abs() < 1e-9, "{:?}", all.share());
        assert!((first.share().unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(Gain::new(world).share(), None);
    }
}
