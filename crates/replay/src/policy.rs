//! Who decides in a replay: a flow with a frozen book, or whoever decided when the log was written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_bandit::Book;
use pointsman_flow::{Mask, NodeIdx, Op, Program};
use pointsman_lead::Timestamp;
use pointsman_router::{Ledger, OrderNames, Orders, Standing};

use crate::log::{Available, LogEnd, LogOffer};

/// What a log says of how things stood at a step.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LoggedStanding<'a> {
    pub(crate) available: Option<&'a Available>,
    pub(crate) orders: Option<&'a OrderNames>,
}

impl<'a> From<&'a LogOffer> for LoggedStanding<'a> {
    fn from(offer: &'a LogOffer) -> Self {
        Self {
            available: offer.available.as_ref(),
            orders: offer.orders.as_ref(),
        }
    }
}

impl<'a> From<&'a LogEnd> for LoggedStanding<'a> {
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

/// A program, and the weights that its bandits draw by.
///
/// The books do not learn: a candidate that learns from its own offers needs a stateful replay.
#[derive(Debug, Clone)]
pub struct FlowPolicy {
    /// The flow.
    pub program: Program,
    /// Its books.
    pub books: Books,
}

/// Where the weights of bandits come from.
#[derive(Debug, Clone)]
pub enum Books {
    /// One book for all leads.
    Frozen(Book),
    /// The book that each lead was decided by, by epoch; the prior where that one is not here.
    Logged {
        /// The books that are known.
        by_epoch: BTreeMap<u64, Book>,
        /// The book before anything was learnt.
        prior: Book,
    },
}

impl Books {
    /// The books of the epochs of a log.
    pub fn logged(books: impl IntoIterator<Item = Book>) -> Self {
        let by_epoch = books.into_iter().map(|book| (book.epoch, book)).collect();
        Self::Logged {
            by_epoch,
            prior: Book::prior(),
        }
    }

    /// The book for a lead, and whether it is the one that was asked for.
    pub(crate) fn of(&self, epoch: Option<u64>) -> (&Book, bool) {
        match self {
            Self::Frozen(book) => (book, true),
            Self::Logged { by_epoch, prior } => {
                match epoch.and_then(|epoch| by_epoch.get(&epoch)) {
                    Some(book) => (book, true),
                    None => (prior, epoch == Some(0)),
                }
            }
        }
    }

    fn know(&self, flow: &str, node: &str) -> bool {
        let knows = |book: &Book| {
            book.entries
                .keys()
                .any(|key| key.flow == flow && key.node == node)
        };
        match self {
            Self::Frozen(book) => knows(book),
            Self::Logged { by_epoch, .. } => by_epoch.values().any(knows),
        }
    }
}

impl FlowPolicy {
    /// A flow whose bandits draw by one book.
    pub fn frozen(program: Program, book: Book) -> Self {
        Self {
            program,
            books: Books::Frozen(book),
        }
    }

    /// Names of the bandits that draw by their prior, because no book knows them.
    pub fn unknown_bandits(&self) -> Vec<String> {
        let program = &self.program;
        program
            .nodes()
            .filter(|(_, op)| matches!(op, Op::Bandit { .. }))
            .map(|(node, _)| (program.node_name(node), program.origin(node)))
            .filter(|(_, origin)| !self.books.know(origin.flow, origin.node))
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Whether any of its nodes learns.
    pub(crate) fn has_bandits(&self) -> bool {
        self.program
            .nodes()
            .any(|(_, op)| matches!(op, Op::Bandit { .. }))
    }

    /// How things stand for this flow at a step of the log.
    ///
    /// A rotation has the order that one of its name had in the log. One that the log does not know, or
    /// not with all of its arms, has none: it draws them alike.
    pub(crate) fn standing(
        &self,
        logged: LoggedStanding<'_>,
        known: &BTreeSet<Arc<str>>,
        at: Timestamp,
    ) -> Standing {
        let LoggedStanding { available, orders } = logged;
        Standing {
            free: self.availability(available, known, at),
            orders: orders.map_or_else(Orders::default, |orders| {
                Orders::from_names(&self.program, orders)
            }),
        }
    }

    /// Whether a rotation draws its arms alike at a step, because the log does not tell its order.
    pub(crate) fn lacks_orders(&self, standing: &Standing) -> bool {
        let lacks = |(node, op): (NodeIdx, &Op)| {
            matches!(op, Op::Rotate { .. }) && standing.orders.of(node).is_none()
        };
        // Where nobody is free, no order matters, and our own log names none.
        !standing.free.is_empty() && self.program.nodes().any(lacks)
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
        let mut mask = Ledger::new().availability(&self.program, at);
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
