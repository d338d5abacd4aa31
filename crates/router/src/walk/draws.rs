//! The draws behind a step, made again for people.

use pointsman_flow::{NodeIdx, Op};

use super::{Walk, ordinal_of};
use crate::{Choice, Conditions, Context, Trace, draw};

/// How chance chose an arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The split, bandit or rotation.
    pub node: NodeIdx,
    /// What it was drawn by: the lead's unit key, or the value of the field that keeps its arm.
    pub unit: String,
    /// The weights of the arms in parts per million, as declared.
    pub weights_ppm: Vec<u32>,
    /// The points drawn, in `[0, 1_000_000)`, each with the arm whose share it falls into. The last is
    /// of the arm taken, those before it are of arms that could not be. Empty where the arm was
    /// drawn among those left alone, after too many draws in vain.
    pub points: Vec<(u32, usize)>,
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
        let Context { program, subject } = context;
        let draws = trace.iter().filter_map(|&Choice(node, choice)| {
            let op = program.node(node);
            let salt = match op {
                Op::Split { salt, .. } | Op::Bandit { salt, .. } => *salt,
                Op::Rotate { salt, .. } if conditions.orders.of(node).is_none() => *salt,
                _ => return None,
            };
            let (unit, weights) = (subject.unit(node), subject.weights(node, op));
            let ordinal = ordinal_of(&mut ordinals, salt);
            let points = draw::again(salt, unit, weights, usize::from(choice), ordinal);
            Some(Draw {
                node,
                unit: String::from_utf8_lossy(unit).into_owned(),
                weights_ppm: weights.to_vec(),
                points: points.unwrap_or_default(),
            })
        });
        draws.collect()
    }
}

#[cfg(test)]
mod tests;
