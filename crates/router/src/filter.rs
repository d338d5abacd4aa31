//! The forward filter: what may be known of a walk from its offers and answers alone.

use pointsman_flow::{DestinationIdx, Mask, NodeIdx};
use smallvec::{SmallVec, smallvec};

use crate::{
    Answer, Bid, Conditions, Context, End, Outlook,
    choices::{Candidate, Choices, Liveness},
    outlook::Outcome,
    path::Visit,
    path_forest::{PathForest, PathId, VisitId},
    progress::Progress,
};

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
    /// Marked: those of the states. What was added is of the continuations.
    paths: PathForest,
    /// Where the walk may stand.
    states: SmallVec<[(PathId, f64); 4]>,
    continuations: SmallVec<[Continuation; 8]>,
    outlook: Outlook,
}

/// Visits that may be left over from earlier steps before they are sorted out.
const PATHS_KEPT: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Continuation {
    outcome: Outcome,
    path_id: PathId,
    probability: f64,
}

impl Filter {
    /// A walk that has not begun.
    pub fn new(context: Context<'_>) -> Self {
        Self {
            progress: Progress::new(context),
            started: false,
            paths: PathForest::default(),
            states: smallvec![(None, 1.0)],
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
        self.paths.rewind();
        self.continuations.clear();
        self.outlook.clear();
        let mut continuations = Continuations {
            liveness,
            paths: &mut self.paths,
            found: &mut self.continuations,
            outlook: &mut self.outlook,
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
        let found = self.continuations.iter();
        self.outlook
            .sum_up(found.map(|it| (it.outcome, it.probability)));
    }

    /// The probabilities that were found last.
    pub(crate) fn expected(&self) -> &Outlook {
        &self.outlook
    }

    /// The same, for somebody to keep.
    pub(crate) fn take_outlook(&mut self) -> Outlook {
        std::mem::take(&mut self.outlook)
    }

    /// Takes in that this destination was offered, and gives the probability that it was, in `[0, 1]`.
    ///
    /// Follows [`Filter::outlook`].
    pub fn observe(&mut self, destination: DestinationIdx) -> f64 {
        let propensity = self.outlook.of(destination);
        self.keep(Some(Outcome::Offer(destination)), propensity);
        self.progress.offer(destination);
        propensity
    }

    /// Takes in that just these destinations were asked for bids, and gives the probability that they
    /// were, in `[0, 1]`.
    ///
    /// Follows [`Filter::outlook`].
    pub fn observe_ping(&mut self, destinations: &Mask) -> f64 {
        let propensity = self.outlook.of_ping(destinations);
        self.keep(self.outlook.find_ping(destinations), propensity);
        self.progress.auction.ask(destinations);
        propensity
    }

    /// Takes in what the destinations bid that were asked last.
    pub fn bids(&mut self, bids: &[Bid]) {
        self.progress.auction.take(bids);
    }

    /// Keeps the paths that end in what was observed, and how likely each of them was.
    ///
    /// * `observed`: `None` is something that no path ends in.
    fn keep(&mut self, observed: Option<Outcome>, propensity: f64) {
        self.states.clear();
        for Continuation {
            outcome,
            path_id,
            probability,
        } in self.continuations.drain(..)
        {
            if Some(outcome) != observed || propensity <= 0.0 {
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
        self.paths.mark();
        self.started = true;
    }

    /// Takes in the answer to the observed offer; an end if the walk is over because of it.
    pub fn answer(&mut self, context: Context<'_>, answer: Answer) -> Option<End> {
        self.progress.answer(context, answer)
    }
}

/// Collects everything that walks can come to next.
struct Continuations<'a> {
    liveness: &'a Liveness<'a>,
    paths: &'a mut PathForest,
    found: &'a mut SmallVec<[Continuation; 8]>,
    /// Knows the pings.
    outlook: &'a mut Outlook,
}

impl Continuations<'_> {
    fn end(&mut self, probability: f64) {
        self.find(Outcome::Unsold, None, probability);
    }

    fn find(&mut self, outcome: Outcome, path_id: PathId, probability: f64) {
        self.found.push(Continuation {
            outcome,
            path_id,
            probability,
        });
    }

    /// Goes back to the nearest visit with a live choice left, and takes each of its choices.
    fn resume(&mut self, mut path_id: PathId, probability: f64) {
        while let Some((visit, above)) = self.paths.last(path_id) {
            let choices = self.liveness.choices(visit.node, Some(&visit.tried));
            if self.take_each(&choices, &visit, above, probability) {
                return;
            }
            path_id = above;
        }
        self.end(probability);
    }

    /// Visits a live node for the first time on this path.
    fn enter(&mut self, node: NodeIdx, path_id: PathId, probability: f64) {
        let liveness = self.liveness;
        let choices = liveness.choices(node, None);
        match choices {
            Choices::Offer(destination) => {
                self.find(Outcome::Offer(destination), path_id, probability);
            }
            Choices::Decline(_) => self.find(Outcome::Declined, path_id, probability),
            Choices::Follow(candidate) => self.enter(candidate.to, path_id, probability),
            Choices::Ask { destinations, .. } => {
                let visit_id = self.paths.add(liveness.visit(node));
                let path_id = self.paths.go_on(path_id, visit_id, None);
                let outcome = self.outlook.ping(destinations);
                self.find(outcome, path_id, probability);
            }
            Choices::Take(_) | Choices::Draw(_) | Choices::Nothing => {
                self.take_each(&choices, &liveness.visit(node), path_id, probability);
            }
        }
    }

    /// Takes each choice of a visit with its conditional probability; whether there was any.
    fn take_each(
        &mut self,
        choices: &Choices<'_>,
        visit: &Visit,
        above: PathId,
        probability: f64,
    ) -> bool {
        match choices {
            Choices::Take(candidate) => {
                let visit_id = self.paths.add(visit.clone());
                self.take(visit_id, above, *candidate, probability);
                true
            }
            Choices::Draw(lots) => {
                let (mut n_candidates, mut sum) = (0, 0);
                for (_, weight) in lots.candidates() {
                    n_candidates += 1;
                    sum += weight;
                }
                if n_candidates == 0 {
                    return false;
                }
                let visit_id = self.paths.add(visit.clone());
                self.paths.reserve(n_candidates);
                self.found.reserve(n_candidates);
                for (candidate, weight) in lots.candidates() {
                    let conditional = f64::from(weight) / f64::from(sum);
                    self.take(visit_id, above, candidate, probability * conditional);
                }
                true
            }
            Choices::Offer(_)
            | Choices::Decline(_)
            | Choices::Follow(_)
            | Choices::Ask { .. }
            | Choices::Nothing => false,
        }
    }

    fn take(&mut self, visit_id: VisitId, above: PathId, candidate: Candidate, probability: f64) {
        let Candidate { choice, to } = candidate;
        let path_id = self.paths.go_on(above, visit_id, Some(choice));
        self.enter(to, path_id, probability);
    }
}

#[cfg(test)]
mod tests;
