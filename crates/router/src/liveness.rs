//! Which nodes can still yield something for this lead.

use std::cell::RefCell;

use pointsman_flow::{Mask, NodeIdx, Op};
use smallvec::SmallVec;

use crate::{Context, Orders};

/// Whether a fresh visit of a node would end in an offer or a `reject`, for one lead and one set
/// of eligible destinations.
///
/// A node is alive if it is an eligible destination, a `reject`, a rule whose picked port is
/// alive, or a choice with at least one live arm. Arms are drawn among the live ones only, so a
/// chosen arm always yields. Answers are kept, because nodes are shared and a diamond of depth 60
/// has 2^60 paths.
pub(crate) struct Liveness<'a> {
    context: Context<'a>,
    eligible: &'a Mask,
    /// In which order rotations try what is alive.
    pub(crate) orders: &'a Orders,
    known: RefCell<SmallVec<[u8; 128]>>,
}

const ASKED: u8 = 0;
const DEAD: u8 = 1;
const ALIVE: u8 = 2;

impl<'a> Liveness<'a> {
    pub(crate) fn new(context: Context<'a>, eligible: &'a Mask, orders: &'a Orders) -> Self {
        let known = SmallVec::from_elem(ASKED, context.program.nodes().count());
        Self {
            context,
            eligible,
            orders,
            known: RefCell::new(known),
        }
    }

    pub(crate) fn alive(&self, node: NodeIdx) -> bool {
        let slot = usize::from(node.0);
        match self.known.borrow()[slot] {
            DEAD => return false,
            ALIVE => return true,
            _ => {}
        }
        let alive = self.find_out(node);
        self.known.borrow_mut()[slot] = if alive { ALIVE } else { DEAD };
        alive
    }

    fn find_out(&self, node: NodeIdx) -> bool {
        let Context { program, subject } = self.context;
        let leaves = program.leaves(node);
        if !leaves.can_reject && !leaves.mask.intersects(self.eligible) {
            return false;
        }
        match program.node(node) {
            Op::Destination(destination) => self.eligible.get(*destination),
            Op::Reject { .. } => true,
            Op::Rule { ports } => {
                self.alive(ports[usize::from(program.pick(node, &subject.codes))])
            }
            Op::Waterfall { to } => to.iter().any(|&port| self.alive(port)),
            Op::Rotate { arms, .. } => arms.iter().any(|arm| self.alive(arm.to)),
            op @ (Op::Split { arms, .. } | Op::Bandit { arms, .. }) => {
                let weights = subject.weights(node, op);
                arms.iter()
                    .zip(weights)
                    .any(|(arm, &weight)| weight > 0 && self.alive(arm.to))
            }
        }
    }
}
