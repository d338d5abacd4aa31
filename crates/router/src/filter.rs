//! The forward filter: what may be known of a walk from its offers and answers alone.

use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Op};
use smallvec::{SmallVec, smallvec};

use crate::{
    Answer, Bid, Conditions, Context, End,
    liveness::Liveness,
    path::Visit,
    path_forest::{PathForest, PathId},
    walk::{Progress, first_of, may_take, to_ask, untried},
};

/// The probabilities of everything that can come next. They add up to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlook {
    /// Each destination that can be offered next, with its probability; by position, ascending.
    pub offers: SmallVec<[(DestinationIdx, f64); 8]>,
    /// Each set of destinations that can be asked for bids next, with its probability; in the order
    /// of nodes and arms. Two auctions that ask the same destinations are one outcome.
    pub pings: Vec<(Mask, f64)>,
    /// Probability that a `reject` node ends the walk.
    pub declined: f64,
    /// Probability that nothing is left: 0 or 1.
    pub unsold: f64,
}

impl Outlook {
    /// Probability that this destination is offered next.
    pub fn of(&self, destination: DestinationIdx) -> f64 {
        self.offers
            .iter()
            .find(|(known, _)| *known == destination)
            .map_or(0.0, |(_, probability)| *probability)
    }

    /// Probability that just these destinations are asked for bids next.
    pub fn of_ping(&self, destinations: &Mask) -> f64 {
        self.pings
            .iter()
            .find(|(known, _)| known == destinations)
            .map_or(0.0, |(_, probability)| *probability)
    }
}

/// A distribution over the places where a walk may stand, given the offers and answers so far.
///
/// A destination can often be reached on several paths, and which one was taken matters only for
/// what comes after a rejection. The filter keeps every path with its probability, so that the
/// probability of an offer is the sum over paths: the same number for the policy that was logged
/// and for a candidate that is asked about somebody else's offers.
///
/// Ask [`Filter::outlook`], say with [`Filter::observe`] which offer was made, say with
/// [`Filter::answer`] how it was answered, and ask again.
///
/// # Source
///
/// The forward pass of a hidden Markov model; the use for importance weights of a whole trajectory
/// follows Precup, Sutton, Singh, *Eligibility traces for off-policy policy evaluation*, 2000.
#[derive(Debug, Clone)]
pub struct Filter {
    progress: Progress,
    started: bool,
    paths: PathForest,
    /// Where the walk may stand.
    states: SmallVec<[(PathId, f64); 4]>,
    /// How much of `paths` is of the states; what follows is of the continuations.
    n_visits: usize,
    continuations: SmallVec<[Continuation; 8]>,
    outlook: Outlook,
}

/// Visits that may be left over from earlier steps before they are sorted out.
const PATHS_KEPT: usize = 8;

#[derive(Debug, Clone)]
struct Continuation {
    leaf: Leaf,
    path_id: PathId,
    probability: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Leaf {
    Ping(Mask),
    Destination(DestinationIdx),
    Reject,
    Nothing,
}

impl Filter {
    /// A walk that has not begun.
    pub fn new(context: Context<'_>) -> Self {
        Self {
            progress: Progress::new(context),
            started: false,
            paths: PathForest::default(),
            states: smallvec![(None, 1.0)],
            n_visits: 0,
            continuations: SmallVec::new(),
            outlook: Outlook::default(),
        }
    }

    /// The probabilities of the next outcome.
    ///
    /// * `conditions`: who is free at this moment, and the orders of rotations.
    ///
    /// After an observation that this program could not have made, every probability is 0.
    pub fn outlook(&mut self, context: Context<'_>, conditions: &Conditions) -> &Outlook {
        let eligible = self.eligible(context, conditions);
        let auction = self.progress.auction.clone();
        let liveness = Liveness::new(context, &eligible, &conditions.orders, &auction);
        self.predict(context, &liveness);
        &self.outlook
    }

    /// What has become of the lead so far.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The destinations that may be offered now.
    pub(crate) fn eligible(&self, context: Context<'_>, conditions: &Conditions) -> Mask {
        self.progress.eligible(context, &conditions.free)
    }

