//! What a node may do next with a lead: the one place that knows what each kind of node chooses among.

use std::{cell::Cell, sync::Arc};

use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Op, ProgramBidder};
use pointsman_lead::Micros;
use smallvec::SmallVec;

use crate::{
    Context, Orders,
    auction::AuctionState,
    draw::{DrawOf, Ordinals, Weights},
    path::{Tried, Visit},
};

/// What may happen to a lead at a node. The walk takes one of the candidates, the filter takes each with
/// its probability.
pub(crate) enum Choices<'a> {
    /// A destination is offered the lead.
    Offer(DestinationIdx),
    /// A `reject` node ends the walk, for this reason.
    Decline(&'a Arc<str>),
    /// The fields of the lead decide, and nothing comes back here for a second choice.
    Follow(Candidate),
    /// Bidders are asked before anything is chosen. Only where a visit begins.
    Ask {
        /// Who is asked.
        destinations: Mask,
        /// How long their bids are waited for, in milliseconds.
        deadline_ms: u32,
    },
    /// The first of an order: of ports, of turns, of bids.
    Take(Candidate),
    /// One that is drawn by weight; possibly none is left.
    Draw(Lots<'a>),
    /// Nothing that is untried would yield anything.
    Nothing,
}

/// A choice that may be taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    /// Position of the port, arm or bidder.
    pub(crate) choice: usize,
    /// The node that it leads to.
    pub(crate) to: NodeIdx,
}

/// The arms of a draw, and which of them may be taken.
#[derive(Clone, Copy)]
pub(crate) struct Lots<'a> {
    draw: DrawOf<'a>,
    open: Open<'a>,
}

impl Lots<'_> {
    /// The arms that may be drawn, each with its weight, which is more than 0.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = (Candidate, u32)> {
        let weights = self.weights();
        let arms = self.draw.arms().iter().enumerate();
        arms.filter_map(move |(choice, arm)| {
            let weight = weights[choice];
            let may_be_drawn = weight > 0 && self.open.has(choice, arm.to);
            may_be_drawn.then_some((Candidate { choice, to: arm.to }, weight))
        })
    }

    /// The weights that it is drawn by, one for each arm; those of arms that may not be drawn count for nothing.
    pub(crate) fn weights(&self) -> Weights<'_> {
        let arms = self.draw.arms();
        self.draw
            .weights_among(|choice| self.open.has(choice, arms[choice].to))
    }

    /// Draws one of them for the lead.
    ///
    /// * `ordinals`: how many draws this walk has made with each salt; one more afterwards.
    pub(crate) fn draw(&self, ordinals: &mut Ordinals) -> Option<Candidate> {
        let arms = self.draw.arms();
        let may_take = |choice: usize| self.open.has(choice, arms[choice].to);
        let weights = self.weights();
        let draw = self.draw.with(&weights);
        let choice = draw.choose(may_take, ordinals.of(self.draw.salt))?;
        Some(Candidate {
            choice,
            to: arms[choice].to,
        })
    }
}

/// Which choices of a node may be taken: those that are untried and would yield something.
#[derive(Clone, Copy)]
struct Open<'a> {
    liveness: &'a Liveness<'a>,
    /// None: the visit begins, and nothing is tried.
    tried: Option<&'a Tried>,
}

impl Open<'_> {
    fn has(&self, choice: usize, to: NodeIdx) -> bool {
        !self.tried.is_some_and(|tried| tried.has(choice)) && self.liveness.alive(to)
    }

    /// The first of an order that may be taken.
    fn first<'a>(&self, mut order: impl Iterator<Item = (usize, NodeIdx)>) -> Choices<'a> {
        let first = order.find(|&(choice, to)| self.has(choice, to));
        first.map_or(Choices::Nothing, |(choice, to)| {
            Choices::Take(Candidate { choice, to })
        })
    }
}

impl Context<'_> {
    /// Which rule of a node decides for this lead, by its place among the node's rules; `None` for a node without.
    pub fn rule(self, node: NodeIdx) -> Option<u16> {
        self.program.rule(node, &self.subject.codes)
    }

    /// The nodes that a node may lead this lead to, whoever is free: what its fields and the weights leave.
    pub fn leads_to(self, node: NodeIdx) -> Vec<NodeIdx> {
        let Context { program, subject } = self;
        let op = program.node(node);
        match op {
            Op::Rule { ports } => vec![ports[usize::from(program.pick(node, &subject.codes))]],
            Op::Split { arms, .. } | Op::Bandit { arms, .. } => {
                let weights = subject.weights(node, op);
                let drawn = arms.iter().zip(weights).filter(|(_, weight)| **weight > 0);
                drawn.map(|(arm, _)| arm.to).collect()
            }
            Op::Destination(_)
            | Op::Reject { .. }
            | Op::Rotate { .. }
            | Op::Auction { .. }
            | Op::Waterfall { .. } => op.children(),
        }
    }
}

