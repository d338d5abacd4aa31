//! What is still to happen, the next first.

use std::{cmp::Reverse, collections::BinaryHeap};

use pointsman_lead::Timestamp;

use crate::log::CommitTime;

/// What happens to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// The offer that it waits for is answered.
    Answer,
    /// The bids that it waits for are there.
    Bids,
    /// Its walk goes on, some time after the answer.
    Step,
    /// Something is reported of one of its offers.
    Report {
        /// Position of the offer in the walk.
        offer: usize,
        /// Micro-units.
        revenue: i64,
        sales: i64,
        /// Units of caps of accepted leads, and when the offer was made that took them.
        accepted: (i64, Timestamp),
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueuedEvent {
    pub(super) place: CommitTime,
    /// Position of the lead in the replay.
    pub(super) lead: usize,
    pub(super) what: What,
}

/// What is still to happen. Its memory grows with what leads still wait for, and not with the leads.
#[derive(Debug)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<QueuedEvent>>,
    next_number: i64,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            // Behind every number of a log: what the log did not do comes after what it did at the same time.
            next_number: i64::MAX / 2,
        }
    }

    /// A place for something that the log has no number for.
    pub(super) fn place(&mut self, at: Timestamp) -> CommitTime {
        self.next_number += 1;
        CommitTime {
            at,
            number: self.next_number,
        }
    }

    /// The place of something that the log has recorded, if it comes at the recorded time; a place of its own else.
    pub(super) fn place_like(&mut self, at: Timestamp, recorded: Option<CommitTime>) -> CommitTime {
        match recorded.filter(|moment| moment.at == at) {
            Some(moment) => moment,
            None => self.place(at),
        }
    }

    pub(super) fn push(&mut self, place: CommitTime, lead: usize, what: What) {
        self.heap.push(Reverse(QueuedEvent { place, lead, what }));
    }

    /// The next event before a place; before the end of all times without one.
    pub(super) fn pop_before(&mut self, place: Option<CommitTime>) -> Option<QueuedEvent> {
        let Reverse(next) = self.heap.peek()?;
        if place.is_some_and(|place| next.place >= place) {
            return None;
        }
        self.heap.pop().map(|Reverse(next)| next)
    }
}
