//! The draws behind a step, made again for people.

use pointsman_flow::NodeIdx;

use super::Walk;
use crate::{
    Choice, Conditions, Context, Trace,
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
    /// The weights of the arms in parts per million, as declared.
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
    /// * `trace`: the choices of the step.
    pub fn draws(&self, context: Context<'_>, conditions: &Conditions, trace: &Trace) -> Vec<Draw> {
        let mut ordinals = self.ordinals.clone();
        let draws = trace.iter().filter_map(|&Choice(node, choice)| {
            if conditions.orders.of(node).is_some() {
                return None;
            }
            let draw = DrawOf::at(context, node)?;
            let ordinal = ordinals.of(draw.salt);
            Some(Draw {
                node,
                unit: String::from_utf8_lossy(draw.unit()).into_owned(),
                weights_ppm: draw.weights().to_vec(),
                drawn: draw.again(usize::from(choice), ordinal),
            })
        });
        draws.collect()
    }
}

#[cfg(test)]
mod tests;
