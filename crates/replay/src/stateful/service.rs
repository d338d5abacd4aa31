//! What the service came to at the end of a log, held against what a replay of the same flow comes to.

use std::collections::BTreeMap;

use pointsman_bandit::{Allocation, State};
use pointsman_ledger::Ledger;
use serde::{Deserialize, Serialize};

use super::{learner::LoggedLook, machine::Finished};

/// What the service came to when its history was exported: a file beside the log, `<log>.service.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceState {
    /// Version of this file.
    pub format: u32,
    /// Hash of the live version.
    pub version: String,
    /// Caps, breakers and turns.
    pub ledger: Ledger,
    /// What bandits have learnt.
    pub arms: State,
    /// When new weights were made.
    pub looks: Vec<LoggedLook>,
    /// Number of the last allocation.
    pub epoch: u64,
    /// What the leads of the log have brought as the service counted it, in micro-units.
    pub revenue: i64,
    /// What else the service did that counts in its caps and weights: leads of other flows, test leads, and those under way.
    pub beside: u64,
}

impl ServiceState {
    /// The version of the file that this release writes and reads.
    pub const FORMAT: u32 = 1;
}

/// How far a replay of the live version comes to what the service came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one line of the report"
)]
pub struct ServiceCheck {
    /// Leads of the log.
    pub leads: u64,
    /// Those of which every step is the same, to the bit of its probability.
    pub equal: u64,
    /// Whether caps, breakers and turns are the same.
    pub caps: bool,
    /// Whether the arm state is the same.
    pub arms: bool,
    /// Whether every allocation is the same.
    pub allocations: bool,
    /// How many there are.
    pub epochs: u64,
    /// Whether the money is the same, to the micro-unit.
    pub money: bool,
    /// Why something differs, as far as that is known.
    pub because: Vec<String>,
}

impl ServiceCheck {
    /// Whether everything is the same.
    pub fn is_equal(&self) -> bool {
        self.equal == self.leads && self.caps && self.arms && self.allocations && self.money
    }

    /// * `logged`: the allocations of the log.
    pub(super) fn of(
        service: &ServiceState,
        finished: &Finished,
        logged: &BTreeMap<u64, Allocation>,
    ) -> Self {
        let Finished {
            ledger,
            learned,
            totals,
        } = finished;
        let leads = totals.leads;
        let allocations = learned.epochs_differ.is_empty()
            && learned.allocation.epoch == service.epoch
            && logged
                .get(&service.epoch)
                .is_none_or(|last| *last == *learned.allocation);
        let mut because = Vec::new();
        if service.beside > 0 {
            because.push(format!(
                "the service had {} other leads (of other flows, tests, or still under way) that use caps and teach bandits, and are not in the log",
                service.beside
            ));
        }
        if totals.equal_to_log < leads {
            because.push(format!(
                "{} leads go another way: they were decided by another version, by other settings of destinations, or by what differs here",
                leads - totals.equal_to_log
            ));
        }
        let check = Self {
            leads,
            equal: totals.equal_to_log,
            caps: *ledger == service.ledger,
            arms: learned.state == service.arms,
            allocations,
            epochs: learned.allocation.epoch,
            money: totals.revenue() == service.revenue && totals.revenue_is_known(),
            because,
        };
        if check.is_equal() {
            Self {
                because: Vec::new(),
                ..check
            }
        } else {
            check
        }
    }

    /// A sentence for people.
    pub fn sentence(&self) -> String {
        let word = |is_same: bool| if is_same { "the same" } else { "others" };
        format!(
            "{} of {} leads as the service decided them; caps {}, arm state {}, {} allocations {}, money {}",
            self.equal,
            self.leads,
            word(self.caps),
            word(self.arms),
            self.epochs,
            word(self.allocations),
            word(self.money)
        )
    }
}
