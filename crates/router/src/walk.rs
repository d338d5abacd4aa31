//! The walk of one lead: an event in, a step out.

mod draws;

use std::sync::Arc;

use pointsman_flow::{Arm, DestinationIdx, Mask, NodeIdx, OnUnknown, Op, Salt};
use smallvec::SmallVec;

use crate::{
    Answer, Choice, Conditions, Context, Done, End, Event, Filter, OFFERS_MAX, Offer, Ping, Step,
    Trace,
    auction::AuctionState,
    draw,
    filter::Outlook,
    liveness::Liveness,
    path::{Path, Tried, Visit},
};

pub use draws::Draw;

/// What has become of the lead so far: the part of a walk that anybody can see.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Progress {
    pub(crate) offered: Mask,
    pub(crate) auction: AuctionState,
    pub(crate) last: Option<DestinationIdx>,
    pub(crate) n_offers: usize,
    pub(crate) n_sold: u8,
}

impl Progress {
    pub(crate) fn new(context: Context<'_>) -> Self {
        Self {
            offered: Mask::with_len(context.program.n_destinations()),
            auction: AuctionState::new(context.program.n_destinations()),
            last: None,
            n_offers: 0,
            n_sold: 0,
        }
    }

    pub(crate) fn offer(&mut self, destination: DestinationIdx) {
        self.offered.set(destination);
        self.last = Some(destination);
        self.n_offers += 1;
    }

    /// Takes in an answer; an end if the walk is over because of it.
    pub(crate) fn answer(&mut self, context: Context<'_>, answer: Answer) -> Option<End> {
        if answer == Answer::Accepted {
            self.n_sold += 1;
            if self.n_sold >= context.program.max_sold() {
                return Some(End::Sold);
            }
        }
        let holds = self.last.is_some_and(|last| {
            context.program.destinations()[usize::from(last.0)]
                .settings
                .on_unknown
                == OnUnknown::Hold
        });
        if answer == Answer::Unknown && holds {
            return Some(self.or_sold(End::Held));
        }
        (self.n_offers >= OFFERS_MAX).then(|| self.or_sold(End::Unsold))
    }

    /// A shared lead that somebody has taken is sold, however its walk ends.
    pub(crate) fn or_sold(&self, end: End) -> End {
        if self.n_sold > 0 { End::Sold } else { end }
    }

    /// The destinations that may be offered now.
    pub(crate) fn eligible(&self, context: Context<'_>, free: &Mask) -> Mask {
        let mut eligible = free.and(context.subject.criteria());
        eligible.remove(&self.offered);
        eligible
    }
}

/// The walk of one lead through a program.
///
/// Pure: equal programs, allocations, fields, unit keys, conditions and events give equal steps, on
/// every machine and in every release that knows the semantics version.
#[derive(Debug, Clone)]
pub struct Walk {
    path: Path,
    /// The present choice of each visit of the path.
    taken: SmallVec<[Choice; 4]>,
    ordinals: SmallVec<[(Salt, u32); 4]>,
    filter: Filter,
}

impl Walk {
    /// A walk that has not begun.
    pub fn new(context: Context<'_>) -> Self {
        Self {
            path: Path::new(),
            taken: SmallVec::new(),
            ordinals: SmallVec::new(),
            filter: Filter::new(context),
        }
    }

