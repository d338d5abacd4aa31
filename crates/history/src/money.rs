//! What leads brought, as accounts: entries of two sides, and statements by day.

mod check;
mod entries;
pub(crate) mod payouts;
mod question;
mod statements;
mod sums;

pub use check::MoneyCheck;
pub use entries::{ENTRY_COLUMNS, EntryKind, MoneyEntry};
pub use payouts::PayoutFold;
pub use pointsman_store::StatementParty;
pub use question::StatementQuestion;
pub use statements::{MoneyStatement, STATEMENT_COLUMNS, StatementLine, csv_line, statement_csv};
pub use sums::StatementTotal;
