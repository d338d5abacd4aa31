//! Which nodes can still yield something for this lead.

use std::cell::RefCell;

use pointsman_flow::{Mask, NodeIdx, Op, ProgramBidder};
use smallvec::SmallVec;

use crate::{Context, Orders, auction::Market};

/// Whether a fresh visit of a node would end in an offer or a `reject`, for one lead and one set
/// of eligible destinations.
///
/// A node is alive if it is an eligible destination, a `reject`, a rule whose picked port is
/// alive, a choice with at least one live arm, or an auction with an eligible bidder that has not
/// been asked or has bid enough. Arms are drawn among the live ones only, so a
/// chosen arm always yields. Answers are kept, because nodes are shared and a diamond of depth 60
/// has 2^60 paths.
pub(crate) struct Liveness<'a> {
    context: Context<'a>,
    eligible: &'a Mask,
    market: &'a Market,
    /// In which order rotations try what is alive.
    pub(crate) orders: &'a Orders,
    known: RefCell<SmallVec<[u8; 128]>>,
}

const ASKED: u8 = 0;
const DEAD: u8 = 1;
const ALIVE: u8 = 2;

impl<'a> Liveness<'a> {
    pub(crate) fn new(
        context: Context<'a>,
        eligible: &'a Mask,
        orders: &'a Orders,
        market: &'a Market,
    ) -> Self {
        let known = SmallVec::from_elem(ASKED, context.program.nodes().count());
        Self {
            context,
            eligible,
            orders,
            market,
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

    /// The bidders that are eligible and were not asked yet.
    pub(crate) fn unasked(&self, bidders: &[ProgramBidder]) -> Mask {
        self.market.unasked(bidders, self.eligible)
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
            Op::Auction {
                bidders, reserve, ..
            } => {
                !self.unasked(bidders).is_empty()
                    || bidders.iter().any(|bidder| {
                        self.eligible.get(bidder.destination)
                            && self.market.net(bidder, *reserve).is_some()
                    })
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
