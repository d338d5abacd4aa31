//! From the reached nodes of a document to the nodes of a program.

use std::collections::BTreeMap;

use pointsman_lead::{FieldIdx, Schema};
use sha2::{Digest as _, Sha256};

use super::to_u16;
use crate::{
    Document, Mask, Node, Semantics,
    document::{NodeParts, of_kind, salt_text},
    graph::Graph,
    program::{Arm, Compiled, DestinationIdx, Leaves, NodeIdx, Op, Passage, Picker, Salt},
    subflow::{Expanded, Origin},
};

/// What a kind of node is in a program.
pub(crate) trait LowerNode {
    /// What a node does; none if it is no step of its own, or a rule, whose port a picker finds.
    ///
    /// * `name`: that of the node.
    fn op(&self, name: &str, assembly: &Assembly<'_>) -> Option<Op>;
}

/// What node names and destination names become positions by.
pub(crate) struct Assembly<'a> {
    document: &'a Document,
    expanded: &'a Expanded<'a>,
    semantics: Semantics,
    schema: &'a Schema,
    destinations: &'a BTreeMap<&'a str, DestinationIdx>,
    /// The reached steps, parents before children.
    steps: Vec<&'a str>,
    positions: BTreeMap<&'a str, NodeIdx>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(
        (expanded, semantics): (&'a Expanded<'a>, Semantics),
        schema: &'a Schema,
        graph: &Graph<'a>,
        destinations: &'a BTreeMap<&'a str, DestinationIdx>,
    ) -> Self {
        let document = &*expanded.document;
        let is_step = |name: &&str| !document.nodes[*name].is_value();
        let steps: Vec<&str> = graph
            .reached
            .iter()
            .rev()
            .copied()
            .filter(is_step)
            .collect();
        Self {
            document,
            expanded,
            semantics,
            schema,
            destinations,
            positions: steps.iter().copied().zip((0..).map(NodeIdx)).collect(),
            steps,
        }
    }

    /// The nodes of the program; `None` if a name does not exist, which the checks rule out.
    pub(super) fn nodes(&self, mut pickers: BTreeMap<String, Picker>) -> Option<Vec<Compiled>> {
        let n_destinations = u16::try_from(self.destinations.len()).ok()?;
        let compiled = self.steps.iter().map(|&name| {
            let node = &self.document.nodes[name];
            let (op, picker) = match (node, pickers.remove(name)) {
                (_, Some(picker)) => self.rule(node, picker)?,
                (_, None) => (of_kind!(node, said => said.op(name, self))?, Picker::None),
            };
            let Origin {
                flow,
                node: own_name,
            } = self.expanded.origin(name);
            Some(Compiled {
                name: name.to_owned(),
                origin: (flow.to_owned(), own_name.to_owned()),
                op,
                leaves: Leaves {
                    mask: Mask::with_len(n_destinations),
                    can_reject: false,
                    exact: true,
                },
                picker,
            })
        });
        let mut nodes = compiled.collect::<Option<Vec<_>>>()?;
        leaves(&mut nodes, n_destinations);
        Some(nodes)
    }

    /// The node of this name.
    pub(crate) fn position(&self, name: &str) -> Option<NodeIdx> {
        self.positions.get(name).copied()
    }

    /// A rule with each port once, and a picker that answers with positions among them.
    fn rule(&self, node: &Node, picker: Picker) -> Option<(Op, Picker)> {
        let mut ports = Vec::new();
        let mut seen = BTreeMap::new();
        let mut picks = Vec::new();
        for port in node.targets() {
            let idx = self.position(port)?;
            let pick = *seen.entry(idx).or_insert_with(|| {
                ports.push(idx);
                to_u16(ports.len() - 1)
            });
            picks.push(pick);
        }
        let picker = match picker {
            Picker::Switch(slot, by_class, _) => Picker::Switch(slot, by_class, picks),
            Picker::Table(table, residuals, _) => Picker::Table(table, residuals, picks),
            Picker::None | Picker::When(_) => picker,
        };
        Some((Op::Rule { ports }, picker))
    }

    /// Its key of draws.
    ///
    /// * `name`: that of the node.
    /// * `named`: the salt that the node names.
    pub(crate) fn salt(&self, name: &str, named: Option<&str>) -> Salt {
        let Origin { flow, node } = self.expanded.origin(name);
        match self.semantics {
            Semantics::V1 => Salt::v1(flow, node),
            Semantics::V2 => Salt::of(&salt_text(flow, node, named)),
        }
    }

    /// Arms by their own names and keys, and their ports.
    pub(crate) fn arms(&self, node: &impl NodeParts) -> Option<Vec<Arm>> {
        let arms = node.arms()?.into_iter().map(|arm| {
            let name = self.document.arm_name(arm.name, arm.to);
            Some(Arm {
                name: name.to_owned(),
                key: arm.key.unwrap_or(name).to_owned(),
                to: self.position(arm.to)?,
            })
        });
        arms.collect()
    }

    /// A destination by its name in the catalog.
    pub(crate) fn destination(&self, name: &str) -> Option<DestinationIdx> {
        self.destinations.get(name).copied()
    }

    /// The destination of the node of this name.
    pub(crate) fn destination_at(&self, node: &str) -> Option<DestinationIdx> {
        self.destination(self.document.nodes.get(node)?.destination(node)?)
    }

    /// A field of the lead schema.
    pub(crate) fn field(&self, name: &str) -> Option<FieldIdx> {
        self.schema.find(name)
    }
}

impl Salt {
    fn of(text: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest[..16]);
        Self(salt)
    }

    fn v1(flow: &str, node: &str) -> Self {
        Self::of(&format!("pointsman/draw/v1\0{flow}\0{node}"))
    }
}

/// Fills in what lies below each node, children first.
fn leaves(nodes: &mut [Compiled], n_destinations: u16) {
    for at in (0..nodes.len()).rev() {
        let mut leaves = Leaves {
            mask: Mask::with_len(n_destinations),
            can_reject: false,
            exact: true,
        };
        match nodes[at].op.passage() {
            Passage::Offer(destination) => leaves.mask.set(destination),
            Passage::Decline(_) => leaves.can_reject = true,
            // What is bid depends on the lead, so the mask does not say it all.
            Passage::Rule(_) | Passage::Bids => leaves.exact = false,
            Passage::Chance | Passage::InOrder(_) => {}
        }
        let weights = nodes[at].op.fixed_weights().unwrap_or_default();
        leaves.exact &= !weights.contains(&0);
        for child in nodes[at].op.children() {
            let below = &nodes[usize::from(child.0)].leaves;
            leaves.mask.add(&below.mask);
            leaves.can_reject |= below.can_reject;
            leaves.exact &= below.exact;
        }
        nodes[at].leaves = leaves;
    }
}
