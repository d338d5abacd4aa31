//! The weights of bandits over the time of a replay.

use std::collections::BTreeMap;

use pointsman_bandit::{BanditKey, BanditSpec, Change};
use pointsman_lead::Timestamp;
use serde::Serialize;

/// Points that a curve keeps; of more, every second one is left out.
const POINTS_MAX: usize = 400;
/// Segments that are shown of a node, beside what holds for all others.
const SEGMENTS_SHOWN: usize = 3;

/// How the weights of one bandit changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightCurve {
    /// Name of the flow.
    pub flow: String,
    /// Name of the node.
    pub node: String,
    /// The segment; empty for what holds for all segments without weights of their own.
    pub segment: String,
    /// Names of the arms.
    pub arms: Vec<String>,
    /// Weights at the moments at which they changed; thinned where there were more than a few hundred.
    pub points: Vec<WeightPoint>,
}

/// The weights of a bandit from a moment on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightPoint {
    /// From when.
    pub at: Timestamp,
    /// In ppm, by arm as the curve names them.
    pub weights: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Curve {
    arms: BTreeMap<(String, String), Vec<String>>,
    curves: BTreeMap<BanditKey, Thinned>,
}

#[derive(Debug, Default)]
struct Thinned {
    points: Vec<WeightPoint>,
    /// Of how many changes one is kept.
    every: usize,
    n_seen: usize,
    last: Option<WeightPoint>,
}

impl Curve {
    pub(super) fn new(specs: &[BanditSpec]) -> Self {
        let arms = specs
            .iter()
            .map(|spec| ((spec.flow.clone(), spec.node.clone()), spec.arms.clone()));
        Self {
            arms: arms.collect(),
            curves: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, at: Timestamp, changes: &[Change]) {
        for Change { key, entry, .. } in changes {
            let Some(arms) = self.arms.get(&(key.flow.clone(), key.node.clone())) else {
                continue;
            };
            let is_of_node = |known: &&BanditKey| {
                known.flow == key.flow && known.node == key.node && !known.segment.is_empty()
            };
            if !self.curves.contains_key(key)
                && !key.segment.is_empty()
                && self.curves.keys().filter(is_of_node).count() >= SEGMENTS_SHOWN
            {
                continue;
            }
            let weights = arms
                .iter()
                .map(|arm| entry.arms.get(arm).copied().unwrap_or_default());
            let point = WeightPoint {
                at,
                weights: weights.collect(),
            };
            self.curves.entry(key.clone()).or_default().add(point);
        }
    }

    pub(super) fn finish(self) -> Vec<WeightCurve> {
        let arms = self.arms;
        let curves = self.curves.into_iter().filter_map(|(key, thinned)| {
            let arms = arms.get(&(key.flow.clone(), key.node.clone()))?.clone();
            Some(WeightCurve {
                flow: key.flow,
                node: key.node,
                segment: key.segment,
                arms,
                points: thinned.finish(),
            })
        });
        curves.collect()
    }
}

impl Thinned {
    fn add(&mut self, point: WeightPoint) {
        let every = self.every.max(1);
        if self.n_seen.is_multiple_of(every) {
            self.points.push(point.clone());
        }
        self.n_seen += 1;
        self.last = Some(point);
        if self.points.len() > POINTS_MAX {
            let kept = std::mem::take(&mut self.points).into_iter().step_by(2);
            self.points = kept.collect();
            self.every = 2 * every;
        }
    }

    fn finish(mut self) -> Vec<WeightPoint> {
        let last = self.last.filter(|last| self.points.last() != Some(last));
        self.points.extend(last);
        self.points
    }
}
