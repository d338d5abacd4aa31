//! The same semantics once more, as plainly as it can be said: every path with its probability, and no index, no sharing
//! and no cache.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_bandit::Allocation;
use pointsman_flow::{Mask, NodeIdx, Op, Program, ProgramBidder};
use pointsman_lead::Micros;
use pointsman_router::{Bid, Conditions, DestinationIdx, Subject, net};

/// The visits from the root down, each with the choices that were tried there.
type Path = Vec<(NodeIdx, BTreeSet<usize>)>;

/// What can come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leaf {
    Offer(DestinationIdx),
    /// The auction says who is asked.
    Ping(NodeIdx),
    Reject,
    Nothing,
}

/// The probabilities of all that can come next.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    pub(crate) offers: BTreeMap<DestinationIdx, f64>,
    pub(crate) pings: Vec<(Mask, f64)>,
    pub(crate) declined: f64,
    pub(crate) unsold: f64,
}

/// All paths that a walk may have taken.
pub(crate) struct Naive<'a> {
    program: &'a Program,
    subject: &'a Subject,
    allocation: Allocation,
    has_begun: bool,
    paths: BTreeMap<Path, f64>,
    found: BTreeMap<(Leaf, Path), f64>,
    conditions: Option<Conditions>,
    offered: BTreeSet<DestinationIdx>,
    asked: BTreeSet<DestinationIdx>,
    bids: BTreeMap<DestinationIdx, Micros>,
}

impl<'a> Naive<'a> {
    pub(crate) fn new(program: &'a Program, subject: &'a Subject, allocation: Allocation) -> Self {
        Self {
            program,
            subject,
            allocation,
            has_begun: false,
            paths: [(Path::new(), 1.0)].into(),
            found: BTreeMap::new(),
            conditions: None,
            offered: BTreeSet::new(),
            asked: BTreeSet::new(),
            bids: BTreeMap::new(),
        }
    }

    pub(crate) fn outlook(&mut self, conditions: &Conditions) -> Outcomes {
        self.conditions = Some(conditions.clone());
        self.found.clear();
        for (path, probability) in self.paths.clone() {
            let root = self.program.root();
            if self.has_begun {
                self.resume(path, probability);
            } else if self.alive(root) {
                self.enter(root, path, probability);
            } else {
                self.find(Leaf::Nothing, path, probability);
            }
        }
        let mut outcomes = Outcomes::default();
        for ((leaf, _), probability) in &self.found {
            match leaf {
                Leaf::Offer(destination) => {
                    *outcomes.offers.entry(*destination).or_default() += probability;
                }
                Leaf::Reject => outcomes.declined += probability,
                Leaf::Nothing => outcomes.unsold += probability,
                Leaf::Ping(node) => {
                    let asked = self.to_ask(*node);
                    match outcomes.pings.iter_mut().find(|(known, _)| *known == asked) {
                        Some((_, known)) => *known += probability,
                        None => outcomes.pings.push((asked, *probability)),
                    }
                }
            }
        }
        outcomes
    }

    pub(crate) fn observe(&mut self, destination: DestinationIdx) {
        self.keep(|_, leaf| leaf == Leaf::Offer(destination));
        self.offered.insert(destination);
    }

    pub(crate) fn observe_ping(&mut self, asked: &Mask) {
        self.keep(|naive, leaf| matches!(leaf, Leaf::Ping(node) if naive.to_ask(node) == *asked));
        self.asked.extend(asked.iter());
    }

    pub(crate) fn bids(&mut self, bids: &[Bid]) {
        self.bids
            .extend(bids.iter().map(|bid| (bid.destination, bid.amount)));
    }

    fn keep(&mut self, is_observed: impl Fn(&Self, Leaf) -> bool) {
        let mut paths: BTreeMap<Path, f64> = BTreeMap::new();
        for ((leaf, path), probability) in &self.found {
            if is_observed(self, *leaf) {
                *paths.entry(path.clone()).or_default() += probability;
            }
        }
        let whole: f64 = paths.values().sum();
        for probability in paths.values_mut() {
            *probability /= whole;
        }
        self.paths = paths;
        self.has_begun = true;
    }

    fn find(&mut self, leaf: Leaf, path: Path, probability: f64) {
        *self.found.entry((leaf, path)).or_default() += probability;
    }

    /// Goes to a node that is alive.
    fn enter(&mut self, node: NodeIdx, mut path: Path, probability: f64) {
        match self.program.node(node) {
            Op::Destination(destination) => self.find(Leaf::Offer(*destination), path, probability),
            Op::Reject { .. } => self.find(Leaf::Reject, path, probability),
            Op::Rule { ports } => {
                let port = self.program.pick(node, self.subject.codes());
                self.enter(ports[usize::from(port)], path, probability);
            }
            op => {
                path.push((node, BTreeSet::new()));
                if matches!(op, Op::Auction { .. }) && !self.to_ask(node).is_empty() {
                    return self.find(Leaf::Ping(node), path, probability);
                }
                self.resume(path, probability);
            }
        }
    }

