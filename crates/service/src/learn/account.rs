//! What one delivery has earned: its conversions, one after another.

use pointsman_store::{ConversionRow, ConversionStatus};

use crate::ConversionStatus as Status;

/// What a conversion changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Effect {
    /// Micros added; negative for what is taken back.
    pub(crate) revenue: i64,
    /// Sales added: +1, 0, or minus the sales taken back.
    pub(crate) sales: i64,
}

/// The conversions of a delivery so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    price: i64,
    entries: Vec<(Option<String>, Effect)>,
}

impl Account {
    /// * `price`: what the acceptance itself earned, in micros.
    pub(crate) fn new(price: Option<i64>) -> Self {
        Self {
            price: price.unwrap_or(0),
            entries: Vec::new(),
        }
    }

    /// Takes in a new conversion.
    ///
    /// A cancellation takes back everything its transaction has earned, or everything the delivery
    /// has earned, acceptance included, if it names no transaction that is known.
    ///
    /// * `reported`: micros that a sale or rebill is worth.
    pub(crate) fn apply(&mut self, status: Status, txid: Option<&str>, reported: i64) -> Effect {
        let effect = match status {
            Status::Pending => Effect::default(),
            Status::Sale => Effect {
                revenue: reported,
                sales: i64::from(self.open_sales(txid) == 0),
            },
            Status::Rebill => Effect {
                revenue: reported,
                sales: 0,
            },
            Status::Cancelled => self.cancellation(txid),
        };
        self.entries.push((txid.map(ToOwned::to_owned), effect));
        effect
    }

    /// Takes in a stored conversion: its revenue stands, its sales follow.
    pub(crate) fn replay(&mut self, row: &ConversionRow) -> Effect {
        let status = match row.status {
            ConversionStatus::Pending => Status::Pending,
            ConversionStatus::Sale => Status::Sale,
            ConversionStatus::Rebill => Status::Rebill,
            ConversionStatus::Cancelled => Status::Cancelled,
        };
        let applied = self.apply(status, row.txid.as_deref(), row.revenue);
        let effect = Effect {
            revenue: row.revenue,
            ..applied
        };
        if let Some(last) = self.entries.last_mut() {
            last.1 = effect;
        }
        effect
    }

    fn open_sales(&self, txid: Option<&str>) -> i64 {
        self.entries
            .iter()
            .filter(|(known, _)| known.as_deref() == txid)
            .map(|(_, effect)| effect.sales)
            .sum()
    }

    fn cancellation(&self, txid: Option<&str>) -> Effect {
        let names_known = txid.is_some()
            && self
                .entries
                .iter()
                .any(|(known, _)| known.as_deref() == txid);
        let of_it = self
            .entries
            .iter()
            .filter(|(known, _)| !names_known || known.as_deref() == txid);
        let (revenue, sales) = of_it.fold((0i64, 0i64), |(revenue, sales), (_, effect)| {
            (revenue.saturating_add(effect.revenue), sales + effect.sales)
        });
        let whole = if names_known { 0 } else { self.price };
        // The acceptance can be given back only once.
        let given_back = revenue.saturating_add(whole).max(0);
        Effect {
            revenue: -given_back,
            sales: -sales,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_transaction_takes_back_what_it_earned() {
        let mut account = Account::new(Some(5_000_000));
        assert_eq!(
            account.apply(Status::Sale, Some("1"), 40),
            Effect {
                revenue: 40,
                sales: 1
            }
        );
        assert_eq!(
            account.apply(Status::Rebill, Some("2"), 10),
            Effect {
                revenue: 10,
                sales: 0
            }
        );
        assert_eq!(
            account.apply(Status::Cancelled, Some("1"), 0),
            Effect {
                revenue: -40,
                sales: -1
            }
        );
        assert_eq!(
            account.apply(Status::Cancelled, Some("1"), 0),
            Effect {
                revenue: 0,
                sales: 0
            }
        );
    }

    #[test]
    fn a_return_takes_everything_back_once() {
        let mut account = Account::new(Some(30));
        account.apply(Status::Sale, None, 12);
        assert_eq!(
            account.apply(Status::Cancelled, None, 0),
            Effect {
                revenue: -42,
                sales: -1
            }
        );
        assert_eq!(
            account.apply(Status::Cancelled, None, 0),
            Effect {
                revenue: 0,
                sales: 0
            }
        );
    }

    #[test]
    fn a_pending_conversion_earns_nothing_yet() {
        let mut account = Account::new(None);
        assert_eq!(
            account.apply(Status::Pending, Some("1"), 40),
            Effect::default()
        );
        assert_eq!(
            account.apply(Status::Sale, Some("1"), 40),
            Effect {
                revenue: 40,
                sales: 1
            }
        );
    }
}
