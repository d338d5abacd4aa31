//! Who decides in a replay: a flow with a frozen allocation, or whoever decided when the log was written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_bandit::Allocation;
use pointsman_flow::{Mask, NodeIdx, Op, Program};
use pointsman_lead::Timestamp;
use pointsman_ledger::{Ledger, OrderNames};
use pointsman_router::{Conditions, HashKey, Orders};

use crate::log::{Available, LogEnd, LogOffer, LogPing};

/// What a log says of how things stood at a step.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LoggedConditions<'a> {
    pub(crate) available: Option<&'a Available>,
    pub(crate) orders: Option<&'a OrderNames>,
}

impl<'a> From<&'a LogOffer> for LoggedConditions<'a> {
    fn from(offer: &'a LogOffer) -> Self {
        Self {
            available: offer.available.as_ref(),
            orders: offer.orders.as_ref(),
        }
    }
}

impl<'a> From<&'a LogPing> for LoggedConditions<'a> {
    fn from(ping: &'a LogPing) -> Self {
        Self {
            available: ping.available.as_ref(),
            orders: ping.orders.as_ref(),
        }
    }
}

impl<'a> From<&'a LogEnd> for LoggedConditions<'a> {
    fn from(end: &'a LogEnd) -> Self {
        Self {
            available: end.available.as_ref(),
            orders: end.orders.as_ref(),
        }
    }
}

/// A way to decide that a replay can put a value on.
#[derive(Debug, Clone)]
pub enum Policy {
    /// What was done when the log was written: every weight is 1.
    Logged,
    /// A flow.
    Flow(Box<FlowPolicy>),
}

impl Policy {
    /// Its flow, if it is one.
    pub(crate) fn flow(&self) -> Option<&FlowPolicy> {
        match self {
            Self::Logged => None,
            Self::Flow(flow) => Some(flow),
        }
    }
}

/// A program, and the weights that its bandits draw by.
///
/// The allocations do not learn: a candidate that learns from its own offers needs a stateful replay.
#[derive(Debug, Clone)]
pub struct FlowPolicy {
    /// The flow.
    pub program: Program,
    /// Its allocations.
    pub allocations: Allocations,
    /// The key of hashes of sticky values that a log does not have: that of the database where the log is
    /// our own history, and zeros for a file.
    pub hash_key: HashKey,
}

/// Where the weights of bandits come from.
#[derive(Debug, Clone)]
pub enum Allocations {
    /// One allocation for all leads.
    Frozen(Allocation),
    /// The allocation that each lead was decided by, by epoch; the prior where that one is not here.
    Logged {
        /// The allocations that are known.
        by_epoch: BTreeMap<u64, Allocation>,
        /// The allocation before anything was learnt.
        prior: Allocation,
    },
}

impl Allocations {
    /// The allocations of the epochs of a log.
    pub fn logged(allocations: impl IntoIterator<Item = Allocation>) -> Self {
        let by_epoch = allocations
            .into_iter()
            .map(|allocation| (allocation.epoch, allocation))
            .collect();
        Self::Logged {
            by_epoch,
            prior: Allocation::prior(),
        }
    }

    /// The allocation for a lead, and whether it is the one that was asked for.
    pub(crate) fn of(&self, epoch: Option<u64>) -> (&Allocation, bool) {
        match self {
            Self::Frozen(allocation) => (allocation, true),
            Self::Logged { by_epoch, prior } => {
                match epoch.and_then(|epoch| by_epoch.get(&epoch)) {
                    Some(allocation) => (allocation, true),
                    None => (prior, epoch == Some(0)),
                }
            }
        }
    }

    fn know(&self, flow: &str, node: &str) -> bool {
        let knows = |allocation: &Allocation| {
            allocation
                .entries
                .keys()
                .any(|key| key.flow == flow && key.node == node)
        };
        match self {
            Self::Frozen(allocation) => knows(allocation),
            Self::Logged { by_epoch, .. } => by_epoch.values().any(knows),
        }
    }
}

impl FlowPolicy {
    /// A flow whose bandits draw by one allocation.
    pub fn frozen(program: Program, allocation: Allocation) -> Self {
        Self {
            program,
            allocations: Allocations::Frozen(allocation),
            hash_key: HashKey::default(),
        }
    }

    /// Names of the bandits that draw by their prior, because no allocation knows them.
    pub fn unknown_bandits(&self) -> Vec<String> {
        let program = &self.program;
        program
            .nodes()
            .filter(|(_, op)| op.bandit().is_some())
            .map(|(node, _)| (program.node_name(node), program.origin(node)))
            .filter(|(_, origin)| !self.allocations.know(origin.flow, origin.node))
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Whether any of its nodes learns.
    pub(crate) fn has_bandits(&self) -> bool {
        self.program.nodes().any(|(_, op)| op.bandit().is_some())
    }

    /// How things stand for this flow at a step of the log.
    ///
    /// A rotation has the order that one of its name had in the log. One that the log does not know, or
    /// not with all of its arms, has none: it draws them alike.
    pub(crate) fn conditions(
        &self,
        logged: LoggedConditions<'_>,
        known: &BTreeSet<Arc<str>>,
        at: Timestamp,
    ) -> Conditions {
        let LoggedConditions { available, orders } = logged;
        Conditions {
            free: self.availability(available, known, at),
            orders: orders.map_or_else(Orders::default, |orders| {
                Orders::from_names(&self.program, orders)
            }),
        }
    }

    /// Whether a rotation draws its arms alike at a step, because the log does not tell its order.
    pub(crate) fn lacks_orders(&self, conditions: &Conditions) -> bool {
        let lacks = |(node, op): (NodeIdx, &Op)| {
            op.rotation().is_some() && conditions.orders.of(node).is_none()
        };
        // Where nobody is free, no order matters, and our own log names none.
        !conditions.free.is_empty() && self.program.nodes().any(lacks)
    }

    /// The destinations of this flow that a lead could be offered to.
    ///
    /// The log decides for the destinations it knows. One that it does not know counts as free:
    /// taking it for closed would send its leads elsewhere and pretend to know what they bring,
    /// while as free its share is honestly unsupported.
    ///
    /// * `available`: what the log says; none: whatever the catalog allows at `at`.
    /// * `known`: every destination of the log.
    fn availability(
        &self,
        available: Option<&Available>,
        known: &BTreeSet<Arc<str>>,
        at: Timestamp,
    ) -> Mask {
        let mut mask = Ledger::new().availability(&self.program, None, at);
        let Some(available) = available else {
            return mask;
        };
        for destination in self.program.destinations() {
            let Some(idx) = self.program.destination_idx(&destination.name) else {
                continue;
            };
            let name = destination.name.as_str();
            let is_free = available.iter().any(|free| &**free == name);
            if !known.contains(name) {
                continue;
            }
            if is_free && destination.settings.active {
                mask.set(idx);
            } else {
                mask.clear(idx);
            }
        }
        mask
    }
}

/// Whether nothing but what happens to its destinations closes them.
pub(crate) fn is_steady(program: &Program) -> bool {
    program.destinations().iter().all(|destination| {
        let settings = &destination.settings;
        let mut caps = settings.caps.iter();
        settings.schedule.is_none() && caps.all(|cap| cap.max_on.is_empty() && !cap.paced)
    })
}
