//! The draws behind a step, made again for people.

use pointsman_flow::NodeIdx;

use super::Walk;
use crate::{
    Choice, Conditions, Context, Event, Trace,
    choices::{Choices, Liveness},
    draw::{DrawOf, Drawn},
};

/// How chance chose an arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// The split, bandit or rotation.
    pub node: NodeIdx,
    /// What it was drawn by: the lead's unit key, or what keeps its arm. That is the hash of the value
    /// of a field; under semantics version 1, the value itself.
    pub unit: String,
    /// The weights of the arms in parts per million: as declared or published, or of a bandit some of whose arms could not be
    /// drawn, what the others shared; 0 for those that could not.
    pub weights_ppm: Vec<u32>,
    /// What was drawn.
    pub drawn: Drawn,
}

impl Walk {
    /// The draws of a step that this walk is about to take, given where it leads.
    ///
    /// Ask a copy of the walk from before the step.
    ///
    /// * `conditions`: what the step is decided by; a rotation whose order is known draws nothing.
    /// * `event`: what the step follows.
    /// * `trace`: the choices of the step.
    pub fn draws(
        &self,
        context: Context<'_>,
        conditions: &Conditions,
        event: Event,
        trace: &Trace,
    ) -> Vec<Draw> {
        let mut walk = self.clone();
        if walk.take_in(context, event).is_some() {
            return Vec::new();
        }
        let eligible = walk.filter.eligible(context, conditions);
        let auction = walk.filter.progress().auction.clone();
        let liveness = Liveness::new(context, &eligible, &conditions.orders, &auction);
        let draws = trace.iter().enumerate().filter_map(|(position, &choice)| {
            let Choice(node, choice) = choice;
            // Only the first choice of a step goes on with a visit: those below it begin theirs.
            let visit = self.path.iter().find(|visit| visit.node == node);
            let tried = visit.filter(|_| position == 0).map(|visit| &visit.tried);
            let Choices::Draw(lots) = liveness.choices(node, tried) else {
                return None;
            };
            let weights = lots.weights();
            let draw = DrawOf::at(context, node)?.with(&weights);
            let ordinal = walk.ordinals.of(draw.salt);
            Some(Draw {
                node,
                unit: String::from_utf8_lossy(draw.unit()).into_owned(),
                drawn: draw.again(usize::from(choice), ordinal),
                weights_ppm: weights.to_vec(),
            })
        });
        draws.collect()
    }
}

#[cfg(test)]
mod tests;
