//! All money added up in several ways, which have to come to the same.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_store::StatementParty;

use super::{
    entries::{EntryKind, entries},
    statements::totals,
};
use crate::{Error, History};

/// Most leads out of balance that are told.
const WRONG_MAX: u64 = 100;

/// What is found where the money of the rows is added up in several ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneyCheck {
    /// Entries of the ledger.
    pub entries: u64,
    /// What they come to by currency, without payouts, micro-units.
    pub totals: BTreeMap<String, i128>,
    /// What payouts come to by currency, micro-units.
    pub payouts: BTreeMap<String, i128>,
    /// Currencies in which statements of destinations or of sources come to something else.
    pub wrong_currencies: BTreeSet<String>,
    /// Leads whose revenue is not what their rows add up to, the first hundred.
    pub wrong_leads: Vec<String>,
}

impl MoneyCheck {
    /// Whether all ways come to the same.
    pub fn is_balanced(&self) -> bool {
        self.wrong_currencies.is_empty() && self.wrong_leads.is_empty()
    }
}

impl History {
    /// Adds all money up: by entries, by statements of destinations and of sources, and by leads. Nobody may write
    /// meanwhile, or it may be found out of balance.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn check_money(&self) -> Result<MoneyCheck, Error> {
        let read = self.rows();
        let mut check = MoneyCheck::default();
        let mut after = Some(0);
        while let Some(number) = after {
            let (page, next) = entries(&read, number).await?;
            for entry in page {
                check.entries += 1;
                let totals = match entry.kind {
                    EntryKind::Payout => &mut check.payouts,
                    _ => &mut check.totals,
                };
                *totals.entry(entry.currency.clone()).or_default() += entry.net();
            }
            after = next;
        }
        for party in [StatementParty::Destination, StatementParty::Source] {
            let others = totals(&read, party).await?;
            let mut wrong = different(&check.totals, &others.net);
            if party == StatementParty::Source {
                wrong.extend(different(&check.payouts, &others.payouts));
            }
            check.wrong_currencies.extend(wrong);
        }
        check.wrong_leads = read.leads_out_of_balance(WRONG_MAX).await?;
        Ok(check)
    }
}

/// The currencies in which two sums differ.
fn different(ours: &BTreeMap<String, i128>, others: &BTreeMap<String, i128>) -> BTreeSet<String> {
    let names = ours.keys().chain(others.keys());
    let amount =
        |totals: &BTreeMap<String, i128>, name: &str| totals.get(name).copied().unwrap_or_default();
    let wrong = names.filter(|name| amount(ours, name) != amount(others, name));
    wrong.cloned().collect()
}
