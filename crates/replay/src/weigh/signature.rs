//! Everything of a lead that the weights of a policy depend on.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use pointsman_flow::{Codes, Mask};
use pointsman_router::{Answer, HashKey, Subject, Unit};
use smallvec::SmallVec;

use super::{Reading, in_order, logged::CERTAIN};
use crate::{
    log::{LogLead, LogOutlook},
    policy::{FlowPolicy, LoggedConditions, Policy, is_steady},
};

/// An offer to a destination that the policy does not have.
const UNKNOWN: u64 = u64::MAX;

/// Leads of which it is the same are decided alike by a policy and were decided alike in the log: they differ in what their offers
/// brought alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Signature {
    codes: Option<Codes>,
    /// The weights of the arms of bandits.
    arms: SmallVec<[u32; 16]>,
    /// Who was free, at each step.
    free: SmallVec<[Free; 2]>,
    /// What was done, and how likely it was.
    done: SmallVec<[u64; 8]>,
    outlooks: SmallVec<[Same<LogOutlook>; 2]>,
    names: SmallVec<[Same<str>; 1]>,
}

/// A thing that is another one only by where it is: what a log repeats is kept once.
#[derive(Debug)]
struct Same<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Eq for Same<T> {}

impl<T: ?Sized> Hash for Same<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

/// Who was free at a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Free {
    /// Whoever is at any time.
    Always,
    /// Those that the log lists, at any time.
    Listed(Same<[Arc<str>]>),
    /// These at that time.
    Now(Mask),
}

/// What a policy is, as far as signatures ask.
#[derive(Debug)]
pub(super) enum Signing<'a> {
    Logged,
    Flow {
        flow: &'a FlowPolicy,
        has_bandits: bool,
        has_rotations: bool,
        /// Whether who is free depends on what the log says and not on the time.
        is_steady: bool,
    },
}

impl<'a> Signing<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        let Policy::Flow(flow) = policy else {
            return Self::Logged;
        };
        let program = &flow.program;
        Self::Flow {
            flow,
            has_bandits: flow.has_bandits(),
            has_rotations: program.nodes().any(|(_, op)| op.rotation().is_some()),
            is_steady: is_steady(program),
        }
    }

    /// The signature of a lead; none where leads are so rarely alike that it is not worth one.
    pub(super) fn of(&self, lead: &LogLead, reading: Reading<'_>) -> Option<Signature> {
        let signature = Signature {
            codes: None,
            arms: SmallVec::new(),
            free: SmallVec::new(),
            done: SmallVec::new(),
            outlooks: SmallVec::new(),
            names: SmallVec::new(),
        };
        match self {
            Self::Logged => Some(signature.of_log(lead)),
            Self::Flow {
                flow,
                has_bandits,
                has_rotations,
                is_steady,
            } => {
                let has_orders = || {
                    let mut events = in_order(lead).into_iter();
                    let end = lead.end.as_ref();
                    events.any(|event| event.logged_conditions().orders.is_some())
                        || end.is_some_and(|end| end.orders.is_some())
                };
                // Bids and orders are those of one lead.
                if !lead.pings.is_empty() || (*has_rotations && has_orders()) {
                    return None;
                }
                let free = |logged: LoggedConditions<'_>| match logged.available {
                    None if *is_steady => Free::Always,
                    Some(listed) if *is_steady => Free::Listed(Same(Arc::clone(listed))),
                    _ => Free::Now(
                        flow.conditions(logged, reading.known, lead.received_at)
                            .free,
                    ),
                };
                Some(signature.of_flow(flow, *has_bandits, lead, &free))
            }
        }
    }
}

impl Signature {
    /// Of a lead that is weighed by what was done: all weights are 1, and what else could have been done first is told.
    fn of_log(mut self, lead: &LogLead) -> Self {
        self.done.push(lead.offers.len() as u64);
        match (lead.offers.first(), &lead.end) {
            (Some(offer), _) if offer.propensity >= CERTAIN => {
                self.names.push(Same(Arc::clone(&offer.destination)));
            }
            (Some(offer), _) => self.outlook(offer.outlook.as_ref()),
            (None, Some(end)) if end.propensity >= CERTAIN => self.done.push(1),
            (None, Some(end)) => self.outlook(end.outlook.as_ref()),
            (None, None) => {}
        }
        self
    }

    fn of_flow(
        mut self,
        flow: &FlowPolicy,
        has_bandits: bool,
        lead: &LogLead,
        free: &impl Fn(LoggedConditions<'_>) -> Free,
    ) -> Self {
        let program = &flow.program;
        if has_bandits {
            let (allocation, is_theirs) = flow.allocations.of(lead.epoch);
            let unit = Unit::new(&lead.unit_key, HashKey::default());
            let subject = Subject::new(program, allocation, &lead.fields, unit);
            self.codes = Some(subject.codes().clone());
            self.arms.extend_from_slice(subject.drawn_weights());
            self.done.extend_from_slice(subject.drawn_parts());
            self.done.push(u64::from(is_theirs));
        } else {
            self.codes = Some(program.encode(&lead.fields));
        }
        for offer in &lead.offers {
            let destination = program.destination_idx(&offer.destination);
            let destination = destination.map_or(UNKNOWN, |idx| u64::from(idx.0));
            self.done.extend([
                destination,
                offer.propensity.to_bits(),
                answer_word(offer.answer),
            ]);
            self.outlook(offer.outlook.as_ref());
            self.free.push(free(offer.into()));
        }
        match &lead.end {
            Some(end) => {
                self.done.push(end.propensity.to_bits());
                self.outlook(end.outlook.as_ref());
                self.free.push(free(end.into()));
            }
            // Who is free after the last offer is who was free then.
            None if lead.offers.is_empty() => self.free.push(free(LoggedConditions::default())),
            None => {}
        }
        self
    }

    /// Notes what the log could have done; of none that it does not tell.
    fn outlook(&mut self, outlook: Option<&Arc<LogOutlook>>) {
        self.done.push(u64::from(outlook.is_some()));
        self.outlooks
            .extend(outlook.map(|outlook| Same(Arc::clone(outlook))));
    }
}

fn answer_word(answer: Answer) -> u64 {
    match answer {
        Answer::Accepted => 0,
        Answer::Rejected => 1,
        Answer::NotSent => 2,
        Answer::Unknown => 3,
    }
}
