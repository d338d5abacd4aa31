//! From the reached nodes of a document to the nodes of a program.

use std::collections::BTreeMap;

use pointsman_lead::Schema;
use sha2::{Digest as _, Sha256};

use super::to_u16;
use crate::{
    Bidder, Document, Mask, Node, RotateBy, Semantics,
    document::{reserve, salt_text, zone_or_utc},
    graph::Graph,
    program::{
        Arm, ArmTargets, Compiled, DestinationIdx, Leaves, NodeIdx, Op, Picker, ProgramBidder,
        Salt, Targets,
    },
    subflow::{Expanded, Origin},
};

/// What node names and destination names become positions by.
pub(super) struct Assembly<'a> {
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
                (_, None) => (self.op(name, node)?, Picker::None),
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

    fn position(&self, name: &str) -> Option<NodeIdx> {
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
            other => other,
        };
        Some((Op::Rule { ports }, picker))
    }

    fn arm(&self, own: Option<&str>, key: Option<&str>, to: &str) -> Option<Arm> {
        let name = self.document.arm_name(own, to);
        Some(Arm {
            name: name.to_owned(),
            key: key.unwrap_or(name).to_owned(),
            to: self.position(to)?,
        })
    }

    fn salt(&self, name: &str, node: &Node) -> Salt {
        let Origin { flow, node: own } = self.expanded.origin(name);
        match self.semantics {
            Semantics::V1 => Salt::v1(flow, own),
            Semantics::V2 => Salt::of(&salt_text(flow, own, node.salt())),
        }
    }

    fn bidder(&self, bidder: &Bidder) -> Option<ProgramBidder> {
        let Bidder { to, penalty_ppm } = bidder;
        let Node::Destination { destination } = self.document.nodes.get(to)? else {
            return None; // The checks rule it out.
        };
        let destination = destination.as_deref().unwrap_or(to);
        Some(ProgramBidder {
            destination: *self.destinations.get(destination)?,
            to: self.position(to)?,
            penalty_ppm: *penalty_ppm,
        })
    }

    fn op(&self, name: &str, node: &Node) -> Option<Op> {
        let salt = self.salt(name, node);
        Some(match node {
            Node::Destination { destination } => {
                let destination = destination.as_deref().unwrap_or(name);
                Op::Destination(*self.destinations.get(destination)?)
            }
            Node::Reject { reason } => Op::Reject {
                reason: reason.as_str().into(),
            },
            Node::Split { arms, sticky, .. } => Op::Split {
                salt,
                weights_ppm: arms.iter().map(|arm| arm.weight_ppm).collect(),
                arms: arms
                    .iter()
                    .map(|arm| self.arm(arm.name.as_deref(), arm.key.as_deref(), &arm.to))
                    .collect::<Option<_>>()?,
                sticky: match sticky {
                    Some(field) => Some(self.schema.find(field)?),
                    None => None,
                },
            },
            Node::Bandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
                ..
            } => Op::Bandit {
                salt,
                arms: arms
                    .iter()
                    .map(|arm| self.arm(arm.name.as_deref(), arm.key.as_deref(), &arm.to))
                    .collect::<Option<_>>()?,
                segment_by: segment_by
                    .iter()
                    .map(|field| self.schema.find(field))
                    .collect::<Option<_>>()?,
                maximize: *maximize,
                explore_ppm: *explore_ppm,
            },
            Node::Rotate { by, zone, arms } => Op::Rotate {
                salt,
                even_ppm: even_ppm(arms.len()),
                targets: (*by == RotateBy::Deficit).then(|| Targets {
                    zone: zone_or_utc(zone.as_deref()).to_owned(),
                    arms: arms
                        .iter()
                        .map(|arm| ArmTargets {
                            daily: arm.daily,
                            monthly: arm.monthly,
                        })
                        .collect(),
                }),
                arms: arms
                    .iter()
                    .map(|arm| self.arm(arm.name.as_deref(), None, &arm.to))
                    .collect::<Option<_>>()?,
            },
            Node::Auction {
                bidders,
                reserve: least,
                deadline_ms,
            } => Op::Auction {
                bidders: bidders
                    .iter()
                    .map(|bidder| self.bidder(bidder))
                    .collect::<Option<_>>()?,
                reserve: reserve(least.as_deref()).ok()?,
                deadline_ms: *deadline_ms,
            },
            Node::Waterfall { to } => Op::Waterfall {
                to: to
                    .iter()
                    .map(|to| self.position(to))
                    .collect::<Option<_>>()?,
            },
            // These have pickers, are in their places already, or are no steps.
            Node::When { .. }
            | Node::Switch { .. }
            | Node::Table { .. }
            | Node::Subflow { .. }
            | Node::Scorecard { .. }
            | Node::Derive { .. } => {
                return None;
            }
        })
    }
}

/// A million parts in shares that differ by one part at most, the larger ones first.
fn even_ppm(n_arms: usize) -> Vec<u32> {
    const WHOLE_PPM: usize = 1_000_000;
    let n = n_arms.max(1);
    let share = |arm| WHOLE_PPM / n + usize::from(arm < WHOLE_PPM % n);
    let shares = (0..n_arms).map(|arm| u32::try_from(share(arm)).unwrap_or_default());
    shares.collect()
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
        match &nodes[at].op {
            Op::Destination(destination) => leaves.mask.set(*destination),
            Op::Reject { .. } => leaves.can_reject = true,
            // What is bid depends on the lead, so the mask does not say it all.
            Op::Rule { .. } | Op::Auction { .. } => leaves.exact = false,
            Op::Split { weights_ppm, .. } => leaves.exact = !weights_ppm.contains(&0),
            Op::Bandit { .. } | Op::Rotate { .. } | Op::Waterfall { .. } => {}
        }
        for child in nodes[at].op.children() {
            let below = &nodes[usize::from(child.0)].leaves;
            leaves.mask.add(&below.mask);
            leaves.can_reject |= below.can_reject;
            leaves.exact &= below.exact;
        }
        nodes[at].leaves = leaves;
    }
}
