//! The conditions of one step: what it is decided by beside the lead, the weights and the answers.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_flow::{Mask, NodeIdx, Program};

/// What changes between the steps of walks, at one place in the order of commits.
///
/// It is stored with the step, so that the step can be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// The destinations that are free: active, schedule open, caps free, breaker closed.
    pub free: Mask,
    /// The order in which each rotation tries its arms.
    pub orders: Orders,
}

impl Conditions {
    /// Nobody is free, so that no order matters: the conditions of a walk whose time is up.
    pub fn closed(program: &Program) -> Self {
        Mask::with_len(program.n_destinations()).into()
    }
}

impl From<Mask> for Conditions {
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
/// Where a rotation has no order here, none is known, as in a foreign log: all its arms are drawn alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders(BTreeMap<NodeIdx, Vec<u16>>);

/// The same by name: node, and its arms in order.
pub type OrderNames = BTreeMap<String, Vec<String>>;

impl Orders {
    /// The orders of a program's rotations.
    ///
    /// Arms that the program does not have are skipped. A rotation with an arm that is not named, or
    /// named twice, has no order: nobody can say where that arm stood.
    pub fn from_names(program: &Program, names: &OrderNames) -> Self {
        let mut orders = Self::default();
        for (node, op) in program.nodes() {
            let Some((arms, _)) = op.rotation() else {
                continue;
            };
            let position = |name: &String| {
                let position = arms.iter().position(|arm| arm.name == *name)?;
                u16::try_from(position).ok()
            };
            let named = names.get(program.node_name(node)).into_iter().flatten();
            let order: Vec<u16> = named.filter_map(position).collect();
            let distinct: BTreeSet<u16> = order.iter().copied().collect();
            if order.len() == arms.len() && distinct.len() == arms.len() {
                orders.set(node, order);
            }
        }
        orders
    }

    /// The same by name.
    pub fn to_names(&self, program: &Program) -> OrderNames {
        let named = self.0.iter().map(|(&node, order)| {
            let arms = program
                .node(node)
                .rotation()
                .map_or(&[][..], |(arms, _)| arms);
            let order = order.iter().filter_map(|&arm| arms.get(usize::from(arm)));
            let order = order.map(|arm| arm.name.clone()).collect();
            (program.node_name(node).to_owned(), order)
        });
        named.collect()
    }

    /// The order at a node, if it is known.
    pub fn of(&self, node: NodeIdx) -> Option<&[u16]> {
        self.0.get(&node).map(Vec::as_slice)
    }

    /// Says the order at a node: the position of each arm once.
    pub(crate) fn set(&mut self, node: NodeIdx, order: Vec<u16>) {
        self.0.insert(node, order);
    }
}