    /// Finds the probabilities of the next outcome, where it is known who may get the lead.
    pub(crate) fn predict(&mut self, context: Context<'_>, liveness: &Liveness<'_>) {
        self.paths.truncate(self.n_visits);
        self.continuations.clear();
        let mut continuations = Continuations {
            context,
            liveness,
            paths: &mut self.paths,
            found: &mut self.continuations,
        };
        for &(path_id, probability) in &self.states {
            if self.started {
                continuations.resume(path_id, probability);
            } else if liveness.alive(context.program.root()) {
                continuations.enter(context.program.root(), path_id, probability);
            } else {
                continuations.end(probability);
            }
        }
        self.sum_up();
    }

    /// The probabilities that were found last, for somebody to keep.
    pub(crate) fn take_outlook(&mut self) -> Outlook {
        std::mem::take(&mut self.outlook)
    }

    /// Takes in that this destination was offered, and gives the probability that it was, in `[0, 1]`.
    ///
    /// Follows [`Filter::outlook`].
    pub fn observe(&mut self, destination: DestinationIdx) -> f64 {
        let propensity = self.outlook.of(destination);
        self.keep(&Leaf::Destination(destination), propensity);
        self.progress.offer(destination);
        propensity
    }

    /// Takes in that just these destinations were asked for bids, and gives the probability that they
    /// were, in `[0, 1]`.
    ///
    /// Follows [`Filter::outlook`].
    pub fn observe_ping(&mut self, destinations: &Mask) -> f64 {
        let propensity = self.outlook.of_ping(destinations);
        self.keep(&Leaf::Ping(destinations.clone()), propensity);
        self.progress.auction.ask(destinations);
        propensity
    }

    /// Takes in what the destinations bid that were asked last.
    pub fn bids(&mut self, bids: &[Bid]) {
        self.progress.auction.take(bids);
    }

    /// Keeps the paths that end in what was observed, and how likely each of them was.
    fn keep(&mut self, observed: &Leaf, propensity: f64) {
        self.states.clear();
        for Continuation {
            leaf,
            path_id,
            probability,
        } in self.continuations.drain(..)
        {
            if leaf != *observed || propensity <= 0.0 {
                continue;
            }
            let share = probability / propensity;
            let mut states = self.states.iter_mut();
            match states.find(|(known, _)| self.paths.equal(*known, path_id)) {
                Some((_, known)) => *known += share,
                None => self.states.push((path_id, share)),
            }
        }
        // Few visits are not worth the sorting out.
        if self.paths.len() > PATHS_KEPT {
            let ids = self.states.iter_mut().map(|(path_id, _)| path_id);
            self.paths.retain(ids);
        }
        self.n_visits = self.paths.len();
        self.started = true;
    }

    /// Takes in the answer to the observed offer; an end if the walk is over because of it.
    pub fn answer(&mut self, context: Context<'_>, answer: Answer) -> Option<End> {
        self.progress.answer(context, answer)
    }

    fn sum_up(&mut self) {
        let outlook = &mut self.outlook;
        outlook.offers.clear();
        outlook.pings.clear();
        (outlook.declined, outlook.unsold) = (0.0, 0.0);
        for Continuation {
            leaf, probability, ..
        } in &self.continuations
        {
            match leaf {
                Leaf::Ping(destinations) => {
                    let known = outlook.pings.iter_mut();
                    match known.into_iter().find(|(known, _)| known == destinations) {
                        Some((_, known)) => *known += probability,
                        None => outlook.pings.push((destinations.clone(), *probability)),
                    }
                }
                Leaf::Reject => outlook.declined += probability,
                Leaf::Nothing => outlook.unsold += probability,
                Leaf::Destination(destination) => {
                    match outlook
                        .offers
                        .binary_search_by_key(destination, |(known, _)| *known)
                    {
                        Ok(position) => outlook.offers[position].1 += probability,
                        Err(position) => {
                            outlook
                                .offers
                                .insert(position, (*destination, *probability));
                        }
                    }
                }
            }
        }
    }
}

/// Collects every way that walks can go on.
struct Continuations<'a> {
    context: Context<'a>,
    liveness: &'a Liveness<'a>,
    paths: &'a mut PathForest,
    found: &'a mut SmallVec<[Continuation; 8]>,
}

