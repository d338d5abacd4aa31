//! The forward filter: what may be known of a walk from its offers and answers alone.

use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Op};

use crate::{
    Answer, Bid, Context, End, Standing,
    auction::Market,
    liveness::Liveness,
    path::{Path, Visit},
    walk::{Progress, first_of, may_take, to_ask, untried},
};

/// The probabilities of everything that can come next. They add up to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlook {
    /// Each destination that can be offered next, with its probability; by position, ascending.
    pub offers: Vec<(DestinationIdx, f64)>,
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
    states: Vec<(Path, f64)>,
    futures: Vec<Future>,
    outlook: Outlook,
}

#[derive(Debug, Clone)]
struct Future {
    leaf: Leaf,
    path: Path,
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
            states: vec![(Path::new(), 1.0)],
            futures: Vec::new(),
            outlook: Outlook::default(),
        }
    }

    /// The probabilities of the next outcome.
    ///
    /// * `standing`: who is free at this moment, and the orders of rotations.
    ///
    /// After an observation that this program could not have made, every probability is 0.
    pub fn outlook(&mut self, context: Context<'_>, standing: &Standing) -> &Outlook {
        let eligible = self.progress.eligible(context, &standing.free);
        let market = &self.progress.market;
        let liveness = Liveness::new(context, &eligible, &standing.orders, market);
        let mut futures = Futures {
            context,
            liveness: &liveness,
            market: &self.progress.market,
            found: Vec::new(),
        };
        for (path, probability) in &self.states {
            if self.started {
                futures.resume(path.clone(), *probability);
            } else if liveness.alive(context.program.root()) {
                futures.enter(context.program.root(), path.clone(), *probability);
            } else {
                futures.end(*probability);
            }
        }
        self.futures = futures.found;
        self.outlook = self.sum_up();
        &self.outlook
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
        self.progress.market.ask(destinations);
        propensity
    }

    /// Takes in what the destinations bid that were asked last.
    pub fn bids(&mut self, bids: &[Bid]) {
        self.progress.market.take(bids);
    }

    /// Keeps the ways that end in what was observed, and how likely each of them was.
    fn keep(&mut self, observed: &Leaf, propensity: f64) {
        self.states = Vec::new();
        for Future {
            leaf,
            path,
            probability,
        } in self.futures.drain(..)
        {
            if leaf != *observed || propensity <= 0.0 {
                continue;
            }
            let share = probability / propensity;
            match self.states.iter_mut().find(|(known, _)| *known == path) {
                Some((_, known)) => *known += share,
                None => self.states.push((path, share)),
            }
        }
        self.started = true;
    }

    /// Takes in the answer to the observed offer; an end if the walk is over because of it.
    pub fn answer(&mut self, context: Context<'_>, answer: Answer) -> Option<End> {
        self.progress.answer(context, answer)
    }

    fn sum_up(&self) -> Outlook {
        let mut outlook = Outlook::default();
        for Future {
            leaf, probability, ..
        } in &self.futures
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
        outlook
    }
}

/// Collects every way that walks can go on.
struct Futures<'a> {
    context: Context<'a>,
    liveness: &'a Liveness<'a>,
    market: &'a Market,
    found: Vec<Future>,
}

impl Futures<'_> {
    fn end(&mut self, probability: f64) {
        self.found.push(Future {
            leaf: Leaf::Nothing,
            path: Path::new(),
            probability,
        });
    }

    /// Goes back to the nearest visit with a live choice left, and takes each of its choices.
    fn resume(&mut self, mut path: Path, probability: f64) {
        while let Some(visit) = path.last() {
            let choices = self.choices(visit);
            if choices.is_empty() {
                path.pop();
            } else {
                return self.take_each(&path, &choices, probability);
            }
        }
        self.end(probability);
    }

    /// Visits a live node for the first time on this path.
    fn enter(&mut self, node: NodeIdx, mut path: Path, probability: f64) {
        let Context { program, subject } = self.context;
        match program.node(node) {
            Op::Destination(destination) => {
                self.found.push(Future {
                    leaf: Leaf::Destination(*destination),
                    path,
                    probability,
                });
            }
            Op::Reject { .. } => self.found.push(Future {
                leaf: Leaf::Reject,
                path,
                probability,
            }),
            Op::Rule { ports } => {
                let port = program.pick(node, &subject.codes);
                self.enter(ports[usize::from(port)], path, probability);
            }
            op @ (Op::Waterfall { .. }
            | Op::Split { .. }
            | Op::Bandit { .. }
            | Op::Rotate { .. }
            | Op::Auction { .. }) => {
                let visit = Visit {
                    node,
                    tried: untried(self.context, node),
                };
                if let Some((destinations, _)) = to_ask(op, self.liveness) {
                    path.push(visit);
                    self.found.push(Future {
                        leaf: Leaf::Ping(destinations),
                        path,
                        probability,
                    });
                    return;
                }
                let choices = self.choices(&visit);
                path.push(visit);
                self.take_each(&path, &choices, probability);
            }
        }
    }

    /// The live, untried choices of a visit with their conditional probabilities.
    fn choices(&self, visit: &Visit) -> Vec<(usize, NodeIdx, f64)> {
        let Context { program, subject } = self.context;
        let op = program.node(visit.node);
        match (op, self.liveness.orders.of(visit.node)) {
            (Op::Waterfall { to }, _) => (0..to.len())
                .find(|&port| may_take(visit, self.liveness, port, to[port]))
                .map(|port| (port, to[port], 1.0))
                .into_iter()
                .collect(),
            (Op::Rotate { arms, .. }, Some(order)) => first_of(order, arms, visit, self.liveness)
                .map(|arm| (arm, arms[arm].to, 1.0))
                .into_iter()
                .collect(),
            (
                Op::Auction {
                    bidders, reserve, ..
                },
                _,
            ) => self
                .market
                .best(bidders, *reserve, |position, bidder| {
                    may_take(visit, self.liveness, position, bidder.to)
                })
                .map(|position| (position, bidders[position].to, 1.0))
                .into_iter()
                .collect(),
            (Op::Split { arms, .. } | Op::Bandit { arms, .. } | Op::Rotate { arms, .. }, _) => {
                let weights = subject.weights(visit.node, op);
                let live: Vec<usize> = (0..arms.len())
                    .filter(|&arm| {
                        weights[arm] > 0 && may_take(visit, self.liveness, arm, arms[arm].to)
                    })
                    .collect();
                let sum: u32 = live.iter().map(|&arm| weights[arm]).sum();
                live.into_iter()
                    .map(|arm| (arm, arms[arm].to, f64::from(weights[arm]) / f64::from(sum)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn take_each(&mut self, path: &Path, choices: &[(usize, NodeIdx, f64)], probability: f64) {
        for &(choice, to, conditional) in choices {
            let mut path = path.clone();
            if let Some(visit) = path.last_mut() {
                visit.tried.add(choice);
            }
            self.enter(to, path, probability * conditional);
        }
    }
}

#[cfg(test)]
mod tests;
