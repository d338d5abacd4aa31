//! What a statement comes to, by account and currency.

use std::collections::BTreeMap;

use pointsman_lead::Micros;

use super::statements::{AccountKey, StatementLine, micros};

/// What all days of a statement come to for one account in one currency, or for all accounts of a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementTotal {
    /// The destination or source; `None`: all of them together.
    pub account: Option<String>,
    /// The currency of the amounts.
    pub currency: String,
    /// What was owed before the first day.
    pub opening: Micros,
    /// Leads: of a destination those that were offered to it, of a source those that it sent.
    pub leads: i64,
    /// Leads that were sold.
    pub sold: i64,
    /// What acceptances bring.
    pub sales: Micros,
    /// What was reported later, corrections included.
    pub conversions: Micros,
    /// What was taken back by reports; never more than nothing.
    pub refunds: Micros,
    /// Returns, and what came again by their reversals.
    pub returns: Micros,
    /// Chargebacks, and what came again by their reversals.
    pub chargebacks: Micros,
    /// The sum of all that.
    pub net: Micros,
    /// What is owed after the last day.
    pub closing: Micros,
}

/// A sum that is not yet an amount: the sum of amounts may be beyond one.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    opening: i128,
    leads: i64,
    sold: i64,
    /// Sales, conversions, refunds, returns, chargebacks.
    amounts: [i128; 5],
}

impl Sum {
    fn add_line(&mut self, line: &StatementLine) {
        self.leads += line.leads;
        self.sold += line.sold;
        let amounts = [
            line.sales,
            line.conversions,
            line.refunds,
            line.returns,
            line.chargebacks,
        ];
        for (sum, amount) in self.amounts.iter_mut().zip(amounts) {
            *sum += i128::from(amount.0);
        }
    }

    fn add(&mut self, other: &Self) {
        self.opening += other.opening;
        self.leads += other.leads;
        self.sold += other.sold;
        for (sum, amount) in self.amounts.iter_mut().zip(other.amounts) {
            *sum += amount;
        }
    }

    fn total(&self, account: Option<String>, currency: String) -> StatementTotal {
        let net: i128 = self.amounts.iter().sum();
        let [sales, conversions, refunds, returns, chargebacks] = self.amounts.map(micros);
        StatementTotal {
            account,
            currency,
            opening: micros(self.opening),
            leads: self.leads,
            sold: self.sold,
            sales,
            conversions,
            refunds,
            returns,
            chargebacks,
            net: micros(net),
            closing: micros(self.opening + net),
        }
    }
}

/// What lines come to. An account on which nothing happened is there if something is owed.
///
/// * `openings`: what was owed before the first day, by account.
pub(super) fn sums_of(
    openings: &BTreeMap<AccountKey, i128>,
    lines: &[StatementLine],
) -> Vec<StatementTotal> {
    let mut accounts: BTreeMap<AccountKey, Sum> = BTreeMap::new();
    for (account, opening) in openings.iter().filter(|(_, opening)| **opening != 0) {
        accounts.entry(account.clone()).or_default().opening = *opening;
    }
    for line in lines {
        let account = (line.account.clone(), line.currency.clone());
        accounts.entry(account).or_default().add_line(line);
    }
    let mut currencies: BTreeMap<String, (usize, Sum)> = BTreeMap::new();
    for ((_, currency), sum) in &accounts {
        let (n_accounts, all) = currencies.entry(currency.clone()).or_default();
        *n_accounts += 1;
        all.add(sum);
    }
    let each = accounts.into_iter();
    let each = each.map(|((account, currency), sum)| sum.total(Some(account), currency));
    // One account alone is its own sum.
    let together = currencies.into_iter().filter(|(_, (n, _))| *n > 1);
    let together = together.map(|(currency, (_, sum))| sum.total(None, currency));
    each.chain(together).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(
        day: &str,
        account: &str,
        currency: &str,
        (opening, sales): (i64, i64),
    ) -> StatementLine {
        StatementLine {
            day: day.parse().unwrap(),
            account: account.to_owned(),
            currency: currency.to_owned(),
            opening: Micros(opening),
            leads: 2,
            sold: 1,
            sales: Micros(sales),
            conversions: Micros(0),
            refunds: Micros(0),
            returns: Micros(-1),
            chargebacks: Micros(0),
            net: Micros(sales - 1),
            closing: Micros(opening + sales - 1),
        }
    }

    fn told(openings: &[(&str, &str, i128)], lines: &[StatementLine]) -> Vec<String> {
        let openings = openings.iter().map(|(account, currency, opening)| {
            (((*account).to_owned(), (*currency).to_owned()), *opening)
        });
        let sums = sums_of(&openings.collect(), lines);
        let told = sums.iter().map(|it| {
            let account = it.account.as_deref().unwrap_or("all");
            let (opening, net, closing) = (it.opening.0, it.net.0, it.closing.0);
            let (currency, leads) = (&it.currency, it.leads);
            format!("{account} {currency}: {opening} and {net} of {leads} are {closing}")
        });
        told.collect()
    }

    #[test]
    fn days_add_up_by_account_and_by_currency() {
        let lines = [
            line("2026-11-01", "acme", "USD", (10, 5)),
            line("2026-11-02", "acme", "USD", (14, 7)),
            line("2026-11-02", "acme", "EUR", (0, 9)),
            line("2026-11-02", "zenith", "USD", (0, 1)),
        ];
        // Something is owed by `apex`, to which nothing happened; nothing by `over`.
        let openings = [
            ("acme", "USD", 10),
            ("apex", "USD", 100),
            ("over", "USD", 0),
        ];
        assert_eq!(
            told(&openings, &lines),
            [
                "acme EUR: 0 and 8 of 2 are 8",
                "acme USD: 10 and 10 of 4 are 20",
                "apex USD: 100 and 0 of 0 are 100",
                "zenith USD: 0 and 0 of 2 are 0",
                "all USD: 110 and 10 of 6 are 120",
            ]
        );
        assert!(told(&[], &[]).is_empty());
    }

    #[test]
    fn a_sum_beyond_all_amounts_is_the_largest_there_is() {
        let lines = [
            line("2026-11-01", "a", "USD", (0, i64::MAX)),
            line("2026-11-01", "b", "USD", (0, i64::MAX)),
        ];
        let sums = sums_of(&BTreeMap::new(), &lines);
        assert_eq!(sums.last().unwrap().sales, Micros(i64::MAX));
    }
}
