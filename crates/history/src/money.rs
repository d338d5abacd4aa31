//! What leads brought, as accounts: entries of two sides, and statements by day.

mod entries;
mod statements;
mod sums;

pub use entries::{ENTRY_COLUMNS, EntryKind, MoneyCheck, MoneyEntry};
pub use pointsman_store::StatementParty;
pub use statements::{
    MoneyStatement, STATEMENT_COLUMNS, StatementLine, StatementQuestion, csv_line, statement_csv,
};
pub use sums::StatementTotal;
