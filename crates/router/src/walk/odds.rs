//! What a draw could have come to, for those who compare arms.

use pointsman_flow::NodeIdx;

use super::Walk;
use crate::{
    Conditions, Context, Event,
    choices::{Choices, Liveness},
    draw::DrawOf,
};

/// The arms that a node could draw at a step, and who it draws for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odds {
    /// What it is drawn by: the lead's unit key, or the hash of the value that keeps its arm.
    pub unit: String,
    /// Position and weight of each arm that could be drawn, in parts per million; more than 0. The probability of
    /// an arm is its weight over their sum.
    pub weights: Vec<(usize, u32)>,
}

impl Walk {
    /// What the first draw of a node could come to in the next step; `None` where nothing is drawn there.
    ///
    /// * `conditions`, `event`: as [`Walk::next`] is about to be given them.
    pub fn odds(
        &self,
        context: Context<'_>,
        conditions: &Conditions,
        event: Event,
        node: NodeIdx,
    ) -> Option<Odds> {
        let mut walk = self.clone();
        if walk.take_in(context, event).is_some() {
            return None;
        }
        let eligible = walk.filter.eligible(context, conditions);
        let auction = walk.filter.progress().auction.clone();
        let liveness = Liveness::new(context, &eligible, &conditions.orders, &auction);
        let Choices::Draw(lots) = liveness.choices(node, None) else {
            return None;
        };
        let weights = lots.candidates().map(|(it, weight)| (it.choice, weight));
        Some(Odds {
            unit: String::from_utf8_lossy(DrawOf::at(context, node)?.unit()).into_owned(),
            weights: weights.collect(),
        })
    }
}
