//! What other nodes know of how late the same destinations pay.

use std::collections::BTreeMap;

use crate::facts::{CONVERSIONS, stream, whole};
use crate::spec::BanditSpec;
use crate::state::{ArmState, Kind, Place, State};

/// Delays of an arm's own later money, by stream: step of the delay, and how many there were.
pub(crate) type Delays = BTreeMap<usize, Vec<f64>>;

/// Which arms of all nodes lead to one destination.
#[derive(Debug)]
pub(crate) struct Kin<'a> {
    bandits: &'a [BanditSpec],
    /// Position of a node, and the name of its arm, by destination.
    arms: BTreeMap<&'a str, Vec<(usize, &'a str)>>,
}

impl<'a> Kin<'a> {
    pub(crate) fn new(bandits: &'a [BanditSpec]) -> Self {
        let mut arms: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for (i, spec) in bandits.iter().enumerate() {
            for (arm, destination) in &spec.destinations {
                arms.entry(destination).or_default().push((i, arm));
            }
        }
        Self { bandits, arms }
    }

    /// For each arm of a node, the delays of its destination in all other nodes until a moment.
    ///
    /// * `as_of`: epoch microseconds.
    /// * `n_steps`: delay steps that are looked at.
    pub(crate) fn delays(
        &self,
        state: &State,
        spec: &BanditSpec,
        as_of: i64,
        n_steps: usize,
    ) -> Vec<Delays> {
        let of = |arm: &String| {
            let mut delays = Delays::new();
            let destination = spec.destinations.get(arm);
            let kin = destination.and_then(|it| self.arms.get(it.as_str()));
            for (i, name) in kin.into_iter().flatten() {
                let other = &self.bandits[*i];
                if (&other.flow, &other.node) == (&spec.flow, &spec.node) {
                    continue;
                }
                let node = state.node(&other.flow, &other.node);
                if let Some(arm) = node.and_then(|node| node.all().get(*name)) {
                    add(&mut delays, arm, as_of, n_steps);
                }
            }
            delays
        };
        spec.arms.iter().map(of).collect()
    }
}

fn add(delays: &mut Delays, arm: &ArmState, as_of: i64, n_steps: usize) {
    let mut count = |stream: usize, by_step: &BTreeMap<u8, u64>| {
        let sums = delays.entry(stream).or_insert_with(|| vec![0.0; n_steps]);
        for (step, n) in by_step {
            if let Some(sum) = sums.get_mut(usize::from(*step)) {
                *sum += whole(*n);
            }
        }
    };
    for (_, bucket) in arm.buckets.range(..=as_of) {
        for ((place, kind), flow) in &bucket.streams {
            if *place == Place::Own && *kind != Kind::AtOnce {
                count(stream(*place, *kind), &flow.delays);
            }
        }
        count(CONVERSIONS, &bucket.conversion_delays);
    }
}