    /// Moves the walk on.
    ///
    /// * `conditions`: who is free at this moment, and the orders of rotations.
    pub fn next(&mut self, context: Context<'_>, conditions: &Conditions, event: Event) -> Step {
        let started = event != Event::Start;
        if let Some(end) = self.take_in(context, event) {
            return Step::Done(Done {
                end,
                propensity: 1.0,
                outlook: Outlook::default(),
                trace: Trace::new(),
            });
        }
        let eligible = self.filter.eligible(context, conditions);
        let auction = self.filter.progress().auction.clone();
        let liveness = Liveness::new(context, &eligible, &conditions.orders, &auction);
        self.filter.predict(context, &liveness);
        let mut trace = Trace::new();
        let leaf = self.find_next(context, &liveness, started, &mut trace);
        if let Some(Leaf::Ping {
            node,
            destinations,
            deadline_ms,
        }) = leaf
        {
            return Step::Ping(Ping {
                node,
                propensity: self.filter.observe_ping(&destinations),
                outlook: self.filter.take_outlook(),
                destinations,
                deadline_ms,
                trace,
            });
        }
        if let Some(Leaf::Destination(destination)) = leaf {
            return Step::Offer(Offer {
                destination,
                propensity: self.filter.observe(destination),
                outlook: self.filter.take_outlook(),
                trace,
                turns: self.turns(context),
            });
        }
        let outlook = self.filter.take_outlook();
        let (end, propensity) = match leaf {
            Some(Leaf::Reject(reason)) => (End::Declined { reason }, outlook.declined),
            _ => (End::Unsold, outlook.unsold),
        };
        Step::Done(Done {
            end: self.filter.progress().or_sold(end),
            propensity,
            outlook,
            trace,
        })
    }

    /// Takes in what has happened; an end if the walk is over because of it.
    fn take_in(&mut self, context: Context<'_>, event: Event) -> Option<End> {
        match event {
            Event::Start => None,
            Event::Answer(answer) => self.filter.answer(context, answer),
            Event::Bids(bids) => {
                self.filter.bids(&bids);
                None
            }
        }
    }

    /// The present choices at the rotations of the path.
    fn turns(&self, context: Context<'_>) -> Trace {
        let is_turn =
            |choice: &&Choice| matches!(context.program.node(choice.0), Op::Rotate { .. });
        self.taken.iter().filter(is_turn).copied().collect()
    }

    fn find_next(
        &mut self,
        context: Context<'_>,
        liveness: &Liveness<'_>,
        started: bool,
        trace: &mut Trace,
    ) -> Option<Leaf> {
        let mut node = if started {
            self.another_choice(context, liveness, trace)
        } else {
            Some(context.program.root()).filter(|&root| liveness.alive(root))
        }?;
        loop {
            match context.program.node(node) {
                Op::Destination(destination) => return Some(Leaf::Destination(*destination)),
                Op::Reject { reason } => {
                    trace.push(Choice(node, 0));
                    return Some(Leaf::Reject(Arc::clone(reason)));
                }
                Op::Rule { ports } => {
                    let port = liveness.port(node);
                    trace.push(Choice(node, port));
                    node = ports[usize::from(port)];
                }
                op @ (Op::Waterfall { .. }
                | Op::Split { .. }
                | Op::Bandit { .. }
                | Op::Rotate { .. }
                | Op::Auction { .. }) => {
                    self.path.push(Visit {
                        node,
                        tried: untried(context, node),
                    });
                    if let Some((destinations, deadline_ms)) = to_ask(op, liveness) {
                        return Some(Leaf::Ping {
                            node,
                            destinations,
                            deadline_ms,
                        });
                    }
                    node = self.choose(context, liveness, trace)?;
                }
            }
        }
    }

    /// Goes back to the nearest visit that has a live choice left, and takes it.
    fn another_choice(
        &mut self,
        context: Context<'_>,
        liveness: &Liveness<'_>,
        trace: &mut Trace,
    ) -> Option<NodeIdx> {
        while !self.path.is_empty() {
            if let Some(node) = self.choose(context, liveness, trace) {
                return Some(node);
            }
            self.path.pop();
        }
        None
    }