impl Continuations<'_> {
    fn end(&mut self, probability: f64) {
        self.find(Leaf::Nothing, None, probability);
    }

    fn find(&mut self, leaf: Leaf, path_id: PathId, probability: f64) {
        self.found.push(Continuation {
            leaf,
            path_id,
            probability,
        });
    }

    /// Goes back to the nearest visit with a live choice left, and takes each of its choices.
    fn resume(&mut self, mut path_id: PathId, probability: f64) {
        while let Some((visit, above)) = self.paths.last(path_id) {
            let visit = visit.clone();
            if self.take_each(&visit, above, probability) {
                return;
            }
            path_id = above;
        }
        self.end(probability);
    }

    /// Visits a live node for the first time on this way.
    fn enter(&mut self, node: NodeIdx, path_id: PathId, probability: f64) {
        match self.context.program.node(node) {
            Op::Destination(destination) => {
                self.find(Leaf::Destination(*destination), path_id, probability);
            }
            Op::Reject { .. } => self.find(Leaf::Reject, path_id, probability),
            Op::Rule { ports } => {
                let port = self.liveness.port(node);
                self.enter(ports[usize::from(port)], path_id, probability);
            }
            op @ (Op::Waterfall { .. }
            | Op::Split { .. }
            | Op::Bandit { .. }
            | Op::Rotate { .. }
            | Op::Auction { .. }) => {
                let tried = untried(self.context, node);
                let visit = Visit { node, tried };
                if let Some((destinations, _)) = to_ask(op, self.liveness) {
                    let path_id = self.paths.enter(path_id, visit);
                    return self.find(Leaf::Ping(destinations), path_id, probability);
                }
                self.take_each(&visit, path_id, probability);
            }
        }
    }

    /// Takes each live, untried choice of a visit with its conditional probability; whether there
    /// was any.
    fn take_each(&mut self, visit: &Visit, above: PathId, probability: f64) -> bool {
        let Context { program, subject } = self.context;
        let liveness = self.liveness;
        let op = program.node(visit.node);
        match (op, liveness.orders.of(visit.node)) {
            (Op::Waterfall { to }, _) => {
                let mut ports = 0..to.len();
                let port = ports.find(|&port| may_take(visit, liveness, port, to[port]));
                let Some(port) = port else { return false };
                self.take(visit, above, port, to[port], probability);
                true
            }
            (Op::Rotate { arms, .. }, Some(order)) => {
                let Some(arm) = first_of(order, arms, visit, liveness) else {
                    return false;
                };
                self.take(visit, above, arm, arms[arm].to, probability);
                true
            }
            (
                Op::Auction {
                    bidders, reserve, ..
                },
                _,
            ) => {
                let best = liveness
                    .auction
                    .best(bidders, *reserve, |position, bidder| {
                        may_take(visit, liveness, position, bidder.to)
                    });
                let Some(best) = best else { return false };
                self.take(visit, above, best, bidders[best].to, probability);
                true
            }
            (Op::Split { arms, .. } | Op::Bandit { arms, .. } | Op::Rotate { arms, .. }, _) => {
                let weights = subject.weights(visit.node, op);
                let arms = || {
                    let arms = arms.iter().zip(weights).enumerate();
                    arms.filter(|(choice, (arm, weight))| {
                        **weight > 0 && may_take(visit, liveness, *choice, arm.to)
                    })
                };
                let sum: u32 = arms().map(|(_, (_, weight))| weight).sum();
                for (choice, (arm, &weight)) in arms() {
                    let conditional = f64::from(weight) / f64::from(sum);
                    self.take(visit, above, choice, arm.to, probability * conditional);
                }
                sum > 0
            }
            _ => false,
        }
    }

    fn take(&mut self, visit: &Visit, above: PathId, choice: usize, to: NodeIdx, probability: f64) {
        let path_id = self.paths.take(above, visit.node, &visit.tried, choice);
        self.enter(to, path_id, probability);
    }
}

#[cfg(test)]
mod tests;
