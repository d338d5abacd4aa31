//! How things stand at one step: what it is decided by beside the lead, the weights and the answers.

use std::collections::BTreeMap;

use pointsman_flow::{Mask, NodeIdx, Program};

use crate::walk::n_destinations;

/// What changes between the steps of walks, at one place in the order of commits.
///
/// It is stored with the step, so that the step can be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The destinations that are free: active, schedule open, caps free, breaker closed.
    pub free: Mask,
    /// The order in which each rotation tries its arms.
    pub orders: Orders,
}

impl Standing {
    /// Nobody is free, so that no order matters: how things stand for a walk whose time is up.
    pub fn closed(program: &Program) -> Self {
        Mask::with_len(n_destinations(program)).into()
    }
}

impl From<Mask> for Standing {
    /// Who is free is known, and no order is.
    fn from(free: Mask) -> Self {
        Self {
            free,
            orders: Orders::default(),
        }
    }
}

/// The order in which rotations try their arms: positions of arms by node, the first to try first.
///
/// A node without an order is one of which none is known, as in a log of somebody else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders(BTreeMap<NodeIdx, Vec<u16>>);

impl Orders {
    /// The order at a node, if it is known.
    pub fn of(&self, node: NodeIdx) -> Option<&[u16]> {
        self.0.get(&node).map(Vec::as_slice)
    }

    /// Says the order at a node: the position of each arm once.
    pub fn set(&mut self, node: NodeIdx, order: Vec<u16>) {
        self.0.insert(node, order);
    }

    /// Whether no order is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every node whose order is known, parents before their children.
    pub fn iter(&self) -> impl Iterator<Item = (NodeIdx, &[u16])> {
        self.0.iter().map(|(node, order)| (*node, order.as_slice()))
    }
}