    /// Takes what is left at the last visit; if nothing is, at the one before.
    fn resume(&mut self, mut path: Path, probability: f64) {
        while let Some((node, tried)) = path.last() {
            let choices = self.choices(*node, tried);
            let whole: u64 = choices.iter().map(|(_, _, weight)| weight).sum();
            for (choice, to, weight) in &choices {
                let mut path = path.clone();
                path.last_mut().unwrap().1.insert(*choice);
                let share = f64::from(u32::try_from(*weight).unwrap())
                    / f64::from(u32::try_from(whole).unwrap());
                self.enter(*to, path, probability * share);
            }
            if !choices.is_empty() {
                return;
            }
            path.pop();
        }
        self.find(Leaf::Nothing, path, probability);
    }

    /// The choices that may be taken next at a visit, each with its weight: one where nothing is drawn.
    fn choices(&self, node: NodeIdx, tried: &BTreeSet<usize>) -> Vec<(usize, NodeIdx, u64)> {
        let op = self.program.node(node);
        let left = |(choice, to): &(usize, NodeIdx)| !tried.contains(choice) && self.alive(*to);
        let children = op.children().into_iter().enumerate();
        let certain = |it: Option<(usize, NodeIdx)>| {
            it.map(|(choice, to)| (choice, to, 1)).into_iter().collect()
        };
        let order = self
            .conditions
            .as_ref()
            .and_then(|conditions| conditions.orders.of(node));
        match (op, order) {
            (Op::Waterfall { .. }, _) => certain(children.into_iter().find(left)),
            (Op::Rotate { arms, .. }, Some(order)) => {
                let mut order = order
                    .iter()
                    .map(|&arm| (usize::from(arm), arms[usize::from(arm)].to));
                certain(order.find(left))
            }
            (
                Op::Auction {
                    bidders, reserve, ..
                },
                _,
            ) => {
                let bids = children.filter(left).filter_map(|(choice, to)| {
                    let net = self.net(bidders[choice]).filter(|net| net >= reserve)?;
                    Some((net, std::cmp::Reverse(choice), to))
                });
                certain(
                    bids.max()
                        .map(|(_, std::cmp::Reverse(choice), to)| (choice, to)),
                )
            }
            _ => {
                let weights = self.subject.weights(node, op);
                let weighed = children
                    .filter(left)
                    .map(|(choice, to)| (choice, to, u64::from(weights[choice])));
                let mut weighed: Vec<_> = weighed.filter(|(_, _, weight)| *weight > 0).collect();
                if weighed.len() < op.arms().len() {
                    self.share(node, op, &mut weighed);
                }
                weighed
            }
        }
    }

    /// Gives the arms of a bandit that are left what they share, if the allocation says anything of that.
    fn share(&self, node: NodeIdx, op: &Op, left: &mut [(usize, NodeIdx, u64)]) {
        let name = self.program.node_name(node);
        let arms = op.arms().iter().map(|arm| arm.name.as_str());
        let mut parts: Vec<u64> = Vec::new();
        self.allocation.rest(["any", name, ""], arms, &mut parts);
        let Some(learning) = op.bandit().filter(|_| !parts.is_empty()) else {
            return;
        };
        let explore = u128::from(learning.explore_ppm);
        let n = left.len() as u128;
        let sum: u128 = left.iter().map(|arm| u128::from(parts[arm.0])).sum();
        let mut left_over = 1_000_000_u64;
        for (arm, _, weight) in left.iter_mut() {
            let parts_per_sum = (1_000_000 - explore) * n * u128::from(parts[*arm]);
            *weight = u64::try_from((explore * sum + parts_per_sum) / (n * sum)).unwrap();
            left_over -= *weight;
        }
        let most = left.iter().map(|(_, _, weight)| *weight).max();
        if let Some(heaviest) = left.iter_mut().find(|arm| Some(arm.2) == most) {
            heaviest.2 += left_over;
        }
    }

    /// Whether going to a node ends in an offer, a ping or a `reject`.
    fn alive(&self, node: NodeIdx) -> bool {
        match self.program.node(node) {
            Op::Destination(destination) => self.eligible(*destination),
            Op::Reject { .. } => true,
            Op::Rule { ports } => {
                let port = self.program.pick(node, self.subject.codes());
                self.alive(ports[usize::from(port)])
            }
            Op::Auction { .. } => {
                !self.to_ask(node).is_empty() || !self.choices(node, &BTreeSet::new()).is_empty()
            }
            _ => !self.choices(node, &BTreeSet::new()).is_empty(),
        }
    }

    fn eligible(&self, destination: DestinationIdx) -> bool {
        let is_free = self
            .conditions
            .as_ref()
            .is_some_and(|conditions| conditions.free.get(destination));
        is_free && self.subject.criteria().get(destination) && !self.offered.contains(&destination)
    }

    fn to_ask(&self, auction: NodeIdx) -> Mask {
        let mut unasked = Mask::with_len(u16::try_from(self.program.destinations().len()).unwrap());
        if let Op::Auction { bidders, .. } = self.program.node(auction) {
            let destinations = bidders.iter().map(|bidder| bidder.destination);
            let unheard = destinations.filter(|it| self.eligible(*it) && !self.asked.contains(it));
            unheard.for_each(|destination| unasked.set(destination));
        }
        unasked
    }

    fn net(&self, bidder: ProgramBidder) -> Option<Micros> {
        let bid = self.bids.get(&bidder.destination)?;
        Some(net(*bid, bidder.penalty_ppm))
    }
}
