//! What snapshots and the commit log say of caps, breakers and turns, held against what the stored decisions come to.

use std::collections::VecDeque;

use pointsman_ledger::Ledger;
use pointsman_store::Read;

use crate::{Error, Fold, Folded};

/// Ledgers that were not compared yet, and those that differed.
#[derive(Debug)]
pub(super) struct StoredLedgers {
    /// In the order of their numbers.
    open: VecDeque<Folded<Ledger>>,
    pub(super) n_compared: u64,
    /// Numbers at which a ledger is damaged, or another one than the decisions come to.
    pub(super) wrong_at: Vec<i64>,
}

impl StoredLedgers {
    /// The ledgers of the snapshots, and that of the commit log after the last of them.
    pub(super) async fn read(read: Read<'_>) -> Result<Self, Error> {
        let (mut open, mut wrong_at) = (VecDeque::new(), Vec::new());
        for row in read.snapshots(Ledger::NAME).await?.iter().rev() {
            match Folded::of_row(row) {
                Some(stored) => open.push_back(stored),
                // Of another version there is nothing to compare.
                None if row.format != i64::from(<Ledger as Fold>::FORMAT) => {}
                None => wrong_at.push(row.number),
            }
        }
        open.extend(Folded::latest(read).await?);
        Ok(Self {
            open,
            n_compared: 0,
            wrong_at,
        })
    }

    /// Compares those that hold nothing from a number on.
    ///
    /// * `ledger`: of everything before that number.
    pub(super) fn compare_before(&mut self, number: i64, ledger: &Ledger) {
        while let Some(stored) = self.open.pop_front_if(|stored| stored.number < number) {
            self.n_compared += 1;
            if stored.fold != *ledger {
                self.wrong_at.push(stored.number);
            }
        }
    }
}