    /// Takes one of the live, untried choices of the last visit.
    fn choose(
        &mut self,
        context: Context<'_>,
        liveness: &Liveness<'_>,
        trace: &mut Trace,
    ) -> Option<NodeIdx> {
        let visit = self.path.last_mut()?;
        let op = context.program.node(visit.node);
        let (choice, to) = match (op, liveness.orders.of(visit.node)) {
            (Op::Waterfall { to }, _) => {
                let choice =
                    (0..to.len()).find(|&port| may_take(visit, liveness, port, to[port]))?;
                (choice, to[choice])
            }
            (Op::Rotate { arms, .. }, Some(order)) => {
                let choice = first_of(order, arms, visit, liveness)?;
                (choice, arms[choice].to)
            }
            (
                Op::Auction {
                    bidders, reserve, ..
                },
                _,
            ) => {
                let choice = liveness
                    .auction
                    .best(bidders, *reserve, |position, bidder| {
                        may_take(visit, liveness, position, bidder.to)
                    })?;
                (choice, bidders[choice].to)
            }
            (
                Op::Split { salt, arms, .. }
                | Op::Bandit { salt, arms, .. }
                | Op::Rotate { salt, arms, .. },
                _,
            ) => {
                let unit = context.subject.unit(visit.node);
                let weights = context.subject.weights(visit.node, op);
                let ordinal = ordinal_of(&mut self.ordinals, *salt);
                let choice = draw::choose(
                    *salt,
                    unit,
                    weights,
                    &|arm: usize| may_take(visit, liveness, arm, arms[arm].to),
                    ordinal,
                )?;
                (choice, arms[choice].to)
            }
            _ => return None,
        };
        visit.tried.add(choice);
        let choice = Choice(visit.node, u16::try_from(choice).unwrap_or(u16::MAX));
        trace.push(choice);
        self.taken.truncate(self.path.len() - 1);
        self.taken.push(choice);
        Some(to)
    }
}

enum Leaf {
    Ping {
        node: NodeIdx,
        destinations: Mask,
        deadline_ms: u32,
    },
    Destination(DestinationIdx),
    Reject(Arc<str>),
}

/// Counts the draws with a salt over the whole walk: a second visit must not repeat the first's. Two
/// versions of a subflow share the salts of their nodes.
fn ordinal_of(ordinals: &mut SmallVec<[(Salt, u32); 4]>, salt: Salt) -> &mut u32 {
    let position = ordinals
        .iter()
        .position(|(known, _)| *known == salt)
        .unwrap_or_else(|| {
            ordinals.push((salt, 0));
            ordinals.len() - 1
        });
    &mut ordinals[position].1
}

/// Nothing tried yet at a node with this many choices.
pub(crate) fn untried(context: Context<'_>, node: NodeIdx) -> Tried {
    let n_choices = match context.program.node(node) {
        Op::Waterfall { to } => to.len(),
        Op::Split { arms, .. } | Op::Bandit { arms, .. } | Op::Rotate { arms, .. } => arms.len(),
        Op::Auction { bidders, .. } => bidders.len(),
        _ => 0,
    };
    Tried::none(n_choices)
}

/// Whom a fresh visit of an auction asks, and how long it waits; `None` if nobody is left to ask.
pub(crate) fn to_ask(op: &Op, liveness: &Liveness<'_>) -> Option<(Mask, u32)> {
    let Op::Auction {
        bidders,
        deadline_ms,
        ..
    } = op
    else {
        return None;
    };
    let unasked = liveness.unasked(bidders);
    (!unasked.is_empty()).then_some((unasked, *deadline_ms))
}

/// Whether a choice of a visit is untried and would yield something.
pub(crate) fn may_take(visit: &Visit, liveness: &Liveness<'_>, choice: usize, to: NodeIdx) -> bool {
    !visit.tried.has(choice) && liveness.alive(to)
}

/// The first arm of a rotation's order that may be taken.
pub(crate) fn first_of(
    order: &[u16],
    arms: &[Arm],
    visit: &Visit,
    liveness: &Liveness<'_>,
) -> Option<usize> {
    let mut order = order.iter().map(|&arm| usize::from(arm));
    order.find(|&arm| may_take(visit, liveness, arm, arms[arm].to))
}

#[cfg(test)]
pub(crate) mod tests;