/// What can still yield something for one lead and one set of eligible destinations.
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
    auction: &'a AuctionState,
    /// In which order rotations try what is alive.
    orders: &'a Orders,
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

    /// Whether a fresh visit of a node would end in an offer, a ping or a `reject`.
    pub(crate) fn alive(&self, node: NodeIdx) -> bool {
        self.answer(node) >= ALIVE
    }

    /// A visit of a node that begins.
    pub(crate) fn visit(&self, node: NodeIdx) -> Visit {
        let n_choices = self.context.program.node(node).n_children();
        Visit {
            node,
            tried: Tried::none(n_choices),
        }
    }

    /// What a node may do next.
    ///
    /// * `tried`: the choices of this visit that were taken before; `None` where the visit begins.
    #[inline]
    pub(crate) fn choices<'s>(&'s self, node: NodeIdx, tried: Option<&'s Tried>) -> Choices<'s> {
        let op = self.context.program.node(node);
        // Most arms are destinations, and are not worth a call.
        match op.destination() {
            Some(destination) => self.offer(destination),
            None => self.choices_at(node, op, tried),
        }
    }

    fn choices_at<'s>(
        &'s self,
        node: NodeIdx,
        op: &'s Op,
        tried: Option<&'s Tried>,
    ) -> Choices<'s> {
        let open = Open {
            liveness: self,
            tried,
        };
        let draw = || {
            let draw = DrawOf::at(self.context, node);
            draw.map_or(Choices::Nothing, |draw| Choices::Draw(Lots { draw, open }))
        };
        match op {
            Op::Destination(destination) => self.offer(*destination),
            Op::Reject { reason } => Choices::Decline(reason),
            Op::Rule { ports } => self.follow(node, ports),
            Op::Waterfall { to } => open.first(to.iter().copied().enumerate()),
            Op::Rotate { arms, .. } => match self.orders.of(node) {
                Some(order) => {
                    let order = order.iter().map(|&arm| usize::from(arm));
                    open.first(order.map(|arm| (arm, arms[arm].to)))
                }
                None => draw(),
            },
            Op::Split { .. } | Op::Bandit { .. } => draw(),
            Op::Auction {
                bidders,
                reserve,
                deadline_ms,
            } => match tried {
                None => self.ask(bidders, *deadline_ms),
                Some(_) => None,
            }
            .unwrap_or_else(|| self.best_bid(open, bidders, *reserve)),
        }
    }

    fn offer<'s>(&self, destination: DestinationIdx) -> Choices<'s> {
        if self.eligible.get(destination) {
            Choices::Offer(destination)
        } else {
            Choices::Nothing
        }
    }

    /// The port that this lead takes at a rule.
    fn follow<'s>(&self, rule: NodeIdx, ports: &[NodeIdx]) -> Choices<'s> {
        let Context { program, subject } = self.context;
        let known = self.known[usize::from(rule.0)].get().checked_sub(ALIVE);
        let port = known.unwrap_or_else(|| program.pick(rule, &subject.codes));
        let choice = usize::from(port);
        let to = ports[choice];
        if known.is_some() || self.alive(to) {
            Choices::Follow(Candidate { choice, to })
        } else {
            Choices::Nothing
        }
    }

    /// Asks the bidders that are eligible and were not asked yet; `None` if there is none.
    fn ask<'s>(&self, bidders: &[ProgramBidder], deadline_ms: u32) -> Option<Choices<'s>> {
        let destinations = self.auction.unasked(bidders, self.eligible);
        (!destinations.is_empty()).then_some(Choices::Ask {
            destinations,
            deadline_ms,
        })
    }

    fn best_bid<'s>(
        &self,
        open: Open<'_>,
        bidders: &[ProgramBidder],
        reserve: Micros,
    ) -> Choices<'s> {
        let may_take = |choice: usize, bidder: &ProgramBidder| open.has(choice, bidder.to);
        let best = self.auction.best(bidders, reserve, may_take);
        best.map_or(Choices::Nothing, |choice| {
            Choices::Take(Candidate {
                choice,
                to: bidders[choice].to,
            })
        })
    }

    fn answer(&self, node: NodeIdx) -> u16 {
        let known = &self.known[usize::from(node.0)];
        if known.get() == NOT_ASKED {
            known.set(self.find_out(node));
        }
        known.get()
    }

    fn find_out(&self, node: NodeIdx) -> u16 {
        let leaves = self.context.program.leaves(node);
        if !leaves.can_reject && !leaves.mask.intersects(self.eligible) {
            return DEAD;
        }
        if leaves.exact {
            return ALIVE;
        }
        match self.choices(node, None) {
            Choices::Follow(Candidate { choice, .. }) => {
                // A flow has far fewer nodes, and so ports, than 16 bits can count.
                let port = u16::try_from(choice).unwrap_or(u16::MAX);
                ALIVE.saturating_add(port)
            }
            Choices::Draw(lots) if lots.candidates().next().is_none() => DEAD,
            Choices::Nothing => DEAD,
            Choices::Offer(_)
            | Choices::Decline(_)
            | Choices::Ask { .. }
            | Choices::Take(_)
            | Choices::Draw(_) => ALIVE,
        }
    }
}
