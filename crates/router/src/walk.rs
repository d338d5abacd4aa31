//! The walk of one lead: an event in, a step out.

mod draws;
mod odds;

use std::sync::Arc;

use pointsman_flow::{DestinationIdx, Mask, NodeIdx};
use smallvec::SmallVec;

use crate::{
    Choice, Conditions, Context, Done, End, Event, Filter, Offer, Outlook, Ping, Step, Trace,
    choices::{Candidate, Choices, Liveness},
    draw::Ordinals,
    path::Path,
};

pub use draws::Draw;
pub use odds::Odds;

/// The walk of one lead through a program.
///
/// Pure: equal programs, allocations, fields, unit keys, conditions and events give equal steps, on
/// every machine and in every release that knows the semantics version.
#[derive(Debug, Clone)]
pub struct Walk {
    path: Path,
    /// The present choice of each visit of the path.
    taken: SmallVec<[Choice; 4]>,
    ordinals: Ordinals,
    filter: Filter,
}

impl Walk {
    /// A walk that has not begun.
    pub fn new(context: Context<'_>) -> Self {
        Self {
            path: Path::new(),
            taken: SmallVec::new(),
            ordinals: Ordinals::default(),
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
        let arrival = self.find_next(context, &liveness, started, &mut trace);
        let (end, propensity) = match arrival {
            Some(Arrival::Ask {
                node,
                destinations,
                deadline_ms,
            }) => {
                return Step::Ping(Ping {
                    node,
                    propensity: self.filter.observe_ping(&destinations),
                    outlook: self.filter.take_outlook(),
                    destinations,
                    deadline_ms,
                    trace,
                });
            }
            Some(Arrival::Offer(destination)) => {
                return Step::Offer(Offer {
                    destination,
                    propensity: self.filter.observe(destination),
                    outlook: self.filter.take_outlook(),
                    trace,
                    turns: self.turns(context),
                });
            }
            Some(Arrival::Decline(reason)) => {
                let declined = self.filter.expected().declined;
                (End::Declined { reason }, declined)
            }
            None => (End::Unsold, self.filter.expected().unsold),
        };
        Step::Done(Done {
            end: self.filter.progress().or_sold(end),
            propensity,
            outlook: self.filter.take_outlook(),
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
        let is_turn = |choice: &&Choice| context.program.node(choice.0).rotation().is_some();
        self.taken.iter().filter(is_turn).copied().collect()
    }

    fn find_next(
        &mut self,
        context: Context<'_>,
        liveness: &Liveness<'_>,
        started: bool,
        trace: &mut Trace,
    ) -> Option<Arrival> {
        let mut node = if started {
            self.another_choice(liveness, trace)
        } else {
            Some(context.program.root()).filter(|&root| liveness.alive(root))
        }?;
        loop {
            let choices = liveness.choices(node, None);
            node = match choices {
                Choices::Offer(destination) => return Some(Arrival::Offer(destination)),
                Choices::Decline(reason) => {
                    trace.push(Choice(node, 0));
                    return Some(Arrival::Decline(Arc::clone(reason)));
                }
                Choices::Follow(candidate) => {
                    trace.push(choice_of(node, candidate));
                    candidate.to
                }
                Choices::Ask {
                    destinations,
                    deadline_ms,
                } => {
                    self.path.push(liveness.visit(node));
                    return Some(Arrival::Ask {
                        node,
                        destinations,
                        deadline_ms,
                    });
                }
                Choices::Take(_) | Choices::Draw(_) | Choices::Nothing => {
                    let candidate = pick(&choices, &mut self.ordinals)?;
                    self.path.push(liveness.visit(node));
                    self.take(candidate, trace)?
                }
            };
        }
    }

    /// Goes back to the nearest visit that has a live choice left, and takes it.
    fn another_choice(&mut self, liveness: &Liveness<'_>, trace: &mut Trace) -> Option<NodeIdx> {
        while let Some(visit) = self.path.last() {
            let choices = liveness.choices(visit.node, Some(&visit.tried));
            if let Some(candidate) = pick(&choices, &mut self.ordinals) {
                return self.take(candidate, trace);
            }
            self.path.pop();
        }
        None
    }

    /// Takes a choice of the last visit, and says where it leads.
    fn take(&mut self, candidate: Candidate, trace: &mut Trace) -> Option<NodeIdx> {
        let visit = self.path.last_mut()?;
        visit.tried.add(candidate.choice);
        let choice = choice_of(visit.node, candidate);
        trace.push(choice);
        self.taken.truncate(self.path.len() - 1);
        self.taken.push(choice);
        Some(candidate.to)
    }
}

/// Where a walk comes to at the end of a step.
enum Arrival {
    Ask {
        node: NodeIdx,
        destinations: Mask,
        deadline_ms: u32,
    },
    Offer(DestinationIdx),
    Decline(Arc<str>),
}

fn choice_of(node: NodeIdx, candidate: Candidate) -> Choice {
    Choice(node, u16::try_from(candidate.choice).unwrap_or(u16::MAX))
}

/// Picks one of the choices of a visit: the first of an order, or the one that the lead draws.
fn pick(choices: &Choices<'_>, ordinals: &mut Ordinals) -> Option<Candidate> {
    match choices {
        Choices::Take(candidate) => Some(*candidate),
        Choices::Draw(lots) => lots.draw(ordinals),
        Choices::Offer(_)
        | Choices::Decline(_)
        | Choices::Follow(_)
        | Choices::Ask { .. }
        | Choices::Nothing => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
