//! What the sequencer remembers from one transaction to the next.

use imbl::{OrdMap, OrdSet};
use pointsman_history::{Committed, Fold as _, Folded, LoggedCommit, Reports, span};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::Ledger;
use pointsman_store::Error;

use crate::active_lead::ActiveLead;

/// The shortest step back of the clock that is logged, in microseconds.
const STEP_LOGGED: i64 = 1_000_000;
/// The longest step back of the clock that is followed, in microseconds: windows of caps that ended longer ago may be
/// forgotten, and units charged to them would be counted from nothing.
const STEP_MAX: i64 = 48 * 3_600_000_000;

/// The sequencer's memory. A transaction that fails puts back the copy from before it.
///
/// All that grows is in maps that share what they have in common with their copy: what a copy costs does not depend on
/// what is remembered.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    pub(super) ledger: Ledger,
    seq: i64,
    /// Time of the last transaction.
    last_at: Timestamp,
    /// Clicks whose postbacks came before the answer to their offer.
    pub(super) parked: OrdSet<Id<kinds::Click>>,
    /// What was reported of a lead while its walk goes on: the active lead learns it at its next step.
    pub(super) early: OrdMap<Id<kinds::Lead>, Reports>,
    /// Leases whose leads under way are another lease's by now.
    pub(super) taken_over: OrdSet<i64>,
}

impl Memory {
    /// A memory of everything up to `seq`.
    pub(crate) fn new(
        ledger: Ledger,
        seq: i64,
        last_at: Timestamp,
        parked: OrdSet<Id<kinds::Click>>,
        early: OrdMap<Id<kinds::Lead>, Reports>,
    ) -> Self {
        Self {
            ledger,
            seq,
            last_at,
            parked,
            early,
            taken_over: OrdSet::new(),
        }
    }

    /// Takes in what another transaction has committed than one of the sequencer's own.
    pub(super) fn take(&mut self, commit: &LoggedCommit) {
        let Committed {
            parked,
            released,
            reported,
            ended,
            taken_over,
            ledger: _,
            observations: _,
            allocation: _,
            look: _,
        } = &commit.committed;
        self.ledger.take(&commit.committed, commit.at);
        self.parked.extend(parked.iter().copied());
        for click in released {
            self.parked.remove(click);
        }
        for offer in reported {
            let reports = self.early.entry(offer.lead).or_default();
            reports.insert(offer.offer, offer.total());
        }
        for lead in ended {
            self.early.remove(lead);
        }
        self.taken_over.extend(taken_over.iter().copied());
        self.seq = self.seq.max(commit.number);
    }

    /// The time of a transaction: the clock's, also where that has stepped back. What must be in order
    /// goes by numbers, and a cap unit is charged to the window of its own time.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if it has stepped back by more than two days: nothing is stored until it is set right, or
    /// a start accepts it.
    pub(super) fn tick(&mut self, now: Timestamp) -> Result<Timestamp, Error> {
        let back = self.last_at.0.saturating_sub(now.0);
        if back > STEP_MAX {
            let back = span(back);
            let source = format!(
                "the clock has stepped back by {back}; set it right, or start again with `pointsman serve --accept-clock`"
            );
            return Err(Error::Unavailable {
                source: source.into(),
            });
        }
        if back > STEP_LOGGED {
            let back = span(back);
            tracing::warn!(from = %self.last_at, to = %now, "the clock has stepped back by {back}");
        }
        self.last_at = now;
        Ok(now)
    }

    /// The last number in commit order that was given out.
    pub(crate) fn seq(&self) -> i64 {
        self.seq
    }

    /// Caps, breakers and turns as they are after the last commit.
    pub(crate) fn ledger(&self) -> Folded<Ledger> {
        Folded {
            fold: self.ledger.clone(),
            number: self.seq,
        }
    }

    /// The next number in commit order.
    pub(super) fn next_seq(&mut self) -> i64 {
        self.seq += 1;
        self.seq
    }

    /// Brings an active lead up to date with what was reported of it while it was away. The learner knows
    /// it already.
    pub(super) fn catch_up(&self, active: &mut ActiveLead, at: Timestamp) {
        let Some(reports) = self.early.get(&active.lead_id) else {
            return;
        };
        for (&offer, &total) in reports {
            let known = active.reported.insert(offer, total).unwrap_or_default();
            let (revenue, sales) = (total.revenue - known.revenue, total.sales - known.sales);
            active.attribution.converted(offer, revenue, sales, at);
        }
    }
}

#[cfg(test)]
mod tests;
