//! Which nodes can still yield something for this lead.

use std::cell::Cell;

use pointsman_flow::{Mask, NodeIdx, Op, ProgramBidder};
use smallvec::SmallVec;

use crate::{Context, Orders, auction::AuctionState};

/// Whether a fresh visit of a node would end in an offer or a `reject`, for one lead and one set
/// of eligible destinations.
///
/// A node is alive if it is an eligible destination, a `reject`, a rule whose picked port is
/// alive, a choice with at least one live arm, or an auction with an eligible bidder that has not
/// been asked or has bid enough. Arms are drawn among the live ones only, so a
/// chosen arm always yields. Answers are kept, because nodes are shared and a diamond of depth 60
/// has 2^60 paths; and the port of a rule is kept with them, so that it is looked up once a step.
pub(crate) struct Liveness<'a> {
    context: Context<'a>,
    eligible: &'a Mask,
    /// Who was asked for bids, and what they bid.
    pub(crate) auction: &'a AuctionState,
    /// In which order rotations try what is alive.
    pub(crate) orders: &'a Orders,
    /// By node: [`NOT_ASKED`], [`DEAD`], or [`ALIVE`] and beyond it the port of a rule.
    known: SmallVec<[Cell<u16>; 256]>,
}

const NOT_ASKED: u16 = 0;
const DEAD: u16 = 1;
const ALIVE: u16 = 2;

impl<'a> Liveness<'a> {
    pub(crate) fn new(
        context: Context<'a>,
        eligible: &'a Mask,
        orders: &'a Orders,
        auction: &'a AuctionState,
    ) -> Self {
        let n_nodes = context.program.n_nodes();
        Self {
            context,
            eligible,
            orders,
            auction,
            known: SmallVec::from_elem(Cell::new(NOT_ASKED), n_nodes),
        }
    }

    pub(crate) fn alive(&self, node: NodeIdx) -> bool {
        let leaves = self.context.program.leaves(node);
        if !leaves.can_reject && !leaves.mask.intersects(self.eligible) {
            return false;
        }
        leaves.exact || self.answer(node) >= ALIVE
    }

    /// The bidders that are eligible and were not asked yet.
    pub(crate) fn unasked(&self, bidders: &[ProgramBidder]) -> Mask {
        self.auction.unasked(bidders, self.eligible)
    }

    /// Which port this lead takes at a rule that is alive.
    pub(crate) fn port(&self, rule: NodeIdx) -> u16 {
        self.answer(rule).saturating_sub(ALIVE)
    }

    fn answer(&self, node: NodeIdx) -> u16 {
        let known = &self.known[usize::from(node.0)];
        if known.get() == NOT_ASKED {
            known.set(self.find_out(node));
        }
        known.get()
    }

    fn find_out(&self, node: NodeIdx) -> u16 {
        let Context { program, subject } = self.context;
        let op = program.node(node);
        let alive = match op {
            Op::Destination(destination) => self.eligible.get(*destination),
            Op::Reject { .. } => true,
            Op::Rule { ports } => {
                let port = program.pick(node, &subject.codes);
                if self.alive(ports[usize::from(port)]) {
                    // A flow has far fewer nodes, and so ports, than 16 bits can count.
                    return ALIVE.saturating_add(port);
                }
                false
            }
            Op::Auction {
                bidders, reserve, ..
            } => {
                !self.unasked(bidders).is_empty()
                    || bidders.iter().any(|bidder| {
                        self.eligible.get(bidder.destination)
                            && self.auction.net(*bidder, *reserve).is_some()
                    })
            }
            Op::Waterfall { to } => to.iter().any(|&port| self.alive(port)),
            Op::Rotate { arms, .. } => arms.iter().any(|arm| self.alive(arm.to)),
            Op::Split { arms, .. } | Op::Bandit { arms, .. } => {
                let weights = subject.weights(node, op);
                arms.iter()
                    .zip(weights)
                    .any(|(arm, &weight)| weight > 0 && self.alive(arm.to))
            }
        };
        if alive { ALIVE } else { DEAD }
    }
}
