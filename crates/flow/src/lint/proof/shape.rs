//! Nodes that do the same, whatever they are called, and offers that were made before.

use std::collections::BTreeMap;

use crate::{
    Mask,
    program::{NodeIdx, Passage, Program},
};

/// What a node does: equal for two nodes between which no lead could tell.
type Shape = usize;

/// The shapes of a program's nodes, worked out where they are asked for.
pub(crate) struct Shapes<'a> {
    program: &'a Program,
    known: BTreeMap<NodeIdx, Shape>,
    by_meaning: BTreeMap<(String, Vec<Shape>), Shape>,
}

impl<'a> Shapes<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        Self {
            program,
            known: BTreeMap::new(),
            by_meaning: BTreeMap::new(),
        }
    }

    /// The shape of a node.
    pub(crate) fn of(&mut self, node: NodeIdx) -> Shape {
        if let Some(&shape) = self.known.get(&node) {
            return shape;
        }
        let children = self.program.node(node).children();
        let children: Vec<Shape> = children.into_iter().map(|child| self.of(child)).collect();
        let meaning = (self.meaning(node), children);
        let next = self.by_meaning.len();
        let shape = *self.by_meaning.entry(meaning).or_insert(next);
        self.known.insert(node, shape);
        shape
    }

    /// What a node does by itself, as text.
    fn meaning(&self, node: NodeIdx) -> String {
        let name = self.program.node_name(node);
        match self.program.node(node).passage() {
            Passage::Offer(destination) => format!("destination {}", destination.0),
            Passage::Decline(reason) => format!("reject {reason}"),
            Passage::InOrder(_) => "waterfall".to_owned(),
            Passage::Rule(ports) => {
                let mut asked = self.program.expanded().nodes.get(name).cloned();
                if let Some(node) = &mut asked {
                    let by_name = |to: &mut String| {
                        let port = ports
                            .iter()
                            .position(|&port| self.program.node_name(port) == *to);
                        *to = port.map_or_else(String::new, |port| port.to_string());
                    };
                    node.ports_mut().into_iter().for_each(by_name);
                }
                serde_json::to_string(&asked).unwrap_or_default()
            }
            // What draws or learns has a name of its own in all that it does.
            Passage::Chance | Passage::Bids => format!("named {name}"),
        }
    }
}

/// For each node the destinations that every lead has been offered to, or could not be offered to,
/// once it comes back from there.
pub(crate) fn offered(program: &Program) -> Vec<Mask> {
    let n_destinations = u16::try_from(program.destinations.len()).unwrap_or(u16::MAX);
    let nobody = Mask::with_len(n_destinations);
    let mut offered = vec![nobody.clone(); program.nodes.len()];
    for at in (0..program.nodes.len()).rev() {
        let op = &program.nodes[at].op;
        let children = op.children();
        let below = children.iter().map(|child| &offered[usize::from(child.0)]);
        let mask = match op.passage() {
            Passage::Offer(destination) => {
                let mut mask = nobody.clone();
                mask.set(destination);
                mask
            }
            // Nobody comes back from it.
            Passage::Decline(_) => Mask::full(n_destinations),
            Passage::Rule(_) => below
                .cloned()
                .reduce(|a, b| a.and(&b))
                .unwrap_or_else(|| nobody.clone()),
            // Who does not bid enough is not offered the lead.
            Passage::Bids => nobody.clone(),
            Passage::InOrder(_) | Passage::Chance => {
                below.fold(nobody.clone(), |mut all, below| {
                    all.add(below);
                    all
                })
            }
        };
        offered[at] = mask;
    }
    offered
}
